import type { Context, Properties, Resource } from "../../context";
import { UnfinishedError, UnknownEffectError, UserError } from "../../errors";
import { HoodError } from "../../hood/errors";
import type { CampaignDetails } from "../../hood/model";
import { describeForgotten, explain, labelOf } from "../../messages";
import { UNKNOWN } from "../../unknown";
import { isImport } from "../import";
import { campaignArguments as rules } from "./arguments";
import { changedArguments, editedArguments, isDraft } from "./changes";
import { checkExisting, checkNew } from "./check";
import { createCampaign } from "./create";
import { storedForms } from "./drift";
import { editCampaign } from "./edit";
import { memoryOf } from "./memory";
import {
  describeGone,
  describeLaunched,
  describeRefusedCreate,
  describeUnknownCreate,
  describeUnknownEdit,
} from "./messages";
import { admitEdit, refuseStatus } from "./preflight";
import { kept, markedBy, type Provenance, provenanceOf } from "./provenance";
import { findingsIn, recordOf } from "./record";
import { removeCampaign } from "./removal";

/** The status on record for a campaign that Hood no longer shows. */
const UNKNOWN_STATUS = "unknown";

/**
 * The definition of one campaign.
 * API pages: docs.ocamba.com/api/hood/v1.0/reference/create-campaigns, update-campaigns-by_id, view-campaigns-by_id
 */
export const campaign: Resource = {
  argumentNames: rules.names,
  live: "status",

  planned(inputs, record = {}) {
    const planned = { campaignId: UNKNOWN, status: UNKNOWN, createTime: UNKNOWN, ...rules.without(record), ...inputs };
    const launches = record.status === "draft" && !isDraft(inputs);
    return launches ? { ...planned, status: UNKNOWN } : planned;
  },

  async check(context, olds, news) {
    const now = Date.now();
    return Object.keys(olds).length === 0 ? checkNew(context, news, now) : checkExisting(context, olds, news, now);
  },

  async diff(context, olds, news) {
    const id = String(olds.campaignId);
    const memory = memoryOf(context);
    memory.own(id);
    // A refresh compares too: that says nothing of the program, and must not fail because what it found can't be put right.
    const applied = memory.wasChecked(rules.pick(news));
    if (applied) memory.standFor(id, provenanceOf(olds).record ?? "");
    try {
      await refuseStatus(context, olds, news);
      if (applied) await admitEdit(context, olds, news);
    } catch (error) {
      throw new UserError(explain(error));
    }
    return { changes: changedArguments(olds, news).length > 0 };
  },

  async create(context, inputs) {
    const args = rules.pick(inputs);
    try {
      const whole = await createCampaign(context, args);
      return { id: whole.campaign.id, outs: recorded(context, args, whole, markedBy(whole.mark)) };
    } catch (error) {
      if (error instanceof UnknownEffectError) throw new UserError(describeUnknownCreate(args.name, error.message));
      throw error instanceof UserError ? error : new UserError(describeRefusedCreate(args.name, explain(error)));
    }
  },

  async read(context, id, props) {
    memoryOf(context).own(id);
    try {
      const live = await context.account().details(id);
      if (isDraft(props) && live.campaign.status !== "draft") await context.warn(describeLaunched(live.campaign));
      const found = findingsIn(props, live);
      const provenance = isImport(props) ? kept({ imported: true }) : props;
      return {
        id,
        props: recordOf({ ...props, ...found }, live, provenance),
        inputs: rules.pick({ ...props, ...found }),
      };
    } catch (error) {
      // A record stays when Hood forgets the campaign: creating it again would send it to people again.
      const forgotten = error instanceof HoodError && error.kind === "unknownCampaign" && props.name !== undefined;
      if (!forgotten) throw new UserError(explain(error));
      await context.warn(describeGone(describeForgotten(labelOf(id, props.name), error)));
      return { id, props: { ...props, status: UNKNOWN_STATUS } };
    }
  },

  async update(context, olds, news) {
    const { campaignId: id, createTime } = olds;
    const args = rules.pick(news);
    const provenance = provenanceOf(olds);
    const unchanged = { ...args, campaignId: id, status: olds.status, createTime, ...kept(provenance) };
    try {
      await refuseStatus(context, olds, news);
      if (editedArguments(olds, news).length === 0) return { outs: unchanged };
      const edited = await editCampaign(context, String(id), olds, args);
      return { outs: recorded(context, args, edited, provenance) };
    } catch (error) {
      if (!(error instanceof UnknownEffectError)) throw new UserError(explain(error));
      throw new UnfinishedError(describeUnknownEdit(labelOf(id, olds.name), error.message), String(id), olds);
    }
  },

  delete: removeCampaign,
};

/** What is recorded of a campaign that was created or edited. */
function recorded(context: Context, args: Properties, whole: CampaignDetails, provenance: Provenance): Properties {
  const outs = recordOf(args, whole, kept({ ...provenance, stored: storedForms(args, whole) }));
  memoryOf(context).standFor(whole.campaign.id, provenanceOf(outs).record ?? "");
  return outs;
}
