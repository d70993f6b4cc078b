import { explain, labelOf, shownStatus, UserError } from "../errors";
import type { Account } from "../hood/account";
import { type FailureKind, HoodError } from "../hood/errors";
import type { RecentCampaign } from "../hood/lists";
import type { Campaign, Observed } from "../hood/model";
import { cancelableStatuses, isTerminal } from "../lifecycle";
import type { Operation } from "../operation";
import { concat, joined, lines, type Message, oneLine, say, sentence } from "../text";

// A server may go on with a call after its gateway has given up, and what it shows may lag. So what a call did that got no answer is
// looked for during a minute; until then nobody sends the like of it.

/** Pauses before each look, in milliseconds. */
const PAUSES = [500, 1_000, 2_000, 4_000, 7_500, 10_000, 10_000, 10_000, 10_000, 5_000];
const LONGEST = PAUSES.reduce((sum, pause) => sum + pause, 0);
/** All of them, in seconds. */
export const LOOKED = LONGEST / 1_000;
/** How far Hood's clock may be from what its answers tell of it, in milliseconds: they tell whole seconds. */
const CLOCK_ERROR = 2_000;
/** The same for the clock that times a campaign's changes, before a call is repeated: with less, it might undo what somebody did since. */
const LARGEST_CLOCK_ERROR = 60_000;

/**
 * Looks again and again for what a call has done that got no answer. A look that gets no answer either has found nothing. The last one
 * begins a minute after the first pause did: slow looks are fewer.
 *
 * @param question what isn't known. @param look tells undefined if there is nothing to be seen yet.
 * @returns undefined if nothing was found. @throws HoodError if another look wouldn't help.
 */
export async function lookFor<T>(
  { account, progress }: Pick<Operation, "account" | "progress">,
  question: Message,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const since = account().now();
  const waited = () => Math.min(LONGEST, account().now() - since);
  for (const pause of PAUSES) {
    await progress(
      say`No answer says whether ${question}: looking for it, ${Number((waited() / 1_000).toFixed(1))} of ${LOOKED} s`,
    );
    await account().sleep(pause);
    const isLast = waited() >= LONGEST;
    const found = await look().catch(unlessFinal);
    if (found !== undefined || isLast) return found;
  }
  return undefined;
}

/** A look that got no answer has found nothing. @throws HoodError if another look wouldn't help */
export function unlessFinal(error: unknown): undefined {
  const passing = ["noResponse", "unexpectedResponse", "unreachable"];
  if (!(error instanceof HoodError) || !passing.includes(error.kind)) throw error;
}

/** True if what is seen of a campaign has nothing in it that came after a moment of the account's clock, as far as Hood says when it was changed. */
export function isUntouched({ updateTime }: Campaign, since: number, clockError = CLOCK_ERROR): boolean {
  return Date.parse(updateTime ?? "") < since - clockError;
}

/**
 * Why a call that wasn't seen to do anything isn't sent once more, as the continuation of "…, because"; undefined if it may be: nothing has
 * changed the campaign since it went out, neither the call nor anybody who may have undone it, and somebody is there to record what comes
 * of it.
 *
 * @param sentAt the account's clock, when the call hadn't gone out yet. @param sentBefore an earlier call got no answer either.
 */
export async function whyNotAgain(
  { engineIsGone }: Pick<Operation, "engineIsGone">,
  campaign: Campaign,
  { sentAt, sentBefore }: { readonly sentAt: number; readonly sentBefore: boolean },
): Promise<Message | undefined> {
  if (sentBefore) return say`an earlier call got no answer either`;
  if (!isUntouched(campaign, sentAt, LARGEST_CLOCK_ERROR)) return say`something may have changed the campaign since`;
  return (await engineIsGone()) ? say`the Pulumi command has ended` : undefined;
}

/** For so long after a create, a call or an edit, in milliseconds, what Hood shows may lag behind it. */
const YOUNG = 10 * 60_000;

/** True for what happened a short time ago, in milliseconds since 1970 by the account's clock. */
export function isRecent(account: Account, moment = Number.NaN): boolean {
  return Math.abs(account.time() - moment) < YOUNG;
}

