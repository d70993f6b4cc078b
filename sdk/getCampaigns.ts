import * as pulumi from "@pulumi/pulumi";
import type { CampaignInfo, CampaignPart } from "./campaignInfo";
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

/** The fields that can be requested: the documented ones of {@link CampaignInfo}. */
export type CampaignField =
  | "id"
  | "companyId"
  | "creatorId"
  | "creator"
  | "name"
  | "description"
  | "labels"
  | "metadata"
  | "status"
  | "wasLaunched"
  | "scheduledTime"
  | "nextRunTime"
  | "runCounter"
  | "recurrence"
  | "endTime"
  | "abTest"
  | "messages"
  | "utmTracking"
  | "quietHours"
  | "targeting"
  | "sendInProfileTimeZone"
  | "sendIfProfileTimePassed"
  | "dealId"
  | "financialPerformance"
  | "createTime"
  | "updateTime";

/** The arguments of {@link getCampaigns}. */
export interface GetCampaignsArgs {
  /**
   * Only campaigns in this status, or in one of these, in Hood's words.
   *
   * @default campaigns in any status
   * @example ["running", "scheduled", "paused", "canceled"]
   */
  status?: string | string[] | undefined;
  /**
   * Only campaigns with this text in their name or description. Not blank.
   *
   * @default no search
   * @example "spring"
   */
  search?: string | undefined;
  /**
   * The order: one or more of `name`, `status`, `nextRunTime`, `runCounter`, `createTime`, `updateTime`, separated by commas. A minus
   * in front of a field sorts from high to low. Among equals, older campaigns come first.
   *
   * @default "-createTime": the newest first
   * @example "status,-updateTime"
   */
  sort?: string | undefined;
  /**
   * Only these fields of each campaign, and its `id`. Fewer fields make smaller answers.
   *
   * @default every field that Hood shows by itself
   * @example ["name", "labels"]
   */
  fields?: CampaignField[] | undefined;
  /**
   * The most campaigns to return, from the first in the order: a whole number from 1 on.
   *
   * @default no limit: all of them, however many pages that takes
   * @example 20
   */
  limit?: number | undefined;
}

/** The arguments of {@link getCampaignsOutput}: those of {@link getCampaigns}. Each may be an output. */
export type GetCampaignsOutputArgs = {
  [Name in keyof GetCampaignsArgs]: pulumi.Input<GetCampaignsArgs[Name] | undefined>;
};

/**
 * The campaigns that match, as they are now, each once. Changes nothing, and so asks Hood in previews too: one request for each page, of
 * up to 500 campaigns if Hood allows that. Several pages are read until two readings agree, at most five times: a campaign that
 * changes meanwhile can move others from page to page, and none may be missed.
 *
 * Uses the same settings as the resources, such as `HOOD_TOKEN` or `hood:token`; the environment is that of the program's own process.
 *
 * A program that selects campaigns by a status that it changes itself loses its resources in the next run: canceled campaigns aren't
 * `"running"` any more, so the program no longer declares them, and Pulumi removes them from the state. Nothing is sent and nothing
 * is undone, but the state no longer shows what the program did. Select the resulting status too, as in the example, or write the
 * ids into the program.
 *
 * API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns
 *
 * @param args Which campaigns, in which order, and which fields. Left out: all.
 * @returns The campaigns; rejects with a `RunError` if an argument can't be used (before anything is sent), if there is no token, if Hood
 * rejects it or can't be reached, or if no two readings agree.
 * @example
 * ```ts
 * export = async () => {
 *   const campaigns = await hood.getCampaigns({
 *     status: ["running", "scheduled", "paused", "canceled"],
 *     fields: ["name", "labels"],
 *   });
 *   for (const { id, name } of campaigns.filter(({ labels }) => labels?.includes("expired"))) {
 *     new hood.CampaignCancellation(id, { campaignId: id, expectedName: name, reason: "The offer is over" });
 *   }
 * };
 * ```
 */
export function getCampaigns(args?: GetCampaignsArgs & { fields?: undefined }): Promise<CampaignInfo[]>;
export function getCampaigns(args?: GetCampaignsArgs): Promise<CampaignPart[]>;
export async function getCampaigns(args?: GetCampaignsArgs): Promise<CampaignPart[]> {
  return (await lookUp("getCampaigns", args)) as CampaignPart[];
}

/**
 * {@link getCampaigns} with arguments that may be outputs, and its answer as an output. In a preview in which one of them isn't
 * known yet, the answer isn't either, and nothing is asked.
 *
 * API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns
 *
 * @param args Which campaigns, in which order, and which fields. Left out: all.
 * @returns The campaigns; fails as {@link getCampaigns} does.
 * @example
 * ```ts
 * const search = new pulumi.StackReference("acme/season/prod").requireOutput("name");
 * export const drafts = hood.getCampaignsOutput({ status: "draft", search }).apply((campaigns) => campaigns.length);
 * ```
 */
export function getCampaignsOutput(
  args?: GetCampaignsOutputArgs & { fields?: undefined },
): pulumi.Output<CampaignInfo[]>;
export function getCampaignsOutput(args?: GetCampaignsOutputArgs): pulumi.Output<CampaignPart[]>;
export function getCampaignsOutput(args: GetCampaignsOutputArgs = {}): pulumi.Output<CampaignPart[]> {
  return pulumi.output(args).apply((known) => getCampaigns(known as GetCampaignsArgs));
}
