import { type Case, canceled, defined, itJudges, live, UNKNOWN } from "./reportSteps";

const seenCanceled = { ...live, previousStatus: "canceled" };
const NOTHING_SENT = /^Nothing is sent/;
const NO_STATUS = /doesn't show its status/;
const NO_DESIRED = /^The preview doesn't show which status/;

describe("What a preview says of a CampaignCancellation", () => {
  const accepted = (previousStatus: string) => ({ ...live, previousStatus, whenNotCancelable: "accept" });
  const nowhere = { campaignId: UNKNOWN, campaignName: UNKNOWN, previousStatus: UNKNOWN };
  itJudges([
    ["a new one", { inputs: live }, "irreversible"],
    ["one behind the plugin", { type: "hood:index:CampaignCancellation", inputs: live }, "irreversible"],
    ["one within a component", { type: "a:b:C$hood:index:CampaignCancellation", inputs: live }, "irreversible"],
    ["one of a campaign that isn't known yet", { inputs: nowhere }, "irreversible", /^Which campaign it is/],
    ["one that says nothing", { inputs: {} }, "irreversible", /^Which campaign it is/],
    [
      "one of an unknown campaign that is said to be canceled",
      { inputs: { ...seenCanceled, campaignId: UNKNOWN } },
      "irreversible",
      /^Which campaign it is/,
    ],
    ["one without a preflight", { inputs: { campaignId: "7", reason: "x" } }, "irreversible", NO_STATUS],
    ["one in a secret status", { inputs: { ...live, previousStatus: "[secret]" } }, "irreversible", NO_STATUS],
    ["one in a list of statuses", { inputs: { ...live, previousStatus: ["canceled"] } }, "irreversible", NO_STATUS],
    ["one in an undocumented status", { inputs: { ...live, previousStatus: "halted" } }, "irreversible"],
    ["one of a draft, accepted", { inputs: accepted("draft") }, "irreversible", /can still become so/],
    ["one of a manual campaign, accepted", { inputs: accepted("manual") }, "irreversible", /can still become so/],
    ["one of a sent campaign", { inputs: accepted("sent") }, "recorded", /^Nothing left to cancel: it is delivered/],
    ["one of a canceled campaign", { inputs: seenCanceled }, "recorded", /^Canceled already/],
    [
      "one of a campaign with a secret id that was seen to be canceled",
      { inputs: { ...seenCanceled, campaignId: "[secret]" } },
      "recorded",
      /^Canceled already/,
    ],
    ["one that is only read", { op: "read", inputs: live }, "unchanged"],
    ["an import", { op: "import", inputs: live }, "recorded", /^Imported/],
    ["a changed guard", { op: "update", state: canceled, inputs: live }, "recorded", /^Only the state/],
    [
      "an unfinished one",
      { op: "update", state: { ...live, status: "unknown" }, inputs: live },
      "irreversible",
      /^It is unknown whether/,
    ],
    [
      "one that was undone",
      { op: "update", state: { ...canceled, status: "running" }, inputs: live },
      "irreversible",
      /a refresh found/,
    ],
    [
      "one with a secret state",
      { op: "update", state: { ...canceled, status: "[secret]" }, inputs: live },
      "irreversible",
      NO_STATUS,
    ],
    ["a removed one", { op: "delete", state: canceled }, "removed", NOTHING_SENT],
  ]);
});

