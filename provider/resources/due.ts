import { describeCampaign, ImpossibleError, labelOf, UserError } from "../errors";
import { HoodError } from "../hood/errors";
import type { Campaign } from "../hood/model";
import { cancelableStatuses, UNKNOWN_STATUS } from "../lifecycle";
import type { Left, Operation } from "../operation";
import { firstLine, lines, type Message, say, sentence } from "../text";
import type { Guards } from "./arguments";
import { countCancellation } from "./guards";
import { readPresent } from "./observe";
import type { Failure, Planned } from "./resource";

/** What is to be done for a resource in the state that nobody edited: a refresh found it, or an update that didn't end left it. */
export interface Due {
  readonly state: Guarded;
  readonly args: Planned<Guards>;
  /** The campaign's status as the state has it; undefined, or unknown, if it doesn't tell. */
  readonly seen: string | undefined;
  /** What speaks against it, and whether it is done without a call. @param now in milliseconds since 1970 */
  judge(campaign: Campaign, now: number): { readonly failures: readonly Failure[]; readonly isDone: boolean };
}

/** What an update makes of what is due, as far as that can be told: it leaves it, has nothing to send for it, or does it. */
interface Judged {
  readonly left?: Left;
  readonly done?: Campaign;
}

/**
 * Says what an update will do that is due, and counts it if it `ends` the campaign. What speaks against it, a person in Hood can bring about:
 * it keeps the call back, and nothing else. No stack is blocked by it, nor by a campaign that can't be read, which is left to the update.
 *
 * @param what `words` say what it will do; undefined if the program was edited, which a check has judged.
 */
export async function previewDue(
  operation: Operation,
  due: Due,
  { ends, words }: { readonly ends: boolean; readonly words: Message | undefined },
): Promise<{ leftDue?: true }> {
  const { memory, urn, warn } = operation;
  const { campaignId, campaignName: name } = due.state;
  // A refresh of the same operation may have judged what the program declared before.
  memory.left.delete(campaignId);
  const { left, done } = words ? await judgeDue(operation, due) : {};
  if (left) {
    memory.left.set(campaignId, left);
    return { leftDue: true };
  }
  // A refresh compares too, and sends nothing.
  if (ends && !done && memory.isDeclared(urn))
    await countCancellation(operation, campaignId, { name, isDue: words !== undefined });
  if (words) await warn(done ? describeDone(done) : words);
  return {};
}

/**
 * Does what is due, or leaves it: by what the preflight found, and by what somebody has done since.
 *
 * @param leave the state then.
 */
export async function callDue<State>(
  operation: Operation,
  due: Due,
  act: () => Promise<State>,
  leave: (left: Left) => State,
): Promise<State> {
  const { memory, settings, warn } = operation;
  const { state, args } = due;
  const isUnasked = settings().preflight === "off";
  const left = isUnasked ? (await judgeLive(operation, due)).left : memory.left.get(state.campaignId);
  if (left) return leave(left);
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ImpossibleError) || isEdited(state, args, error.property)) throw error;
    await warn(lines(error.message, LEFT));
    return leave({ status: error.status });
  }
}

/** Without a preflight, only the state tells. @throws ImpossibleError for what the program was edited to, and the campaign doesn't take */
async function judgeDue(operation: Operation, due: Due): Promise<Judged> {
  const { now, settings, warn } = operation;
  const { state, seen = UNKNOWN_STATUS } = due;
  const { campaignId: id, campaignName: name = "" } = state;
  if (settings().preflight === "off") {
    return seen === UNKNOWN_STATUS ? {} : judge(operation, due, { id, name, status: seen }, now());
  }
  try {
    return await judgeLive(operation, due);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof ImpossibleError) throw error;
    await warn(describeUnread(error.message));
    return {};
  }
}

async function judgeLive(operation: Operation, due: Due): Promise<Judged> {
  const { campaignId, campaignName } = due.state;
  const account = operation.account();
  const found = await readPresent(operation, campaignId, async () => ({
    campaign: account.remembered(campaignId) ?? (await account.getRecent(campaignId, cancelableStatuses)),
  }));
  if (!(found instanceof HoodError)) return judge(operation, due, found.campaign, account.time());
  await operation.warn(describeLeftForgotten(labelOf(campaignId, campaignName), found));
  return { left: { status: UNKNOWN_STATUS } };
}

async function judge(
  { settings, warn }: Operation,
  { state, args, ...due }: Due,
  campaign: Campaign,
  now: number,
): Promise<Judged> {
  const { failures, isDone } = due.judge(campaign, now);
  const [failure] = failures;
  if (!failure) return isDone ? { done: campaign } : {};
  const edited = failures.find(({ property }) => isEdited(state, args, property));
  if (!edited) {
    await warn(lines(failure.reason, LEFT));
    return { left: campaign };
  }
  // A state may have an older name than the campaign: without a preflight, the update itself judges the edit.
  if (settings().preflight === "off") return {};
  throw new ImpossibleError(edited.reason, campaign.status, edited.property);
}

type Guarded = Guards & { readonly campaignId: string; readonly campaignName?: string };

/** True if the program has changed the argument that a failure belongs to. Nothing but a guard changes here. */
function isEdited(before: Guards, after: Planned<Guards>, property: string): boolean {
  return property === "expectedName" && before.expectedName !== after.expectedName;
}

const LEFT = say`Nobody edited this in the program, so it stays as it is: nothing is sent for it, and the rest goes on.`;

function describeDone(campaign: Campaign): Message {
  return say`Nothing is left to do for ${describeCampaign(campaign)}: \`pulumi up\` records that, and sends nothing while it stays so.`;
}

/** For what a preview can't read. @param reason why, as messages say it */
export function describeUnread(reason: Message): Message {
  return lines(
    firstLine(reason),
    say`Nobody edited this in the program, so the rest goes on: \`pulumi up\` reads the campaign again, and fails for this resource alone if it can't.`,
  );
}

function describeLeftForgotten(campaign: Message, error: HoodError): Message {
  return lines(
    say`Hood doesn't show ${campaign} any more: nothing is sent for it, and the rest goes on.`,
    sentence(error.message),
    say`If it is gone, remove this resource, which sends nothing. If it is there in Hood, check that HOOD_ENDPOINT and HOOD_TOKEN are those of its account.`,
  );
}
