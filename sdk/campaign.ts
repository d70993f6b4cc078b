import type * as pulumi from "@pulumi/pulumi";
import type { CampaignState, CampaignArgs as Declared } from "../provider/resources/campaign/args";
import { HoodResource, type OutputsBeside } from "./dynamic";

/** Content whose fields Hood's API pages don't document; it is sent unchanged, with the API's own names. */
export type PassedThrough = Record<string, unknown>;

/** The channel of a message. */
export type CampaignChannel = "push" | "email" | "sms";

/** What removing a campaign from the program does. */
export type DeletionPolicy = "abandon" | "cancel" | "prevent";

/**
 * The A/B test that finds the best of several messages. Fields that aren't listed here can be given too, as the API names them.
 * What is left out isn't sent.
 */
export interface CampaignAbTest {
  [field: string]: unknown;
  /** Name of the test in Hood. */
  name?: pulumi.Input<string | undefined>;
  /** Share of the audience that takes part in the test, in percent. @example 30 */
  testSplit?: pulumi.Input<number | undefined>;
  /** The metric that decides. @example "click_rate" */
  winningMetric?: pulumi.Input<string | undefined>;
  /** How long the test runs, in days, hours and minutes. @example "5D 20H 30M" */
  evaluationWindow?: pulumi.Input<string | undefined>;
  /** How the winner is sent. With `"manual"`, a person decides in Hood. */
  winnerDeliveryMode?: pulumi.Input<string | undefined>;
}

/**
 * A message of a campaign. Fields that aren't listed here can be given too, as the API names them. What is left out isn't
 * sent.
 */
export interface CampaignMessage {
  [field: string]: unknown;
  /** Name of the message in Hood. */
  name?: pulumi.Input<string | undefined>;
  /** Channel of the message. A campaign with more than one channel needs a premium plan. */
  channel: pulumi.Input<CampaignChannel>;
  /** Id of the integration that sends the message: digits, as a string. Required for `"email"` and `"sms"`. */
  integrationId?: pulumi.Input<string | undefined>;
  /** Id of the message's template: digits, as a string. */
  templateId?: pulumi.Input<string | undefined>;
  /** Default language of the message. @example "en" */
  primaryLang?: pulumi.Input<string | undefined>;
  /** Content of an email, in the API's own form. */
  email?: pulumi.Input<PassedThrough | undefined>;
  /** Content of a push message, in the API's own form. */
  push?: pulumi.Input<PassedThrough | undefined>;
  /** Content of a text message, in the API's own form. */
  sms?: pulumi.Input<PassedThrough | undefined>;
}

