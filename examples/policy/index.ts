import { PolicyPack, type ReportViolation, type StackValidationArgs, type StackValidationPolicy } from "@pulumi/policy";
import * as rules from "./rules";

/** A stack policy: only there does a preview distinguish a new cancellation from one in the state. */
function policy<Config extends object>(
  { name, description, properties }: Pick<StackValidationPolicy, "name" | "description"> & Schema,
  defaults: Config,
  check: (ends: readonly rules.End[], config: Config, args: StackValidationArgs) => rules.Violation[],
): StackValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    configSchema: { properties },
    validateStack(args: StackValidationArgs, reportViolation: ReportViolation) {
      const config = { ...defaults, ...args.getConfig<Partial<Config>>() };
      for (const { message, urn } of check(rules.endsIn(args.resources), config, args)) reportViolation(message, urn);
    },
  };
}

type Schema = { properties: NonNullable<StackValidationPolicy["configSchema"]>["properties"] };

const text = { type: "string" } as const;
const texts = { type: "array", items: text } as const;

new PolicyPack("campaign-ends", {
  policies: [
    policy(
      {
        name: "end-needs-ticket",
        description: "The reason for a campaign's end names a ticket.",
        properties: { pattern: text },
      },
      rules.ticketDefaults,
      rules.checkTickets,
    ),
    policy(
      {
        name: "protected-campaigns",
        description: "Protected campaigns don't end.",
        properties: { names: texts, labels: texts },
      },
      rules.protectedDefaults,
      (ends, config, { resources }) => rules.checkProtected(ends, resources, config),
    ),
    policy(
      {
        name: "cap-on-ends",
        description: "One update ends only so many campaigns.",
        properties: { max: { type: "integer", minimum: 0 } },
      },
      rules.capDefaults,
      rules.checkCap,
    ),
    policy(
      {
        name: "end-window",
        description: "Campaigns end at certain times only.",
        properties: { days: texts, from: text, to: text },
      },
      rules.windowDefaults,
      (ends, config) => rules.checkWindow(ends, config, new Date()),
    ),
    policy(
      {
        name: "expected-name-in-production",
        description: "In production, an end is guarded by the campaign's expected name.",
        properties: { stacks: text },
      },
      rules.expectedNameDefaults,
      rules.checkExpectedNames,
    ),
  ],
});
