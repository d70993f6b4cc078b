import type { Context, Properties } from "../context";
import { UncertainError } from "../errors";
import type { CallAnswer } from "../hood/account";
import type { Newcomer } from "../hood/newest";
import { type Whole, wholesIn } from "../hood/whole";
import { isFinal } from "../lifecycle";
import { certainly, MOST_CALLS, persistently, tracesOf } from "../send";
import { firstFitting } from "./find";
import { memoryOf } from "./memory";
import { describeAdopted } from "./messages";
import { bodyOf } from "./patch";

/** How old a campaign may be to be taken for what an interrupted update left, and how far Hood's clock may be ahead; in milliseconds. */
const LEFT_WITHIN = 3_600_000;
const CLOCK_SKEW = 300_000;
/** Pauses before the looks for what a create of unknown fate may have made, in milliseconds: a list may lag behind. */
const PAUSES = [250, 3_500];

type Creating = Pick<Context, "account" | "audit" | "plans" | "warn">;

/**
 * Creates one campaign: observe, decide, act, verify. Nothing is sent while a campaign may be there that an earlier call made, in
 * this operation or in one that was interrupted.
 *
 * @param now milliseconds since 1970.
 * @throws UserError, HoodError where nothing was created; UncertainError where that can't be told.
 */
export function createCampaign(context: Creating, args: Properties, now = Date.now): Promise<Whole> {
  const memory = memoryOf(context);
  return memory.inTurn(String(args.name), async () => {
    const before = await memory.before(context.account(), now() - LEFT_WITHIN);
    const whole = (await adopt(context, args, before, now())) ?? (await make(context, args, before, now));
    memory.own(whole.campaign.id);
    return whole;
  });
}

/** What an update left that was interrupted after its create was sent and before it was recorded; undefined where there is nothing. */
async function adopt(
  context: Creating,
  args: Properties,
  before: readonly Newcomer[],
  now: number,
): Promise<Whole | undefined> {
  const memory = memoryOf(context);
  const recent = before.filter(({ createdAt }) => createdAt >= now - LEFT_WITHIN && createdAt <= now + CLOCK_SKEW);
  const left = recent.filter(({ status }) => !isFinal(status));
  const whole = await firstFitting(context.account(), memory, args, left);
  if (!whole) return undefined;
  memory.adopt(whole.campaign.id);
  const createdAt = left.find(({ id }) => id === whole.campaign.id)?.createdAt ?? now;
  await context.warn(describeAdopted(whole.campaign, now - createdAt));
  return whole;
}

async function make(
  context: Creating,
  args: Properties,
  before: readonly Newcomer[],
  now: () => number,
): Promise<Whole> {
  const known = new Set(before.map(({ id }) => id));
  const since = now() - LEFT_WITHIN;
  for (let call = 1, called = false; ; call++) {
    const answer = await context.account().create(bodyOf(args));
    const made = answer.kind === "accepted" ? wholesIn(answer.body)[0] : undefined;
    await audit(context, args, answer, made);
    if (made) return made;
    if (answer.kind === "refused" || answer.kind === "failed") {
      throw called ? new UncertainError(answer.error.message) : answer.error;
    }
    called = true;
    const found = await certainly(called, () => search(context, args, known, since));
    if (found) return found;
    if (call === MOST_CALLS) throw new UncertainError(`${reasonOf(answer)}, and that ${MOST_CALLS} times`);
  }
}

/** Looks for what a create of unknown fate has made, twice before nothing is believed to be there. */
async function search(
  context: Creating,
  args: Properties,
  known: ReadonlySet<string>,
  since: number,
): Promise<Whole | undefined> {
  const account = context.account();
  for (const pause of PAUSES) {
    await account.sleep(pause);
    const newest = await persistently(() => account.newest(since));
    const others = newest.filter(({ id }) => !known.has(id));
    const found = await persistently(() => firstFitting(account, memoryOf(context), args, others));
    if (found) return found;
  }
  return undefined;
}

async function audit(context: Creating, args: Properties, answer: CallAnswer, made?: Whole): Promise<void> {
  const outcome = answer.kind === "accepted" && !made ? "unsure" : answer.kind;
  const campaignId = made?.campaign.id;
  await context.audit({
    action: "create",
    campaignId,
    campaignName: String(args.name),
    outcome,
    ...tracesOf(answer),
  });
}

function reasonOf(answer: CallAnswer): string {
  return answer.kind === "accepted" ? `Hood answered HTTP ${answer.status} without a campaign` : answer.error.message;
}
