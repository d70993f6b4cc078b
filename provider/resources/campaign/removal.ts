import { explain, labelOf, UserError } from "../../errors";
import { HoodError } from "../../hood/errors";
import { markIn } from "../../hood/mark";
import type { CampaignDetails, Observed } from "../../hood/model";
import { isCancelable, isTerminal } from "../../lifecycle";
import type { Operation } from "../../operation";
import { type Message, say } from "../../text";
import { type CancelArgs, cancelCampaign } from "../cancel";
import { isRecent, isUnreadable, readPresent } from "../observe";
import { UnknownEffectError } from "../write";
import { type CampaignState, isYoung, ownerOf } from "./args";
import {
  describeAbandoned,
  describeCanceled,
  describeDoubt,
  describeManaged,
  describeNoAccount,
  describeNotCanceled,
  describeNotShown,
  describePrevented,
  describeReplaced,
  describeTwoMarks,
  describeUnknownRemoval,
  describeUnresolved,
} from "./messages";

/** What Hood shows for a campaign that ends because its resource does. */
const REASON = "Removed from the Pulumi program";

/**
 * Removes the state of a campaign, and cancels the campaign if its policy says so and no other resource can own it.
 *
 * @throws UserError if the state must stay.
 */
export async function removeCampaign(operation: Operation, state: CampaignState): Promise<void> {
  const { campaignId, name, status, deletionPolicy } = state;
  const campaign = labelOf(campaignId, name);
  const { campaigns } = operation.memory;
  campaigns.own(campaignId);
  // The state of a replaced resource, also if its removal comes in a later update.
  if (campaigns.isManagedByAnother(campaignId, state.__provenance?.record)) {
    return operation.warn(describeManaged(campaign));
  }
  if (deletionPolicy === "prevent") {
    // Its create couldn't see this one. To refuse now would block the stack for ever, and take nothing back.
    if (campaigns.isReplaced(campaignId, operation.urn)) return operation.warn(describeReplaced(campaign));
    throw new UserError(describePrevented(campaign));
  }
  if (deletionPolicy !== "cancel") return operation.warn(describeAbandoned(campaign, status));
  if (campaigns.unresolved.has(ownerOf(operation))) throw new UserError(describeUnresolved(campaign));
  await cancelOwn(operation, state);
}

/** Cancels the campaign, if there is anything to cancel, and says what came of it. */
async function cancelOwn(operation: Operation, state: CampaignState): Promise<void> {
  const { campaignId, name } = state;
  const campaign = labelOf(campaignId, name);
  const args: CancelArgs = { campaignId, reason: REASON, whenNotCancelable: "accept" };
  const readOwn = async (): Promise<Observed> => {
    const live = await readPresent(operation, campaignId, () => operation.account().details(campaignId));
    if (live instanceof HoodError || "createdAt" in live) {
      if (isYoung(operation, state)) throw new UserError(describeNotShown(campaign));
      if (!(live instanceof HoodError)) throw new UserError(describeListedOnly(campaignId));
      await expectGone(operation, state);
      throw new Doubt(GONE);
    }
    await expectCurrent(operation, state, live);
    const doubt = isCancelable(live.campaign.status) ? doubtAbout(operation, state, live) : undefined;
    if (doubt !== undefined) throw new Doubt(doubt);
    return live.campaign;
  };
  try {
    await readOwn();
    const result = await operation.counted(() => cancelCampaign(operation, args, { sent: false, renew: readOwn }));
    await operation.warn(describeCanceled(result.campaign, result.outcome === "canceled"));
  } catch (error) {
    if (error instanceof Doubt) return operation.warn(describeDoubt(campaign, error.message));
    if (!(error instanceof UnknownEffectError)) throw new UserError(describeNotCanceled(explain(error)));
    throw new UserError(describeUnknownRemoval(campaign, error.message));
  }
}

const GONE = say`Hood doesn't show it any more, at this HOOD_ENDPOINT and with this HOOD_TOKEN. If they are another account's, get it back with \`pulumi import\` (with the plugin) and those of its own`;

/**
 * A page of its own that knows no campaign proves little: it may fail for long, and nothing in a state names its account. Only another
 * campaign of the stack shows whose account it is that answers.
 *
 * @throws UserError, HoodError if it isn't gone for all that is known.
 */
async function expectGone(operation: Operation, { campaignId: id, name, __provenance }: CampaignState): Promise<void> {
  const { account, memory } = operation;
  const ids = await account().everyId();
  if (!ids)
    throw new UserError(
      say`Nothing shows whether campaign ${id} is there: the list of all campaigns changed each time while it was read. Nothing was sent. Run the same command again.`,
    );
  if (ids.has(id)) throw new UserError(describeListedOnly(id));
  if (memory.campaigns.hasOneOf(ids)) return;
  const owners = [markIn({ mark: __provenance?.mark })?.owner, ownerOf(operation)];
  const recent = await memory.campaigns.recent(account());
  if (!recent.some(({ mark }) => mark && owners.includes(mark.owner))) {
    throw new UserError(describeNoAccount(labelOf(id, name)));
  }
}

function describeListedOnly(id: string): Message {
  return say`Hood shows campaign ${id} in its list, and not on its own page, so nothing was sent: cancel it in Hood, or run the same command again when its page is there.`;
}

/** @throws UserError for a page that lags, as far as can be told: whose campaign it is, and whether it is to be canceled, nothing else says. */
async function expectCurrent(operation: Operation, state: CampaignState, live: CampaignDetails): Promise<void> {
  const { account, memory } = operation;
  const { id, status } = live.campaign;
  // What an edit has launched isn't a draft any more.
  if (!isCancelable(status) && !isTerminal(status) && isRecent(account(), state.__provenance?.editedAt)) {
    throw new UserError(describeNotShown(labelOf(id, state.name), true));
  }
  const listed = await memory.campaigns.recent(account()).catch(unlessUnreadable);
  const { mark } = listed.find(({ campaign }) => campaign.id === id) ?? {};
  if (live.mark && mark && mark.record !== live.mark.record)
    throw new UserError(describeTwoMarks(labelOf(id, state.name)));
}

function unlessUnreadable(error: unknown): [] {
  if (isUnreadable(error)) return [];
  throw error;
}

/** The campaign may be another resource's. */
class Doubt extends UserError {}

/** Why a campaign may be another resource's, as the continuation of "not canceled: "; undefined if it is this one's own. */
function doubtAbout(operation: Operation, state: CampaignState, { mark: live }: CampaignDetails): Message | undefined {
  const { mark, record, imported, unmarked } = state.__provenance ?? {};
  if (operation.memory.managers.has(state.campaignId)) return say`another resource of this program manages its status`;
  if (imported) return say`it was imported, not created by this resource`;
  if (unmarked) return say`its deletionPolicy became "cancel" when it took no new mark, so another state may have it`;
  const own = markIn({ mark });
  const owners = [own?.owner, ownerOf(operation)];
  if (live && !owners.includes(live.owner)) return say`its metadata says that another resource created it`;
  // A create whose answer didn't show its mark has left none in the state, but what stands in it.
  if (live && ![own?.record, record].includes(live.record)) {
    return own
      ? say`its metadata says that it belongs to a newer state of this resource`
      : say`its metadata says that a state of this resource created it, and not that it was this one`;
  }
  if (live || mark === undefined) return undefined;
  return say`its metadata doesn't say any more that this resource created it`;
}
