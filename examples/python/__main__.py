import pulumi
import pulumi_ocamba_hood as hood

config = pulumi.Config()

# `pulumi preview` shows the live campaign; `pulumi up` cancels it for good.
ended = hood.CampaignCancellation(
    "spring-sale",
    campaign_id=config.require("campaignId"),
    reason=config.require("reason"),
    # The guard against a mistyped id: nothing is canceled unless the live campaign has this name.
    expected_name="Spring sale",
)

pulumi.export("campaign", ended.campaign_name)
pulumi.export("outcome", ended.outcome)
