import type * as pulumi from "@pulumi/pulumi";
import type { CancellationArgs, CancellationState } from "../provider/resources/campaignCancellation";
import { onlyManager } from "./duplicates";
import { HoodResource, type OutputsBeside } from "./dynamic";

/** The arguments of a {@link CampaignCancellation}. */
export interface CampaignCancellationArgs {
  /**
   * Id of the campaign in Hood: decimal digits, as a string, since ids can be larger than a JavaScript number holds
   * exactly. It can't be changed afterwards: cancelling is final.
   *
   * @example "1000248"
   */
  campaignId: pulumi.Input<string>;
  /**
   * Why the campaign ends. Not blank. Sent to Hood with the call, whose API doesn't give it back, and then it can't be changed any more.
   * With the outcome `"alreadyCanceled"` or `"notNeeded"` it was never sent, so it can be corrected: in the record alone. The same text
   * with line breaks of another system, or without its last one, is the same reason.
   *
   * @example "Budget cut, OPS-1234"
   */
  reason: pulumi.Input<string>;
  /**
   * The name that the campaign is expected to have, letter by letter. Where it is called otherwise, the preview fails and
   * nothing is cancelled: the guard against a mistyped id.
   *
   * @default any name is accepted
   */
  expectedName?: pulumi.Input<string | undefined>;
  /**
   * What to make of a campaign that Hood can't cancel: a draft, a manual one, one that was sent while the change was reviewed, or
   * one that waits for a decision. `"fail"`: an error. `"accept"`: the record says that there was nothing to cancel; where a later
   * `pulumi refresh` finds that it can be cancelled after all, the next `pulumi up` cancels it.
   *
   * @default "fail"
   */
  whenNotCancelable?: pulumi.Input<"fail" | "accept" | undefined>;
}

/**
 * The permanent end of one marketing campaign.
 *
 * `pulumi preview` looks at the live campaign and changes nothing; with `--diff` it shows the campaign's name and status. `pulumi up` sends the cancel
 * call, with one effect whatever happens on the way. Another campaign, another reason than the one that was sent or any other attempt to
 * undo it is refused in the preview. Removing the resource, or destroying the stack, sends nothing: the campaign stays cancelled.
 *
 * The resource's id is the campaign's id. With the classes of the npm package, `pulumi import` can't be used; declaring a campaign that is canceled already
 * adopts it, with the outcome `"alreadyCanceled"`. A program has one resource for the end or the status of a campaign: a second
 * one is refused in the preview.
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
  /** Why the campaign ends; sent to Hood where this resource's call ends it. */
  declare readonly reason: pulumi.Output<string>;
  /** The name that the campaign had to bear, where one was given. */
  declare readonly expectedName: pulumi.Output<string | undefined>;
  /** What was to be made of a campaign that Hood can't cancel, where it was given. */
  declare readonly whenNotCancelable: pulumi.Output<"fail" | "accept" | undefined>;
  /** Name of the campaign in Hood; in a preview the live one. */
  declare readonly campaignName: pulumi.Output<string>;
  /** Status before the cancellation, as Hood calls it, such as `"running"`; in a preview the live one. */
  declare readonly previousStatus: pulumi.Output<string>;
  /**
   * Status of the campaign, as Hood calls it: `"canceled"`, unless nothing was left to cancel. `"unknown"` where Hood no
   * longer shows the campaign, or while it isn't certain that the cancel call took effect.
   */
  declare readonly status: pulumi.Output<string>;
  /**
   * `"canceled"`: this resource's call ended the campaign. `"alreadyCanceled"`: it had been cancelled before.
   * `"notNeeded"`: it couldn't be cancelled any more, or not yet, which `whenNotCancelable: "accept"` allows.
   */
  declare readonly outcome: pulumi.Output<"canceled" | "alreadyCanceled" | "notNeeded">;
  /**
   * When the campaign was cancelled: ISO 8601 in UTC, such as `"2026-05-01T12:00:00.000Z"`. For `"alreadyCanceled"`, the
   * last change that Hood shows for the campaign; absent where it shows none, and for `"notNeeded"`.
   */
  declare readonly canceledAt: pulumi.Output<string | undefined>;

  /**
   * @param name Name of the resource in the stack, not of the campaign.
   * @param args Which campaign ends, and why.
   * @param opts Pulumi's options, such as `dependsOn`.
   */
  constructor(name: string, args: CampaignCancellationArgs, opts?: pulumi.CustomResourceOptions) {
    const type = "CampaignCancellation";
    const campaignId = onlyManager(args.campaignId, { type, name });
    super(type, "campaignCancellation", name, { ...outputs, ...args, campaignId }, opts);
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
