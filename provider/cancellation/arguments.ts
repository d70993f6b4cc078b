import { ArgumentRules, campaignIdRule, expectedNameRule, isText, whenNotCancelableRule } from "../arguments";

/** How a campaign is judged that Hood can't cancel and that nobody has cancelled. */
export type WhenNotCancelable = "fail" | "accept";

/** The arguments of a CampaignCancellation; each may also be the placeholder for a value that isn't known yet. */
export interface CancellationArguments {
  readonly campaignId: string;
  readonly reason: string;
  readonly expectedName?: string;
  readonly whenNotCancelable?: WhenNotCancelable;
}

export const cancellationArguments = new ArgumentRules<keyof CancellationArguments>("CampaignCancellation", {
  campaignId: campaignIdRule,
  reason: (value) =>
    isText(value)
      ? undefined
      : 'must not be blank: say why the campaign ends, such as "Budget cut, OPS-1234"; it is sent to Hood with the call',
  expectedName: expectedNameRule,
  whenNotCancelable: whenNotCancelableRule,
});
