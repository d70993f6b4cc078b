import { isDeepStrictEqual } from "node:util";
import { audited } from "../../audited";
import type { Context, Properties } from "../../context";
import { UnknownEffectError, UserError } from "../../errors";
import type { Account } from "../../hood/account";
import { editCampaign as endpointFor } from "../../hood/endpoints";
import { HoodError } from "../../hood/errors";
import type { CampaignDetails, ObservedDetails } from "../../hood/model";
import { newTurn, type Turn } from "../../hood/rateLimit/turn";
import { isEditable } from "../../lifecycle";
import { firstLine } from "../../text";
import { certainly, MOST_CALLS, tracesOf, withPatience } from "../write";
import { shows } from "./drift";
import { describeRefusedEdit } from "./messages";
import { keepingMark, patchOf } from "./patch";

/** Pause before the look that follows a call whose fate isn't known, in milliseconds. An edit that is sent twice does no more than once. */
const PAUSE = 250;
/** Pause before an edited campaign is looked at again that looks as before, in milliseconds. */
const SECOND_LOOK = 3_500;

/** What earlier calls for the same edit have brought. */
interface Attempts {
  /** One went out whose fate wasn't told. */
  readonly called: boolean;
  /** The mark is to be left out. */
  readonly unmarked?: boolean;
  /** Hood said no to the last one. */
  readonly refusal?: HoodError;
}

/**
 * Turns a campaign from what is recorded into what is declared: observe, decide, act, verify. What the live campaign shows
 * already isn't sent, such as the edit of an update that was interrupted.
 *
 * @returns the campaign, with its status afterwards.
 * @throws UserError, HoodError where nothing was changed; UnknownEffectError where that can't be told.
 */
export async function editCampaign(
  context: Pick<Context, "account" | "audit">,
  id: string,
  olds: Properties,
  news: Properties,
): Promise<CampaignDetails> {
  const account = context.account();
  let attempts: Attempts = { called: false };
  const turn = newTurn();
  for (let call = 1; ; ) {
    const live = await lookAt(account, id, turn, attempts.called);
    const patch = patchOf(olds, news, live.campaign.status);
    if (shows(live, patch)) return live;
    stopWhereRefused(live, olds, news, attempts);
    const { called, unmarked = false } = attempts;
    const body = unmarked ? patch : keepingMark(patch, news, live.mark);
    const edit = audited(context, { action: "edit", campaignId: id, campaignName: live.campaign.name });
    const answer = await account.write(live.campaign, endpointFor(id), body, { turn, ready: edit.start });
    if (answer.kind === "stale") {
      await edit.drop();
      continue;
    }
    await edit.end({ outcome: answer.kind, ...tracesOf(answer) });
    if (answer.kind === "accepted") return arrived(live, patch, await afterwards(account, live));
    if (answer.kind === "notDone") throw called ? new UnknownEffectError(answer.error.message) : answer.error;
    // The look says why Hood refused it: mostly, the campaign has moved on.
    if (answer.kind === "unknown") attempts = { called: true, unmarked };
    // Unless it is the mark: an account may take one pair of metadata only.
    else attempts = body === patch ? { called, unmarked, refusal: answer.error } : { called, unmarked: true };
    if (call++ === MOST_CALLS) throw new UnknownEffectError(answer.error.message);
    if (answer.kind === "unknown") await account.sleep(PAUSE);
  }
}

function lookAt(account: Account, id: string, turn: Turn, called: boolean): Promise<ObservedDetails> {
  const view = () => account.details(id, turn);
  return certainly(called, () => (called ? withPatience(view) : view()));
}

function stopWhereRefused({ campaign }: CampaignDetails, olds: Properties, news: Properties, attempts: Attempts): void {
  const { called, refusal } = attempts;
  if (isEditable(campaign.status)) {
    if (refusal) throw called ? new UnknownEffectError(refusal.message) : refusal;
    return;
  }
  const words = describeRefusedEdit(campaign, olds, news);
  throw called ? new UnknownEffectError(firstLine(words)) : new UserError(words);
}

/** What the account makes of an edit that it took. What it shows may lag, so that one which changed nothing is looked at again. */
async function afterwards(account: Account, before: CampaignDetails): Promise<CampaignDetails | undefined> {
  const look = () => account.details(before.campaign.id);
  try {
    const first = await look();
    if (!isDeepStrictEqual(untimed(first), untimed(before))) return first;
    await account.sleep(SECOND_LOOK);
    return await look();
  } catch (error) {
    if (error instanceof HoodError) return undefined;
    throw error;
  }
}

function untimed({ fields: { update_time: _, ...others } }: CampaignDetails): Properties {
  return others;
}

function arrived(
  { campaign, fields }: CampaignDetails,
  { status = campaign.status }: Properties,
  after?: CampaignDetails,
): CampaignDetails {
  const { create_time } = fields;
  return { campaign: { ...campaign, status: String(status) }, fields: { create_time, ...after?.fields } };
}
