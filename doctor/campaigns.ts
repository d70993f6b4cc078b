import { viewCampaign } from "../provider/hood/endpoints";
import { HoodError } from "../provider/hood/errors";
import { campaignFields } from "../provider/hood/fields";
import { markIn, withoutMark } from "../provider/hood/mark";
import { idFrom } from "../provider/hood/model";
import { momentOf } from "../provider/hood/time";
import { isObject } from "../provider/json";
import { isKnownStatus } from "../provider/lifecycle";
import { count, joined, say } from "../provider/text";
import { type Account, type Fields, textOf } from "./account";
import { type Assumption, differs, type Finding, ok, PAGES, unknown } from "./assumption";
import { NO_CAMPAIGNS } from "./lists";

/** The form of all that was read of campaigns, and what a single one looks like. */
export const campaigns = {
  ids: {
    holds: "Ids are decimal digits, as texts.",
    standsOn: "documented by example: view-campaigns",
    shownBy: "all campaigns that were read",
    otherwise: "Numbers are read up to 2^53. A campaign with any other id is left out.",
    page: PAGES.fields,
    covers: "id",
    judge: ofAll(ids),
  },
  statuses: {
    holds: "Every status in use is one that the provider knows.",
    standsOn: "documented: create-campaigns and others (eight of them)",
    shownBy: "all campaigns that were read",
    otherwise: "Nothing is sent to a campaign in another status, and no such status counts as canceled or ended.",
    page: "docs/reference.md#the-life-of-a-campaign",
    ask: everyPage,
    judge: statuses,
  },
  fieldNames: {
    holds: "Campaigns have the fields that Hood's pages show.",
    standsOn: "documented by example: view-campaigns, create-campaigns",
    shownBy: "GET /campaigns?sort=-create_time&page=1,10",
    otherwise: "Other fields are passed on under Hood's own names.",
    page: PAGES.fields,
    covers: "name description",
    judge: ofAll((_, { newest }) => fieldNames(newest.campaigns)),
  },
  labels: {
    holds: "labels is an array of texts.",
    standsOn: "documented by example: view-campaigns (older pages: one text with commas)",
    shownBy: "all campaigns that were read",
    otherwise: "One text with commas is read as the same labels.",
    page: PAGES.fields,
    covers: "labels",
    judge: ofAll((all) => labels(valuesOf(all, "labels"))),
  },
  times: {
    holds: "Times are YYYY-MM-DD HH:MM:SS, in GMT.",
    standsOn: "documented: view-campaigns",
    shownBy: "all campaigns that were read",
    otherwise:
      "A time of another form counts as unknown: a create stops if it meets a campaign of its own without an age.",
    page: PAGES.creates,
    covers: "update_time scheduled_time",
    judge: ofAll((all, account) => times([...valuesOf(all, "create_time"), ...valuesOf(all, "update_time")], account)),
  },
  metadata: {
    holds: "metadata comes back in lists, and may have keys of any name.",
    standsOn: "documented by example: view-campaigns; free keys are inferred",
    shownBy: "all campaigns that were read",
    otherwise:
      "A create with other keys is sent once more without the mark, if it is rejected; a lost create may not be found.",
    page: PAGES.creates,
    covers: "metadata",
    judge: ofAll((all) => metadata(valuesOf(all, "metadata"))),
  },
  mark: {
    holds: "The mark that a create writes into metadata comes back as it was.",
    standsOn: "inferred: metadata comes back",
    shownBy: "all campaigns that were read, if the provider created one of them",
    otherwise:
      "A create whose answer was lost isn't found: the update ends with an error that lists campaigns of its name.",
    page: PAGES.creates,
    judge: ofAll((all) =>
      valuesOf(all, "metadata").some((value) => markIn(value))
        ? ok(say`found`)
        : unknown(say`no campaign with one was read`),
    ),
  },
  view: {
    holds: "A single campaign comes as a list of one, and shows what the list shows.",
    standsOn: "documented: view-campaigns-by_id",
    shownBy: "GET /campaigns/{id}",
    otherwise: "If its id and status can't be found in the answer, it counts as unknown, and nothing is sent to it.",
    page: PAGES.lists,
    covers: "/campaigns/{id}",
    ask: view,
  },
  unknownId: {
    holds: "An unknown id is answered 400, or 404.",
    standsOn: "inferred: create-deals-by_id-archive, set-winner (400)",
    shownBy: "GET /campaigns/{id}, with an id that no list shows",
    otherwise:
      "An empty list counts as unknown too. Anything else looks like a failure of the account, and the preview says so.",
    page: PAGES.reach,
    covers: "400 404",
    ask: unknownId,
  },
  errors: {
    holds: "An error is an object with title, message and trace_id.",
    standsOn: "documented: view-campaigns (message or trace_id may be missing)",
    shownBy: "GET /campaigns/{id}, with an id that no list shows",
    otherwise: "Messages name the HTTP status alone.",
    page: PAGES.reach,
    covers: "title message trace_id",
    judge: ({ unknownIdError: error }) => error && errors(error),
  },
} as const satisfies Record<string, Assumption>;

