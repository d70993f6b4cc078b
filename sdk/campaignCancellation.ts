import type * as pulumi from "@pulumi/pulumi";
import type { CancellationArgs, CancellationState } from "../provider/resources/campaignCancellation";
import { HoodResource, type OutputsBeside, withCampaign } from "./dynamic";

/** What to do about a campaign that Hood can't cancel. */
export type WhenNotCancelable = "fail" | "accept";

/** How it came that a campaign isn't sent any more. */
export type CancellationOutcome = "canceled" | "alreadyCanceled" | "notNeeded";

/** The arguments of a {@link CampaignCancellation}. */
export interface CampaignCancellationArgs {
  /**
   * Id of the campaign in Hood: decimal digits, as a string, since ids can be larger than a JavaScript number holds
   * exactly. It can't be changed afterwards: cancellation is permanent.
   *
   * @example "1000248"
   */
  campaignId: pulumi.Input<string>;
  /**
   * Why the campaign is canceled. Not blank. It is sent to Hood with the cancel call and can't be changed after that; the API doesn't
   * return it. If the outcome is `"alreadyCanceled"` or `"notNeeded"`, it was never sent: changing it then changes only the state. The
   * same text with another system's line breaks, or without its last one, is the same reason.
   *
   * @example "Budget cut, OPS-1234"
   */
  reason: pulumi.Input<string>;
  /**
   * The name that you expect the campaign to have, letter by letter. If it has another name, the preview fails and nothing is
   * canceled. This guards against a mistyped id.
   *
   * @default any name is accepted
   */
  expectedName?: pulumi.Input<string | undefined>;
  /**
   * What to do about a campaign that Hood can't cancel: a draft, a manual one, one that was sent while the change was reviewed, or
   * one that waits for a decision. `"fail"`: the preview fails. `"accept"`: the outcome is `"notNeeded"`, and nothing is sent. If a
   * later `pulumi refresh` finds that the campaign can be canceled after all, the next `pulumi up` cancels it.
   *
   * @default "fail"
   */
  whenNotCancelable?: pulumi.Input<WhenNotCancelable | undefined>;
}

/**
 * The permanent cancellation of one marketing campaign.
 *
 * `pulumi preview` reads the live campaign and changes nothing; with `--diff` it shows the campaign's name and status. `pulumi up` sends
 * the cancel call; it takes effect at most once, whatever is lost on the way. Any change that would undo it fails in the preview:
 * another campaign, or another reason than the one that was sent. Removing the resource, or destroying the stack, sends nothing: the
 * campaign stays canceled.
 *
 * The resource's id is the campaign's id. The classes of the npm package don't support `pulumi import`; declare a campaign that is
 * canceled already, and the resource adopts it with the outcome `"alreadyCanceled"`. Only one resource of a program may manage the
 * status of a campaign: a second one fails in the preview.
 *
 * API page: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns-by_id-cancel
 *
 * @example
 * ```ts
 * new hood.CampaignCancellation("spring-sale", {
 *   campaignId: "1000248",
 *   reason: "Budget cut, OPS-1234",
 *   expectedName: "Spring sale",
 * });
 * ```
 */
export class CampaignCancellation extends HoodResource {
  /** Id of the campaign in Hood, decimal digits. */
  declare readonly campaignId: pulumi.Output<string>;
  /** Why the campaign is canceled; sent to Hood if this resource cancels it. */
  declare readonly reason: pulumi.Output<string>;
  /** The expected name, if one was given. */
  declare readonly expectedName: pulumi.Output<string | undefined>;
  /** What to do about a campaign that Hood can't cancel, if it was given. */
  declare readonly whenNotCancelable: pulumi.Output<WhenNotCancelable | undefined>;
  /** Name of the campaign in Hood; in a preview the live one. */
  declare readonly campaignName: pulumi.Output<string>;
  /** Status before the cancellation, in Hood's words, such as `"running"`; in a preview the live one. */
  declare readonly previousStatus: pulumi.Output<string>;
  /**
   * Status of the campaign, in Hood's words: `"canceled"`, unless nothing was left to cancel. `"unknown"` if Hood no longer
   * shows the campaign, or while it isn't known whether the cancel call took effect.
   */
  declare readonly status: pulumi.Output<string>;
  /**
   * `"canceled"`: this resource canceled the campaign. `"alreadyCanceled"`: it had been canceled before, by somebody else or by an
   * update that was killed before it could record its own call. `"notNeeded"`: Hood couldn't cancel it, which `whenNotCancelable: "accept"` allows.
   */
  declare readonly outcome: pulumi.Output<CancellationOutcome>;
  /**
   * When the campaign was canceled: ISO 8601 in UTC, such as `"2026-05-01T12:00:00.000Z"`. For `"alreadyCanceled"`, the
   * last change that Hood shows for the campaign; absent if it shows none, and for `"notNeeded"`.
   */
  declare readonly canceledAt: pulumi.Output<string | undefined>;

  /**
   * @param name Name of the resource in the stack, not of the campaign.
   * @param args Which campaign to cancel, and why.
   * @param opts Pulumi's options, such as `dependsOn`.
   */
  constructor(name: string, args: CampaignCancellationArgs, opts?: pulumi.CustomResourceOptions) {
    const type = "CampaignCancellation";
    super(type, name, { ...outputs, ...withCampaign(args, { type, name }) }, opts);
  }
}

// The engine fills in only properties that are there when the resource is registered.
const outputs: OutputsBeside<CancellationArgs, CancellationState, CampaignCancellationArgs, CampaignCancellation> = {
  campaignName: undefined,
  previousStatus: undefined,
  status: undefined,
  outcome: undefined,
  canceledAt: undefined,
};
