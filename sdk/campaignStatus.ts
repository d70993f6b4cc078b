import type * as pulumi from "@pulumi/pulumi";
import { onlyManager } from "./duplicates";
import { HoodResource } from "./dynamic";

/** The arguments of a {@link CampaignStatus}. */
export interface CampaignStatusArgs {
  /**
   * Id of the campaign in Hood: decimal digits, as a string, since ids can be larger than a JavaScript number holds
   * exactly. It can't be changed afterwards: declare another resource for another campaign.
   *
   * @example "1000248"
   */
  campaignId: pulumi.Input<string>;
  /**
   * The status to bring the campaign to, by the calls that lead there from where it is. `"canceled"` is final: it can't be
   * changed afterwards.
   */
  status: pulumi.Input<"running" | "paused" | "scheduled" | "canceled">;
  /**
   * Why; not blank. Sent to Hood with a pause or a cancellation; the API doesn't give it back. Required for `"canceled"`.
   * One that was sent with a cancellation can't be changed any more; any other one can, in the record alone.
   *
   * @default "Declared in a Pulumi program", for a pause
   * @example "Stock is short, OPS-1234"
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * When the campaign is to start, for `status: "scheduled"`: ISO 8601 with its zone, or `YYYY-MM-DD HH:MM:SS` in GMT. It must
   * be still to come when it is declared or changed. Required where the campaign isn't scheduled already.
   *
   * @default the time that the scheduled campaign has
   * @example "2026-12-01T09:00:00Z"
   */
  scheduledTime?: pulumi.Input<string | undefined>;
  /**
   * The name that the campaign is expected to have, letter by letter. Where it is called otherwise, the preview fails and
   * nothing is sent: the guard against a mistyped id.
   *
   * @default any name is accepted
   */
  expectedName?: pulumi.Input<string | undefined>;
  /**
   * For `status: "canceled"`: what to make of a campaign that Hood can't cancel, such as one that was sent. `"fail"`: an error.
   * `"accept"`: the record says that there was nothing to cancel.
   *
   * @default "fail"
   */
  whenNotCancelable?: pulumi.Input<"fail" | "accept" | undefined>;
}

/**
 * The status of one marketing campaign: running, paused, scheduled, or cancelled for good.
 *
 * `pulumi preview` looks at the live campaign and finds the way to the wished status: `plannedActions` shows the calls,
 * such as `["pause", "resume"]` to move a running campaign to a later time. Where there is no way (a draft, a campaign that was
 * sent, one that is canceled), the preview fails and says what can be reached.
 *
 * Only a declaration that is new or edited acts. Afterwards campaigns move on by themselves, and that is no difference: what
 * was to be `"running"` or `"scheduled"` may have been sent by now. What time can't explain, such as a paused campaign
 * that somebody resumed, is put right by the `pulumi up` after the `pulumi refresh` that found it. Removing the resource sends nothing.
 *
 * The resource's id is the campaign's id. A campaign has one resource in a program that stands for its status: a second one, or a
 * `CampaignCancellation` beside it, is refused in the preview.
 *
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-pause,
 * docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-resume,
 * docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-cancel
 *
 * @example
 * ```ts
 * new hood.CampaignStatus("spring-sale", {
 *   campaignId: "1000248",
 *   status: "scheduled",
 *   scheduledTime: "2026-12-01T09:00:00Z",
 *   reason: "Stock is short, OPS-1234",
 * });
 * ```
 */
export class CampaignStatus extends HoodResource {
  /** Id of the campaign in Hood, decimal digits. */
  declare readonly campaignId: pulumi.Output<string>;
  /** The status that the campaign was brought to. Where it is by now: {@link currentStatus}. */
  declare readonly status: pulumi.Output<"running" | "paused" | "scheduled" | "canceled">;
  /** Why, where a reason was given. */
  declare readonly reason: pulumi.Output<string | undefined>;
  /** When the campaign was to start, as it was given. */
  declare readonly scheduledTime: pulumi.Output<string | undefined>;
  /** The name that the campaign had to bear, where one was given. */
  declare readonly expectedName: pulumi.Output<string | undefined>;
  /** What was to be made of a campaign that Hood can't cancel, where it was given. */
  declare readonly whenNotCancelable: pulumi.Output<"fail" | "accept" | undefined>;
  /** Name of the campaign in Hood; in a preview the live one. */
  declare readonly campaignName: pulumi.Output<string>;
  /** Status before anything was done, as Hood calls it, such as `"running"`; in a preview the live one. */
  declare readonly previousStatus: pulumi.Output<string>;
  /** The calls that lead from there to the wished status, in their order: `"pause"`, `"resume"`, `"cancel"`. */
  declare readonly plannedActions: pulumi.Output<("pause" | "resume" | "cancel")[]>;
  /**
   * Status of the campaign when it was last seen, by an update or a refresh, as Hood calls it. `"unknown"` where Hood no longer
   * shows the campaign.
   */
  declare readonly currentStatus: pulumi.Output<string>;

  /**
   * @param name Name of the resource in the stack, not of the campaign.
   * @param args Which campaign, and the status to bring it to.
   * @param opts Pulumi's options, such as `dependsOn`.
   */
  constructor(name: string, args: CampaignStatusArgs, opts?: pulumi.CustomResourceOptions) {
    const type = "CampaignStatus";
    const campaignId = onlyManager(args.campaignId, { type, name });
    super(type, "campaignStatus", name, { ...outputs, ...args, campaignId }, opts);
  }
}

// The engine fills in only properties that are there when the resource is registered.
const outputs = {
  campaignName: undefined,
  previousStatus: undefined,
  plannedActions: undefined,
  currentStatus: undefined,
};
