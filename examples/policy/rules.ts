/** A resource as a stack policy gets it. Reading a property that a preview doesn't know yet throws. */
export interface SeenResource {
  readonly type: string;
  readonly urn: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** A campaign that this update may cancel for good. What a preview doesn't know yet is undefined. */
export interface End {
  readonly urn: string;
  readonly campaignId: string | undefined;
  readonly campaignName: string | undefined;
  readonly reason: string | undefined;
  readonly expectedName: string | undefined;
}

/** What is wrong with an update, and with which resource. */
export interface Violation {
  readonly message: string;
  /** Absent if it is about the update as a whole. */
  readonly urn?: string;
}

/** From programs in Node.js, and from those in every other language. */
const HOOD_TYPE = /^(?:pulumi-nodejs:dynamic\/hood:|hood:)(?:index:)?(.*)$/;

/** What a preview doesn't know yet. */
const UNKNOWN = Symbol("unknown");

/** A campaign with such a desired status goes on, or can. */
const ENDS_NOTHING = ["running", "paused", "scheduled"];

/** Of such a campaign nothing is left to cancel. From any other status, the update may cancel it. */
const NOTHING_TO_END = ["canceled", "sent"];

/** The cancellations that the update would still send. One that the state has already isn't among them. */
export function endsIn(resources: readonly SeenResource[]): End[] {
  return resources.filter(isDue).map((resource) => ({
    urn: resource.urn,
    campaignId: textOf(resource, "campaignId"),
    campaignName: textOf(resource, "campaignName"),
    reason: textOf(resource, "reason"),
    expectedName: textOf(resource, "expectedName"),
  }));
}

/** The name of one of Hood's types, such as `CampaignCancellation`; undefined for any other resource. */
function hoodType({ type }: SeenResource): string | undefined {
  return HOOD_TYPE.exec(type)?.[1];
}

function isDue(resource: SeenResource): boolean {
  const previousStatus = textOf(resource, "previousStatus");
  const isOver = previousStatus !== undefined && NOTHING_TO_END.includes(previousStatus);
  switch (hoodType(resource)) {
    case undefined:
    case "Campaign":
      return false;
    case "CampaignCancellation":
      return isEndOfCampaign(resource, isOver);
    case "CampaignStatus":
      return !isOver && isEndByStatus(resource);
    default:
      // This version doesn't know the type: nobody can say what the update would do.
      return true;
  }
}

/** In other languages, a preview shows the outcome that it expects, but no time yet. */
function isEndOfCampaign(resource: SeenResource, isOver: boolean): boolean {
  const outcome = read(resource, "outcome");
  const expected = read(resource, "canceledAt") === UNKNOWN;
  // When it was declared, nothing was left to cancel; now the campaign goes on.
  if (isOver) return outcome === UNKNOWN || (outcome === "canceled" && expected);
  return typeof outcome !== "string" || expected;
}

/** A status that the preview doesn't know yet may turn out to be `canceled`, whatever else is known or planned. */
function isEndByStatus(resource: SeenResource): boolean {
  const status = textOf(resource, "status");
  if (status !== "canceled") return !ENDS_NOTHING.includes(status ?? "");
  return textOf(resource, "currentStatus") === undefined;
}

/** A text among the properties; undefined if it is absent or isn't known yet. */
function textOf(resource: SeenResource, name: string): string | undefined {
  const value = read(resource, name);
  return typeof value === "string" ? value : undefined;
}

function read({ props }: SeenResource, name: string): unknown {
  try {
    return props[name];
  } catch {
    return UNKNOWN;
  }
}

/** @param why goes on after `campaign 1000248 "Spring sale"`, as far as that is known. */
function denied(end: End, why: string, advice: string): Violation {
  return { urn: end.urn, message: `This would end ${describe(end)} for good${why}\n${advice}` };
}

function describe({ campaignId, campaignName }: End): string {
  const id = campaignId === undefined ? "a campaign whose id isn't known yet" : `campaign ${campaignId}`;
  return campaignName === undefined ? id : `${id} ${quoted(campaignName)}`;
}

/** Text from outside on one line, in which no character turns the direction of what is read. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function unusable(setting: string, what: string): Error {
  return new Error(`Could not use ${setting}: ${what}. Correct it in the policy pack's configuration.`);
}

/** @throws Error that names the setting, if it isn't a regular expression. */
function patternOf(setting: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw unusable(setting, `${JSON.stringify(text)} is no regular expression (${(error as Error).message})`);
  }
}

export const ticketDefaults = {
  /** Regular expression that a reason must match somewhere. */
  pattern: "[A-Z]+-\\d+",
};

/** Who cancels a campaign names the decision. The reason itself may be a secret, which a policy can't tell: it isn't repeated. */
export function checkTickets(ends: readonly End[], { pattern }: typeof ticketDefaults): Violation[] {
  const ticket = patternOf("end-needs-ticket, pattern", pattern);
  const advice = 'Put the ticket into reason, such as "Budget cut, OPS-1234".';
  return ends.flatMap((end) => {
    if (end.reason === undefined) return [denied(end, `, and its reason isn't known yet (${pattern}).`, advice)];
    return ticket.test(end.reason) ? [] : [denied(end, `, and its reason names no ticket (${pattern}).`, advice)];
  });
}

export const capDefaults = {
  /** The most cancellations in one update. */
  max: 10,
};
const SHOWN = 5;

