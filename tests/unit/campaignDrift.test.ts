import { expect } from "chai";
import type { Properties } from "../../provider/context";
import { driftOf } from "../../provider/resources/campaign/drift";

const drift = (args: Properties, fields: Properties, status = "paused") =>
  driftOf(args, { campaign: { id: "1000248", name: "Spring sale", status }, fields });

describe("drift of a campaign", () => {
  const same: [string, Properties, Properties][] = [
    ["a field that the answer lacks", { targeting: { a: 1 } }, {}],
    ["labels in another order", { labels: ["a", "b"] }, { labels: ["b", "a"] }],
    ["labels as one text", { labels: ["a", "b"] }, { labels: "a,b" }],
    ["the same moment", { scheduledTime: "2026-12-01T10:00:00+01:00" }, { scheduled_time: "2026-12-01 09:00:00" }],
    ["what Hood adds to an object", { metadata: { a: 1 } }, { metadata: { a: 1, id: "7" } }],
    ["what Hood adds to a message", { messages: [{ channel: "push" }] }, { messages: [{ channel: "push", id: "7" }] }],
    [
      "a part of a message that isn't shown",
      { messages: [{ channel: "push", push: { a: 1 } }] },
      { messages: [{ channel: "push" }] },
    ],
    ["an id as a number", { dealId: "7" }, { deal_id: 7 }],
    ["a flag as a number", { sendInProfileTimeZone: true }, { send_in_profile_time_zone: 1 }],
    ["a flag that isn't set", { sendInProfileTimeZone: false }, { send_in_profile_time_zone: null }],
    ["nothing", { description: "", labels: [], metadata: {} }, { description: null, labels: null, metadata: null }],
    ["how it was to begin", { runImmediately: true, draft: true }, { run_immediately: null, status: "running" }],
    ["an extra field", { extra: { cap: 2 } }, { cap: "2" }],
    ["an extra field that the answer lacks", { extra: { constructor: 2 } }, {}],
  ];
  for (const [what, args, fields] of same) {
    it(`is not ${what}`, () => expect(drift(args, fields)).to.deep.equal({}));
  }

  const different: [string, Properties, Properties, Properties][] = [
    ["another text", { description: "x" }, { description: "y" }, { description: "y" }],
    ["a text that was removed", { description: "x" }, { description: null }, { description: undefined }],
    ["other labels", { labels: ["a", "b"] }, { labels: ["a"] }, { labels: ["a"] }],
    ["labels that were removed", { labels: ["a"] }, { labels: [] }, { labels: undefined }],
    ["a flag", { sendInProfileTimeZone: true }, { send_in_profile_time_zone: false }, { sendInProfileTimeZone: false }],
    [
      "another moment",
      { endTime: "2026-12-01T09:00:00Z" },
      { end_time: "2026-12-02 09:00:00" },
      { endTime: "2026-12-02T09:00:00Z" },
    ],
    [
      "a declared key, without the others",
      { metadata: { a: 1 } },
      { metadata: { a: 2, b: 3 } },
      { metadata: { a: 2 } },
    ],
    ["a declared key that was removed", { metadata: { a: 1, b: 2 } }, { metadata: { b: 2 } }, { metadata: { b: 2 } }],
    ["all keys removed", { metadata: { a: 1 } }, { metadata: {} }, { metadata: undefined }],
    [
      "a part of a message",
      { messages: [{ channel: "sms", integrationId: "7", sms: { text: "x" } }] },
      { messages: [{ id: "1", channel: "sms", integration_id: "8", sms: { text: "x", more: 1 } }] },
      { messages: [{ channel: "sms", integrationId: "8", sms: { text: "x" } }] },
    ],
    [
      "one message more",
      { messages: [{ channel: "push" }] },
      {
        messages: [
          { channel: "push", id: "1" },
          { channel: "push", id: "2" },
        ],
      },
      { messages: [{ channel: "push" }, { channel: "push", id: "2" }] },
    ],
    ["a test", { abTest: { testSplit: 30 } }, { ab_test: { test_split: 40, id: "7" } }, { abTest: { testSplit: 40 } }],
    ["an extra field", { extra: { cap: 2, b: 1 } }, { cap: 3, b: 1 }, { extra: { cap: 3, b: 1 } }],
  ];
  for (const [what, args, fields, found] of different) {
    it(`is ${what}`, () => expect(drift(args, fields)).to.deep.equal(found));
  }

  it("is another time to start only until it was started", () => {
    const args = { scheduledTime: "2026-12-01T09:00:00Z" };
    for (const status of ["draft", "manual", "scheduled", "paused"]) {
      expect(drift(args, { scheduled_time: null }, status)).to.deep.equal({ scheduledTime: undefined });
    }
    for (const status of ["running", "sent", "canceled", "needs_decision"]) {
      expect(drift(args, { scheduled_time: null }, status)).to.deep.equal({});
    }
  });
});
