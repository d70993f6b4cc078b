export type { CampaignCancellationArgs } from "./campaignCancellation";
export { CampaignCancellation } from "./campaignCancellation";
export type { CampaignStatusArgs } from "./campaignStatus";
export { CampaignStatus } from "./campaignStatus";
