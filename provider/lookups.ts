import { ArgumentRules, campaignIdRule } from "./arguments";
import type { Properties } from "./context";
import { UserError } from "./errors";
import type { Account } from "./hood/account";
import { fromHood } from "./hood/fields";
import { campaignsQuery, campaignsRules } from "./lookups/query";

/** A function that asks the account and changes nothing. It knows nothing of who calls it, and where. */
export interface Lookup<Result> {
  readonly rules: ArgumentRules<string>;
  /** @param args as the rules let them through. @throws HoodError, UserError */
  ask(account: Account, args: Properties): Promise<Result>;
}

/** One campaign: `{ id }`. */
export const getCampaign: Lookup<Properties> = {
  rules: new ArgumentRules("getCampaign", { id: campaignIdRule }),

  async ask(account, args) {
    const { campaign, fields } = await account.view(String(args.id));
    const { id, name, status } = campaign;
    return { ...shown(fields), id, name, status };
  },
};

/** The campaigns that match: `{ status, search, sort, fields, limit }`. */
export const getCampaigns: Lookup<Properties[]> = {
  rules: campaignsRules,

  async ask(account, args) {
    const { query, limit, reversed } = campaignsQuery(args);
    const found = await account.search(query, limit);
    if (!found) throw new UserError(describeUnsettled());
    const campaigns = found.map(shown);
    return reversed ? campaigns.reverse() : campaigns;
  },
};

/** @throws UserError that names every argument that can't be used. */
export function checkArguments(rules: ArgumentRules<string>, args: Properties): void {
  const failures = [...rules.strangers(args), ...rules.failures(args)];
  if (failures.length === 0) return;
  throw new UserError(`Can't call ${rules.type}: ${failures.map(({ reason }) => reason).join(" ")}`);
}

/** A campaign as programs read it: what has no value is left out. */
function shown(fields: Readonly<Properties>): Properties {
  return Object.fromEntries(Object.entries(fromHood(fields)).filter(([, value]) => value !== null));
}

function describeUnsettled(): string {
  return [
    "Can't list campaigns: the list changed each time while it was read, so some could be missing.",
    "Run the same command again, or ask for fewer: by status, by search or with a limit.",
  ].join("\n");
}