/** The arguments of a {@link Campaign}. What is left out isn't sent. */
export interface CampaignArgs {
  /**
   * Name of the campaign, as Hood shows it. Not blank, without blanks at its beginning or end, which a server may remove; at most 100
   * bytes in UTF-8, which is 100 Latin characters or 25 emoji.
   *
   * @example "Spring sale"
   */
  name: pulumi.Input<string>;
  /** What the campaign is for. */
  description?: pulumi.Input<string | undefined>;
  /** Labels, in no order. @example ["spring", "email"] */
  labels?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** Keys and values of your own. Hood also shows the mark that the provider writes beside them; this output doesn't. */
  metadata?: pulumi.Input<PassedThrough | undefined>;
  /**
   * `true` keeps the campaign a draft, which is never sent. Removing it, or `false`, launches the draft: it becomes `running` with
   * `runImmediately`, `scheduled` with a time or a recurrence, otherwise `manual`. A launched campaign can't become a draft again.
   *
   * @default false
   */
  draft?: pulumi.Input<boolean | undefined>;
  /**
   * When the campaign starts: ISO 8601 with its zone, or `YYYY-MM-DD HH:MM:SS` in GMT. It must lie in the future when it is
   * declared or changed, or when a draft is launched. Can't be combined with `runImmediately`.
   *
   * @example "2026-12-01T09:00:00Z"
   */
  scheduledTime?: pulumi.Input<string | undefined>;
  /**
   * `true` starts the campaign as soon as it is created. Can't be combined with `scheduledTime` or `recurrence`. Without any of
   * the three the campaign is `manual`: a person sends it in Hood.
   *
   * @default false
   */
  runImmediately?: pulumi.Input<boolean | undefined>;
  /** When the campaign runs again and again, in the API's own form. */
  recurrence?: pulumi.Input<PassedThrough | undefined>;
  /** When a recurring campaign stops: ISO 8601 with its zone, or `YYYY-MM-DD HH:MM:SS` in GMT. */
  endTime?: pulumi.Input<string | undefined>;
  /** Required if one channel has several messages. */
  abTest?: pulumi.Input<CampaignAbTest | undefined>;
  /** What is sent; at most four messages for a channel. An edit sends the whole list, and Hood gives the messages new ids. */
  messages?: pulumi.Input<pulumi.Input<CampaignMessage>[] | undefined>;
  /** Tracking parameters of links, in the API's own form. */
  utmTracking?: pulumi.Input<PassedThrough | undefined>;
  /** Hours in which nothing is sent, in the API's own form. */
  quietHours?: pulumi.Input<PassedThrough | undefined>;
  /** Who gets the messages, in the API's own form. */
  targeting?: pulumi.Input<PassedThrough | undefined>;
  /** `true`: times count in each recipient's time zone. */
  sendInProfileTimeZone?: pulumi.Input<boolean | undefined>;
  /** `true`: recipients in whose time zone the time has passed get the messages at once. */
  sendIfProfileTimePassed?: pulumi.Input<boolean | undefined>;
  /** Id of the deal that the campaign belongs to: digits, as a string. @example "1000251" */
  dealId?: pulumi.Input<string | undefined>;
  /**
   * Fields that have no argument here, as the API names them: each becomes a field of the campaign. A field that has an
   * argument fails the preview.
   *
   * @example { frequency_cap: 2 }
   */
  extra?: pulumi.Input<PassedThrough | undefined>;
  /**
   * What happens to the campaign when the resource is removed from the program or destroyed; the API has no call to delete
   * one. `"abandon"`: it stays as it is, and nothing is sent. `"cancel"`: it is canceled for good, if it is scheduled, running or
   * paused. `"prevent"`: the resource can't be removed. A change takes effect with the next `pulumi up`.
   *
   * @default "abandon"
   */
  deletionPolicy?: pulumi.Input<DeletionPolicy | undefined>;
}

/**
 * The definition of one marketing campaign.
 *
 * `pulumi up` creates the campaign with one call. The call writes a mark into the campaign's `metadata`; if its answer is lost or the
 * update is killed, the next update finds the campaign by that mark. Later updates send what the program changes, and nothing else.
 * What is left out isn't sent, and Hood uses its own default; what you later remove from the program is removed from the campaign.
 * Hood takes edits of draft, manual, scheduled and paused campaigns; in any other status the preview fails and says what to do.
 * `pulumi refresh` finds what was changed in Hood, and the next `pulumi up` restores what the program says. A campaign that Hood no
 * longer shows stays in the state, with the status `"unknown"`: creating it again would send it to people again.
 *
 * To pause, resume or cancel the campaign, use `CampaignStatus` or `CampaignCancellation`. The API can't delete a campaign:
 * {@link CampaignArgs.deletionPolicy} says what removing the resource does. The classes of the npm package don't support
 * `pulumi import`.
 *
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns,
 * docs.ocamba.com/api/hood/v1.0/reference/update-campaigns-by_id
 *
 * @example
 * ```ts
 * const campaign = new hood.Campaign("spring-sale", {
 *   name: "Spring sale",
 *   labels: ["spring"],
 *   scheduledTime: "2026-12-01T09:00:00Z",
 *   messages: [{ channel: "push", name: "Hello", push: { title: "Spring is here", body: "20 % off" } }],
 * });
 * export const campaignId = campaign.id;
 * ```
 */
