import { UserError } from "../errors";
import { type FailureKind, HoodError } from "../hood/errors";
import type { RecentCampaign } from "../hood/lists";
import type { Campaign } from "../hood/model";
import { describeCampaign, explain } from "../messages";
import type { Operation } from "../operation";
import { concat, joined, type Message, oneLine, say } from "../text";

// Whether a campaign is there. One that isn't shown may be gone, may not be shown yet, or may be another account's.

/** What is read without any state that tells more. @throws UserError for what fails */
export async function explained<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new UserError(explain(error));
  }
}

/**
 * A live campaign that a state has seen.
 *
 * @returns the error of one that Hood doesn't show any more. @throws UserError for every other failure
 */
export function readPresent<T extends { readonly campaign: Campaign }>(
  operation: Finding,
  id: string,
  read: () => Promise<T>,
): Promise<T | RecentCampaign | HoodError> {
  return read().catch((error) => findMissing(operation, id, error));
}

/** What a list that is there may be, and can't be read for. */
const UNREADABLE: readonly string[] = ["rejected", "unexpectedResponse", "tooLarge", "tooSlow"] satisfies FailureKind[];

/** The same in a refresh, which keeps what isn't shown: a list that can't be read is one that doesn't show it. */
export function readKept<T extends { readonly campaign: Campaign }>(
  operation: Finding,
  id: string,
  read: () => Promise<T>,
): Promise<T | RecentCampaign | HoodError> {
  return read().catch((error) => findMissing(operation, id, error, UNREADABLE));
}

type Finding = Pick<Operation, "account" | "memory">;

/**
 * What is known of a campaign whose own page says that there is none. A page may lag behind a create that a list shows already. And nothing
 * is known at a wrong address, so an account must be there that shows others.
 *
 * @returns the campaign as a list shows it, or the error if Hood doesn't show it at all. @throws UserError for every other error
 */
export async function findMissing(
  { account, memory }: Finding,
  id: string,
  error: unknown,
  unreadable: readonly string[] = [],
): Promise<RecentCampaign | HoodError> {
  try {
    if (!(error instanceof HoodError) || error.kind !== "unknownCampaign") throw error;
    await account().expectList();
    const listed = await memory.campaigns.recent(account()).catch((failure) => {
      if (failure instanceof HoodError && unreadable.includes(failure.kind)) return [];
      throw failure;
    });
    return listed.find(({ campaign }) => campaign.id === id) ?? error;
  } catch (other) {
    throw new UserError(explain(other));
  }
}

/** For what a read leaves out of a campaign. */
export function describeTooLarge(campaign: Campaign, names: readonly string[]): Message {
  const fields = joined(names.map(oneLine), ", ");
  return concat(
    say`What ${describeCampaign(campaign)} has in ${fields} is too large to be read.`,
    say` The state keeps what it had of that, and a change there isn't seen.`,
  );
}
