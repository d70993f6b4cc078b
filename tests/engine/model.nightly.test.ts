import type { Declaration, Disturbance, History, Operation, Step } from "../model/history";
import { OnTheEngine } from "../model/onTheEngine";
import { play } from "../model/play";
import { openStack } from "./stack";

const declare = (resource: string, campaign: number, more: Partial<Declaration> = {}): Step => ({
  do: "declare",
  pipeline: "A",
  resource,
  campaign,
  reason: "Budget cut",
  unknownAtPreview: false,
  ...more,
});
const operate = (kind: Operation["kind"], more: Partial<Operation> = {}): Step => ({
  do: "operate",
  operations: [{ pipeline: "A", kind, disturbances: [], ...more }],
});
const on = (on: Disturbance["on"], nth: number, what: Disturbance["what"]): Disturbance => ({
  on,
  nth,
  times: 1,
  what,
});

const stories: Record<string, readonly Step[]> = {
  "the CLI dies during the first of three calls, and its provider goes on": [
    declare("first", 0),
    declare("second", 1),
    declare("third", 2),
    operate("up", {
      disturbances: [on("cancel", 1, "dropped after it took effect")],
      death: { of: "CLI", nth: 4, processed: true },
    }),
  ],
  "everything dies right after a call": [
    declare("first", 0),
    declare("second", 1, { whenNotCancelable: "accept" }),
    operate("up", { death: { of: "provider", nth: 3, processed: true } }),
    operate("refresh"),
  ],
  "answers are lost and late, and people interfere": [
    declare("first", 0, { expectedName: "first" }),
    declare("second", 1),
    declare("third", 2, { whenNotCancelable: "accept" }),
    operate("preview"),
    { do: "change", change: { campaign: 2, to: { status: "sent" } } },
    operate("up", {
      disturbances: [
        on("cancel", 1, "500 with effect"),
        on("cancel", 2, "429 for seconds"),
        on("cancel", 2, { campaign: 0, to: { name: "second" } }),
      ],
    }),
    { do: "remove", pipeline: "A", resource: "first" },
    operate("up"),
  ],
  "the token ends between a call and the look after it": [
    declare("first", 0),
    operate("up", { disturbances: [on("cancel", 1, "dropped after it took effect")], tokenEndsAt: 3 }),
    declare("first", 1),
    operate("up"),
  ],
};

describe("A history on the real engine keeps every promise where", function () {
  this.timeout(60_000);

  for (const [what, steps] of Object.entries(stories)) {
    it(what, async () => {
      const account = { staleFor: 500, windowOffset: 0, preflight: "live", audit: false, chance: 0 } as const;
      const history: History = { ...account, campaigns: ["running", "scheduled", "paused"], steps };
      const tier = new OnTheEngine(await openStack("npm classes", {}));
      try {
        await play(history, tier);
      } finally {
        await tier.close();
      }
    });
  }
});
