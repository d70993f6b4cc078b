import { campaign } from "../resources/campaign/campaign";
import { campaignCancellation } from "../resources/campaignCancellation";
import { campaignStatus } from "../resources/campaignStatus";
import { hosted } from "./hosted";

/** Every resource, by the name that the schema and the classes of `sdk/` have for it. Hosts, schema and report are made from this list. */
export const resources = {
  Campaign: hosted(campaign),
  CampaignCancellation: hosted(campaignCancellation),
  CampaignStatus: hosted(campaignStatus),
} as const;
