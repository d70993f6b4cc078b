import { labelOf, UserError } from "../errors";
import type { Account } from "../hood/account";
import { readable } from "../hood/body";
import type { ListQuery } from "../hood/endpoints";
import { camelCase, fromHood, readableFields, snakeCase, sortableFields } from "../hood/fields";
import { concat, joined, lines, type Message, quoted, say } from "../text";
import {
  type Declaration,
  digits,
  fitting,
  isText,
  optional,
  type Reader,
  readArguments,
  unknownProperties,
} from "./arguments";
import { describeTooLarge } from "./observe";

type Fields = Record<string, unknown>;

/** How each argument of a lookup is read. */
type Readers<Args> = { readonly [K in keyof Args]-?: { readonly read: Reader<Args[K]> } };

/** What a lookup has of who calls it. */
interface Caller {
  /** Is asked for only if the arguments can be used. */
  account(): Account | Promise<Account>;
  warn(message: Message): Promise<void>;
}

/**
 * A function that asks the account and changes nothing. It knows nothing of who calls it, and where.
 *
 * @throws HoodError; UserError that names every argument that can't be used
 */
export type Lookup = (caller: Caller, declared: Declaration) => Promise<Fields | Fields[]>;

function lookup<Args extends object>(
  name: string,
  readers: Readers<Args>,
  ask: (account: Account, args: Args, warn: Caller["warn"]) => Promise<Fields | Fields[]>,
): Lookup {
  return async (caller, declared) => {
    const { args, failures } = readArguments<Args>(readers, declared);
    const all = [...unknownProperties(name, Object.keys(readers), declared), ...failures];
    if (all.length > 0) {
      const reasons = all.map(({ reason }) => reason);
      throw new UserError(concat(say`Can't call ${name}: `, joined(reasons, " ")));
    }
    return ask(await caller.account(), args as Args, (message) => caller.warn(message));
  };
}

interface GetCampaignsArgs {
  readonly status?: string | readonly string[] | undefined;
  readonly search?: string | undefined;
  readonly sort?: string | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly limit?: number | undefined;
}

const STATUSES = 'must be a status such as "running", or a list of at least one';
const COUNT = "must be a whole number from 1 on, such as 20";

export const lookups = {
  getCampaign: lookup<{ id: string }>(
    "getCampaign",
    { id: { read: digits } },
    async (account, { id: wanted }, warn) => {
      const { campaign, fields, tooLarge } = await account.details(wanted);
      const { id, name, status } = campaign;
      if (tooLarge) await warn(describeTooLarge(labelOf(id, name), tooLarge, LEFT_OUT));
      return { ...shown(fields), id, name, status };
    },
  ),

  getCampaigns: lookup<GetCampaignsArgs>(
    "getCampaigns",
    {
      status: { read: optional(fitting(isStatuses, `${STATUSES}; leave it out to find campaigns in any`)) },
      search: { read: optional(fitting(isText, "must be a text that isn't blank; leave it out to find all")) },
      sort: { read: optional(readSort) },
      fields: { read: optional(readFields) },
      limit: { read: optional(fitting(isCount, `${COUNT}; leave it out to find all`)) },
    },
    async (account, args, warn) => {
      // If all are wanted, they are read with the oldest first: what is created meanwhile then moves no other.
      const oldestFirst = args.sort === undefined && args.limit === undefined;
      const found = await account.search(queryFor(args, oldestFirst), args.limit);
      if (!found) throw new UserError(describeUnsettled());
      const isUnasked = args.fields?.includes("status") === false;
      const campaigns: Fields[] = [];
      for (const each of found) {
        const { fields, tooLarge } = readable(each);
        if (tooLarge.length > 0 && !args.fields) {
          await warn(describeTooLarge(labelOf(each.id, fields.name), tooLarge, LEFT_OUT));
        }
        campaigns.push(shown(isUnasked ? { ...fields, status: undefined } : fields));
      }
      return oldestFirst ? campaigns.reverse() : campaigns;
    },
  ),
} as const;

const LEFT_OUT = say`It is left out of what the program gets, as if there were none.`;

function queryFor({ status, search, sort, fields }: GetCampaignsArgs, oldestFirst: boolean): ListQuery {
  return {
    sort: sortKeys(sort ?? (oldestFirst ? "createTime" : "-createTime")),
    ...(status !== undefined && { status: [status].flat() }),
    ...(search !== undefined && { q: search }),
    // The status shows whether the account obeys the filter.
    ...(fields && { fields: [...new Set(["id", ...(status ? ["status"] : []), ...fields.map(snakeCase)])] }),
  };
}

/** In Hood's notation, with an order among equals: without one, each page could take them in another. */
function sortKeys(sort: string): string {
  const keys = sort.split(",").map((key) => snakeCase(key.trim()));
  const given = keys.map((key) => key.replace(/^-/, ""));
  return [...keys, ...["create_time", "name"].filter((key) => !given.includes(key))].join();
}

/** A campaign as programs read it: what has no value is left out. */
function shown(fields: Readonly<Fields>): Fields {
  const set = Object.entries(fromHood(fields)).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(set);
}

function isStatuses(value: unknown): value is string | readonly string[] {
  const all = [value].flat();
  return all.length > 0 && all.every(isStatus);
}

// A comma would make two of one, and the set is open: Hood's pages don't say that they name them all.
function isStatus(value: unknown): boolean {
  return typeof value === "string" && /^[\w-]+$/.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function readSort(value: unknown): ReturnType<Reader<string>> {
  const sortable = sortableFields.map(camelCase);
  if (!isText(value)) return { problem: say`must be a text such as "-createTime,name", of ${sortable.join(", ")}` };
  const names = value.split(",").map((key) => key.trim().replace(/^-/, ""));
  const problem = unknownName(names, sortable, "which Hood can't sort by");
  return problem === undefined ? { value } : { problem };
}

function readFields(value: unknown): ReturnType<Reader<readonly string[]>> {
  if (!Array.isArray(value) || value.length === 0) {
    return { problem: say`must be a list of at least one, such as ["name", "labels"]` };
  }
  const problem = unknownName(value, readableFields.map(camelCase), "which isn't a field that Hood shows");
  return problem === undefined ? { value } : { problem };
}

/** Says which name isn't one of those that there are; in camelCase or as Hood writes it. */
function unknownName(names: readonly unknown[], all: readonly string[], wrong: string): Message | undefined {
  const other = names.find((name) => typeof name !== "string" || !all.includes(camelCase(name)));
  return other === undefined ? undefined : say`has ${quoted(other)}, ${wrong}: write ${all.join(", ")}`;
}

function describeUnsettled(): Message {
  return lines(
    say`Can't list campaigns: the list changed each time while it was read, so some could be missing.`,
    say`Run the same command again, or ask for fewer: by status, by search or with a limit.`,
  );
}
