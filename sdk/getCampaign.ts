import * as pulumi from "@pulumi/pulumi";
import type { CampaignInfo } from "./campaignInfo";
import { lookUp } from "./lookups";

/** The arguments of {@link getCampaign}. */
export interface GetCampaignArgs {
  /**
   * Id of the campaign in Hood: decimal digits, as a string, since ids can be larger than a JavaScript number holds
   * exactly.
   *
   * @example "1000248"
   */
  id: string;
}

/** The arguments of {@link getCampaignOutput}: those of {@link getCampaign}. Each may be an output. */
export type GetCampaignOutputArgs = { [Name in keyof GetCampaignArgs]: pulumi.Input<GetCampaignArgs[Name]> };

/**
 * One campaign as it is now. Changes nothing, and so asks Hood in previews too, with one request.
 *
 * Uses the same settings as the resources, such as `HOOD_TOKEN` or `hood:token`; the environment is that of the program's own process. For more than a few campaigns,
 * {@link getCampaigns} takes fewer requests.
 *
 * API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns-by_id
 *
 * @param args Which campaign.
 * @returns The campaign; rejects with a `RunError` if the id isn't a string of digits, if Hood doesn't know it, if there is no token, or
 * if Hood rejects it or can't be reached.
 * @example
 * ```ts
 * const campaign = await hood.getCampaign({ id: "1000248" });
 * if (campaign.status === "paused") pulumi.log.warn(`${campaign.name} is paused`);
 * ```
 */
export async function getCampaign(args: GetCampaignArgs): Promise<CampaignInfo> {
  return (await lookUp("getCampaign", args)) as CampaignInfo;
}

/**
 * {@link getCampaign} with an argument that may be an output, and its answer as an output. In a preview in which the id isn't known
 * yet, the answer isn't either, and nothing is asked.
 *
 * API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns-by_id
 *
 * @param args Which campaign.
 * @returns The campaign; fails as {@link getCampaign} does.
 * @example
 * ```ts
 * const cancellation = new hood.CampaignCancellation("spring-sale", { campaignId: "1000248", reason: "Budget cut, OPS-1234" });
 * export const labels = hood.getCampaignOutput({ id: cancellation.id }).labels;
 * ```
 */
export function getCampaignOutput(args: GetCampaignOutputArgs): pulumi.Output<CampaignInfo> {
  return pulumi.output(args).apply((known) => getCampaign(known));
}
