import * as pulumi from "@pulumi/pulumi";
import type { CampaignInfo, CampaignPart } from "./campaignInfo";
import { lookUp } from "./lookups";

/** The fields that can be asked for: the documented ones of {@link CampaignInfo}. */
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
   * Only campaigns in this status, or in one of these, as Hood calls them.
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
   * The order: one or more of `name`, `status`, `nextRunTime`, `runCounter`, `createTime`, `updateTime`, with commas between them; with a
   * minus in front, from high to low. Among equals, the older come first.
   *
   * @default "-createTime": the newest first
   * @example "status,-updateTime"
   */
  sort?: string | undefined;
  /**
   * Only these fields of each campaign, and its `id`. Hood's answers are smaller with few.
   *
   * @default every field that Hood shows by itself
   * @example ["name", "labels"]
   */
  fields?: CampaignField[] | undefined;
  /**
   * The first so many in the order: a whole number from 1 on.
   *
   * @default no limit: all of them, however many pages that takes
   * @example 20
   */
  limit?: number | undefined;
}

/** The arguments of {@link getCampaignsOutput}: those of {@link getCampaigns}, each of which may be an output. */
export type GetCampaignsOutputArgs = {
  [Name in keyof GetCampaignsArgs]: pulumi.Input<GetCampaignsArgs[Name] | undefined>;
};

/**
 * The campaigns that match, as they are now, each once. Changes nothing, and so asks Hood in previews too: one request for a page of up to
 * 500, as Hood grants. Where there are several pages, they are read until two readings agree, at the most five times: campaigns
 * that change meanwhile make others slip from page to page, and none may be missed.
 *
 * Uses the settings of the resources, such as `HOOD_TOKEN` or `hood:token`.
 *
 * A program that selects campaigns by a status that it changes itself loses its resources in the next run: cancelled
 * campaigns aren't `"running"` any more, so nothing declares them, and their records go. Nothing is undone by that, but what
 * the program did is on record no more. Select the resulting status too, as in the example, or write the ids into the program.
 *
 * API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns
 *
 * @param args Which campaigns, in which order, and what of them. Left out: all.
 * @returns The campaigns; rejects with a `RunError` where an argument can't be used (before anything is asked), where there is no token, where
 * Hood refuses it or can't be reached, or where no two readings agree.
 * @example
 * ```ts
 * export = async () => {
 *   const status = ["running", "scheduled", "paused", "canceled"];
 *   const campaigns = await hood.getCampaigns({ status, fields: ["name", "labels"] });
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
 * @param args Which campaigns, in which order, and what of them. Left out: all.
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
