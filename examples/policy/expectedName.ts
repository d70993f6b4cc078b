import { describe, type End, quoted, type Violation } from "./ends";
import { toPattern } from "./pattern";

export interface ExpectedNameConfig {
  /** Regular expression for the names of the stacks that require the guard. */
  readonly stacks: string;
}

export const expectedNameDefaults: ExpectedNameConfig = { stacks: "(^|[-_.])prod(uction)?$" };

/** A mistyped id cancels the wrong campaign, unless its name is checked too. */
export function checkExpectedNames(ends: readonly End[], { stacks }: ExpectedNameConfig): Violation[] {
  const production = toPattern("expected-name-in-production, stacks", stacks);
  return ends
    .filter(({ urn, expectedName }) => !expectedName && production.test(stackOf(urn)))
    .map((end) => ({ urn: end.urn, message: describeNoGuard(end) }));
}

/** A URN begins `urn:pulumi:STACK::PROJECT::`. */
function stackOf(urn: string): string {
  return urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
}

function describeNoGuard(end: End): string {
  const name = end.campaignName === undefined ? "the campaign's name" : quoted(end.campaignName);
  return [
    `This would end ${describe(end)} for good in the stack ${stackOf(end.urn)}, without expectedName as the guard against a wrong id.`,
    `Add expectedName, which is ${name} if it is the right campaign.`,
  ].join("\n");
}
