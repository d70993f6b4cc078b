import { audited } from "../../audited";
import type { Context, Properties } from "../../context";
import { UserError } from "../../errors";
import type { Account } from "../../hood/account";
import { editCampaign as endpointFor } from "../../hood/endpoints";
import { HoodError } from "../../hood/errors";
import type { RecentCampaign } from "../../hood/lists";
import { keysBeside, type Mark, textOf } from "../../hood/mark";
import type { CampaignDetails } from "../../hood/model";
import { isCanceled, isEditable } from "../../lifecycle";
import { harmless } from "../../text";
import { tracesOf } from "../write";
import { campaignArguments as rules } from "./arguments";
import { isDraft } from "./changes";
import { driftOf } from "./drift";
import { editCampaign } from "./edit";
import { LOOK_BACK, type Memory, memoryOf } from "./memory";
import {
  describeAdopted,
  describeAgeless,
  describeLagging,
  describeOtherContent,
  describePreventedTwin,
  describeSeveralLeft,
  describeUnclear,
} from "./messages";
import { bodyOf } from "./patch";
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
export async function leftBefore(
  context: Creating,
  args: Properties,
  mark: Mark,
  listed: readonly RecentCampaign[],
): Promise<CampaignDetails | undefined> {
  const memory = memoryOf(context);
  const account = context.account();
  for (const { mark: shown, fields } of listed) if (shown) memory.shown(keysBeside(fields.metadata));

  const open = listed.filter(({ campaign: { id, status } }) => !isCanceled(status) && !memory.isInProgram(id));
  const own = open.filter((recent) => recent.mark?.owner === mark.owner);
  const [left, ...others] = own.filter((recent) => !isOld(account, recent));
  if (left && others.length > 0) throw new UserError(describeSeveralLeft(args.name, [left, ...others]));
  if (left && Number.isNaN(left.createdAt)) throw new UserError(describeAgeless(args.name, left));
  if (left) return takeOver(context, args, mark, left);
  if (args.deletionPolicy === "prevent" && own[0]) throw new UserError(describePreventedTwin(args.name, own[0]));

  const told = context.urn !== undefined && memory.shows(keysBeside(bodyOf(args).metadata));
  const alike = open.filter(
    (recent) => !isOld(account, recent) && isNobodys(recent, context, memory) && isNamed(args, recent),
  );
  if (!told && alike.length > 0) throw new UserError(describeUnclear(args.name, alike));
  return undefined;
}

/** True for a campaign that no interrupted update of today can have left. */
export function isOld(account: Account, { createdAt }: RecentCampaign): boolean {
  return createdAt < account.time() - LOOK_BACK;
}

/** Nothing tells whose campaign it is, and no resource of this operation has it. */
function isNobodys({ campaign, mark }: RecentCampaign, { urn }: Creating, memory: Memory): boolean {
  return !memory.isOwned(campaign.id) && (mark === undefined || urn === undefined);
}

/** A server may write a name in a way of its own: only letters and digits are sure to stay. */
export function isNamed({ name }: Properties, { campaign }: CampaignDetails): boolean {
  const plain = (text: string) =>
    text
      .replace(/&(?:amp|lt|gt|quot|apos|#\d+);/g, "")
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, "");
  const [declared, live] = [harmless(String(name)), campaign.name];
  return declared === live || (plain(declared) !== "" && plain(declared) === plain(live));
}

async function takeOver(
  context: Creating,
  args: Properties,
  mark: Mark,
  left: RecentCampaign,
): Promise<CampaignDetails> {
  const account = context.account();
  const { id, status } = left.campaign;
  if (left.mark?.content === mark.content) {
    await context.warn(describeAdopted(left.campaign));
    return renewed(context, mark, await detailsOf(account, left));
  }
  const live = await viewOf(account, left);
  const becomesDraft = isDraft(args) && live.campaign.status !== "draft";
  if (!isEditable(status) || !isEditable(live.campaign.status) || becomesDraft) {
    throw new UserError(describeOtherContent(args.name, left));
  }
  await context.warn(describeAdopted(left.campaign));
  const edited = await editCampaign(context, id, declaredBefore(args, live), args);
  return renewed(context, mark, { ...edited, mark: live.mark, markKey: live.markKey });
}

/**
 * Writes the new record's mark in place of the old one's, where the campaign takes edits. If a replacement left an old record, its
 * removal may come in another update, or in another process: by this mark it learns that the campaign isn't its own any more.
 */
async function renewed(context: Creating, mark: Mark, taken: CampaignDetails): Promise<CampaignDetails> {
  const { id, name, status } = taken.campaign;
  if (!isEditable(status) || taken.markKey === undefined) return taken;
  const body = { metadata: { [taken.markKey]: textOf(mark) } };
  const edit = audited(context, { action: "edit", campaignId: id, campaignName: name });
  // However long ago it was seen: a mark changes nothing that is sent to people, and Hood refuses it where it takes no edits.
  const seen = { id, seenAt: Number.POSITIVE_INFINITY };
  const answer = await context.account().write(seen, endpointFor(id), body, { ready: edit.start });
  if (answer.kind === "stale") return taken;
  await edit.end({ outcome: answer.kind, ...tracesOf(answer) });
  return answer.kind === "rejected" || answer.kind === "notDone" ? taken : { ...taken, mark };
}

async function viewOf(account: Account, left: RecentCampaign): Promise<CampaignDetails> {
  try {
    return await account.details(left.campaign.id);
  } catch (error) {
    if (error instanceof HoodError && error.kind === "unknownCampaign")
      throw new UserError(describeLagging(left.campaign));
    throw error;
  }
}

/** Everything that Hood shows of a campaign in a list; a list can be ahead of the campaign's own page. */
export function detailsOf(account: Account, listed: RecentCampaign): Promise<CampaignDetails> {
  return account.details(listed.campaign.id).catch((error) => {
    if (error instanceof HoodError) return listed;
    throw error;
  });
}

/** The arguments that a live campaign was made from, as far as it shows them, so that an edit brings it to those of today. */
function declaredBefore(args: Properties, live: CampaignDetails): Properties {
  const { runImmediately: _, ...today } = rules.pick(args);
  const { draft, ...shown } = findingsIn({}, live);
  return { ...shown, ...today, ...driftOf(today, live), draft };
}
