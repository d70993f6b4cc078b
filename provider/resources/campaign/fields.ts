import { isDeepStrictEqual } from "node:util";
import { camelCase, campaignFields, fromHood, hoodTime, snakeCase, toHood } from "../../hood/fields";
import { hashOfContent, type Mark, textOf, withMark, withoutMark } from "../../hood/mark";
import type { CampaignDetails } from "../../hood/model";
import { isCanceled, isEditable, isKnownStatus } from "../../lifecycle";
import { harmless, harmlessName, isObject } from "../../text";
import { type Planned, unknown } from "../resource";
import {
  type ArgumentName,
  argumentNames,
  argumentsIn,
  type CampaignArgs,
  type CampaignState,
  campaignArguments,
  fingerprint,
} from "./args";

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

/** The parts of arguments that an edit changes, each with a hash of what it sends; without draft, which the status tells. */
export function partsOf(olds: CampaignArgs, news: CampaignArgs): Fields {
  const edited = editedArguments(olds, news).filter((name) => name !== "draft");
  const among = (args: CampaignArgs) => Object.fromEntries(edited.map((name) => [name, args[name]]));
  return differences(among(olds), among(news));
}

function differences(before: Fields, after: Fields): Fields {
  const names = Object.keys({ ...before, ...after }).filter((name) => !isDeepStrictEqual(before[name], after[name]));
  const parts = names.map((name) => {
    const inside = differences(objectAt(before, name), objectAt(after, name));
    return [name, Object.keys(inside).length > 0 ? inside : fingerprint(after[name])];
  });
  return Object.fromEntries(parts);
}

function objectAt(values: Fields, name: string): Fields {
  const value = values[name];
  return isObject(value) ? value : {};
}

/** Nothing that a program could declare. */
const UNCERTAIN = [Symbol("uncertain")];

/** Values of which some parts may be something else, or not there: whatever is declared, an edit sends them. */
export function withUncertain<T extends object>(values: T, parts: Fields): T {
  const uncertain = Object.entries(parts).map(([name, part]) => {
    const value = (values as Fields)[name];
    return [name, isObject(part) ? withUncertain(isObject(value) ? value : {}, part) : UNCERTAIN];
  });
  return { ...values, ...Object.fromEntries(uncertain) };
}

export function isDraft({ draft }: { readonly draft?: unknown }): boolean {
  return draft === true;
}

/** Fields that Hood doesn't show, or that only say how it was to begin. */
const unseen: ReadonlySet<string> = new Set(["run_immediately"]);
/** Fields that Hood stores in a shape of its own. The others are passed through, so that what is missing there was removed. */
const rebuilt: ReadonlySet<string> = new Set(["messages", "ab_test"]);

/** What Hood's pages show of a campaign, and the flags that older ones show in place of its status. */
const explained: ReadonlySet<string> = new Set([...campaignFields, "is_draft", "archived"]);

/** The arguments as the live campaign has them: those of a state with what has drifted, or all that can be seen of it. */
export function liveArguments(state: CampaignState | undefined, live: CampaignDetails): CampaignArgs {
  // A program may ask for a campaign with a part of a state.
  const found = state?.name === undefined ? shownArguments(live) : changesIn(state, live);
  return argumentsIn({ ...state, ...found } as CampaignArgs);
}

