import { campaignFields } from "../provider/hood/fields";
import { markIn, withoutMark } from "../provider/hood/mark";
import { idFrom } from "../provider/hood/model";
import { momentOf } from "../provider/hood/time";
import { isObject } from "../provider/json";
import { isKnownStatus } from "../provider/lifecycle";
import { count, joined, say } from "../provider/text";
import { type Notebook, textOf } from "./checks";
import { differs, type Finding, type Findings, ok, unknown } from "./findings";

/** Times that lie ahead of the account's clock by more than this aren't GMT, in milliseconds. */
const AHEAD = 60_000;

/** The form of all that was read of campaigns. @param now the account's clock, in milliseconds since 1970 */
export function formsOf({ campaigns, newest }: Notebook, now: number, token: string): Findings {
  const all = [...campaigns.values()];
  if (all.length === 0) return {};
  const whole = (newest.length ?? Number.NaN) <= all.length;
  const of = (field: string) =>
    all.flatMap((one) => (one[field] === undefined || one[field] === null ? [] : [one[field]]));
  return {
    ids: ids(all.map(({ id }) => id)),
    statuses: statuses(
      all.map(({ status }) => textOf(status)),
      whole,
      [token, ...of("name").map(textOf)],
    ),
    fieldNames: fieldNames(newest.campaigns),
    labels: labels(of("labels")),
    times: times([...of("create_time"), ...of("update_time")], now),
    metadata: metadata(of("metadata")),
    mark: of("metadata").some((value) => markIn(value)) ? ok(say`found`) : unknown(say`no campaign with one was read`),
  };
}

function ids(values: readonly unknown[]): Finding {
  const numbers = values.filter((id) => typeof id === "number");
  const unusable = values.filter((id) => idFrom(id) === undefined);
  if (unusable.length > 0) return differs(say`${unusable.length} of another form`);
  return numbers.length > 0 ? differs(say`numbers`) : ok(say`all ${values.length}`);
}

/**
 * A status is the only word of the account's that is ever shown.
 *
 * @param secrets what no output may hold, not even if it comes back as a status
 */
function statuses(values: readonly string[], whole: boolean, secrets: readonly string[]): Finding {
  const others = [...new Set(values)]
    .filter((status) => !isKnownStatus(status))
    .map((word) => {
      const isHarmless = /^[a-z_]{1,40}$/.test(word) && !secrets.some((secret) => secret.toLowerCase().includes(word));
      return isHarmless ? say`${word}` : say`a word of another form`;
    });
  if (others.length > 0) return differs(joined([...new Set(others)].slice(0, 10), ", "));
  return whole
    ? ok(say`in all ${values.length}`)
    : unknown(say`true for the ${values.length} that were read, which aren't all`);
}

function fieldNames(whole: readonly Readonly<Record<string, unknown>>[]): Finding {
  if (whole.length === 0) return unknown(say`no campaign was read with all its fields`);
  const known: ReadonlySet<string> = new Set(campaignFields);
  const others = new Set(whole.flatMap((one) => Object.keys(one).filter((key) => !known.has(key))));
  return others.size > 0 ? differs(say`${count(others.size, "other field")} too`) : ok(say`no others`);
}

function labels(values: readonly unknown[]): Finding {
  if (values.some((value) => typeof value === "string")) return differs(say`one text`);
  if (values.some((value) => !Array.isArray(value))) return differs(say`of another form`);
  if (values.every((value) => (value as unknown[]).length === 0)) return unknown(say`no campaign with labels was read`);
  const texts = values.flat().every((label) => typeof label === "string");
  return texts ? ok(say`an array of texts`) : differs(say`an array, not of texts`);
}

function times(values: readonly unknown[], now: number): Finding {
  if (values.length === 0) return unknown(say`no campaign with a time was read`);
  const moments = values.map((value) =>
    typeof value === "string" && !value.includes("T") ? momentOf(value) : Number.NaN,
  );
  const others = moments.filter(Number.isNaN).length;
  if (others > 0) return differs(say`${others} of ${values.length} have another form`);
  if (moments.some((moment) => moment > now + AHEAD))
    return differs(say`some lie ahead of the account's clock: not GMT?`);
  return ok(say`of this form, and none lies ahead`);
}

function metadata(values: readonly unknown[]): Finding {
  const own = values.map(withoutMark).filter((value) => !isObject(value) || Object.keys(value).length > 0);
  if (own.length === 0) return unknown(say`no campaign with metadata of its own was read`);
  if (!own.every(isObject)) return differs(say`of another form`);
  const free = own.filter((value) => Object.keys(value).some((key) => key !== "key" && key !== "value"));
  return free.length > 0 ? ok(say`free keys`) : differs(say`only pairs of key and value`);
}
