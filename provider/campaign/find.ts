import type { Properties } from "../context";
import type { Account } from "../hood/account";
import { HoodError } from "../hood/errors";
import type { Newcomer } from "../hood/newest";
import type { Whole } from "../hood/whole";
import { driftOf } from "./drift";
import type { Memory } from "./memory";

/** The first campaign that bears exactly this name, that no resource stands for, and in which nothing contradicts the arguments. */
export async function firstFitting(
  account: Account,
  memory: Memory,
  args: Properties,
  campaigns: readonly Newcomer[],
): Promise<Whole | undefined> {
  for (const { id, name } of campaigns) {
    if (name !== args.name || memory.isOwned(id)) continue;
    const whole = await viewIfThere(account, id);
    if (whole && !memory.isOwned(id) && fits(args, whole)) return whole;
  }
  return undefined;
}

function fits(args: Properties, whole: Whole): boolean {
  const asDraft = (args.draft === true) === (whole.campaign.status === "draft");
  return asDraft && Object.keys(driftOf(args, whole)).length === 0;
}

async function viewIfThere(account: Account, id: string): Promise<Whole | undefined> {
  try {
    return await account.view(id);
  } catch (error) {
    if (error instanceof HoodError && error.kind === "unknownCampaign") return undefined;
    throw error;
  }
}
