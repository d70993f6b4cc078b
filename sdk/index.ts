export type { CampaignCancellationArgs } from "./campaignCancellation";
export { CampaignCancellation } from "./campaignCancellation";
