import { explain, UserError } from "../errors";
import { type FailureKind, HoodError } from "../hood/errors";
import type { RecentCampaign } from "../hood/lists";
import type { Campaign } from "../hood/model";
import type { Operation } from "../operation";
import { joined, lines, type Message, oneLine, say, sentence } from "../text";

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
  return read().catch((error) => explained(() => findMissing(operation, id, error)));
}

/** What a list that is there may be, and can't be read for. */
const UNREADABLE: readonly string[] = ["rejected", "unexpectedResponse", "tooLarge", "tooSlow"] satisfies FailureKind[];

/**
 * The same in a refresh, which keeps what isn't shown.
 *
 * @returns undefined if no list can be read that would tell, which it warns of. @throws UserError
 */
export function readKept<T extends { readonly campaign: Campaign }>(
  operation: Finding & Pick<Operation, "warn">,
  campaign: Message,
  id: string,
  read: () => Promise<T>,
): Promise<T | RecentCampaign | HoodError | undefined> {
  const untold = async (failure: unknown): Promise<undefined> => {
    if (!(failure instanceof HoodError && UNREADABLE.includes(failure.kind))) throw failure;
    await operation.warn(describeUntold(campaign, failure));
  };
  return read().catch((error) =>
    explained(async () => {
      const unknown = await expectUnknown(operation, error);
      const listed = await recent(operation).catch(untold);
      return listed && (shownIn(listed, id) ?? unknown);
    }),
  );
}

type Finding = Pick<Operation, "account" | "memory">;

/**
 * What is known of a campaign whose own page says that there is none. A page may lag behind a create that a list shows already.
 *
 * @returns the campaign as a list shows it, or the error if Hood doesn't show it at all. @throws every other error; HoodError of a list
 */
export async function findMissing(operation: Finding, id: string, error: unknown): Promise<RecentCampaign | HoodError> {
  const unknown = await expectUnknown(operation, error);
  return shownIn(await recent(operation), id) ?? unknown;
}

/** Nothing is known at a wrong address, so an account must be there that shows others. @throws every other error */
async function expectUnknown({ account }: Finding, error: unknown): Promise<HoodError> {
  if (!(error instanceof HoodError) || error.kind !== "unknownCampaign") throw error;
  await account().expectList();
  return error;
}

const recent = ({ account, memory }: Finding) => memory.campaigns.recent(account());

function shownIn(listed: readonly RecentCampaign[], id: string): RecentCampaign | undefined {
  return listed.find(({ campaign }) => campaign.id === id);
}

function describeUntold(campaign: Message, error: HoodError): Message {
  return lines(
    say`Hood has no page for ${campaign}, and its list of campaigns can't be read, so nothing tells whether the campaign is there. The Pulumi state keeps what it had.`,
    sentence(error.message),
    say`Refresh again later. If the list stays so, look for the campaign in Hood.`,
  );
}

/** For what a read leaves out of a campaign. @param effect what follows from that */
export function describeTooLarge(campaign: Message, names: readonly string[], effect: Message): Message {
  return say`What ${campaign} has in ${joined(names.map(oneLine), ", ")} is too large to be read. ${effect}`;
}
