export {
  Campaign,
  type CampaignAbTest,
  type CampaignArgs,
  type CampaignMessage,
  type PassedThrough,
} from "./campaign";
export { CampaignCancellation, type CampaignCancellationArgs } from "./campaignCancellation";
export { CampaignStatus, type CampaignStatusArgs } from "./campaignStatus";
export * from "./lookups";
