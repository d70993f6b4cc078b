import { isDeepStrictEqual } from "node:util";
import { snakeCase, toHood } from "../../hood/fields";
import { hashOfContent, type Mark, textOf, withMark, withoutMark } from "../../hood/mark";
import { isObject } from "../../json";
import { type Planned, unknown } from "../resource";
import { type ArgumentName, argumentNames, argumentsIn, type CampaignArgs, campaignArguments } from "./args";

/** Fields of a campaign, as the API names them. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields that arguments stand for. Whether it is a draft is told apart, since an edit says it in another way. */
export function fieldsOf(declared: Planned<Partial<CampaignArgs>>): Fields {
  const { extra, deletionPolicy: _, draft: __, ...args } = argumentsIn(declared);
  const fields = withoutNulls({ ...(isObject(extra) && extra), ...toHood(args) });
  // A mark may have come along in metadata that was copied from another campaign.
  return "metadata" in fields ? { ...fields, metadata: withoutMark(fields.metadata) } : fields;
}

/** What is sent to create a campaign. @param mark what it is to be found again by; left out for what is declared alone. */
export function bodyOf(args: CampaignArgs, mark?: Mark): Fields {
  const fields = fieldsOf(args);
  const metadata = isObject(fields.metadata) ? fields.metadata : {};
  return {
    ...fields,
    ...(mark && { metadata: withMark(metadata, mark) }),
    ...(isDraft(args) && { status: "draft" }),
  };
}

/** What a campaign is made from, and whether its removal cancels it, for its mark: who takes it over needs to know. */
export function contentOf(args: CampaignArgs): string {
  const { deletionPolicy } = args;
  return hashOfContent({ ...bodyOf(args), ...(deletionPolicy === "cancel" && { deletionPolicy }) });
}

/**
 * What is sent to turn the campaign of the state into the declared one; empty if nothing is left to send. Its content is a
 * JSON merge patch, https://www.rfc-editor.org/rfc/rfc7386.
 *
 * @param status the live one: only a draft can still be launched.
 */
export function patchOf(olds: CampaignArgs, news: Planned<CampaignArgs>, status: string): Fields {
  const launch = isDraft(olds) && !isDraft(news) && status === "draft";
  const [before, after] = [fieldsOf(olds), fieldsOf(news)];
  // Null for the whole would take the mark away too.
  const kept = isObject(before.metadata) && !isObject(after.metadata) ? { metadata: {} } : {};
  const patch = mergePatch(before, { ...after, ...kept });
  if (!launch) return patch;
  // Somebody may have changed the draft in Hood, so all that is declared goes with its launch. How it starts, the status says.
  const { run_immediately: _, ...whole } = mergePatch(before, { ...after, ...kept }, () => false);
  return { ...patch, ...whole, status: statusAtLaunch(news) };
}

/** An edit as it is sent: if new metadata takes the place of the mark, the mark is written beside it again. */
export function keepingMark(patch: Fields, news: CampaignArgs, mark: Mark | undefined): Fields {
  const { metadata } = patch;
  const overwrites =
    isObject(metadata) && Object.entries(metadata).some(([key, value]) => value !== null && isMarks(key));
  if (!mark || !overwrites) return patch;
  const declared = fieldsOf(news).metadata;
  const marked = Object.entries(withMark(isObject(declared) ? declared : {}, mark));
  const own = marked.filter(([key]) => (metadata[key] ?? null) === null);
  return { ...patch, metadata: { ...metadata, ...Object.fromEntries(own) } };
}

/** An edit that writes a mark in place of another one. @param key what the other one stands under */
export function renewingMark(patch: Fields, news: CampaignArgs, mark: Mark, key: string): Fields {
  const { metadata } = keepingMark(patch, news, mark);
  return { ...patch, metadata: { [key]: textOf(mark), ...(isObject(metadata) && metadata) } };
}

/** A key that a mark may stand under, or a part of the pair that it may be. */
function isMarks(key: string): boolean {
  return key === "key" || key === "value" || /^pulumi(_\d+)?$/.test(key);
}

/** The status that a campaign is to have once it isn't a draft, by how it is to be sent. */
export function statusAtLaunch({ scheduledTime, recurrence, runImmediately }: Planned<CampaignArgs>): string {
  if (runImmediately === true) return "running";
  return isSet(scheduledTime) || isSet(recurrence) ? "scheduled" : "manual";
}

/**
 * The merge patch that turns one object into another. A list is sent whole.
 *
 * @param isSame what needs no sending.
 */
export function mergePatch(
  before: Fields,
  after: Fields,
  isSame: (old: unknown, value: unknown) => boolean = isDeepStrictEqual,
): Record<string, unknown> {
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  const changed = Object.entries(after).flatMap(([name, value]): [string, unknown][] => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isSame(old, value)) return [];
    return [[name, isObject(old) && isObject(value) ? mergePatch(old, value, isSame) : value]];
  });
  return Object.fromEntries([...removed.map((name) => [name, null]), ...changed]);
}

/** In a merge patch null means "remove", so an object's null can only mean "not set". In lists it stays what it is. */
function withoutNulls(values: Fields): Fields {
  const set = Object.entries(values).filter(([, value]) => isSet(value));
  return Object.fromEntries(set.map(([name, value]) => [name, isObject(value) ? withoutNulls(value) : value]));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Arguments by their names, with whatever values. */
type Arguments = { readonly [K in ArgumentName]?: unknown };

/** The arguments that the program has changed. */
export function changedArguments(olds: Arguments, news: Arguments): ArgumentName[] {
  return argumentNames.filter((name) => !isDeepStrictEqual(olds[name] ?? undefined, news[name] ?? undefined));
}

/** Those that Hood would have to be told of. What isn't known yet is taken for changed. */
export function editedArguments(olds: CampaignArgs, news: Planned<CampaignArgs>): ArgumentName[] {
  const edited = Object.keys(mergePatch(fieldsOf(olds), fieldsOf(news)));
  const own = argumentNames.map(snakeCase);
  return argumentNames.filter((name) => {
    if (name === "draft") return isDraft(olds) !== isDraft(news);
    if (campaignArguments[name].onChange !== "call") return false;
    if (news[name] === unknown) return true;
    return name === "extra" ? edited.some((field) => !own.includes(field)) : edited.includes(snakeCase(name));
  });
}

export function isDraft({ draft }: { readonly draft?: unknown }): boolean {
  return draft === true;
}
