import type { Account } from "../../hood/account";
import { camelCase, campaignFields, hoodTime } from "../../hood/fields";
import { hashOf, hashOfValues, type Mark, markIn, newRecord, textOf } from "../../hood/mark";
import type { Campaign } from "../../hood/model";
import type { Operation } from "../../operation";
import { isObject, type Message, oneLine, quoted, say } from "../../text";
import { type Declaration, fitting, isText, notBlank, oneOf, optional, type Reader } from "../arguments";
import { isRecent, isUntouched } from "../observe";
import { type ArgumentTable, type Planned, type Read, unknown } from "../resource";

/** Content whose fields Hood's API pages don't show: it is passed on as it is. */
export type PassedThrough = Readonly<Record<string, unknown>>;

/** What removing the resource does to the campaign. */
const DELETION_POLICIES = ["abandon", "cancel", "prevent"] as const;
/** Longest name, in bytes of UTF-8, which is how Hood counts. */
const LONGEST_NAME = 100;
/** Most messages for one channel. */
const MOST_MESSAGES = 4;

/** The arguments of a Campaign, as `sdk/campaign.ts` documents them. */
export interface CampaignArgs {
  readonly name: string;
  readonly description?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly metadata?: PassedThrough | undefined;
  readonly draft?: boolean | undefined;
  readonly scheduledTime?: string | undefined;
  readonly runImmediately?: boolean | undefined;
  readonly recurrence?: PassedThrough | undefined;
  readonly endTime?: string | undefined;
  readonly abTest?: PassedThrough | undefined;
  readonly messages?: readonly PassedThrough[] | undefined;
  readonly utmTracking?: PassedThrough | undefined;
  readonly quietHours?: PassedThrough | undefined;
  readonly targeting?: PassedThrough | undefined;
  readonly sendInProfileTimeZone?: boolean | undefined;
  readonly sendIfProfileTimePassed?: boolean | undefined;
  readonly dealId?: string | undefined;
  readonly extra?: PassedThrough | undefined;
  readonly deletionPolicy?: (typeof DELETION_POLICIES)[number] | undefined;
}

/** What a program may hold: the arguments, and a status, which looks like one. */
export interface CampaignDeclaration extends CampaignArgs {
  readonly status?: unknown;
}

export interface CampaignState extends CampaignArgs {
  readonly campaignId: string;
  /** As Hood calls it; `"unknown"` if Hood doesn't show the campaign any more. */
  readonly status: string;
  /** ISO 8601 in UTC; absent if Hood doesn't say. */
  readonly createTime?: string | undefined;
  /** What no program declares and no display shows. Absent in states of 0.1.0. */
  readonly __provenance?: Provenance | undefined;
}

const flag = fitting((value) => typeof value === "boolean", "must be true or false", "a boolean");
const object = fitting(isObject, "must be an object", "an object");
const time = fitting(
  (value): value is string => hoodTime(value) !== undefined,
  'must be a moment such as "2026-12-01T09:00:00Z" (ISO 8601 with its zone) or "2026-12-01 09:00:00" (GMT)',
  "a string",
);

const words = fitting((value) => typeof value === "string", "must be a string", "a string");
const labels = fitting(isLabels, 'must be a list of strings, such as ["spring", "email"]', "a list");
const deal = fitting(isDigits, 'must be a string of digits in quotes, such as "1000251"', "a string");

/** An argument whose change Hood is told of. */
const told = <T>(read: Reader<T>) => ({ read, onChange: "call" }) as const;

export const campaignArguments: ArgumentTable<CampaignArgs, CampaignArgs, CampaignState> = {
  name: told(readName),
  description: told(optional(words)),
  labels: told(optional(labels)),
  metadata: told(optional(object)),
  draft: told(optional(flag)),
  scheduledTime: told(optional(unlessImmediately(time))),
  runImmediately: told(optional(flag)),
  recurrence: told(optional(unlessImmediately(object))),
  endTime: told(optional(time)),
  abTest: told(readAbTest),
  messages: told(optional(readMessages)),
  utmTracking: told(optional(object)),
  quietHours: told(optional(object)),
  targeting: told(optional(object)),
  sendInProfileTimeZone: told(optional(flag)),
  sendIfProfileTimePassed: told(optional(flag)),
  dealId: told(optional(deal)),
  extra: told(optional(readExtra)),
  deletionPolicy: { read: optional(oneOf(DELETION_POLICIES)), onChange: "state" },
};

