package main

import (
	"github.com/OWNER_NOT_SET/pulumi-ocamba-hood/sdk/go/hood"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		// `pulumi preview` shows the live campaign; `pulumi up` cancels it for good.
		ended, err := hood.NewCampaignCancellation(ctx, "spring-sale", &hood.CampaignCancellationArgs{
			CampaignId: pulumi.String(config.Require(ctx, "campaignId")),
			Reason:     pulumi.String(config.Require(ctx, "reason")),
			// The guard against a mistyped id: nothing is canceled unless the live campaign has this name.
			ExpectedName: pulumi.String("Spring sale"),
		})
		if err != nil {
			return err
		}
		ctx.Export("campaign", ended.CampaignName)
		ctx.Export("outcome", ended.Outcome)
		return nil
	})
}