/** Times that lie ahead of the account's clock by more than this aren't GMT, in milliseconds. */
const AHEAD = 60_000;
/** Pages of a list that are read for the statuses in it, at the most. */
const MOST_PAGES = 3;
/** No account has come so far by counting. */
const NO_ID = "999999999999999999";

/** A judgement of all campaigns that were read, if there are any. */
function ofAll(judge: (all: readonly Fields[], account: Account) => Finding) {
  return (account: Account) =>
    account.campaigns.size > 0 ? judge([...account.campaigns.values()], account) : undefined;
}

function valuesOf(all: readonly Fields[], field: string): unknown[] {
  return all.map((one) => one[field]).filter((value) => value !== undefined && value !== null);
}

function ids(all: readonly Fields[]): Finding {
  const unusable = all.filter(({ id }) => idFrom(id) === undefined).length;
  if (unusable > 0) return differs(say`${unusable} of another form`);
  return all.some(({ id }) => typeof id === "number") ? differs(say`numbers`) : ok(say`all ${all.length}`);
}

/** Reads on, so that few statuses stay unseen. */
async function everyPage(account: Account): Promise<undefined> {
  const { oldest, query, size } = account;
  for (let page = 2; query && page <= MOST_PAGES && (page - 1) * size < (oldest.length ?? 0); page++) {
    await account.read(query, page, size);
  }
}

/** A status is the only word of the account's that is ever shown, unless it is what no output may hold: the token, or a name. */
function statuses({ campaigns, newest, settings }: Account): Finding | undefined {
  const all = [...campaigns.values()];
  if (all.length === 0) return undefined;
  const secrets = [settings.token ?? "", ...valuesOf(all, "name").map(textOf)].map((text) => text.toLowerCase());
  const others = all.flatMap(({ status }) => {
    const word = textOf(status);
    if (isKnownStatus(word)) return [];
    const isHarmless = /^[a-z_]{1,40}$/.test(word) && !secrets.some((secret) => secret.includes(word));
    return [isHarmless ? say`${word}` : say`a word of another form`];
  });
  if (others.length > 0) return differs(joined([...new Set(others)].slice(0, 10), ", "));
  const isWhole = newest.length !== undefined && newest.length <= all.length;
  const some = say`true for the ${all.length} that were read, which aren't all`;
  return isWhole ? ok(say`in all ${all.length}`) : unknown(some);
}

function fieldNames(whole: readonly Fields[]): Finding {
  if (whole.length === 0) return unknown(say`no campaign was read with all its fields`);
  const known: ReadonlySet<string> = new Set(campaignFields);
  const others = new Set(whole.flatMap((one) => Object.keys(one).filter((key) => !known.has(key))));
  return others.size > 0 ? differs(say`${count(others.size, "other field")} too`) : ok(say`no others`);
}

