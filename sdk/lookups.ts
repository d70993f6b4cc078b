import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../provider/hood/account";
import type { Wait } from "../provider/hood/client";
import { onePerRun, warnOfMisspelt } from "./dynamic";

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
 * @example
 * ```ts
 * const cancellation = new hood.CampaignCancellation("spring-sale", { campaignId: "1000248", reason: "Budget cut, OPS-1234" });
 * export const labels = hood.getCampaignOutput({ id: cancellation.id }).labels;
 * ```
 */
export function getCampaignOutput(args: GetCampaignOutputArgs): CampaignOutput {
  return pulumi.output(args).apply((known) => getCampaign(known)) as CampaignOutput;
}

/** A campaign as an output. Each documented field of it is one too, as in `getCampaignOutput({ id }).name`. */
export type CampaignOutput = pulumi.Output<CampaignInfo> & pulumi.Lifted<Pick<CampaignInfo, CampaignField>>;

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

/**
 * A campaign as Hood shows it, with names in camelCase. Dates with times are ISO 8601 in UTC, such as `"2026-05-01T12:00:00Z"`.
 * What Hood doesn't show, or shows as `null`, is left out. Fields that Hood's pages don't document keep Hood's names.
 */
export interface CampaignInfo {
  /** Id of the campaign: decimal digits, as a string. */
  id: string;
  /** Name of the campaign. */
  name: string;
  /**
   * Status in Hood's words, such as `"running"` or `"needs_decision"`: one of those in the life of a campaign, or one that Hood's pages
   * don't document.
   */
  status: string;
  /** Id of the company that the campaign belongs to: decimal digits. */
  companyId?: string;
  /** Id of the member who created the campaign: decimal digits. */
  creatorId?: string;
  /** The member who created the campaign: `id`, `name`, `image`, and `status`, which is the member's own. */
  creator?: Record<string, unknown>;
  /** What the campaign is for. */
  description?: string;
  /** Labels, such as `["spring", "eu"]`. */
  labels?: string[];
  /** Keys and values of its author's own. */
  metadata?: Record<string, unknown>;
  /** Whether it was launched. */
  wasLaunched?: boolean;
  /** When it starts, or was planned to start. */
  scheduledTime?: string;
  /** When it runs next. */
  nextRunTime?: string;
  /** How often it has run. */
  runCounter?: number;
  /** How it recurs, as Hood writes it. */
  recurrence?: Record<string, unknown>;
  /** When it stops for good, if it recurs. */
  endTime?: string;
  /** The A/B test: `name`, `testSplit` (percent), `winningMetric`, `evaluationWindow` (such as `"5D 20H 30M"`), `winnerDeliveryMode`. */
  abTest?: Record<string, unknown>;
  /** The messages, each with its `id`, `name` and `channel` (`"push"`, `"email"` or `"sms"`), and the channel's content. */
  messages?: Record<string, unknown>[];
  /** UTM parameters for links, as Hood writes them. */
  utmTracking?: Record<string, unknown>;
  /** When nothing is sent, as Hood writes it. */
  quietHours?: Record<string, unknown>;
  /** Who gets it, as Hood writes it. */
  targeting?: Record<string, unknown>;
  /** Whether each profile gets it at the time in its own time zone. */
  sendInProfileTimeZone?: boolean;
  /** Whether profiles for which that time has passed still get it. */
  sendIfProfileTimePassed?: boolean;
  /** Id of the deal that it belongs to: decimal digits. */
  dealId?: string;
  /** Cost, revenue and profit; money is a string, such as `"12.50"`. */
  financialPerformance?: Record<string, unknown>;
  /** When it was created. */
  createTime?: string;
  /** When it was last changed. */
  updateTime?: string;
  /** Any other field that Hood shows, as Hood names and writes it. */
  [field: string]: unknown;
}

/** A campaign of which only some fields were requested: its id, and those of the fields that Hood shows. */
export interface CampaignPart extends Partial<CampaignInfo> {
  /** Id of the campaign: decimal digits, as a string. */
  id: string;
}

/** One place on the engine's display, so that each line takes the place of the one before. */
const PROGRESS_STREAM = 1;

const accountOfRun = onePerRun(() => open());

/**
 * Asks the account from within the program, in a preview too. The code for it is loaded only now: most programs look nothing up.
 *
 * @throws RunError in words for the user, which the CLI shows without a stack.
 */
async function lookUp(name: "getCampaign" | "getCampaigns", args: object = {}): Promise<unknown> {
  const done = pulumi.runtime.rpcKeepAlive();
  warnOfMisspelt();
  try {
    const { lookups }: typeof import("../provider/resources/lookups") = require("../provider/resources/lookups");
    const warn = (message: string) => pulumi.log.warn(message).catch(() => undefined);
    return await lookups[name]({ account: () => accountOfRun() ?? open(), warn }, { ...args });
  } catch (error) {
    const message = messageOf(error);
    // If the program has run to its end and awaits nothing, Pulumi prints the stack.
    throw Object.assign(new pulumi.RunError(message), { stack: message });
  } finally {
    // The run ends once nothing is under way any more. What the program does with the answer comes first.
    setImmediate(done);
  }
}

/** The account that this run's lookups share, and so its pace. @throws SettingsError as the provider does. */
async function open(): Promise<Account> {
  const config = new pulumi.Config("hood");
  // Loaded when a lookup is made: most programs make none. Not by import(), which Jest doesn't allow.
  const { openAccount }: typeof import("../provider/hood/account") = require("../provider/hood/account");
  const { readSettings, withToken }: typeof import("../provider/settings") = require("../provider/settings");
  const { describeLongWait }: typeof import("../provider/operation") = require("../provider/operation");
  const tell = async (wait: Wait) => {
    const line = describeLongWait(wait);
    // Without an engine, as in unit tests, it would be printed for nobody.
    if (line !== undefined && pulumi.runtime.hasEngine()) {
      await pulumi.log.info(line, undefined, PROGRESS_STREAM, true).catch(() => {});
    }
  };
  return openAccount(withToken(readSettings((key) => config.get(key))), undefined, { tell });
}

/** An error in words. What the account is, a lookup finds in another place than the resources do, if the program runs elsewhere. */
function messageOf(error: unknown): string {
  const { HoodError }: typeof import("../provider/hood/errors") = require("../provider/hood/errors");
  const { explain }: typeof import("../provider/errors") = require("../provider/errors");
  const { SettingsError }: typeof import("../provider/settings") = require("../provider/settings");
  const { lines, say }: typeof import("../provider/text") = require("../provider/text");
  const isOfSettings = error instanceof SettingsError || (error instanceof HoodError && error.kind === "unauthorized");
  const where = say`A lookup reads the environment of the program's own process: an inline program of the Automation API doesn't have the workspace's envVars.`;
  return lines(explain(error), isOfSettings ? where : undefined);
}
