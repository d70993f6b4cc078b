import { explain, ImpossibleError, labelOf, UserError } from "../../errors";
import type { Account, CreateResult } from "../../hood/account";
import type { Endpoint } from "../../hood/endpoints";
import { HoodError } from "../../hood/errors";
import type { RecentCampaign } from "../../hood/lists";
import { hashOf, isSameMark, keysBeside, type Mark, markIn, newRecord } from "../../hood/mark";
import { type CampaignDetails, campaignDetailsIn, type ObservedDetails } from "../../hood/model";
import { isCanceled, isEditable, isTerminal } from "../../lifecycle";
import type { Operation } from "../../operation";
import { concat, harmless, type Message, quoted, say } from "../../text";
import { isSameName, LOOKED, lookFor } from "../observe";
import { isKnown, type Planned } from "../resource";
import { afterCall, audited, UnknownEffectError } from "../write";
import { type CampaignArgs, type CampaignState, isYoung, markedBy, ownerOf, type Provenance } from "./args";
import { type Edit, type Edited, editCampaign, expectFuture, expectOwnDraft, launching, unlessUnknown } from "./edit";
import { bodyOf, contentOf, editedArguments, isDraft, shownArguments } from "./fields";
import { LOOK_BACK, showsAsMuch } from "./memory";
import * as words from "./messages";
import { describeUnlistable } from "./messages";

/** Answers that say that a request is wrong, and so that nothing was done. */
const WRONG_REQUEST = [400, 422];

/** What a create has brought. */
export interface Created extends Edited {
  /** An earlier update made it. */
  readonly isTakenOver: boolean;
  /** What tells its state from every other one. It stands in the mark that was sent, whether an answer shows that or not. */
  readonly record: string;
}

/** A campaign that some create has marked as its resource's. */
type Marked = RecentCampaign & { readonly mark: Mark };

/** What a create is told from others by. */
interface Intention {
  readonly mark: Mark;
  /** True for a campaign that wasn't there before. */
  readonly isNew: (campaign: CampaignDetails) => boolean;
}

/**
 * Creates one campaign: observe, decide, act, verify. The call goes out once. A campaign that an earlier update made for this
 * resource, and that Pulumi couldn't keep, is taken over; it is told by its mark, never by its name, its content or its time.
 *
 * @throws UserError, HoodError if nothing was created; UnknownEffectError if that can't be told.
 */
export async function createCampaign(operation: Creating, args: CampaignArgs): Promise<Created> {
  const { campaigns } = operation.memory;
  const mark = markFor(operation, args);
  if (campaigns.unresolved.has(mark.owner))
    throw new UnknownEffectError(
      say`This update has sent that call already, without an answer, and sends no second one`,
    );
  // A resource that can't be removed would be in the way for ever once there is a second campaign, however old the first is.
  const isAll = args.deletionPolicy === "prevent";
  const age = isAll ? Number.POSITIVE_INFINITY : LOOK_BACK;
  const before = await campaigns.before(operation.account(), age).catch((error) => {
    const isTooLong = isAll && error instanceof HoodError && error.kind === "tooLarge";
    throw isTooLong ? notCreated(args.name, describeUnlistable(error)) : error;
  });
  const left = await takeOverLeft(operation, args, mark, before);
  const made = left ?? (await make(operation, args, mark, before));
  return { ...made, isTakenOver: left !== undefined, record: mark.record };
}

/** A host that doesn't know which resource it serves gets a mark that no later update will know. */
function markFor(operation: Creating, args: CampaignArgs): Mark {
  const owner = ownerOf(operation) ?? hashOf(newRecord());
  return { owner, content: contentOf(args), record: newRecord() };
}

async function make(
  operation: Creating,
  args: CampaignArgs,
  mark: Mark,
  before: readonly RecentCampaign[],
): Promise<CampaignDetails> {
  const { campaigns } = operation.memory;
  const keys = keysBeside(bodyOf(args).metadata);
  const known = new Set(before.map(({ campaign }) => campaign.id));
  const intention: Intention = { mark, isNew: ({ campaign }) => !known.has(campaign.id) };
  const marked = !campaigns.rejectedMarks.has(keys);
  let { result, made } = await send(operation, args, intention, marked);
  const isWrong = result.kind === "rejected" && WRONG_REQUEST.includes(result.error.status ?? 0);
  if (marked && isWrong && !campaigns.shows(keys)) {
    // The mark may be what is wrong. A rejected call did nothing, so there may be one without it, but not where marks are known
    // to be given back: there, what has none is taken for somebody else's.
    ({ result, made } = await send(operation, args, intention, false));
    if (made) campaigns.rejectedMarks.add(keys);
  }
  if (made) {
    if (made.mark) campaigns.shown(keys);
    return made;
  }
  if (result.kind === "rejected" || result.kind === "notDone") throw result.error;
  return find(operation, args, intention, reasonOf(result));
}

