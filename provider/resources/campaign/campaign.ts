import { isDeepStrictEqual } from "node:util";
import {
  describeCampaign,
  describeForgotten,
  explain,
  ImpossibleError,
  labelOf,
  UnfinishedError,
  UserError,
} from "../../errors";
import { HoodError } from "../../hood/errors";
import { hoodTime, isoFromHood, momentOf } from "../../hood/fields";
import { markIn } from "../../hood/mark";
import type { CampaignDetails } from "../../hood/model";
import { isCanceled, isEditable, UNKNOWN_STATUS } from "../../lifecycle";
import type { Operation } from "../../operation";
import { say } from "../../text";
import { describeNoReturn } from "../cancel";
import { expectAuditable, failureFrom } from "../guards";
import { describeTooLarge, explained, findMissing, readKept } from "../observe";
import { type Failure, type Planned, type Resource, unknown } from "../resource";
import { UnknownEffectError } from "../write";
import {
  type ArgumentName,
  argumentsIn,
  type CampaignArgs,
  type CampaignDeclaration,
  type CampaignState,
  campaignArguments,
  createdAt,
  isYoung,
  kept,
  markedBy,
  mayBeBehind,
  ownerOf,
  type Provenance,
} from "./args";
import { createCampaign, markToEnd, warnOfLeft } from "./create";
import {
  declaredBeside,
  editCampaign,
  expectOwnDraft,
  isOnlyUnedited,
  judgeEdit,
  leaveUnedited,
  leaving,
  readRecent,
  uneditedArguments,
} from "./edit";
import {
  addedByHand,
  argumentAt,
  editedArguments,
  isDraft,
  liveArguments,
  partsOf,
  shownArguments,
  storedForms,
  withUncertain,
} from "./fields";
import {
  describeGone,
  describeLaunched,
  describeLeft,
  describeNoDraft,
  describeNotShown,
  describePast,
  describeRejectedCreate,
  describeShared,
  describeStatusArgument,
  describeTakenAway,
  describeUnendable,
  describeUnknownCreate,
  describeUnknownEdit,
  describeUnsettled,
} from "./messages";
import { removeCampaign } from "./removal";

/** A check reads no campaign: what depends on a live one is judged by `preflight`. */
type CampaignSeen = object;

/**
 * The definition of one campaign.
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns, update-campaigns-by_id, view-campaigns-by_id
 */