export class Campaign extends HoodResource {
  /** Id of the campaign in Hood, decimal digits; the same as the resource's id. */
  declare readonly campaignId: pulumi.Output<string>;
  /** Name of the campaign. */
  declare readonly name: pulumi.Output<string>;
  /** What the campaign is for. */
  declare readonly description: pulumi.Output<string | undefined>;
  /** Labels, in no order. */
  declare readonly labels: pulumi.Output<string[] | undefined>;
  /** Keys and values of your own. */
  declare readonly metadata: pulumi.Output<PassedThrough | undefined>;
  /** Whether the program declares a draft. {@link status} says whether it still is one. */
  declare readonly draft: pulumi.Output<boolean | undefined>;
  /** When the campaign is to start, as it was given; after a refresh that found another time, in ISO 8601. */
  declare readonly scheduledTime: pulumi.Output<string | undefined>;
  /** Whether it was declared to start as soon as it is created. */
  declare readonly runImmediately: pulumi.Output<boolean | undefined>;
  /** When the campaign runs again and again. */
  declare readonly recurrence: pulumi.Output<PassedThrough | undefined>;
  /** When a recurring campaign stops; in the notation of {@link scheduledTime}. */
  declare readonly endTime: pulumi.Output<string | undefined>;
  /** The A/B test that finds the best of several messages. */
  declare readonly abTest: pulumi.Output<pulumi.Unwrap<CampaignAbTest> | undefined>;
  /** What is sent. */
  declare readonly messages: pulumi.Output<pulumi.Unwrap<CampaignMessage>[] | undefined>;
  /** Tracking parameters of links. */
  declare readonly utmTracking: pulumi.Output<PassedThrough | undefined>;
  /** Hours in which nothing is sent. */
  declare readonly quietHours: pulumi.Output<PassedThrough | undefined>;
  /** Who gets the messages. */
  declare readonly targeting: pulumi.Output<PassedThrough | undefined>;
  /** Whether times are those of each recipient's time zone. */
  declare readonly sendInProfileTimeZone: pulumi.Output<boolean | undefined>;
  /** Whether recipients in whose time zone the time has passed get the messages at once. */
  declare readonly sendIfProfileTimePassed: pulumi.Output<boolean | undefined>;
  /** Id of the deal that the campaign belongs to. */
  declare readonly dealId: pulumi.Output<string | undefined>;
  /** Fields that have no argument, as the API names them. */
  declare readonly extra: pulumi.Output<PassedThrough | undefined>;
  /** What removing the resource does, if it was given. */
  declare readonly deletionPolicy: pulumi.Output<DeletionPolicy | undefined>;
  /**
   * The campaign's status at the last update or refresh, in Hood's words, such as `"scheduled"`; `"unknown"` if Hood no longer
   * shows the campaign.
   */
  declare readonly status: pulumi.Output<string>;
  /** When the campaign was created: ISO 8601 in UTC, such as `"2026-05-01T12:00:00Z"`; absent if Hood doesn't say. */
  declare readonly createTime: pulumi.Output<string | undefined>;

  /**
   * @param name Name of the resource in the stack; the campaign's own is among the arguments.
   * @param args What the campaign is.
   * @param opts Pulumi's options, such as `dependsOn`.
   */
  constructor(name: string, args: CampaignArgs, opts?: pulumi.CustomResourceOptions) {
    super("Campaign", name, { ...outputs, ...args }, { ...removedFirst(args), ...opts });
  }
}

/** A replacement of what can't be removed must fail before it creates a second campaign. */
function removedFirst({ deletionPolicy }: CampaignArgs): pulumi.CustomResourceOptions {
  return deletionPolicy === "prevent" ? { deleteBeforeReplace: true } : {};
}

// The engine fills in only properties that are there when the resource is registered.
const outputs: OutputsBeside<Declared, CampaignState, CampaignArgs, Campaign> = {
  campaignId: undefined,
  status: undefined,
  createTime: undefined,
};