/** All arguments that a live campaign shows, as a program would declare them. */
export function shownArguments({ campaign, fields }: CampaignDetails): Partial<CampaignArgs> {
  const { messages, ...others } = fields;
  const shown = argumentsIn(fromHood({ ...others, messages: declarable(messages) }) as Partial<CampaignArgs>);
  const set = Object.entries(shown).filter(([, value]) => !isEmpty(value));
  return { ...Object.fromEntries(set), ...(campaign.status === "draft" && { draft: true }) };
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

/**
 * What the account shows for declared arguments in a form of its own, right after it took them: a later read that finds the
 * same again has found no change. For a draft, what it put there itself too: all else is somebody's.
 */
export function storedForms(args: CampaignArgs, live: CampaignDetails): Readonly<Record<string, string>> {
  const forms = { ...(isDraft(args) && undeclared(args, args, live)), ...driftOf(args, live) };
  return Object.fromEntries(Object.entries(forms).map(([name, value]) => [name, fingerprint(value)]));
}

/**
 * What somebody has put into a live draft that neither the state nor the program declares, by its path: a launch would send it to
 * people.
 */
export function addedByHand(state: CampaignState, args: Planned<CampaignArgs>, live: CampaignDetails): string[] {
  const { stored = {} } = state.__provenance ?? {};
  const others = Object.entries(undeclared(state, args, live));
  const added = others.filter(([path, value]) => stored[path] !== fingerprint(value)).map(([path]) => path);
  return [...added, ...(live.tooLarge ?? []).filter((field) => isForeign(field, args)).map(camelCase)];
}

/** Nobody knows what is in a field that is too large. But a list is sent whole with a launch, and other fields of Hood's aren't anybody's. */
function isForeign(field: string, args: Planned<CampaignArgs>): boolean {
  const name = argumentNames.find((argument) => argument === camelCase(field));
  return name ? !Array.isArray(args[name]) : !explained.has(field);
}

/** The argument that a path of {@link addedByHand} belongs to. */
export function argumentAt(path: string): ArgumentName {
  const [first = ""] = path.split(".");
  return argumentNames.find((name) => name === first) ?? "extra";
}

/** What a launch would leave in a live draft beside what is declared, by its path, such as `targeting.countries`. */
function undeclared(olds: CampaignArgs, news: Planned<CampaignArgs>, live: CampaignDetails): Record<string, unknown> {
  const { draft: _, ...shown } = shownArguments(live);
  const [before, after] = [fromHood(fieldsOf(olds)), fromHood(fieldsOf(news))];
  const others = news.extra === unknown ? {} : withoutArgument(live);
  const all = Object.entries({ ...others, ...shown }).flatMap(([name, value]) =>
    beside(before[name], after[name], value, name),
  );
  // Nobody says what a field without an argument means: that it is there counts, since Hood may count something in it.
  return Object.fromEntries(all.map(([path, value]) => [path, Object.hasOwn(others, path) ? true : value]));
}

/** The fields that have no argument, and that no page of Hood's shows. */
function withoutArgument({ fields }: CampaignDetails): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !explained.has(field)));
}

/** What a merge patch leaves of a live value. A list is sent whole, and a flag that isn't set is shown or not, as it comes. */
function beside(before: unknown, after: unknown, live: unknown, path: string): [string, unknown][] {
  if (isEmpty(live) || live === false || after === unknown) return [];
  // What the state has is taken out.
  if (after === undefined) return before === undefined ? [[path, live]] : [];
  if (!isObject(after) || !isObject(live)) return [];
  return Object.entries(live).flatMap(([name, value]) =>
    beside(isObject(before) ? before[name] : undefined, after[name], value, `${path}.${name}`),
  );
}

/** {@link driftOf} without what the account has shown in that form before. */
function changesIn(state: CampaignState, live: CampaignDetails): Partial<CampaignArgs> {
  const { stored = {} } = state.__provenance ?? {};
  const drifted = Object.entries(driftOf(state, live));
  return Object.fromEntries(drifted.filter(([name, value]) => stored[name] !== fingerprint(value)));
}

/**
 * The declared arguments that the live campaign doesn't have so any more, each with what it has instead; undefined for
 * what it doesn't have at all. What an answer leaves out is taken for unchanged.
 */
export function driftOf(args: Partial<CampaignArgs>, live: CampaignDetails): Partial<CampaignArgs> {
  const { extra, ...others } = args;
  const drifted = Object.entries(fieldsOf(others)).filter(([field, value]) => hasDrifted(field, value, live));
  const found = drifted.map(([field, value]): [string, unknown] => [camelCase(field), shownAs(field, value, live)]);
  return { ...Object.fromEntries(found), ...extraDrift(extra, live) };
}

function extraDrift(extra: CampaignArgs["extra"], { fields }: CampaignDetails): Pick<CampaignArgs, "extra"> {
  if (!extra) return {};
  const drifted = Object.keys(extra).filter((key) => Object.hasOwn(fields, key) && !matches(extra[key], fields[key]));
  if (drifted.length === 0) return {};
  const live = drifted.map((key): [string, unknown] => [key, projected(extra[key], fields[key])]);
  return { extra: { ...extra, ...Object.fromEntries(live) } };
}