export const campaign: Resource<CampaignDeclaration, CampaignSeen, CampaignState> = {
  type: "Campaign",
  live: "status",
  seen: [],

  arguments: {
    ...campaignArguments,
    // For a campaign that is there, what a status asks for can only be judged by the live one.
    status: { read: (value) => ({ value }), onChange: "call", undocumented: true },
  },

  async check(operation, args, old) {
    return { seen: {}, failures: old ? checkExisting(args, old) : await checkNew(operation, args) };
  },

  async preflight(operation, state, args) {
    const { campaigns } = operation.memory;
    campaigns.own(state.campaignId);
    // A refresh compares too: that says nothing of the program, and must not fail because what it found can't be put right.
    const declared = operation.memory.isDeclared(operation.urn);
    if (declared) {
      const { record } = state.__provenance ?? {};
      const isShared = record !== undefined && campaigns.isManagedByAnother(state.campaignId, record);
      if (isShared) await operation.warn(describeShared(labelOf(state.campaignId, state.name)));
      const isLaunching = isDraft(state) && !isDraft(args);
      campaigns.manage(state.campaignId, { record, isLaunching, createdAt: createdAt(state), urn: operation.urn });
      // What an edit has launched isn't a draft any more.
      const at = isDraft(state) ? undefined : state.__provenance?.editedAt;
      if (at !== undefined) campaigns.move(state.campaignId, { from: "draft", status: state.status, at });
    }
    try {
      await expectNoStatus(operation, state, args);
      if (!declared) return {};
      const { left, warnings } = await judgeEdit(operation, state, args);
      for (const warning of warnings) await operation.warn(warning);
      return { left };
    } catch (error) {
      throw new UserError(explain(error));
    }
  },

  /** An edit whose effect isn't known, also if a refresh has come between. */
  isDue: ({ __provenance }) => __provenance?.unfinished !== undefined,

  async create(operation, inputs) {
    const args = argumentsIn(inputs);
    try {
      const made = await createCampaign(operation, args);
      // Nothing tells what an account has written in its own way from what somebody has changed since an earlier update.
      const stored = made.isTakenOver ? {} : storedForms(args, made);
      const provenance = { record: made.record, ...markedBy(made.mark), stored, editedAt: made.sentAt };
      return { id: made.campaign.id, state: stateAfter(operation, args, made, provenance) };
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (error instanceof UnknownEffectError) throw new UserError(describeUnknownCreate(args.name, error.message));
      throw new UserError(describeRejectedCreate(args.name, explain(error)));
    }
  },

  async read(operation, id, state) {
    operation.memory.campaigns.own(id);
    const read = () => operation.account().details(id);
    // A program may ask for a campaign with a part of a state.
    if (state?.name === undefined) return readState(operation, state, await explained(read));
    const campaign = labelOf(id, state.name);
    const found = await readKept(operation, campaign, id, read);
    if (!found) return { state };
    if (!(found instanceof HoodError))
      return readState(operation, state, "createdAt" in found ? placeOf(found) : found);
    // A state stays when Hood forgets the campaign: creating it again would send it to people again.
    if (isYoung(operation, state)) {
      await operation.warn(describeNotShown(campaign));
      return { state };
    }
    await operation.warn(describeGone(describeForgotten(campaign, found)));
    return { state: { ...state, status: UNKNOWN_STATUS } };
  },

  async update(operation, old, inputs) {
    let [state, uncertain] = [old, old];
    const { campaignId } = old;
    const args = argumentsIn(inputs);
    try {
      await expectNoStatus(operation, state, inputs);
      ({ state, before: uncertain } = await afterUnknown(operation, old, args));
      const { status, createTime } = state;
      let { __provenance: provenance = {} } = state;
      const { left, warnings, status: seen = status } = await leaveUnedited(operation, state, args);
      for (const warning of warnings) await operation.warn(warning);
      if (args.deletionPolicy === "cancel" && state.deletionPolicy !== "cancel") {
        provenance = await markToEnd(operation, state);
        if (provenance.unmarked) await operation.warn(describeUnendable(labelOf(campaignId, state.name)));
      }
      const next = leaving(state, args, left);
      const after = { ...provenance, declared: pickHashes(provenance.declared, left) };
      if (editedArguments(uncertain, next).length === 0) {
        return { ...next, campaignId, status: seen, createTime, __provenance: kept(after) };
      }
      let before: CampaignDetails | undefined;
      const expectFit = (live: CampaignDetails) => {
        expectOwnDraft(uncertain, next, live);
        before = live;
      };
      const { editedAt } = provenance;
      const edit = { before: () => uncertain, after: next, expectFit, editedAt };
      const edited = await editCampaign(operation, campaignId, edit);
      // If an interrupted update has sent the edit already, nothing tells what was there before it.
      const added = addedByHand(uncertain, next, before ?? edited);
      const stored = storedAfter(uncertain, next, edited, added);
      return stateAfter(operation, next, edited, { ...after, editedAt: edited.sentAt ?? editedAt, stored });
    } catch (error) {
      if (error instanceof ImpossibleError && isOnlyUnedited(state, args)) {
        // Somebody has moved it since the preview.
        const unedited = uneditedArguments(state, args);
        await operation.warn(describeLeft({ id: campaignId, name: state.name, status: error.status }, unedited));
        const { createTime, __provenance = {} } = state;
        const left = { ...leaving(state, args, unedited), campaignId, status: error.status, createTime };
        return { ...left, __provenance: kept(__provenance) };
      }
      // Another policy needs no campaign, except for the mark of one that is to end.
      const { deletionPolicy } = args;
      if (error instanceof HoodError && deletionPolicy !== "cancel" && isOnlyUnedited(state, args)) {
        throw new UnfinishedError(explain(error), campaignId, { ...state, deletionPolicy });
      }
      if (!(error instanceof UnknownEffectError)) throw new UserError(explain(error));
      const words = describeUnknownEdit(labelOf(campaignId, state.name), error.message);
      const unfinished = partsOf(uncertain, args);
      throw new UnfinishedError(words, campaignId, {
        ...state,
        __provenance: kept({ ...state.__provenance, unfinished, editedAt: operation.account().time() }),
      });
    }
  },

  delete: removeCampaign,

  previewOutputs(inputs, state) {
    const outputs = { campaignId: unknown, status: unknown, createTime: unknown } as const;
    if (!state) return { ...inputs, ...outputs };
    const { campaignId, status, createTime = unknown, __provenance } = state;
    // An edit shows where the campaign has got to by then.
    const isEdit = editedArguments(state, inputs).length > 0;
    return {
      ...inputs,
      campaignId,
      status: isEdit ? unknown : status,
      createTime,
      ...(__provenance && { __provenance }),
    };
  },
};

