import type * as pulumi from "@pulumi/pulumi";
import * as hood from "../../sdk";

/** The program that nobody runs: it is right if it compiles. Each optional output fits the argument of its name, also of another resource. */
export function passOn(
  campaign: hood.Campaign,
  cancellation: hood.CampaignCancellation,
  status: hood.CampaignStatus,
  found: hood.CampaignInfo,
): pulumi.CustomResource[] {
  const { campaignId, name, metadata } = campaign;
  const { description, labels, scheduledTime, endTime, dealId } = found;
  const ownArguments: [hood.CampaignArgs, hood.CampaignCancellationArgs, hood.CampaignStatusArgs] = [
    campaign,
    cancellation,
    status,
  ];
  return [
    new hood.Campaign("copy", ownArguments[0]),
    new hood.CampaignCancellation("ended", { ...ownArguments[1], campaignId, expectedName: status.expectedName }),
    new hood.CampaignStatus("paused", { ...ownArguments[2], whenNotCancelable: cancellation.whenNotCancelable }),
    new hood.Campaign("found", { name: found.name, description, labels, scheduledTime, endTime, dealId }),
    new hood.Campaign("parts", {
      name,
      metadata,
      abTest: { name: campaign.description, testSplit: undefined },
      messages: [
        { channel: "email", name: campaign.description, email: campaign.extra, integrationId: campaign.dealId },
      ],
    }),
  ];
}

/** The same for lookups. */
export function lookFor(campaign: hood.Campaign, found: hood.CampaignInfo): unknown[] {
  return [
    hood.getCampaignsOutput({ search: campaign.description, status: campaign.status }),
    hood.getCampaigns({ search: found.description, limit: found.runCounter }),
  ];
}