/** A mistake in a selection must not cancel all campaigns of an account. */
export function checkCap(ends: readonly End[], { max }: typeof capDefaults): Violation[] {
  if (ends.length <= max) return [];
  const first = ends.slice(0, SHOWN).map(describe).join(", ");
  const others = ends.length > SHOWN ? ` and ${ends.length - SHOWN} more` : "";
  const message = `This update would end ${ends.length} campaigns for good, and ${max} is all that one may: ${first}${others}.`;
  return [{ message: `${message}\nTake some of them out, and apply the change in parts.` }];
}

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
type Day = (typeof DAYS)[number];

/** When campaigns may be canceled, in UTC. */
export interface WindowConfig {
  /** Days of the week. None: no campaign may be canceled at all. */
  readonly days: readonly Day[];
  /** From this time of day on, `HH:MM`. */
  readonly from: string;
  /** Before this time of day, `HH:MM`, up to `24:00`; later than `from`. */
  readonly to: string;
}

export const windowDefaults: WindowConfig = { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "16:00" };

/** Campaigns are canceled while people are there who notice. @throws Error if the window can't be used. */
export function checkWindow(ends: readonly End[], { days, from, to }: WindowConfig, now: Date): Violation[] {
  const [start, end] = [minutesOf("from", from), minutesOf("to", to)];
  if (start >= end) throw unusable("end-window", `from ${from} isn't before to ${to}`);
  const day = DAYS[now.getUTCDay()] as Day;
  const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
  if (days.includes(day) && minute >= start && minute < end) return [];
  const open = days.length === 0 ? "never" : `${days.join(", ")}, ${from} to ${to} UTC`;
  const why = `, now, on ${day} at ${now.toISOString().slice(11, 16)} UTC. Campaigns may end: ${open}.`;
  const advice = "Apply it then. To stop the campaign until then, pause it: that can be undone.";
  return ends.map((end) => denied(end, why, advice));
}

function minutesOf(setting: string, text: string): number {
  const [, hours, minutes] = /^(\d{2}):([0-5]\d)$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  if (total <= 24 * 60) return total;
  throw unusable(`end-window, ${setting}`, `${JSON.stringify(text)} is no time of day such as 08:00`);
}

export const expectedNameDefaults = {
  /** Regular expression for the names of the stacks that require the guard. */
  stacks: "(^|[-_.])prod(uction)?$",
};

/** A mistyped id cancels the wrong campaign, unless its name is checked too. */
export function checkExpectedNames(ends: readonly End[], { stacks }: typeof expectedNameDefaults): Violation[] {
  const production = patternOf("expected-name-in-production, stacks", stacks);
  return ends.flatMap((end) => {
    // A URN begins `urn:pulumi:STACK::PROJECT::`.
    const stack = end.urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
    if (end.expectedName || !production.test(stack)) return [];
    const name = end.campaignName === undefined ? "the campaign's name" : quoted(end.campaignName);
    const why = ` in the stack ${stack}, without expectedName as the guard against a wrong id.`;
    return [denied(end, why, `Add expectedName, which is ${name} if it is the right campaign.`)];
  });
}

export interface ProtectedConfig {
  /** Regular expressions: campaigns with such a name can't be canceled. */
  readonly names: readonly string[];
  /** Campaigns with one of these labels can't be canceled, if the stack itself defines them: only then are labels known. */
  readonly labels: readonly string[];
}

export const protectedDefaults: ProtectedConfig = { names: [], labels: ["protected"] };

/** Nobody may cancel some campaigns: neither by a declaration, nor by removing their definition from a program. */
export function checkProtected(
  ends: readonly End[],
  resources: readonly SeenResource[],
  { names, labels }: ProtectedConfig,
): Violation[] {
  const patterns = names.map((name) => patternOf("protected-campaigns, names", name));
  const hasProtectedName = (name: string | undefined) =>
    name !== undefined && patterns.some((pattern) => pattern.test(name));
  const definitions = resources.filter((resource) => hoodType(resource) === "Campaign");
  const labeled = definitions.filter((definition) => labels.some((label) => labelsOf(definition).includes(label)));

  const isLabeled = ({ campaignId, campaignName }: End) =>
    labeled.some((definition) => {
      const id = textOf(definition, "campaignId");
      return id === undefined ? textOf(definition, "name") === campaignName : id === campaignId;
    });
  const isHidden = ({ campaignId, campaignName }: End) =>
    (campaignName === undefined && patterns.length > 0) || (campaignId === undefined && labeled.length > 0);

  const protectedEnds = ends.flatMap((end) => {
    if (isHidden(end)) {
      const why = ", and the preview doesn't know its name: whether it is protected can't be told.";
      const advice = "Preview with hood:preflight live (the default), and write the campaign's id into the program.";
      return [denied(end, why, advice)];
    }
    if (!hasProtectedName(end.campaignName) && !isLabeled(end)) return [];
    const advice = "Take the cancellation out, or pause the campaign instead: that can be undone.";
    return [denied(end, ", and it is protected by its name or a label.", advice)];
  });
  const endedByRemoval = definitions.filter(
    (definition) =>
      textOf(definition, "deletionPolicy") === "cancel" &&
      (labeled.includes(definition) || hasProtectedName(textOf(definition, "name"))),
  );
  return [...protectedEnds, ...endedByRemoval.map(removable)];
}

function labelsOf({ props }: SeenResource): unknown[] {
  try {
    // Each label may be unknown on its own.
    return [...(props.labels as unknown[])];
  } catch {
    return [];
  }
}

function removable({ urn, name }: SeenResource): Violation {
  const policy = `its deletionPolicy "cancel" would end it when the resource is removed`;
  const what = `The campaign that the resource ${JSON.stringify(name)} defines is protected, and ${policy}.`;
  return { urn, message: `${what}\nUse "prevent", or "abandon".` };
}
