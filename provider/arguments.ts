import type { Failure, Properties } from "./context";
import { isUnknown } from "./unknown";

/** How a campaign is judged that Hood can't cancel and that nobody has cancelled. */
export type WhenNotCancelable = "fail" | "accept";

/** The arguments of a CampaignCancellation; each may also be the placeholder for a value that isn't known yet. */
export interface CancellationArguments {
  readonly campaignId: string;
  readonly reason: string;
  readonly expectedName?: string;
  readonly whenNotCancelable?: WhenNotCancelable;
}

/** Says what is wrong with a value, and what to write instead; undefined where it is right. */
type Rule = (value: unknown) => string | undefined;

const rules: { readonly [name in keyof CancellationArguments]-?: Rule } = {
  campaignId: (value) => {
    if (value === undefined) return 'is missing: give the campaign\'s id as a string of digits, such as "1000248"';
    if (typeof value === "number")
      return "must be a string: put the id in quotes, since ids can be larger than a number holds exactly";
    return typeof value === "string" && /^\d+$/.test(value)
      ? undefined
      : 'must be a string of digits, such as "1000248"';
  },
  reason: (value) =>
    isText(value)
      ? undefined
      : 'must not be blank: say why the campaign ends, such as "Budget cut, OPS-1234"; it is shown in Hood',
  expectedName: (value) =>
    value === undefined || isText(value)
      ? undefined
      : "must be the campaign's exact name; leave it out to cancel whatever its name is",
  whenNotCancelable: (value) =>
    value === undefined || value === "fail" || value === "accept" ? undefined : 'must be "fail" or "accept"',
};

export const argumentNames = Object.keys(rules) as (keyof CancellationArguments)[];

/** Everything that is wrong with the arguments as they stand, without asking anybody. Unknown values pass. */
export function argumentFailures(args: Properties): Failure[] {
  return argumentNames.flatMap((property) => {
    const reason = isUnknown(args[property]) ? undefined : rules[property](args[property]);
    return reason === undefined ? [] : [{ property, reason: `${property} ${reason}.` }];
  });
}

/** The arguments among some properties, without those that aren't set. */
export function pickArguments(properties: Properties): Properties {
  const set = argumentNames.filter((name) => properties[name] !== undefined && properties[name] !== null);
  return Object.fromEntries(set.map((name) => [name, properties[name]]));
}

/** A misspelt guard would guard nothing, so what isn't an argument is refused. */
export function strangerFailures(properties: Properties, allowed: readonly string[]): Failure[] {
  const strangers = Object.keys(properties).filter((name) => !allowed.includes(name) && properties[name] !== undefined);
  return strangers.map((property) => ({
    property,
    reason: `${property} is not an argument of CampaignCancellation, which takes ${argumentNames.join(", ")}.`,
  }));
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}