function hasDrifted(field: string, declared: unknown, { fields, campaign }: CampaignDetails): boolean {
  if (unseen.has(field) || !Object.hasOwn(fields, field)) return false;
  // Once it was started, Hood may put the time of a next run there, or none.
  if (field === "scheduled_time" && !isEditable(campaign.status)) return false;
  return !matchesField(field, declared, fields[field]);
}

function shownAs(field: string, declared: unknown, { fields }: CampaignDetails): unknown {
  const live = fields[field];
  if (isEmpty(live)) return undefined;
  return fromHood({ [field]: projected(declared, live, { complete: !rebuilt.has(field) }) })[camelCase(field)];
}

/** True if the live campaign already has all that an edit would bring about. What an answer leaves out proves nothing. */
export function shows({ fields, campaign }: CampaignDetails, { status, ...patch }: Fields): boolean {
  // Only a draft is still to be launched.
  if (status !== undefined) return false;
  return Object.entries(patch).every(([field, value]) => {
    // No answer shows it: what has started, has. What is canceled may never have.
    if (field === "run_immediately") {
      return isKnownStatus(campaign.status) && !isEditable(campaign.status) && !isCanceled(campaign.status);
    }
    if (!Object.hasOwn(fields, field)) return false;
    return isObject(value) || value === null
      ? showsInside(fields[field], value)
      : matchesField(field, value, fields[field]);
  });
}

function showsInside(live: unknown, patch: unknown): boolean {
  if (!isObject(patch)) return matches(patch, live);
  const inside = isObject(live) ? live : {};
  return Object.entries(patch).every(([name, value]) => showsInside(inside[name], value));
}

/** True if a field of an answer is what was declared for it. */
function matchesField(field: string, declared: unknown, live: unknown): boolean {
  if (field === "labels") return sameSet(declared, fromHood({ labels: live }).labels);
  if (field.endsWith("_time")) return declared === (hoodTime(live) ?? live);
  return matches(declared, live, { complete: !rebuilt.has(field) });
}

/** Nothing says that the order of labels means anything. */
function sameSet(declared: unknown, live: unknown): boolean {
  if (!Array.isArray(declared) || !Array.isArray(live)) return isEmpty(declared) && isEmpty(live);
  const [one, other] = [new Set(declared), new Set(live)];
  return one.size === other.size && [...one].every((label) => other.has(label));
}

interface Comparison {
  /** What a live object lacks was taken out of it; else the answer just doesn't show it. */
  readonly complete?: boolean;
}

/** True if a live value holds what was declared. Hood adds ids and more to objects: only the declared part counts. */
export function matches(declared: unknown, live: unknown, how: Comparison = { complete: true }): boolean {
  // Answers write flags as `true` or `1`, and one that isn't set as `false` or not at all.
  if (typeof declared === "boolean") return declared === (live === true || live === 1);
  if (isEmpty(declared) || isEmpty(live)) return isEmpty(declared) && isEmpty(live);
  if (Array.isArray(declared)) {
    return (
      Array.isArray(live) &&
      live.length === declared.length &&
      declared.every((item, index) => matches(item, live[index], how))
    );
  }
  // They write ids as text or as numbers. What is live came in harmless.
  if (!isObject(declared)) return typeof live !== "object" && harmless(String(declared)) === String(live);
  if (!isObject(live)) return false;
  return Object.entries(declared).every(([declaredName, value]) => {
    const name = harmlessName(declaredName);
    return Object.hasOwn(live, name) ? matches(value, live[name], how) : !how.complete || isEmpty(value);
  });
}

/** A live value as the program would declare it: without what Hood adds, so that no edit ever takes that away. */
function projected(declared: unknown, live: unknown, how: Comparison = { complete: true }): unknown {
  if (Array.isArray(declared) && Array.isArray(live)) {
    return live.map((item, index) => projected(declared[index], item, how));
  }
  if (!isObject(declared) || !isObject(live)) return live;
  const names = Object.keys(declared).filter((name) => Object.hasOwn(live, name) || !how.complete);
  const value = (name: string) =>
    Object.hasOwn(live, name) ? projected(declared[name], live[name], how) : declared[name];
  return Object.fromEntries(names.map((name): [string, unknown] => [name, value(name)]));
}

/** Not set, or set to nothing: answers don't tell the two apart. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
