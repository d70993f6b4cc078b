import fc from "fast-check";
import { faultNames } from "./faults";
import type { Change, Death, Declaration, Disturbance, History, Operation, PipelineName, Step } from "./history";

const CAMPAIGNS = 5;
const STATUSES = ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent", "needs_decision"];
/** A status that nobody documented. */
const UNHEARD = "archived";

const pipeline = fc.oneof(
  { arbitrary: fc.constant<PipelineName>("A"), weight: 3 },
  { arbitrary: fc.constant<PipelineName>("B"), weight: 1 },
);
const campaign = fc.nat(CAMPAIGNS - 1);
const resource = fc.constantFrom("first", "second", "third", "fourth", "fifth");
const startStatus = fc.oneof(
  { arbitrary: fc.constantFrom("running", "scheduled", "paused"), weight: 8 },
  { arbitrary: fc.constantFrom(...STATUSES, UNHEARD), weight: 1 },
);

/** One time in so many. */
function seldom<T>(arbitrary: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ arbitrary: fc.constant(undefined), weight: oneIn - 1 }, { arbitrary, weight: 1 });
}

const declaration: fc.Arbitrary<Declaration> = fc.record({
  do: fc.constant("declare"),
  pipeline,
  resource,
  // The last is a campaign that the account doesn't have.
  campaign: fc.oneof({ arbitrary: campaign, weight: 40 }, { arbitrary: fc.constant(CAMPAIGNS), weight: 1 }),
  reason: fc.oneof(
    { arbitrary: fc.constant("Budget cut"), weight: 12 },
    { arbitrary: fc.constant("Another reason"), weight: 1 },
  ),
  expectedName: seldom(fc.constantFrom("first", "first", "first", "first", "first", "first", "second", "neither"), 3),
  whenNotCancelable: fc.constantFrom(undefined, "fail", "accept", "accept"),
  unknownAtPreview: fc.boolean(),
});

const change: fc.Arbitrary<Change> = fc.record({
  campaign,
  to: fc.oneof(
    fc.record({ status: fc.constantFrom(...STATUSES) }),
    fc.record({ name: fc.constantFrom("first", "second") }),
  ),
});

const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  on: fc.constantFrom("cancel", "cancel", "cancel", "look", "look", "list", "any request"),
  nth: fc.constantFrom(1, 1, 1, 2, 2, 3, 4),
  times: fc.oneof({ arbitrary: fc.constant(1), weight: 3 }, { arbitrary: fc.integer({ min: 2, max: 6 }), weight: 1 }),
  what: fc.oneof({ arbitrary: fc.constantFrom(...faultNames), weight: 4 }, { arbitrary: change, weight: 1 }),
});

const death: fc.Arbitrary<Death> = fc.record({
  of: fc.constantFrom("provider", "CLI"),
  nth: fc.integer({ min: 1, max: 8 }),
  processed: fc.boolean(),
});

function operation(by: fc.Arbitrary<PipelineName>): fc.Arbitrary<Operation> {
  return fc.record({
    pipeline: by,
    kind: fc.oneof(
      { arbitrary: fc.constant("up"), weight: 6 },
      { arbitrary: fc.constantFrom("preview", "refresh"), weight: 3 },
      { arbitrary: fc.constant("destroy"), weight: 1 },
    ),
    disturbances: fc.array(disturbance, { maxLength: 5, size: "max" }),
    death: seldom(death, 4),
    tokenEndsAt: seldom(fc.integer({ min: 1, max: 8 }), 8),
  });
}

const operate: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("operate"),
  operations: fc.oneof(
    { arbitrary: fc.tuple(operation(pipeline)), weight: 4 },
    { arbitrary: fc.tuple(operation(fc.constant("A")), operation(fc.constant("B"))), weight: 1 },
  ),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: operate, weight: 12 },
  { arbitrary: declaration, weight: 5 },
  { arbitrary: fc.record({ do: fc.constant("remove"), pipeline, resource }), weight: 1 },
  { arbitrary: fc.record({ do: fc.constant("change"), change }), weight: 2 },
  { arbitrary: fc.record({ do: fc.constant("wait"), seconds: fc.constantFrom(1, 4, 90) }), weight: 1 },
);

/** @param size how many steps a history has at the most, after its first declarations. */
export function histories(size: number): fc.Arbitrary<History> {
  const history = fc.record({
    campaigns: fc.array(startStatus, { minLength: CAMPAIGNS, maxLength: CAMPAIGNS }),
    staleFor: fc.constantFrom(0, 0, 200, 1_000, 3_000),
    windowOffset: fc.nat(59_999),
    preflight: fc.constantFrom("live", "live", "live", "off"),
    audit: fc.constantFrom(false, false, true),
    chance: fc.constantFrom(0, 0.5, 0.99),
    steps: fc
      .tuple(fc.array(declaration, { minLength: 1, maxLength: 4 }), fc.array(step, { minLength: 1, maxLength: size }))
      .map(([declarations, steps]) => [...declarations, ...steps]),
  });
  // Fast-check's bias goes to short lists, and nothing much happens in a short history.
  return fc.noBias(history);
}