async function send(
  operation: Creating,
  args: CampaignArgs,
  { mark, isNew }: Intention,
  marked: boolean,
): Promise<{ readonly result: CreateResult; readonly made: CampaignDetails | undefined }> {
  const madeBy = (result: CreateResult) => {
    const shown = result.kind === "accepted" ? campaignDetailsIn(result.body).filter(isNew) : [];
    // An account that gives no marks back still gives the name.
    return shown.find((details) => (details.mark ? isSameMark(details.mark, mark) : isNamed(args, details)));
  };
  const account = operation.account();
  const body = bodyOf(args);
  const result = await audited(
    operation,
    { action: "create", campaignName: args.name },
    (ready) =>
      account.create(body, async (endpoint) => {
        await stopIfAlone(operation, endpoint);
        await ready(endpoint);
        // It may have waited for its turn until now.
        if (marked) Object.assign(body, bodyOf(args, { ...mark, moment: account.time() }));
      }),
    (result) => {
      const made = madeBy(result);
      return { campaignId: made?.campaign.id, ...(result.kind === "accepted" && !made && { outcome: "unsure" }) };
    },
  );
  return { result, made: madeBy(result) };
}

/** Nobody would keep what is created once the engine is gone, and the next update could come before it is to be seen. */
async function stopIfAlone({ engineIsGone }: Creating, endpoint: Endpoint): Promise<void> {
  if (!(await engineIsGone())) return;
  throw new HoodError("aborted", endpoint, say`the Pulumi command that asked for it has ended`);
}

/** Looks for what a create has made that got no answer, for about a minute. @throws UnknownEffectError if it can't be seen. */
async function find(
  operation: Creating,
  args: CampaignArgs,
  { mark, isNew }: Intention,
  reason: Message,
): Promise<CampaignDetails> {
  const { unresolved } = operation.memory.campaigns;
  const account = operation.account();
  unresolved.add(mark.owner);
  const question = say`campaign ${quoted(args.name)} was created`;
  const found = await afterCall(true, () =>
    lookFor(operation, question, async () => {
      const listed = await operation.memory.campaigns.now(account);
      return listed.find((recent) => isSameMark(recent.mark, mark) && isNew(recent) && !isOld(account, recent));
    }),
  );
  if (!found) throw new UnknownEffectError(say`${reason}; ${LOOKED} s later no list of the account showed it`);
  unresolved.delete(mark.owner);
  return detailsOf(account, found);
}

function reasonOf(result: CreateResult): Message {
  return result.kind === "accepted"
    ? say`Hood answered HTTP ${result.status} without the campaign`
    : result.error.message;
}

/**
 * How much earlier or later than its create went out a campaign may have been created, in milliseconds, by how slow a server may be and how
 * far its clocks may differ.
 */
const LONGEST_CREATE = 5 * 60_000;

/** What a create needs of its operation. */
export type Creating = Pick<
  Operation,
  "account" | "audit" | "memory" | "settings" | "now" | "warn" | "progress" | "engineIsGone" | "urn" | "organization"
>;

/**
 * Takes over what an earlier update made for this resource, and Pulumi couldn't keep. Its mark tells it. Its age only bounds the search:
 * a campaign that was left behind on purpose, last month, isn't today's.
 *
 * @param listed the newest campaigns. @returns undefined if nothing was left.
 * @throws UserError, HoodError if a create could make a second one, and nobody can tell.
 */
