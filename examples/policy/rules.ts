import { describe, type End, hoodType, quoted, type SeenResource, textOf } from "./ends";

/** What is wrong with an update, and with which resource. */
export interface Violation {
  readonly message: string;
  /** Absent if it is about the update as a whole. */
  readonly urn?: string;
}

function against({ urn }: Pick<End, "urn">, ...lines: string[]): Violation {
  return { urn, message: lines.join("\n") };
}

/** @throws Error that names the setting, if it isn't a regular expression. */
function patternOf(setting: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw unusable(setting, `${JSON.stringify(text)} is no regular expression (${(error as Error).message})`);
  }
}

function unusable(setting: string, what: string): Error {
  return new Error(`Could not use ${setting}: ${what}. Correct it in the policy pack's configuration.`);
}

export const ticketDefaults = {
  /** Regular expression that a reason must match somewhere. */
  pattern: "[A-Z]+-\\d+",
};

/** Who cancels a campaign names the decision. The reason itself may be a secret, which a policy can't tell: it isn't repeated. */
export function checkTickets(ends: readonly End[], { pattern }: typeof ticketDefaults): Violation[] {
  const ticket = patternOf("end-needs-ticket, pattern", pattern);
  const without = ends.filter(({ reason }) => reason === undefined || !ticket.test(reason));
  return without.map((end) =>
    against(
      end,
      `This would end ${describe(end)} for good, and its reason ${end.reason === undefined ? "isn't known yet" : "names no ticket"} (${pattern}).`,
      'Put the ticket into reason, such as "Budget cut, OPS-1234".',
    ),
  );
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
  const time = now.toISOString().slice(11, 16);
  return ends.map((end) =>
    against(
      end,
      `This would end ${describe(end)} for good, now, on ${day} at ${time} UTC. Campaigns may end: ${open}.`,
      "Apply it then. To stop the campaign until then, pause it: that can be undone.",
    ),
  );
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
  return ends
    .filter(({ urn, expectedName }) => !expectedName && production.test(stackOf(urn)))
    .map((end) => {
      const name = end.campaignName === undefined ? "the campaign's name" : quoted(end.campaignName);
      return against(
        end,
        `This would end ${describe(end)} for good in the stack ${stackOf(end.urn)}, without expectedName as the guard against a wrong id.`,
        `Add expectedName, which is ${name} if it is the right campaign.`,
      );
    });
}

/** A URN begins `urn:pulumi:STACK::PROJECT::`. */
function stackOf(urn: string): string {
  return urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
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
  const isProtected = (name: string | undefined) =>
    patterns.some((pattern) => name !== undefined && pattern.test(name));
  const definitions = resources.filter((resource) => hoodType(resource) === "Campaign");
  const bearing = definitions.filter((definition) => labels.some((label) => labelsOf(definition).includes(label)));
  const isBearing = ({ campaignId, campaignName }: End) =>
    bearing.some((definition) => {
      const id = textOf(definition, "campaignId");
      return id === undefined ? textOf(definition, "name") === campaignName : id === campaignId;
    });
  const isHidden = ({ campaignId, campaignName }: End) =>
    (campaignName === undefined && patterns.length > 0) || (campaignId === undefined && bearing.length > 0);

  const refused = ends.flatMap((end) => {
    if (isHidden(end)) return [hidden(end)];
    return isProtected(end.campaignName) || isBearing(end) ? [protectedEnd(end)] : [];
  });
  const endedByRemoval = definitions.filter(
    (definition) =>
      textOf(definition, "deletionPolicy") === "cancel" &&
      (bearing.includes(definition) || isProtected(textOf(definition, "name"))),
  );
  return [...refused, ...endedByRemoval.map(removable)];
}

function labelsOf({ props }: SeenResource): unknown[] {
  try {
    // Each label may be unknown on its own.
    return [...(props.labels as unknown[])];
  } catch {
    return [];
  }
}

function hidden(end: End): Violation {
  return against(
    end,
    `This would end ${describe(end)} for good, and the preview doesn't know its name: whether it is protected can't be told.`,
    "Preview with hood:preflight live (the default), and write the campaign's id into the program.",
  );
}

function protectedEnd(end: End): Violation {
  return against(
    end,
    `This would end ${describe(end)} for good, and it is protected by its name or a label.`,
    "Take the cancellation out, or pause the campaign instead: that can be undone.",
  );
}

function removable(definition: SeenResource): Violation {
  return against(
    definition,
    `The campaign that the resource ${JSON.stringify(definition.name)} defines is protected, and its deletionPolicy "cancel" would end it when the resource is removed.`,
    'Use "prevent", or "abandon".',
  );
}
