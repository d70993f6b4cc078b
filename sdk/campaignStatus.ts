import type * as pulumi from "@pulumi/pulumi";
import type { StatusArgs, StatusState } from "../provider/resources/campaignStatus";
import type { WhenNotCancelable } from "./campaignCancellation";
import { HoodResource, type OutputsBeside, withCampaign } from "./dynamic";

/** The status that a campaign is led to. */
export type DesiredStatus = "running" | "paused" | "scheduled" | "canceled";

/** A call that changes a campaign's status. */
export type StatusAction = "pause" | "resume" | "cancel";

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
   * The desired status. The provider sends the calls that lead there from the live status. `"canceled"` is permanent: it can't
   * be changed afterwards.
   */
  status: pulumi.Input<DesiredStatus>;
  /**
   * Why; not blank. Sent to Hood with a pause or a cancellation; the API doesn't return it. Required for `"canceled"`. A reason
   * that was sent with a cancellation can't be changed; changing any other one changes only the state.
   *
   * @default "Declared in a Pulumi program", for a pause
   * @example "Stock is short, OPS-1234"
   */
  reason?: pulumi.Input<string | undefined>;
  /**
   * When the campaign starts, for `status: "scheduled"`: ISO 8601 with its zone, or `YYYY-MM-DD HH:MM:SS` in GMT. It must lie in
   * the future when it is declared or changed. Required if the campaign isn't scheduled already.
   *
   * @default the time that the scheduled campaign has
   * @example "2026-12-01T09:00:00Z"
   */
  scheduledTime?: pulumi.Input<string | undefined>;
  /**
   * The name that you expect the campaign to have, letter by letter. If it has another name, the preview fails and nothing is
   * sent. This guards against a mistyped id.
   *
   * @default any name is accepted
   */
  expectedName?: pulumi.Input<string | undefined>;
  /**
   * For `status: "canceled"`: what to do about a campaign that Hood can't cancel, such as one that was sent. `"fail"`: the preview
   * fails. `"accept"`: nothing is sent, and the state says so.
   *
   * @default "fail"
   */
  whenNotCancelable?: pulumi.Input<WhenNotCancelable | undefined>;
}

/**
 * The status of one marketing campaign: running, paused, scheduled, or canceled for good.
 *
 * `pulumi preview` reads the live campaign and finds the calls that lead to the desired status: `plannedActions` shows them, such as
 * `["pause", "resume"]` to move a running campaign to a later time. If no call leads there (from a draft, or from a campaign that was
 * sent or canceled), the preview fails, and says so.
 *
 * Only a new or edited declaration sends calls. Later the campaign moves on by itself, and that is no difference: a campaign declared
 * `"running"` or `"scheduled"` may have been sent by now. If `pulumi refresh` finds a status that time doesn't explain, such as a
 * paused campaign that somebody resumed, the next `pulumi up` restores the desired status. Removing the resource sends nothing.
 *
 * The resource's id is the campaign's id. Only one resource of a program may manage the status of a campaign: a second one, or a
 * `CampaignCancellation` beside it, fails in the preview.
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
  /** The desired status. {@link currentStatus} is the one that was seen last. */
  declare readonly status: pulumi.Output<DesiredStatus>;
  /** Why, if a reason was given. */
  declare readonly reason: pulumi.Output<string | undefined>;
  /** When the campaign starts, as it was given. */
  declare readonly scheduledTime: pulumi.Output<string | undefined>;
  /** The expected name, if one was given. */
  declare readonly expectedName: pulumi.Output<string | undefined>;
  /** What to do about a campaign that Hood can't cancel, if it was given. */
  declare readonly whenNotCancelable: pulumi.Output<WhenNotCancelable | undefined>;
  /** Name of the campaign in Hood; in a preview the live one. */
  declare readonly campaignName: pulumi.Output<string>;
  /** Status before anything was done, in Hood's words, such as `"running"`; in a preview the live one. */
  declare readonly previousStatus: pulumi.Output<string>;
  /** The calls that lead from there to the desired status, in their order: `"pause"`, `"resume"`, `"cancel"`. */
  declare readonly plannedActions: pulumi.Output<StatusAction[]>;
  /**
   * The campaign's status at the last update or refresh, in Hood's words. `"unknown"` if Hood no longer shows the campaign.
   */
  declare readonly currentStatus: pulumi.Output<string>;

  /**
   * @param name Name of the resource in the stack, not of the campaign.
   * @param args Which campaign, and its desired status.
   * @param opts Pulumi's options, such as `dependsOn`.
   */
  constructor(name: string, args: CampaignStatusArgs, opts?: pulumi.CustomResourceOptions) {
    const type = "CampaignStatus";
    super(type, name, { ...outputs, ...withCampaign(args, { type, name }) }, opts);
  }
}

// The engine fills in only properties that are there when the resource is registered.
const outputs: OutputsBeside<StatusArgs, StatusState, CampaignStatusArgs, CampaignStatus> = {
  campaignName: undefined,
  previousStatus: undefined,
  plannedActions: undefined,
  currentStatus: undefined,
};