async function takeOverLeft(
  operation: Creating,
  args: CampaignArgs,
  mark: Mark,
  listed: readonly RecentCampaign[],
): Promise<Edited | undefined> {
  const { campaigns } = operation.memory;
  const account = operation.account();
  for (const { mark: shown, fields } of listed) if (shown) campaigns.shown(keysBeside(fields.metadata));

  // Seen a moment ago in another list: only its own page can say that it is gone.
  const missing = campaigns.missingIn(listed).filter((recent) => {
    return recent.mark?.owner === mark.owner || (isNobodys(operation, recent) && isNamed(args, recent));
  });
  const lagging = missing.map(async (recent) => ({ ...recent, ...(await ownPageOf(account, recent)) }));
  const all = [...listed, ...(await Promise.all(lagging))];
  const open = openIn(operation, all);
  const own = ownIn(open, mark.owner, all);
  const left = leftIn(account, args, own, all);
  if (left) return takeOver(operation, args, { ...mark, moment: left.mark.moment ?? left.createdAt }, left);
  if (args.deletionPolicy === "prevent" && own[0]) throw notCreated(args.name, words.describePreventedTwin(own[0]));

  const keys = keysBeside(bodyOf(args).metadata);
  const alike = open.filter(
    (recent) =>
      !isOld(account, recent) &&
      isNobodys(operation, recent) &&
      isNamed(args, recent) &&
      !(operation.urn !== undefined && wouldBeMarked(listed, recent, keys)),
  );
  if (alike.length > 0) throw notCreated(args.name, words.describeUnclear(alike));
  return undefined;
}

/**
 * True if a create of ours would have left a mark in a campaign that has none: the account gave marks back that were written before it, and
 * some that were written after it. One kind alone proves nothing, since the first create of an account may go out without a mark, and
 * an account may begin to keep marks, or no longer keep them.
 *
 * @param keys how many keys of metadata would have stood beside the mark.
 */
function wouldBeMarked(listed: readonly RecentCampaign[], { createdAt }: RecentCampaign, keys: number): boolean {
  const marked = listed.filter(({ mark, fields }) => mark && showsAsMuch(keysBeside(fields.metadata), keys));
  return marked.some((other) => other.createdAt < createdAt) && marked.some((other) => other.createdAt > createdAt);
}

/** Campaigns that go on, and that no resource of the program is known to have. */
function openIn({ memory }: Pick<Creating, "memory">, listed: readonly RecentCampaign[]): RecentCampaign[] {
  return listed.filter(({ campaign: { id, status } }) => !isCanceled(status) && !memory.campaigns.isManaged(id));
}

/**
 * What an interrupted update has left, for a preview and an update alike.
 *
 * @param own the campaigns of the resource. @throws UserError if nothing tells which one it is, or whether it is one.
 */
function leftIn(
  account: Account,
  args: Planned<CampaignArgs>,
  own: readonly Marked[],
  listed: readonly RecentCampaign[],
): Marked | undefined {
  const [left, ...others] = own.filter((recent) => !isOld(account, recent));
  if (!left) return undefined;
  const name = isKnown(args.name) ? args.name : left.campaign.name;
  if (others.length > 0) throw notCreated(name, words.describeSeveralLeft([left, ...others]));
  if (Number.isNaN(left.createdAt)) throw notCreated(name, words.describeAgeless(left));
  if (mayBeCopy(left, listed)) throw notCreated(name, words.describeCopy(left));
  return left;
}

/** Says in a preview which campaign a create would take over, or fail for, since it has this resource's mark. @returns false if there is none */
export async function warnOfLeft(operation: Operation, args: Planned<CampaignArgs>): Promise<boolean> {
  const account = operation.account();
  const listed = await operation.memory.campaigns.recent(account);
  const own = ownIn(openIn(operation, listed), ownerOf(operation), listed);
  try {
    const left = leftIn(account, args, own, listed);
    if (!left) return false;
    if (areKnown(args)) keyToRenew(operation, args, contentOf(args), left, await detailsOf(account, left));
    await operation.warn(words.describeLeftOver(left));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await operation.warn(concat(say`\`pulumi up\` would fail: `, error.message));
  }
  return true;
}

function areKnown(args: Planned<CampaignArgs>): args is CampaignArgs {
  return Object.values(args).every(isKnown);
}

/** True for a campaign that no interrupted update of today can have left, also if somebody has duplicated today what is older. */
export function isOld(account: Account, { createdAt, mark }: RecentCampaign): boolean {
  return [createdAt, mark?.moment ?? createdAt].some((time) => time < account.earliestTime() - LOOK_BACK);
}

