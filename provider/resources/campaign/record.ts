import type { Properties } from "../../context";
import { fromHood } from "../../hood/fields";
import type { CampaignDetails } from "../../hood/model";
import { isoFromHood } from "../../hood/time";
import { isObject } from "../../json";
import { campaignArguments as rules } from "./arguments";
import { isEmpty } from "./compare";
import { changesIn } from "./drift";
import { PROVENANCE } from "./provenance";

/** What is recorded of a campaign: its arguments, what only Hood knows, and where the record comes from. */
export function recordOf(args: Properties, { campaign, fields }: CampaignDetails, provenance: Properties): Properties {
  const createTime = isoFromHood(fields.create_time);
  const { [PROVENANCE]: kept } = provenance;
  return { ...rules.pick(args), campaignId: campaign.id, status: campaign.status, createTime, [PROVENANCE]: kept };
}

/** What a look finds for the arguments on record: what has drifted, or everything where there is no record, as in an import. */
export function findingsIn(record: Properties, live: CampaignDetails): Properties {
  if (record.name !== undefined) return changesIn(record, rules.pick(record), live);
  const { messages, ...fields } = live.fields;
  const shown = Object.entries(rules.pick(fromHood({ ...fields, messages: declarable(messages) })));
  const draft = live.campaign.status === "draft" ? { draft: true } : {};
  return { ...Object.fromEntries(shown.filter(([, value]) => !isEmpty(value))), ...draft };
}

/** Messages without what Hood itself writes into them. */
function declarable(messages: unknown): unknown {
  if (!Array.isArray(messages)) return undefined;
  return messages.map((message) => {
    if (!isObject(message)) return message;
    const { id: _, company_id: __, campaign_id: ___, ...rest } = message;
    return rest;
  });
}
