export {
  Campaign,
  type CampaignAbTest,
  type CampaignArgs,
  type CampaignMessage,
  type PassedThrough,
} from "./campaign";
export { CampaignCancellation, type CampaignCancellationArgs } from "./campaignCancellation";
export type { CampaignInfo, CampaignPart } from "./campaignInfo";
export { CampaignStatus, type CampaignStatusArgs } from "./campaignStatus";
export * from "./getCampaigns";