/** Campaigns of an owner, without duplicates of what is there too. */
function ownIn(open: readonly RecentCampaign[], owner: string | undefined, listed: readonly RecentCampaign[]) {
  const isOwn = (recent: RecentCampaign): recent is Marked => owner !== undefined && recent.mark?.owner === owner;
  return open.filter(isOwn).filter((recent) => isOriginal(recent) || !hasOriginal(recent, listed));
}

/** True for a campaign that somebody may have made in Hood as a duplicate of another one, with its mark. */
function mayBeCopy(recent: Marked, listed: readonly RecentCampaign[]): boolean {
  return !isOriginal(recent) || hasOriginal(recent, listed);
}

/** True if there is another campaign with the mark of the same create, which is sent once, and that create has made it. */
function hasOriginal({ campaign, mark }: Marked, listed: readonly RecentCampaign[]): boolean {
  const isTwin = (other: RecentCampaign): other is Marked =>
    other.campaign.id !== campaign.id && other.mark?.owner === mark.owner && other.mark.moment === mark.moment;
  return mark.moment !== undefined && listed.some((other) => isTwin(other) && isOriginal(other));
}

/** True for a campaign that was created when its mark was written. A mark of an earlier version doesn't say when that was. */
function isOriginal({ mark, createdAt }: Marked): boolean {
  return mark.moment === undefined || Math.abs(createdAt - mark.moment) <= LONGEST_CREATE;
}

/** Nothing tells whose campaign it is, and no resource of this operation has it. */
function isNobodys({ memory, urn }: Creating, { campaign, mark }: RecentCampaign): boolean {
  return !memory.campaigns.isOwned(campaign.id) && (mark === undefined || urn === undefined);
}

function isNamed({ name }: CampaignArgs, { campaign }: CampaignDetails): boolean {
  return isSameName(harmless(name), campaign.name);
}

async function takeOver(
  operation: Creating,
  args: CampaignArgs,
  mark: Mark,
  left: Marked,
): Promise<Edited | undefined> {
  const { id } = left.campaign;
  const account = operation.account();
  const isSame = left.mark.content === mark.content;
  const live = await (isSame ? detailsOf(account, left) : ownPageOf(account, left));
  // A resource that was renamed with an alias may have been compared meanwhile.
  if (operation.memory.campaigns.isManaged(id)) return undefined;
  const key = keyToRenew(operation, args, mark.content, left, live);
  const taken = key === undefined ? live : await markAnew(operation, args, { mark, key, live }, left);
  await operation.warn(words.describeTakenOver(left.campaign));
  return taken;
}

/**
 * A removal cancels a campaign that still bears the mark of the removed state, and a process that knows of no newer state may remove an
 * older one, whatever the policy of the newer. So a campaign that can't get the mark of the new state isn't taken over, unless its mark says
 * that it was made to go on, and so that an older state of it, if there is one, doesn't end it.
 *
 * @returns the key of the mark that a new one is to replace; undefined for a campaign that is taken over as it is.
 * @throws UserError for one that isn't taken over.
 */
function keyToRenew(
  operation: Pick<Operation, "now">,
  args: CampaignArgs,
  content: string,
  left: Marked,
  live: CampaignDetails,
) {
  const { name, deletionPolicy } = args;
  const { id, status } = live.campaign;
  const isSame = left.mark.content === content;
  const isHarmless = isSame && (deletionPolicy !== "cancel" || isTerminal(status));
  const isNested = live.markKey === undefined && live.mark?.content === content;
  // Either may lag behind the other.
  const uneditable = [live, left].find(({ campaign }) => !isEditable(campaign.status));
  if (isHarmless && (uneditable || isNested)) return undefined;
  if (uneditable) throw closed(args, content, left, uneditable.campaign.status);
  if (!isSame && isDraft(args) && status !== "draft")
    throw notCreated(name, words.describeUntaken(left, words.describeNoDraft(name)));
  if (live.markKey === undefined) throw notCreated(name, words.describeNested(left));
  const before = madeFrom(args, content, left, live);
  expectOwnDraft({ ...before, campaignId: id, status }, args, live);
  expectFuture(operation, args, launching(editedArguments(before, args), status));
  return live.markKey;
}

/** What a campaign was made from that is to be taken over. */
function madeFrom(args: CampaignArgs, content: string, left: Marked, live: CampaignDetails): CampaignArgs {
  return left.mark.content === content ? args : shownBefore(args, live);
}