function labels(values: readonly unknown[]): Finding {
  if (values.some((value) => typeof value === "string")) return differs(say`one text`);
  if (!values.every(Array.isArray)) return differs(say`of another form`);
  const all = values.flat();
  if (all.length === 0) return unknown(say`no campaign with labels was read`);
  return all.every((label) => typeof label === "string")
    ? ok(say`an array of texts`)
    : differs(say`an array, not of texts`);
}

function times(values: readonly unknown[], { samples, clock }: Account): Finding {
  if (values.length === 0) return unknown(say`no campaign with a time was read`);
  const moments = values.map((value) =>
    typeof value === "string" && !value.includes("T") ? momentOf(value) : Number.NaN,
  );
  const others = moments.filter(Number.isNaN).length;
  if (others > 0) return differs(say`${others} of ${values.length} have another form`);
  const { date = 0, machine = 0 } = samples.findLast((sample) => sample.date !== undefined) ?? {};
  const now = clock.date() + date - machine;
  const isAhead = moments.some((moment) => moment > now + AHEAD);
  return isAhead
    ? differs(say`some lie ahead of the account's clock: not GMT?`)
    : ok(say`of this form, and none lies ahead`);
}

function metadata(values: readonly unknown[]): Finding {
  const own = values.map(withoutMark).filter((value) => !isObject(value) || Object.keys(value).length > 0);
  if (own.length === 0) return unknown(say`no campaign with metadata of its own was read`);
  if (!own.every(isObject)) return differs(say`of another form`);
  const isFree = own.some((value) => Object.keys(value).some((key) => key !== "key" && key !== "value"));
  return isFree ? ok(say`free keys`) : differs(say`only pairs of key and value`);
}

async function itemsOf(account: Account, id: string): Promise<readonly unknown[] | undefined> {
  const { body } = await account.get(viewCampaign(id));
  return isObject(body) && Array.isArray(body.items) ? body.items : undefined;
}

async function view(account: Account): Promise<Finding> {
  const { newest, oldest } = account;
  const shown = [...newest.campaigns, ...oldest.campaigns].find(({ id }) => /^\d+$/.test(textOf(id)));
  if (!shown) return NO_CAMPAIGNS;
  const items = (await itemsOf(account, textOf(shown.id))) ?? [];
  const same = items.filter(isObject).find(({ id }) => textOf(id) === textOf(shown.id));
  if (!same) return differs(say`it isn't in the answer`);
  const differ = ["name", "status"].filter((field) => field in shown && shown[field] !== same[field]);
  // It may have moved on between the two.
  if (differ.length > 0) return unknown(say`${differ.join(" and ")} changed meanwhile, or differ`);
  return ok(say`the same name and status`);
}

async function unknownId(account: Account): Promise<Finding | undefined> {
  if (account.campaigns.has(NO_ID)) return undefined;
  try {
    const items = await itemsOf(account, NO_ID);
    return differs(items?.length === 0 ? say`HTTP 200, and no campaign` : say`HTTP 200, and something else`);
  } catch (error) {
    if (!(error instanceof HoodError && error.kind === "rejected")) throw error;
    account.unknownIdError = error;
    const { status } = error;
    return status === 400 || status === 404 ? ok(say`HTTP ${status}`) : differs(say`HTTP ${status ?? ""}`);
  }
}

function errors({ status, traceId, detail }: HoodError): Finding {
  const hasWords = detail.replace(/ \(trace_id .*$/, "") !== `HTTP ${status}`;
  const missing = [hasWords ? [] : "title and message", traceId === undefined ? "trace_id" : []].flat();
  return missing.length > 0 ? differs(say`without ${missing.join(", ")}`) : ok(say`as expected`);
}