describe("What a preview says of a CampaignStatus", () => {
  const ends = { ...live, status: "canceled", plannedActions: ["cancel"] };
  const paused = { ...live, status: "paused", plannedActions: ["pause"] };
  const isPaused = { ...paused, currentStatus: "paused" };
  const from = (previousStatus: string) => ({ ...ends, previousStatus, plannedActions: [] });
  const guarded = { ...ends, expectedName: "x" };
  const hidden = { ...paused, status: "[secret]" };

  itJudges(
    [
      ["a new one for canceled", { inputs: ends }, "irreversible"],
      [
        "one for canceled, not cancelable yet",
        { inputs: from("needs_decision") },
        "irreversible",
        /can still become so/,
      ],
      [
        "one for canceled, met, by calls that aren't known",
        { inputs: { ...from("canceled"), plannedActions: UNKNOWN } },
        "irreversible",
      ],
      ["one for canceled, met", { inputs: from("canceled") }, "recorded", /^Canceled already/],
      ["one for canceled, too late", { inputs: from("sent") }, "recorded", /^Nothing left to cancel/],
      [
        "one for canceled without a preflight",
        { inputs: { campaignId: "7", status: "canceled" } },
        "irreversible",
        NO_STATUS,
      ],
      ["one for canceled by other calls", { inputs: { ...ends, plannedActions: ["pause"] } }, "irreversible"],
      [
        "one that isn't known yet",
        { inputs: { ...ends, status: UNKNOWN, plannedActions: UNKNOWN } },
        "irreversible",
        NO_DESIRED,
      ],
      ...[UNKNOWN, "[secret]", undefined, null, 5, ["paused"], "cancelled"].flatMap((status) =>
        [[], ["pause"], "[secret]", UNKNOWN, undefined].flatMap((plannedActions): Case[] => {
          const inputs = { ...ends, status, plannedActions };
          const what = `the status ${JSON.stringify(status)} with ${JSON.stringify(plannedActions)} planned`;
          return [
            [`${what}, new,`, { inputs }, "irreversible", NO_DESIRED],
            [`${what}, edited,`, { op: "update", state: isPaused, before: paused, inputs }, "irreversible", NO_DESIRED],
            [`${what}, half-way,`, { op: "update", state: paused, inputs }, "irreversible", NO_DESIRED],
          ];
        }),
      ),
      ["one for paused", { inputs: paused }, "reversible", /^Pause: running to paused\.$/],
      [
        "one for scheduled",
        { inputs: { ...paused, status: "scheduled", plannedActions: ["pause", "resume"] } },
        "launches",
        /^Pause, then resume: running to scheduled\.$/,
      ],
      ...[
        ["2099-12-01T10:00:00+01:00", /^Resume: paused to scheduled\. Scheduled for 2099-12-01 09:00:00 GMT\.$/],
        ["[secret]", / Scheduled for a time that the preview doesn't show\.$/],
        [UNKNOWN, / Scheduled for a time that the preview doesn't show\.$/],
      ].flatMap(([scheduledTime, note]): Case[] => {
        const scheduled = {
          ...live,
          status: "scheduled",
          previousStatus: "paused",
          plannedActions: ["resume"],
          scheduledTime,
        };
        const halfWay = {
          op: "update",
          state: scheduled,
          inputs: { ...scheduled, scheduledTime: "2099-12-02 09:00:00" },
        };
        return [
          [`one for scheduled at ${scheduledTime}`, { inputs: scheduled }, "launches", note as RegExp],
          [`one from ${scheduledTime}`, halfWay, "launches", / Scheduled for 2099-12-02 09:00:00 GMT\.$/],
        ];
      }),
      [
        "one for paused, met",
        { inputs: { ...paused, previousStatus: "paused", plannedActions: [] } },
        "recorded",
        /^It is paused already/,
      ],
      [
        "one for paused without a preflight",
        { inputs: { campaignId: "7", status: "paused" } },
        "reversible",
        /^To paused; the steps aren't known/,
      ],
      [
        "a call that nobody knows",
        { inputs: { ...paused, plannedActions: ["<script>"] } },
        "reversible",
        /^Another step: /,
      ],
      ["a call that isn't shown", { inputs: { ...paused, plannedActions: ["[secret]"] } }, "irreversible"],
      ["one edited to canceled", { op: "update", state: isPaused, before: paused, inputs: ends }, "irreversible"],
      [
        "one edited to running",
        {
          op: "update",
          state: isPaused,
          before: paused,
          inputs: { ...live, status: "running", previousStatus: "paused", plannedActions: ["resume"] },
        },
        "launches",
        /^Resume: paused to running/,
      ],
      [
        "another guard of what is canceled",
        { op: "update", state: { ...ends, currentStatus: "canceled" }, before: ends, inputs: guarded },
        "recorded",
        /^Only the state/,
      ],
      [
        "another guard of what is canceled, if the live status is a secret",
        { op: "update", state: { ...ends, currentStatus: "[secret]" }, before: ends, inputs: guarded },
        "irreversible",
        NO_STATUS,
      ],
      [
        "two secret statuses, which look alike",
        { op: "update", state: { ...isPaused, status: "[secret]" }, before: hidden, inputs: hidden },
        "irreversible",
        NO_DESIRED,
      ],
      [
        "two secret times, which look alike",
        {
          op: "update",
          state: { ...isPaused, status: "scheduled", currentStatus: "scheduled", scheduledTime: "[secret]" },
          before: paused,
          inputs: { ...paused, status: "scheduled", scheduledTime: "[secret]", expectedName: "x" },
        },
        "launches",
        /^To scheduled; the steps aren't known/,
      ],
      [
        "one for canceled that a refresh found running",
        { op: "update", state: { ...ends, currentStatus: "running" }, inputs: ends },
        "irreversible",
        /a refresh found/,
      ],
      [
        "one for canceled that is running, without the mark of a refresh",
        { op: "update", state: { ...ends, currentStatus: "running" }, before: ends, inputs: guarded },
        "irreversible",
      ],
      [
        "one edited to running, left half-way, of a campaign that seems to be running",
        {
          op: "update",
          state: paused,
          inputs: { ...live, status: "running", previousStatus: "running", plannedActions: [] },
        },
        "launches",
        /^To running; the steps aren't known/,
      ],
      ["one for canceled, left half-way", { op: "update", state: ends, inputs: ends }, "irreversible", /half-way/],
      ["one for paused, left half-way", { op: "update", state: paused, inputs: paused }, "reversible", /half-way/],
      [
        "a secret that changes",
        { op: "update", state: isPaused, before: paused, inputs: paused },
        "reversible",
        /is a secret/,
      ],
      ["a removed one", { op: "delete", state: isPaused }, "removed", NOTHING_SENT],
    ],
    { type: "CampaignStatus" },
  );
});

describe("What a preview says of a Campaign", () => {
  const name = "Spring sale";
  const timed = { ...defined, scheduledTime: "2099-12-01 09:00:00" };
  const recurring = { ...defined, recurrence: { type: "daily" } };
  const cancels = { ...defined, deletionPolicy: "cancel" };
  const time = { name, scheduledTime: "2099-12-01 09:00:00" };
  const again = { name, recurrence: { type: "daily" } };

  itJudges(
    [
      ["a new draft", { inputs: { name, draft: true } }, "reversible", /a draft, which sends nothing/],
      ["a new draft with a time", { inputs: { ...time, draft: true } }, "reversible", /a draft, which sends nothing/],
      ["a new one for now", { inputs: { name, runImmediately: true } }, "launches", /starts at once/],
      [
        "a new one for later",
        { inputs: { name, scheduledTime: "2099-12-01T10:00:00+01:00" } },
        "launches",
        /starts 2099-12-01 09:00:00 GMT/,
      ],
      [
        "a new one for some time",
        { inputs: { name, scheduledTime: UNKNOWN } },
        "launches",
        /a time that the preview doesn't show/,
      ],
      ["a new one that recurs", { inputs: { name, recurrence: {} } }, "launches", /again and again/],
      [
        "a new one for later that recurs",
        { inputs: { ...time, ...again } },
        "launches",
        /starts 2099-12-01 09:00:00 GMT, recurring\.$/,
      ],
      [
        "a new one for now that recurs",
        { inputs: { ...again, runImmediately: true } },
        "launches",
        /at once, recurring\.$/,
      ],
      ["a new one that may start", { inputs: { name, runImmediately: "[secret]" } }, "launches", /may start at once/],
      ["a new one by hand", { inputs: { name } }, "reversible", /sent by hand only/],
      [
        "a new one with fields that nobody documents",
        { inputs: { name, extra: { send_strategy: "now" } } },
        "launches",
        /may start at once, by fields in extra/,
      ],
      ["a new draft with such fields", { inputs: { name, draft: true, extra: { a: 1 } } }, "reversible", /a draft/],
    ],
    { type: "Campaign" },
  );

  itJudges(
    [
      [
        "an edit",
        { state: defined, inputs: { name: "Other", labels: ["a"] } },
        "reversible",
        /^Changes name, labels\.$/,
      ],
      ["an edit of a secret", { state: defined, inputs: { name } }, "reversible", /is a secret/],
      [
        "another time that an interrupted update has in its inputs only",
        { state: defined, before: { ...time }, inputs: time },
        "launches",
        /^Changes when it is sent, starts 2099.*Changes scheduledTime\.$/,
      ],
      ...[
        [undefined, { archived: 1 }],
        [{ frequency_cap: 2 }, undefined],
        [undefined, UNKNOWN],
        ["[secret]", "[secret]"],
      ].map(
        ([before, after]): Case => [
          `an edit of fields that nobody documents, from ${JSON.stringify(before)} to ${JSON.stringify(after)}`,
          { state: { ...defined, extra: before }, inputs: { name, extra: after } },
          "irreversible",
          /^Nobody documents what the fields in extra do/,
        ],
      ),
      [
        "an edit beside such fields",
        { state: { ...defined, extra: { a: 1 } }, inputs: { name, extra: { a: 1 }, labels: ["a"] } },
        "reversible",
        /^Changes labels\.$/,
      ],
      [
        "another deletionPolicy",
        { state: defined, inputs: { name, deletionPolicy: "cancel" } },
        "recorded",
        /removing the resource cancels the campaign/,
      ],
      [
        "another deletionPolicy beside what isn't shown",
        { state: defined, inputs: { name: "[secret]", deletionPolicy: "cancel" } },
        "reversible",
        /^Changes name, deletionPolicy\.$/,
      ],
      [
        "a launch",
        { state: { ...defined, draft: true }, inputs: { name, runImmediately: true } },
        "launches",
        /^Launches it, starts at once\. /,
      ],
      [
        "an edit of what Hood calls a draft",
        { state: { ...defined, status: "draft" }, inputs: { name, labels: ["a"] } },
        "launches",
        /^Launches it, sent by hand only/,
      ],
      [
        "what may be a launch",
        { state: { ...defined, draft: true }, inputs: { name, draft: "[secret]" } },
        "launches",
        /^Launches it, sent by hand only/,
      ],
      [
        "another time",
        { state: timed, inputs: { name, scheduledTime: UNKNOWN } },
        "launches",
        /^Changes when it is sent, starts at a time/,
      ],
      [
        "another time of what is declared as a draft",
        { state: { ...defined, draft: true }, inputs: { name, draft: true, scheduledTime: UNKNOWN } },
        "launches",
        /^Changes when it is sent, unless it is a draft still/,
      ],
      ...["endTime", "quietHours", "sendInProfileTimeZone", "sendIfProfileTimePassed"].flatMap((argument): Case[] => [
        [
          `${argument} of a scheduled one`,
          { state: timed, inputs: { ...time, [argument]: true } },
          "launches",
          /^Changes when it is sent, starts 2099/,
        ],
        [
          `a secret ${argument} of a recurring one`,
          { state: { ...recurring, [argument]: "[secret]" }, inputs: { ...again, [argument]: "[secret]" } },
          "launches",
          /^Changes when it is sent, runs again/,
        ],
        [
          `${argument} of one that is sent by hand`,
          { state: defined, inputs: { name, [argument]: true } },
          "launches",
          /^Changes when it is sent, sent by hand only\. Changes /,
        ],
      ]),
      [
        "other content of a scheduled one",
        { state: timed, inputs: { ...time, labels: ["a"] } },
        "reversible",
        /^Changes labels\.$/,
      ],
    ],
    { type: "Campaign", op: "update" },
  );

  itJudges(
    [
      ["a removed one", { state: defined }, "removed", NOTHING_SENT],
      ["one that is canceled with its resource", { state: cancels }, "irreversible", /deletionPolicy is "cancel"/],
      ["one that was canceled before", { state: { ...cancels, status: "canceled" } }, "removed", NOTHING_SENT],
      ["one that the engine only forgets", { state: cancels, retainOnDelete: true }, "removed", NOTHING_SENT],
      [
        "one that a text says to keep",
        { op: "delete-replaced", state: cancels, retainOnDelete: "true" },
        "irreversible",
        /deletionPolicy is "cancel"/,
      ],
      [
        "one that must not be removed",
        { state: { ...defined, deletionPolicy: "prevent" } },
        "removed",
        /rejects this removal/,
      ],
      [
        "one with a secret policy",
        { state: { ...defined, deletionPolicy: "[secret]" } },
        "irreversible",
        /doesn't show its deletionPolicy/,
      ],
      [
        "one without outputs",
        { state: defined, old: { outputs: undefined } },
        "irreversible",
        /doesn't show its deletionPolicy/,
      ],
      ["one that is only read from now on", { op: "discard", state: defined }, "unchanged"],
    ],
    { type: "Campaign", op: "delete" },
  );
});
