import { UserError } from "../../provider/errors";
import type { Account } from "../../provider/hood/account";
import { actOnCampaign } from "../../provider/hood/endpoints";
import type { Campaign, Observed } from "../../provider/hood/model";
import type { Operation } from "../../provider/operation";
import {
  type CancellationArgs,
  type CancellationState,
  campaignCancellation,
} from "../../provider/resources/campaignCancellation";
import type { ArgumentTable, OnChange, Planned } from "../../provider/resources/resource";
import { say } from "../../provider/text";
import type { CampaignCancellation, CampaignCancellationArgs } from "../../sdk/campaignCancellation";
import type { OutputsBeside } from "../../sdk/dynamic";

/** Mistakes that the compiler finds. Nobody runs this file: it compiles only because each of them is expected to fail. */
export async function mistakes(
  operation: Operation,
  account: Account,
  planned: Planned<CancellationArgs>,
  live: Campaign,
  observed: Observed,
  name: string,
): Promise<void> {
  const cancel = actOnCampaign(live.id, "cancel");
  // @ts-expect-error a value that isn't known yet is never sent
  await account.get(planned.campaignId);
  // @ts-expect-error neither does anything come of a declaration that holds one
  await campaignCancellation.create(operation, planned);
  // @ts-expect-error a text from outside reaches a person only through the functions that make it harmless
  await operation.warn(`Campaign ${name} was canceled.`);
  // @ts-expect-error neither does one in an error
  new UserError(name);
  // @ts-expect-error a call stands on an observation, whose age is judged when its turn has come
  await account.write(live, cancel, {});
  // @ts-expect-error Hood's answer has to be told apart before anything follows from it
  (await account.write(observed, cancel, {})).status;
  // @ts-expect-error a resource doesn't write to an account of its own: it gets one with its operation
  await campaignCancellation.create(account, { campaignId: "1", reason: "x" });
  // @ts-expect-error a state says where the campaign stands
  campaignCancellation.isDue({ campaignId: "1", reason: "x" });
  await operation.warn(say`Campaign ${name} was canceled.`);
}

/** @ts-expect-error a change that may never happen, without the words against it */
export const silent: OnChange = "never";

type WithRequester = CancellationArgs & { readonly requestedBy: string };
/** @ts-expect-error an argument without a row, and so without a decision what changing it means */
export const incomplete: ArgumentTable<WithRequester, CancellationArgs, CancellationState> =
  campaignCancellation.arguments;

const outputs = {
  campaignName: undefined,
  previousStatus: undefined,
  status: undefined,
  outcome: undefined,
  canceledAt: undefined,
};
type Outputs<Args> = OutputsBeside<CancellationArgs, CancellationState, Args, CampaignCancellation>;
/** A class with the arguments of its resource, and one in which one of them has another name. */
export const same: Outputs<CampaignCancellationArgs> = outputs;
type Renamed = Omit<CampaignCancellationArgs, "reason"> & { readonly why: CampaignCancellationArgs["reason"] };
// @ts-expect-error a property that is renamed in one place only
export const renamed: Outputs<Renamed> = outputs;