export type ArgumentName = keyof CampaignArgs;
export const argumentNames = Object.keys(campaignArguments) as ArgumentName[];

/** The arguments among what a program declares or a state holds, without those that aren't set. */
export function argumentsIn<A extends Planned<Partial<CampaignArgs>>>(values: A): Pick<A, ArgumentName & keyof A> {
  const set = argumentNames.filter((name) => values[name] !== undefined && values[name] !== null);
  return Object.fromEntries(set.map((name) => [name, values[name]])) as Pick<A, ArgumentName & keyof A>;
}

const named = notBlank('give the campaign the name that Hood shows, such as "Spring sale"');

function readName(given: unknown, declared: Declaration): Read<string> {
  const read = named(given, declared);
  if ("problem" in read) return read;
  const { value } = read;
  // A server that trims it would show another name than the program gives, for ever.
  if (value !== value.trim()) {
    return { problem: say`must not begin or end with blanks: write ${quoted(value.trim())}` };
  }
  const bytes = Buffer.byteLength(value);
  if (bytes <= LONGEST_NAME) return { value };
  return { problem: say`has ${bytes} bytes in UTF-8, and Hood takes ${LONGEST_NAME} at the most: shorten it` };
}

function isLabels(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((label) => label === unknown || isText(label));
}

function isDigits(value: unknown): value is string {
  return typeof value === "string" && /^\d+$/.test(value);
}

/** Two ways to start say two things. */
function unlessImmediately<T>(read: Reader<T>): Reader<T> {
  return (value, declared) => {
    const result = read(value, declared);
    if ("problem" in result || declared.runImmediately !== true) return result;
    return { problem: say`can't go with runImmediately: true: take one of them out` };
  };
}

/** The channels, of which all but the first need to say through which integration a message goes. */
const CHANNELS = ["push", "email", "sms"];

const messageList = fitting(
  (value): value is readonly PassedThrough[] => Array.isArray(value),
  'must be a list of messages, such as [{ channel: "push", push: { … } }]',
  "a list",
);

/** The messages, each for itself and together. What isn't known yet in them is left for later. */
function readMessages(given: unknown): Read<readonly PassedThrough[]> {
  const read = messageList(given, {});
  if ("problem" in read) return read;
  const { value } = read;
  const wrong = value.flatMap((message, index) => problemOf(message, say`messages[${index}]`) ?? []);
  const tooMany = countedByChannel(value).filter(({ count }) => count > MOST_MESSAGES);
  const limit = say`Hood takes ${MOST_MESSAGES} for a channel: take some out`;
  const all = [...wrong, ...tooMany.map(({ channel, count }) => say`there are ${count} for ${channel}, and ${limit}`)];
  return all.length === 0 ? { value } : { problem: say`can't be sent: ${all.join("; ")}` };
}

function problemOf(message: unknown, place: Message): Message | undefined {
  if (message === unknown) return undefined;
  if (!isObject(message)) return say`${place} must be an object, such as { channel: "push", push: { … } }`;
  const { channel, integrationId } = message;
  if (channel === unknown) return undefined;
  if (!CHANNELS.some((one) => one === channel)) return say`${place}.channel must be one of "push", "email", "sms"`;
  if (integrationId === unknown || isText(integrationId)) return undefined;
  if (integrationId !== undefined && integrationId !== null) {
    return say`${place}.integrationId must be a string: put the integration's id in quotes`;
  }
  if (channel === CHANNELS[0]) return undefined;
  return say`${place}.integrationId is missing: a message by ${String(channel)} needs the id of the integration that sends it`;
}

/** The test that several messages of one channel need. */
function readAbTest(value: unknown, declared: Declaration): Read<PassedThrough | undefined> {
  if (value !== undefined) return object(value, declared);
  const [untested] = countedByChannel(declared.messages).filter(({ count }) => count > 1 && count <= MOST_MESSAGES);
  if (!untested) return { value: undefined };
  const { channel, count } = untested;
  return { problem: say`is missing: there are ${count} messages for ${channel}, so say how the best of them is found` };
}

