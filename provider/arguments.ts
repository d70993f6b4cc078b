import { isDeepStrictEqual } from "node:util";
import type { Failure, Properties } from "./context";
import { strayCharacter, unseenMistake } from "./difference";
import { stringifiedIn } from "./stringified";
import { quote } from "./text";
import { isUnknown } from "./unknown";

/** Says what is wrong with a value, as the continuation of its name, and what to write instead; undefined where it is right. */
export type Rule = (value: unknown) => string | undefined;

/** What one resource type takes: a rule for each argument, in the order in which a user would think of them. */
export class ArgumentRules<Name extends string> {
  readonly names: readonly Name[];

  constructor(
    readonly type: string,
    private readonly rules: Readonly<Record<Name, Rule>>,
  ) {
    this.names = Object.keys(rules) as Name[];
  }

  /**
   * Everything that is wrong with the arguments as they stand, without asking anybody. Unknown values pass.
   *
   * @param recorded arguments on record. What stands there is sent no more, so nothing is held against it: in what can't be
   * edited, nobody could take it back.
   */
  failures(args: Properties, recorded: Properties = {}): Failure[] {
    return this.names.flatMap((property) => {
      const value = args[property];
      if (isUnknown(value)) return [];
      if (value !== undefined && isDeepStrictEqual(value, recorded[property])) return [];
      const texts = stringifiedIn(value, property);
      const wrong = this.rules[property](value);
      return [
        // With a property, the engine would print its whole value first, and such texts have many lines.
        ...texts.map(({ place, reason }) => ({ property: "", reason: `${place} ${reason}.` })),
        ...(wrong === undefined ? [] : [{ property, reason: `${property} ${wrong}.` }]),
      ];
    });
  }

  /** The arguments among some properties, without those that aren't set. */
  pick(properties: Properties): Properties {
    const set = this.names.filter((name) => properties[name] !== undefined && properties[name] !== null);
    return Object.fromEntries(set.map((name) => [name, properties[name]]));
  }

  /** A record without its arguments: those that the program took out must not stay behind. */
  without(record: Properties): Properties {
    const names: readonly string[] = this.names;
    return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
  }

  /** A misspelt guard would guard nothing, so what isn't an argument is refused, but for what a check itself adds. */
  strangers(properties: Properties, added: readonly string[] = []): Failure[] {
    const allowed: readonly string[] = [...this.names, ...added];
    const strangers = Object.keys(properties).filter(
      (name) => !allowed.includes(name) && properties[name] !== undefined,
    );
    return strangers.map((property) => ({
      property,
      reason: `${property} is not an argument of ${this.type}, which takes ${this.names.join(", ")}.`,
    }));
  }
}

export const campaignIdRule: Rule = (value) => {
  if (value === undefined) return 'is missing: give the campaign\'s id as a string of digits, such as "1000248"';
  if (typeof value === "number")
    return "must be a string: put the id in quotes, since ids can be larger than a number holds exactly";
  const must = 'must be a string of digits, such as "1000248"';
  if (typeof value !== "string" || value === "") return must;
  const stray = strayCharacter(value, /[^\d]/u);
  return stray && `${must}: ${stray}`;
};

/** A rule for one of a few texts, which says what else it is. */
export function oneOf(choices: readonly string[]): Rule {
  const all = choices.map(quote);
  const must = `must be ${all.length === 2 ? all.join(" or ") : `one of ${all.join(", ")}`}`;
  return (value) => {
    if (choices.some((choice) => choice === value)) return undefined;
    return typeof value === "string" ? `${must}, not ${quote(value)}${unseenMistake(value, choices)}` : must;
  };
}

export function optionalRule(rule: Rule): Rule {
  return (value) => (value === undefined ? undefined : rule(value));
}

export const expectedNameRule: Rule = (value) =>
  value === undefined || isText(value)
    ? undefined
    : "must be the campaign's exact name; leave it out to go by the id alone";

export const whenNotCancelableRule: Rule = optionalRule(oneOf(["fail", "accept"]));

export function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}
