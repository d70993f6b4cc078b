import type * as pulumi from "@pulumi/pulumi";
import * as hood from "../../sdk";

/** The program that nobody runs: it is right if it compiles. Each optional output fits the argument of its name, also of another resource. */
export function passOn(
  campaign: hood.Campaign,
  cancellation: hood.CampaignCancellation,
  status: hood.CampaignStatus,
  found: hood.CampaignInfo,
): pulumi.CustomResource[] {
  const { campaignId, name, metadata, abTest, messages, recurrence, utmTracking, quietHours, targeting } = campaign;
  const { description, labels, scheduledTime, endTime, dealId } = found;
  return [
    new hood.CampaignCancellation("ended", {
      campaignId,
      reason: cancellation.reason,
      expectedName: cancellation.expectedName,
      whenNotCancelable: status.whenNotCancelable,
    }),
    new hood.CampaignStatus("paused", {
      campaignId: cancellation.campaignId,
      status: status.status,
      reason: status.reason,
      scheduledTime: status.scheduledTime,
      expectedName: status.expectedName,
      whenNotCancelable: cancellation.whenNotCancelable,
    }),
    new hood.Campaign("copy", {
      name,
      description: campaign.description,
      labels: campaign.labels,
      metadata,
      draft: campaign.draft,
      scheduledTime: campaign.scheduledTime,
      runImmediately: campaign.runImmediately,
      recurrence,
      endTime: campaign.endTime,
      abTest,
      messages,
      utmTracking,
      quietHours,
      targeting,
      sendInProfileTimeZone: campaign.sendInProfileTimeZone,
      sendIfProfileTimePassed: campaign.sendIfProfileTimePassed,
      dealId: campaign.dealId,
      extra: campaign.extra,
      deletionPolicy: campaign.deletionPolicy,
    }),
    new hood.Campaign("found", { name: found.name, description, labels, scheduledTime, endTime, dealId }),
    new hood.Campaign("parts", {
      name,
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
