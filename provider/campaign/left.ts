import type { Context, Properties } from "../context";
import { UserError } from "../errors";
import type { Account } from "../hood/account";
import { HoodError } from "../hood/errors";
import { type Mark, placeIn } from "../hood/mark";
import type { Recent } from "../hood/newest";
import type { Whole } from "../hood/whole";
import { isFinal, takesEdits } from "../lifecycle";
import { campaignArguments as rules } from "./arguments";
import { isDraft } from "./changes";
import { driftOf } from "./drift";
import { editCampaign } from "./edit";
import { LOOK_BACK, type Memory, memoryOf } from "./memory";
import {
  describeAdopted,
  describeLagging,
  describeOtherContent,
  describePreventedTwin,
  describeSeveralLeft,
  describeUnclear,
} from "./messages";
import { findingsIn } from "./record";

export type Creating = Pick<
  Context,
  "account" | "audit" | "plans" | "warn" | "progress" | "engineIsGone" | "urn" | "organization"
>;

/**
 * What an earlier update made for this resource and couldn't record; undefined if there is nothing. Its mark tells it. Its age
 * only bounds the search: a campaign that was left behind on purpose, last month, isn't today's.
 *
 * @throws UserError, HoodError if a create could make a second one, and nobody can tell.
 */
export async function leftBefore(context: Creating, args: Properties, mark: Mark): Promise<Whole | undefined> {
  const memory = memoryOf(context);
  const account = context.account();
  // A resource that can't be removed would be in the way for ever once there is a second campaign, however old the first is.
  const prevented = args.deletionPolicy === "prevent";
  const listed = await memory.before(account, prevented ? Number.POSITIVE_INFINITY : LOOK_BACK);
  for (const { mark: shown, fields } of listed) if (shown) memory.shownMarks.add(placeIn(fields.metadata));

  const open = listed.filter(({ campaign: { id, status } }) => !isFinal(status) && !memory.isInProgram(id));
  const own = open.filter((recent) => recent.mark?.owner === mark.owner);
  const [left, ...others] = own.filter((recent) => !isOld(account, recent));
  if (left && others.length > 0) throw new UserError(describeSeveralLeft(args.name, [left, ...others]));
  if (left) return takeOver(context, args, mark, left);
  if (prevented && own[0]) throw new UserError(describePreventedTwin(args.name, own[0]));

  const told = context.urn !== undefined && memory.shownMarks.has(placeIn(args.metadata));
  const alike = open.filter(
    (recent) => !isOld(account, recent) && isNobodys(recent, context, memory) && isNamed(args, recent),
  );
  if (!told && alike.length > 0) throw new UserError(describeUnclear(args.name, alike));
  return undefined;
}

/** True for a campaign that no interrupted update of today can have left. */
export function isOld(account: Account, { createdAt }: Recent): boolean {
  return createdAt < account.time() - LOOK_BACK;
}

/** Nothing tells whose campaign it is, and no resource of this operation has it. */
function isNobodys({ campaign, mark }: Recent, { urn }: Creating, memory: Memory): boolean {
  return !memory.isOwned(campaign.id) && (mark === undefined || urn === undefined);
}

/** A server may write a name in a way of its own. */
function isNamed({ name }: Properties, { campaign }: Recent): boolean {
  const plain = (text: string) => text.normalize("NFKC").replace(/\s+/g, " ").trim().toLowerCase();
  return plain(String(name)) === plain(campaign.name);
}

async function takeOver(context: Creating, args: Properties, mark: Mark, left: Recent): Promise<Whole> {
  const account = context.account();
  const { id, status } = left.campaign;
  if (left.mark?.content === mark.content) {
    await context.warn(describeAdopted(left.campaign));
    return detailsOf(account, left);
  }
  const live = await viewOf(account, left);
  const becomesDraft = isDraft(args) && live.campaign.status !== "draft";
  if (!takesEdits(status) || !takesEdits(live.campaign.status) || becomesDraft) {
    throw new UserError(describeOtherContent(args.name, left));
  }
  await context.warn(describeAdopted(left.campaign));
  return { ...(await editCampaign(context, id, declaredBefore(args, live), args)), mark: left.mark };
}

async function viewOf(account: Account, left: Recent): Promise<Whole> {
  try {
    return await account.view(left.campaign.id);
  } catch (error) {
    if (error instanceof HoodError && error.kind === "unknownCampaign")
      throw new UserError(describeLagging(left.campaign));
    throw error;
  }
}

/** Everything that Hood shows of a campaign in a list; a list can be ahead of the campaign's own page. */
export function detailsOf(account: Account, listed: Recent): Promise<Whole> {
  return account.view(listed.campaign.id).catch((error) => {
    if (error instanceof HoodError) return listed;
    throw error;
  });
}

/** The arguments that a live campaign was made from, as far as it shows them, so that an edit brings it to those of today. */
function declaredBefore(args: Properties, live: Whole): Properties {
  const { runImmediately: _, ...today } = rules.pick(args);
  const { draft, ...shown } = findingsIn({}, live);
  return { ...shown, ...today, ...driftOf(today, live), draft };
}
