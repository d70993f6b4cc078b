import type * as pulumi from "@pulumi/pulumi";
import type { CampaignAbTest, CampaignArgs, CampaignMessage, PassedThrough } from "./campaignArgs";
import { HoodResource } from "./dynamic";

/**
 * The definition of one marketing campaign.
 *
 * `pulumi up` creates the campaign, with one call: a mark in its `metadata` says whose it is, and by that mark it is found again if the
 * answer to the call is lost or the update is killed. Afterwards it sends what the program changes, and nothing else. A campaign takes
 * edits while it is a draft, manual, scheduled or paused; in any other status the preview refuses them, with the way out.
 * `pulumi refresh` finds what was changed in Hood, and the next `pulumi up` puts it right. A campaign that Hood no longer shows
 * stays on record, with the status `"unknown"`: creating it again would send it to people again.
 *
 * Whether it is paused, resumed or cancelled is not a matter of its definition: that is what `CampaignStatus` and
 * `CampaignCancellation` are for. The API can't delete a campaign, so {@link CampaignArgs.deletionPolicy} says what
 * removing the resource does. With the classes of the npm package, `pulumi import` can't be used.
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
  /** Whether the program declares a draft. Whether it still is one: {@link status}. */
  declare readonly draft: pulumi.Output<boolean | undefined>;
  /** When the campaign is to start, as it was given; after a refresh that found another time, in ISO 8601. */
  declare readonly scheduledTime: pulumi.Output<string | undefined>;
  /** Whether it was to start as soon as it was created. */
  declare readonly runImmediately: pulumi.Output<boolean | undefined>;
  /** When the campaign runs again and again. */
  declare readonly recurrence: pulumi.Output<PassedThrough | undefined>;
  /** When a campaign that recurs has its end; in the notation of {@link scheduledTime}. */
  declare readonly endTime: pulumi.Output<string | undefined>;
  /** How the best of several messages is found. */
  declare readonly abTest: pulumi.Output<pulumi.Unwrap<CampaignAbTest> | undefined>;
  /** What is sent. */
  declare readonly messages: pulumi.Output<pulumi.Unwrap<CampaignMessage>[] | undefined>;
  /** Tracking parameters of links. */
  declare readonly utmTracking: pulumi.Output<PassedThrough | undefined>;
  /** Hours in which nothing is sent. */
  declare readonly quietHours: pulumi.Output<PassedThrough | undefined>;
  /** Who is to get the messages. */
  declare readonly targeting: pulumi.Output<PassedThrough | undefined>;
  /** Whether times are those of each recipient's time zone. */
  declare readonly sendInProfileTimeZone: pulumi.Output<boolean | undefined>;
  /** Whether recipients in whose time zone the time has passed get the messages at once. */
  declare readonly sendIfProfileTimePassed: pulumi.Output<boolean | undefined>;
  /** Id of the deal that the campaign belongs to. */
  declare readonly dealId: pulumi.Output<string | undefined>;
  /** Fields that have no argument, as the API names them. */
  declare readonly extra: pulumi.Output<PassedThrough | undefined>;
  /** What removing the resource does, where it was given. */
  declare readonly deletionPolicy: pulumi.Output<"abandon" | "cancel" | "prevent" | undefined>;
  /**
   * Status of the campaign when it was last seen, by an update or a refresh, as Hood calls it, such as `"scheduled"`.
   * `"unknown"` where Hood no longer shows the campaign.
   */
  declare readonly status: pulumi.Output<string>;
  /** When the campaign was created: ISO 8601 in UTC, such as `"2026-05-01T12:00:00Z"`; absent where Hood doesn't say. */
  declare readonly createTime: pulumi.Output<string | undefined>;

  /**
   * @param name Name of the resource in the stack; the campaign's own is among the arguments.
   * @param args What the campaign is.
   * @param opts Pulumi's options, such as `dependsOn`.
   */
  constructor(name: string, args: CampaignArgs, opts?: pulumi.CustomResourceOptions) {
    super("Campaign", "campaign", name, { ...outputs, ...args }, { ...refusedFirst(args), ...opts });
  }
}

/** A replacement of what can't be removed is to be refused before a second campaign is created. */
function refusedFirst({ deletionPolicy }: CampaignArgs): pulumi.CustomResourceOptions {
  return deletionPolicy === "prevent" ? { deleteBeforeReplace: true } : {};
}

// The engine fills in only properties that are there when the resource is registered.
const outputs = { campaignId: undefined, status: undefined, createTime: undefined };
