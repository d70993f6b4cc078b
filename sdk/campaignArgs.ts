import type * as pulumi from "@pulumi/pulumi";

/** Content whose fields Hood's API pages don't show; it is passed on as it is, with the names that the API uses. */
export type PassedThrough = Record<string, unknown>;

/**
 * How the best of several messages is found. Fields that aren't listed here can be given too, as the API names them. What is
 * left out isn't sent.
 */
export interface CampaignAbTest {
  [field: string]: unknown;
  /** Name of the test in Hood. */
  name?: pulumi.Input<string | undefined>;
  /** The share of the audience that takes part in the test, in percent. @example 30 */
  testSplit?: pulumi.Input<number | undefined>;
  /** What decides. @example "click_rate" */
  winningMetric?: pulumi.Input<string | undefined>;
  /** How long the test runs, in days, hours and minutes. @example "5D 20H 30M" */
  evaluationWindow?: pulumi.Input<string | undefined>;
  /** How the winner goes out. With `"manual"`, a person decides in Hood. */
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
  /** Messages by more than one channel need a premium plan. */
  channel: pulumi.Input<"push" | "email" | "sms">;
  /** Id of the integration that sends the message: digits, as a string. Required for `"email"` and `"sms"`. */
  integrationId?: pulumi.Input<string | undefined>;
  /** Id of the template that the message is made from: digits, as a string. */
  templateId?: pulumi.Input<string | undefined>;
  /** Language of the message for those who have no other. @example "en" */
  primaryLang?: pulumi.Input<string | undefined>;
  /** Content of an email, as the API takes it. */
  email?: pulumi.Input<PassedThrough | undefined>;
  /** Content of a push message, as the API takes it. */
  push?: pulumi.Input<PassedThrough | undefined>;
  /** Content of a text message, as the API takes it. */
  sms?: pulumi.Input<PassedThrough | undefined>;
}

/**
 * The arguments of a {@link Campaign}. What is left out isn't sent, so that Hood decides; what is taken out of the program
 * later is taken out of the campaign.
 */
export interface CampaignArgs {
  /**
   * Name of the campaign, as Hood shows it. Not blank, and without blanks around it, which a server may take away; at most 100 bytes in UTF-8, which is 100 Latin or 25 emoji
   * characters.
   *
   * @example "Spring sale"
   */
  name: pulumi.Input<string>;
  /** What the campaign is for. */
  description?: pulumi.Input<string | undefined>;
  /** Labels, in no order. @example ["spring", "email"] */
  labels?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** Keys and values of your own. The mark that a create writes beside them is shown by Hood, and by nothing here. */
  metadata?: pulumi.Input<PassedThrough | undefined>;
  /**
   * `true` keeps the campaign a draft, which is never sent. Taken out, or `false`, it launches the draft: `running` with
   * `runImmediately`, `scheduled` with a time or a recurrence, else `manual`. Nothing becomes a draft again.
   *
   * @default false
   */
  draft?: pulumi.Input<boolean | undefined>;
  /**
   * When the campaign is to start: ISO 8601 with its zone, or `YYYY-MM-DD HH:MM:SS` in GMT. It must be still to come when it
   * is declared or changed, or when a draft is launched. It can't go with `runImmediately`.
   *
   * @example "2026-12-01T09:00:00Z"
   */
  scheduledTime?: pulumi.Input<string | undefined>;
  /**
   * `true` starts the campaign as soon as it is created. It can't go with `scheduledTime` or `recurrence`. Without any of the
   * three the campaign is `manual`: a person sends it in Hood.
   *
   * @default false
   */
  runImmediately?: pulumi.Input<boolean | undefined>;
  /** When the campaign runs again and again, as the API takes it. */
  recurrence?: pulumi.Input<PassedThrough | undefined>;
  /** When a campaign that recurs has its end: ISO 8601 with its zone, or `YYYY-MM-DD HH:MM:SS` in GMT. */
  endTime?: pulumi.Input<string | undefined>;
  /** Required where one channel has several messages. */
  abTest?: pulumi.Input<CampaignAbTest | undefined>;
  /** What is sent; at most four messages for a channel. An edit sends the whole list, and Hood gives the messages new ids. */
  messages?: pulumi.Input<pulumi.Input<CampaignMessage>[] | undefined>;
  /** Tracking parameters of links, as the API takes them. */
  utmTracking?: pulumi.Input<PassedThrough | undefined>;
  /** Hours in which nothing is sent, as the API takes them. */
  quietHours?: pulumi.Input<PassedThrough | undefined>;
  /** Who is to get the messages, as the API takes it. */
  targeting?: pulumi.Input<PassedThrough | undefined>;
  /** Times are those of each recipient's time zone. */
  sendInProfileTimeZone?: pulumi.Input<boolean | undefined>;
  /** Recipients in whose time zone the time has passed get the messages at once. */
  sendIfProfileTimePassed?: pulumi.Input<boolean | undefined>;
  /** Id of the deal that the campaign belongs to: digits, as a string. @example "1000251" */
  dealId?: pulumi.Input<string | undefined>;
  /**
   * Fields that have no argument here, as the API names them: each becomes a field of the campaign. A field that has an
   * argument is refused.
   *
   * @example { frequency_cap: 2 }
   */
  extra?: pulumi.Input<PassedThrough | undefined>;
  /**
   * What happens to the campaign when the resource is removed from the program or destroyed; the API has no call to delete
   * one. `"abandon"`: it stays as it is, and nothing is sent. `"cancel"`: it is cancelled for good, where it is scheduled,
   * running or paused. `"prevent"`: the resource can't be removed. A change counts from the next `pulumi up` on.
   *
   * @default "abandon"
   */
  deletionPolicy?: pulumi.Input<"abandon" | "cancel" | "prevent" | undefined>;
}