function countedByChannel(messages: unknown): { readonly channel: string; readonly count: number }[] {
  const all = Array.isArray(messages) ? messages.filter(isObject) : [];
  return CHANNELS.map((channel) => ({ channel, count: all.filter((message) => message.channel === channel).length }));
}

/** Names that Hood's older pages use for what has an argument of its own. */
const older = new Map([["is_draft", "draft"]]);

const fields = fitting(isObject, "must be an object of fields, named as the API names them", "an object");

/** Fields that are to be sent as they are. What has an argument must not come in twice, by two names. */
function readExtra(value: unknown): Read<PassedThrough> {
  if (!isObject(value)) return fields(value, {});
  const [problem] = Object.keys(value).flatMap((key) => problemOfField(key) ?? []);
  return problem === undefined ? { value } : { problem };
}

function problemOfField(key: string): Message | undefined {
  const name = older.get(key) ?? camelCase(key);
  if (argumentNames.some((argument) => argument === name)) {
    return say`must not hold ${oneLine(key)}: use the argument ${name}`;
  }
  if (name === "status") return say`must not hold status: use draft, or a CampaignStatus for the campaign`;
  const isHoods = campaignFields.some((field) => camelCase(field) === name);
  return isHoods ? say`must not hold ${oneLine(key)}: Hood itself writes that field, so take it out` : undefined;
}

/** How a resource came to its campaign, as its state keeps it. */
export interface Provenance {
  /** A random text that tells this state from every other one, also of the same resource. Absent in states of 0.1.0. */
  readonly record?: string;
  /** The mark that the campaign was seen to have. */
  readonly mark?: string;
  /** Its policy became "cancel" when it took no new mark any more: one of another policy may have taken it over since. */
  readonly unmarked?: true;
  /** It was imported, not created by the resource. */
  readonly imported?: true;
  /** Hashes of what the account makes of declared values, by the argument: it writes them in a way of its own. */
  readonly stored?: Readonly<Record<string, string>>;
  /** Hashes of what the program declares, by the argument, if a refresh has found something else in Hood and no update has put it right. */
  readonly declared?: Readonly<Record<string, string>>;
  /** When the last edit went out, in milliseconds since 1970 by the account's clock. */
  readonly editedAt?: number | undefined;
  /** Arguments, and parts of them, that a call was to change whose effect isn't known, with true at each end. */
  readonly unfinished?: Readonly<Record<string, unknown>>;
}

/** The owner of the campaigns that a resource creates, for their marks; undefined if it isn't known which resource it is. */
export function ownerOf({ urn, organization }: Pick<Operation, "urn" | "organization">): string | undefined {
  if (urn === undefined) return undefined;
  return hashOf(organization === undefined ? urn : `${organization} ${urn}`);
}

/** For a state: with a random text of its own, if it has none yet. */
export function kept({
  record = newRecord(),
  stored = {},
  declared = {},
  ...rest
}: Provenance): Provenance & { readonly record: string } {
  const isAny = (hashes: object) => Object.keys(hashes).length > 0;
  return { record, ...rest, ...(isAny(stored) && { stored }), ...(isAny(declared) && { declared }) };
}

/** For the state of a campaign that has a mark, or none. */
export function markedBy(mark: Mark | undefined): Provenance {
  return mark ? { mark: textOf(mark) } : {};
}

/** A value that an account shows, as {@link Provenance.stored} keeps it. */
export function fingerprint(value: unknown): string {
  return hashOfValues({ value });
}

/** When a campaign was created, in milliseconds since 1970. If the account doesn't say it, its mark does. */
export function createdAt({ createTime, __provenance }: Pick<CampaignState, "createTime" | "__provenance">) {
  return createTime === undefined ? markIn({ mark: __provenance?.mark })?.moment : Date.parse(createTime);
}

/** True for a campaign that was created a short time ago. */
export function isYoung({ account }: Pick<Operation, "account">, state: Parameters<typeof createdAt>[0]): boolean {
  return isRecent(account(), createdAt(state));
}

/** True for a page that may be from before an edit a short time ago: by what it says, nothing has changed the campaign since. */
export function mayBeBehind(account: Account, campaign: Campaign, editedAt = Number.NaN): boolean {
  const isUnchanged = campaign.updateTime === undefined || isUntouched(campaign, editedAt);
  return isUnchanged && isRecent(account, editedAt);
}
