import type * as pulumi from "@pulumi/pulumi";
import type { CampaignState, CampaignArgs as Declared } from "../provider/resources/campaign/args";
import type { CampaignAbTest, CampaignArgs, CampaignMessage, DeletionPolicy, PassedThrough } from "./campaignArgs";
import { HoodResource, type OutputsBeside } from "./dynamic";

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
    super("Campaign", name, { ...outputs, ...args }, { ...refusedFirst(args), ...opts });
  }
}

/** A replacement of what can't be removed must fail before it creates a second campaign. */
function refusedFirst({ deletionPolicy }: CampaignArgs): pulumi.CustomResourceOptions {
  return deletionPolicy === "prevent" ? { deleteBeforeReplace: true } : {};
}

// The engine fills in only properties that are there when the resource is registered.
const outputs: OutputsBeside<Declared, CampaignState, CampaignArgs, Campaign> = {
  campaignId: undefined,
  status: undefined,
  createTime: undefined,
};