/** The state of a campaign that was read. @param state before that; undefined for an import */
async function readState(operation: Operation, state: CampaignState | undefined, live: CampaignDetails) {
  const inputs = liveArguments(state, live);
  if (state && isBehind(operation, state, live, inputs)) {
    await operation.warn(describeNotShown(labelOf(state.campaignId, state.name), true));
    return { state };
  }
  if (state && isDraft(state) && live.campaign.status !== "draft")
    await operation.warn(describeLaunched(live.campaign));
  if (state && isTakenAway(state, live)) {
    const isOwn = live.mark?.owner === ownerOf(operation);
    await operation.warn(describeTakenAway(labelOf(state.campaignId, state.name), isOwn));
  }
  if (live.tooLarge) {
    const effect = say`The state keeps what it had of that, and a change there isn't seen.`;
    await operation.warn(describeTooLarge(describeCampaign(live.campaign), live.tooLarge, effect));
  }
  const provenance = state ? foundBy(state, inputs) : kept({ imported: true });
  return { inputs, state: stateOf(inputs, live, provenance) };
}

/**
 * A state after a call whose effect wasn't known, as a refresh would find it, and what the next edit begins with: all that the call was to
 * change is sent again, since pages may lag or leave it out. A campaign that takes no edits any more can't be told: it has what the call was
 * to bring, or what was there before, if the program declares that.
 */
async function afterUnknown(operation: Operation, old: CampaignState, args: CampaignArgs) {
  const { unfinished, ...provenance } = old.__provenance ?? {};
  if (!unfinished) return { state: old, before: old };
  const read = { ...old, __provenance: provenance };
  const live = await detailsOrGone(operation, old.campaignId);
  if (!live) {
    const why = say`Hood doesn't show it any more`;
    await operation.warn(describeUnsettled(labelOf(old.campaignId, old.name), Object.keys(unfinished), why));
    return { state: read, before: read };
  }
  if (isDraft(args) && live.campaign.status !== "draft") await operation.warn(describeLaunched(live.campaign));
  const found = liveArguments(read, live);
  const state = (values: CampaignArgs) => stateOf(values, live, foundBy(read, values));
  if (isEditable(live.campaign.status)) return { state: state(found), before: withUncertain(state(found), unfinished) };
  const names = Object.keys(unfinished) as ArgumentName[];
  const changed = partsOf(old, args);
  const settled = names.filter((name) => !changed[name] || isDeepStrictEqual(changed[name], unfinished[name]));
  const why = say`it takes no edits any more`;
  if (settled.length > 0) await operation.warn(describeUnsettled(describeCampaign(live.campaign), settled, why));
  const shown = shownArguments(live);
  const values = names.map((name) => [name, (settled.includes(name) ? args : shown)[name]]);
  const ended = state(argumentsIn({ ...found, ...Object.fromEntries(values) } as CampaignArgs));
  return { state: ended, before: ended };
}

async function detailsOrGone(operation: Operation, id: string): Promise<CampaignDetails | undefined> {
  try {
    return await operation.account().details(id);
  } catch (error) {
    if ((await findMissing(operation, id, error)) instanceof HoodError) return undefined;
    throw error;
  }
}

/** True for a page that is from before the last edit, by all that it says. What is declared stays in the state then. */
function isBehind(operation: Operation, state: CampaignState, live: CampaignDetails, inputs: CampaignArgs): boolean {
  const isLaunched = live.campaign.status === "draft" && !isDraft(state);
  const differs = isLaunched || isTakenAway(state, live) || !isDeepStrictEqual(inputs, argumentsIn(state));
  return differs && mayBeBehind(operation.account(), live.campaign, state.__provenance?.editedAt);
}

/** True for a campaign that another state has marked as its own since. */
function isTakenAway({ __provenance }: CampaignState, { mark }: CampaignDetails): boolean {
  const own = markIn({ mark: __provenance?.mark });
  return own !== undefined && mark !== undefined && own.record !== mark.record;
}

