import * as pulumi from "@pulumi/pulumi";
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

/** The fields of an answer, and the types that the reference names. */
export function cancelFound(id: string): pulumi.CustomResource {
  const { name, labels } = hood.getCampaignOutput({ id });
  const asked: [hood.WhenNotCancelable, hood.DeletionPolicy, hood.DesiredStatus] = ["accept", "abandon", "paused"];
  const found: [hood.CampaignChannel, hood.StatusAction, hood.CancellationOutcome] = ["sms", "pause", "notNeeded"];
  const reason = pulumi.interpolate`Labels: ${labels}, ${asked.join()}, ${found.join()}`;
  return new hood.CampaignCancellation("found", { campaignId: id, expectedName: name, reason });
}

/** Outputs as arguments of lookups. */
export function lookFor(campaign: hood.Campaign, found: hood.CampaignInfo): unknown[] {
  return [
    hood.getCampaignsOutput({ search: campaign.description, status: campaign.status }),
    hood.getCampaigns({ search: found.description, limit: found.runCounter }),
  ];
}