/** @param status where it stands by now, which a list may not show yet */
function closed(args: CampaignArgs, content: string, left: Marked, status: string): UserError {
  const describe = left.mark.content === content ? words.describeUnmarked : words.describeOtherContent;
  return notCreated(args.name, describe({ ...left, campaign: { ...left.campaign, status } }, isDraft(args)));
}

/** @throws UserError */
async function markAnew(
  operation: Creating,
  args: CampaignArgs,
  renewal: NonNullable<Edit["renewal"]>,
  left: Marked,
): Promise<Edited> {
  const { content } = renewal.mark;
  const { id, status } = left.campaign;
  const before = (seen: CampaignDetails) => madeFrom(args, content, left, seen);
  const expectFit = (seen: CampaignDetails) => expectOwnDraft({ ...before(seen), campaignId: id, status }, args, seen);
  try {
    return await editCampaign(operation, id, { before, after: args, expectFit, renewal });
  } catch (error) {
    if (error instanceof ImpossibleError) throw closed(args, content, left, error.status);
    if (error instanceof UserError) throw error;
    if (error instanceof UnknownEffectError) throw new UserError(words.describeUnknownTakeOver(left, error.message));
    throw notCreated(args.name, words.describeUntaken(left, explain(error)));
  }
}

/** @param why what was made for this resource before, and what to do. */
function notCreated(name: string, why: Message): UserError {
  return new UserError(concat(say`Campaign ${quoted(name)} was not created: `, why));
}

/**
 * Writes into the mark that a removal cancels the campaign from now on, before it may start: what runs takes no new mark, and would be taken
 * over by what declares another policy.
 *
 * @returns how the resource came to its campaign, for its state. @throws HoodError for what may succeed in the next update.
 */
export async function markToEnd(operation: Operation, state: CampaignState): Promise<Provenance> {
  const { campaignId, __provenance: { unmarked: _, ...provenance } = {}, createTime = "" } = state;
  const account = operation.account();
  const isOver = Date.parse(createTime) < account.time() - LOOK_BACK;
  if (isOver || provenance.mark === undefined) return provenance;
  const live = await account.details(campaignId).catch(unlessUnknown);
  if (!live && isYoung(operation, state)) throw new UserError(words.describeNotShown(labelOf(campaignId, state.name)));
  const unmarked = { ...provenance, unmarked: true } as const;
  if (!live) return unmarked;
  const own = markIn({ mark: provenance.mark });
  if (!live.mark || live.mark.record !== own?.record) return provenance;
  const mark = { ...live.mark, content: contentOf({ ...state, deletionPolicy: "cancel" }) };
  if (live.markKey === undefined) return unmarked;
  try {
    const renewal = { mark, key: live.markKey, live };
    await editCampaign(operation, campaignId, { before: () => state, after: state, renewal });
    return { ...provenance, ...markedBy(mark) };
  } catch (error) {
    const isRejected = error instanceof HoodError && error.kind === "rejected" && error.status === 400;
    if (isRejected || error instanceof ImpossibleError) return unmarked;
    throw error;
  }
}

async function ownPageOf(account: Account, left: CampaignDetails): Promise<ObservedDetails> {
  const live = await account.details(left.campaign.id).catch(unlessUnknown);
  if (!live) throw new UserError(words.describeLagging(left.campaign));
  return live;
}

/** Everything that Hood shows of a campaign in a list; a list can be ahead of the campaign's own page. */
function detailsOf(account: Account, listed: RecentCampaign): Promise<ObservedDetails> {
  return account.details(listed.campaign.id).catch((error) => {
    if (!(error instanceof HoodError)) throw error;
    // However long ago that was: a new mark changes nothing that is sent to people, and Hood rejects it where no edits are taken.
    return { ...listed, campaign: { ...listed.campaign, seenAt: Number.POSITIVE_INFINITY } };
  });
}

/** What a live campaign shows of its arguments: all else that is declared is sent, since nothing tells whether it is there. */
function shownBefore({ runImmediately }: CampaignArgs, live: CampaignDetails): CampaignArgs {
  const { name, status } = live.campaign;
  // Somebody has paused it: no edit starts it again.
  return { name, ...shownArguments(live), ...(status === "paused" && { runImmediately }) };
}