/** A server may write a name in a way of its own: only letters and digits are sure to stay. */
export function isSameName(one: string, other: string): boolean {
  const plain = (text: string) =>
    text
      .replace(/&(?:amp|lt|gt|quot|apos|#\d+);/g, "")
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, "");
  return one === other || (plain(one) !== "" && plain(one) === plain(other));
}

/** True for what doesn't show yet what a call has brought a campaign to a short time ago. */
export function isBehind({ account, memory }: Finding, campaign: Campaign): boolean {
  const move = memory.campaigns.moveOf(campaign.id);
  if (move === undefined || campaign.status === move.status) return false;
  if (move.from !== undefined && campaign.status !== move.from) return false;
  return isUntouched(campaign, move.at) && isRecent(account(), move.at);
}

/**
 * What no call is to follow from is believed of the campaign's own page alone, or of a status that nothing leads out of: a list may lag.
 * And a page isn't believed that is behind, or that shows a draft which this operation launches.
 *
 * @param isDue true for what a call follows from that may be sent in any case. @param look reads the campaign's own page. @throws UserError if that is behind for long
 */
export async function certain(
  operation: Finding & Pick<Operation, "progress">,
  campaign: Observed,
  isDue: (campaign: Campaign) => boolean,
  look: () => Promise<Observed>,
): Promise<Observed> {
  const isBelieved = !campaign.isListed || isTerminal(campaign.status) || isDue(campaign);
  const seen = isBelieved ? campaign : await look();
  const isLaunching = seen.status === "draft" && operation.memory.campaigns.isLaunching(seen.id);
  if (isDue(seen) || !(isLaunching || isBehind(operation, seen))) return seen;
  return caughtUp(operation, seen, look);
}

/** Looks again at a campaign that is behind, for a minute. @throws UserError if it is so still */
export async function caughtUp<T extends Campaign>(
  operation: Finding & Pick<Operation, "progress">,
  { id, name, status }: Campaign,
  look: () => Promise<T>,
): Promise<T> {
  const campaign = labelOf(id, name);
  const found = await lookFor(operation, concat(campaign, say` shows what was done to it last`), async () => {
    const seen = await look();
    return seen.status === status ? undefined : seen;
  });
  if (found) {
    await operation.progress(say`Hood shows what was done to ${campaign} last: going on`);
    return found;
  }
  throw new UserError(
    lines(
      say`Nothing was sent for ${campaign}: Hood still shows it as ${shownStatus(status)} ${LOOKED} s later, and not what this program brings it to.`,
      say`Run \`pulumi up\` again in a few minutes. If it can't wait, look at the campaign in Hood.`,
    ),
  );
}

/** Reads a campaign for a check. A list may lag, so what would fail by it is read on the campaign's own page. @throws as {@link readMade} does */
export async function readForCheck(
  operation: Finding & Pick<Operation, "progress">,
  id: string,
  fails: (campaign: Campaign) => boolean,
): Promise<Observed> {
  const account = operation.account();
  const recent = await readMade(operation, id, () => account.getRecent(id, cancelableStatuses));
  return recent.isListed && !isTerminal(recent.status) && fails(recent) ? account.get(id) : recent;
}

/** Reads a campaign. One that this program has created a short time ago may not be shown yet. @throws UserError then, or as the read does */
export function readMade<T>(
  operation: Finding & Pick<Operation, "progress">,
  id: string,
  read: () => Promise<T>,
): Promise<T> {
  return read().catch(async (error) => {
    const made = operation.memory.campaigns.createdAt(id);
    if (!isUnknown(error) || !isRecent(operation.account(), made)) throw error;
    const look = () => read().catch((again) => (isUnknown(again) ? undefined : Promise.reject(again)));
    const found = await lookFor(operation, say`campaign ${id} is there`, look);
    if (found !== undefined) return found;
    throw new UserError(
      say`Hood doesn't show campaign ${id} yet, which this program created a few minutes ago: nothing was sent. Run the same command again in a few minutes.`,
    );
  });
}

function isUnknown(error: unknown): boolean {
  return error instanceof HoodError && error.kind === "unknownCampaign";
}

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

export function isUnreadable(error: unknown): error is HoodError {
  return error instanceof HoodError && UNREADABLE.includes(error.kind);
}

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
    if (!isUnreadable(failure)) throw failure;
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