/** Where a list shows a campaign whose own page lags: what it holds is told by that page alone. */
function placeOf({ campaign, fields: { create_time } }: CampaignDetails): CampaignDetails {
  return { campaign, fields: { create_time } };
}

/** Judges what an edit doesn't need, and whether there is what a create will need. */
async function checkNew(operation: Operation, args: Planned<CampaignDeclaration>): Promise<Failure[]> {
  const failures: Failure[] = [];
  if (args.status !== undefined) failures.push({ property: "status", reason: describeStatusArgument() });
  let isLeft = false;
  try {
    // The first sign of life, by which a create will know that the engine is gone.
    await operation.engineIsGone();
    await expectAuditable(operation);
    if (operation.settings().preflight === "live" && failures.length === 0) isLeft = await warnOfLeft(operation, args);
  } catch (error) {
    failures.push(failureFrom(error));
  }
  // What is there already may have begun meanwhile.
  return isLeft ? failures : [...pastFailures(operation, args), ...failures];
}

/** Judges what an edit may not do, whatever the live campaign is. */
function checkExisting(args: Planned<CampaignDeclaration>, old: CampaignDeclaration): Failure[] {
  if (!editedArguments(old, args).includes("draft") || !isDraft(args)) return [];
  return [{ property: "draft", reason: describeNoDraft(old.name) }];
}

function pastFailures(operation: Operation, { scheduledTime }: Planned<CampaignArgs>): Failure[] {
  const time = hoodTime(scheduledTime);
  if (time === undefined || momentOf(time) > operation.now()) return [];
  return [{ property: "scheduledTime", reason: describePast(time) }];
}

/** A program that gives a status gets the words for what it asks. @throws UserError, HoodError */
async function expectNoStatus(
  operation: Operation,
  state: CampaignState,
  { status }: Planned<CampaignDeclaration>,
): Promise<void> {
  if (status === undefined) return;
  const isLive = operation.settings().preflight === "live";
  const current = isLive ? (await readRecent(operation, state)).status : state.status;
  const isReversal = isCanceled(current) && typeof status === "string" && !isCanceled(status);
  const campaign = labelOf(state.campaignId, state.name);
  throw new UserError(isReversal ? describeNoReturn(campaign, status) : describeStatusArgument());
}

function pickHashes(hashes: Provenance["declared"] = {}, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(hashes).filter(([name]) => names.includes(name)));
}

/** How a resource came to its campaign, with what a refresh has found changed. */
function foundBy(state: CampaignState, found: CampaignArgs): Provenance | undefined {
  const declared = declaredBeside(state, found);
  if (Object.keys(declared).length > 0) return { ...state.__provenance, declared };
  const { declared: _, ...rest } = state.__provenance ?? {};
  return state.__provenance && rest;
}

/**
 * What the account makes of the fields that an edit has sent: what differs elsewhere, somebody has changed.
 *
 * @param added what somebody had put there before.
 */
function storedAfter(
  state: CampaignState,
  args: CampaignArgs,
  details: CampaignDetails,
  added: readonly string[],
): Provenance["stored"] {
  const { stored = {} } = state.__provenance ?? {};
  const sent = editedArguments(state, args);
  const isSent = (path: string) => sent.includes(argumentAt(path)) && !added.includes(path);
  const forms = storedForms(args, details);
  // What Hood itself has put beside what is declared is there still, as far as nothing shows another.
  const isKept = (path: string) =>
    !sent.includes(argumentAt(path)) || (path.includes(".") && !("name" in details.fields));
  const others = Object.keys(stored).filter(isKept);
  return { ...pickHashes(stored, others), ...pickHashes(forms, Object.keys(forms).filter(isSent)) };
}

/** The state of a campaign that was created or edited. */
function stateAfter(
  { memory, urn }: Operation,
  args: CampaignArgs,
  details: CampaignDetails,
  provenance: Provenance,
): CampaignState {
  const own = kept(provenance);
  const state = stateOf(args, details, own);
  memory.campaigns.manage(state.campaignId, { record: own.record, createdAt: createdAt(state), urn });
  return state;
}

/** What the state holds of a campaign: its arguments, what only Hood knows, and how the resource came to it. */
function stateOf(
  args: CampaignArgs,
  { campaign, fields }: CampaignDetails,
  provenance: Provenance | undefined,
): CampaignState {
  const { id: campaignId, status } = campaign;
  return { ...args, campaignId, status, createTime: isoFromHood(fields.create_time), __provenance: provenance };
}
