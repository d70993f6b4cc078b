import { canceled, defined, type Given, itJudges, live, UNKNOWN } from "./steps";

const AT = "2099-12-01 09:00:00";
const NOTHING_SENT = /^Nothing is sent/;
const NO_STATUS = /doesn't show its status/;
const NO_DESIRED = /^The preview doesn't show which status/;
const STATE_ONLY = /^Only the state changes/;
const NOT_YET = /can still become so/;
const OVER = /^Nothing left to cancel: it is delivered/;
const ADOPTED = /^Canceled already/;
const REOPENED = /a refresh found/;
const HALF_WAY = /half-way/;

describe("What a preview says of a CampaignCancellation", () => {
  const from = (previousStatus: unknown, more = {}): Given => ({ inputs: { ...live, previousStatus, ...more } });
  const accepted = (status: string) => from(status, { whenNotCancelable: "accept" });
  const nowhere = { campaignId: UNKNOWN, campaignName: UNKNOWN, previousStatus: UNKNOWN };
  const update = (state: object): Given => ({ op: "update", state: { ...canceled, ...state }, inputs: live });

  itJudges("irreversible", undefined, {
    "a new one": { inputs: live },
    "one behind the plugin": { type: "hood:index:CampaignCancellation", inputs: live },
    "one in a status that nobody documents": from("halted"),
  });
  itJudges("irreversible", /^Which campaign it is/, {
    "one of a campaign that isn't known yet": { inputs: nowhere },
    "one that says nothing": { inputs: {} },
    "one with a blank id": from("canceled", { campaignId: "" }),
    "one of an unknown campaign that is said to be canceled": from("canceled", { campaignId: UNKNOWN }),
  });
  itJudges("irreversible", NO_STATUS, {
    "one in a secret status": from("[secret]"),
    "one in a list of statuses": from(["canceled"]),
    "one with a secret state": update({ status: "[secret]" }),
    "one with an outcome that nobody knows": update({ outcome: "paused" }),
  });
  itJudges("irreversible", NOT_YET, { "one of a draft": accepted("draft"), "one of a manual": accepted("manual") });
  itJudges("irreversible", /^It is unknown whether/, { "an unfinished one": update({ outcome: undefined }) });
  itJudges("irreversible", REOPENED, { "one that was undone": update({ status: "running" }) });
  itJudges("recorded", OVER, { "one of a sent campaign": accepted("sent") });
  itJudges("recorded", ADOPTED, {
    "one of a canceled campaign": from("canceled"),
    "one of a canceled campaign with a secret id": from("canceled", { campaignId: "[secret]" }),
  });
  itJudges("recorded", /^Imported/, { "an import": { op: "import", inputs: live } });
  itJudges("recorded", STATE_ONLY, { "a changed guard": update({}) });
  itJudges("removed", NOTHING_SENT, { "a removed one": { op: "delete", state: canceled } });
  itJudges("unchanged", undefined, { "one that is only read": { op: "read", inputs: live } });
});

describe("What a preview says of a CampaignStatus", () => {
  const ends = { ...live, status: "canceled", plannedActions: ["cancel"] };
  const paused = { ...live, status: "paused", plannedActions: ["pause"] };
  const isPaused = { ...paused, currentStatus: "paused" };
  const running = { ...live, status: "running", previousStatus: "paused", plannedActions: ["resume"] };
  const scheduled = { ...running, status: "scheduled" };
  const guard = { expectedName: "x" };
  const from = (previousStatus: string, more = {}): Given => ({
    inputs: { ...ends, previousStatus, plannedActions: [], ...more },
  });
  const bare = (status: string): Given => ({ inputs: { campaignId: "7", status } });
  /** An edit. @param before the inputs in the state, if the outputs beside them show another status */
  const edit = (state: object, inputs: object, before?: object): Given => ({
    op: "update",
    state: { ...state },
    inputs: { ...inputs },
    ...(before && { before: { ...before } }),
  });
  const judges = (list: string, note: RegExp | undefined, steps: Record<string, Given>) =>
    itJudges(list, note, steps, { type: "CampaignStatus" });

  judges("irreversible", undefined, {
    "a new one for canceled": { inputs: ends },
    "one that is met, by calls that aren't known": from("canceled", { plannedActions: UNKNOWN }),
    "one for paused by a cancel call": { inputs: { ...paused, plannedActions: ["cancel"] } },
    "a call that isn't shown": { inputs: { ...paused, plannedActions: ["[secret]"] } },
    "one for canceled that is running, without the mark of a refresh": edit(
      { ...ends, currentStatus: "running" },
      { ...ends, ...guard },
      ends,
    ),
  });
  for (const status of [UNKNOWN, "[secret]", undefined, null, 5, ["paused"], "cancelled"]) {
    for (const plannedActions of [[], ["pause"], "[secret]", UNKNOWN, undefined]) {
      const inputs = { ...ends, status, plannedActions };
      const what = `the status ${JSON.stringify(status)} with ${JSON.stringify(plannedActions)} planned`;
      judges("irreversible", NO_DESIRED, {
        [`${what}, new,`]: { inputs },
        [`${what}, edited,`]: edit(isPaused, inputs, paused),
        [`${what}, half-way,`]: edit(paused, inputs),
      });
    }
  }
  const hidden = { ...paused, status: "[secret]" };
  judges("irreversible", NO_DESIRED, {
    "two secret statuses, which look alike": edit({ ...isPaused, ...hidden }, hidden, hidden),
  });
  judges("irreversible", NO_STATUS, {
    "another guard beside a secret status": edit({ ...ends, currentStatus: "[secret]" }, { ...ends, ...guard }, ends),
  });
  judges("irreversible", NOT_YET, { "one for canceled, not cancelable yet": from("needs_decision") });
  judges("irreversible", REOPENED, {
    "one for canceled that a refresh found running": edit({ ...ends, currentStatus: "running" }, ends),
  });
  judges("irreversible", HALF_WAY, { "one for canceled, left half-way": edit(ends, ends) });

  judges("launches", /^Pause, then resume: running to scheduled\.$/, {
    "one for scheduled": { inputs: { ...paused, status: "scheduled", plannedActions: ["pause", "resume"] } },
  });
  const shown = [
    ["2099-12-01T10:00:00+01:00", /^Resume: paused to scheduled\. Scheduled for 2099-12-01 09:00:00 GMT\.$/],
    ["[secret]", / Scheduled for a time that the preview doesn't show\.$/],
    [UNKNOWN, / Scheduled for a time that the preview doesn't show\.$/],
  ] as const;
  for (const [scheduledTime, note] of shown) {
    const timed = { ...scheduled, scheduledTime };
    judges("launches", note, { [`one for scheduled at ${scheduledTime}`]: { inputs: timed } });
  }
  judges("launches", /^Resume: running to paused\.$/, {
    "one for paused that resumes first": { inputs: { ...paused, plannedActions: ["resume"] } },
  });
  const secretTime = { ...paused, status: "scheduled", scheduledTime: "[secret]" };
  judges("launches", /^To scheduled; the steps aren't known yet\. Scheduled for a time/, {
    "one that seems to be scheduled, for a secret time": {
      inputs: { ...secretTime, previousStatus: "scheduled", plannedActions: [] },
    },
  });
  judges("launches", /^To (scheduled|running); the steps aren't known/, {
    "two secret times, which look alike": edit(
      { ...secretTime, currentStatus: "scheduled" },
      { ...secretTime, ...guard },
      paused,
    ),
    "one edited to running, left half-way, of a campaign that seems to be running": edit(paused, {
      ...running,
      previousStatus: "running",
      plannedActions: [],
    }),
  });

  judges("reversible", /^Pause: running to paused\.$/, { "one for paused": { inputs: paused } });
  judges("reversible", /^Pause: another status to paused\.$/, {
    "one for paused, from a status that nobody documents": { inputs: { ...paused, previousStatus: "<script>" } },
  });
  judges("reversible", /^To paused; the steps aren't known/, {
    "one without a preflight": bare("paused"),
    "one of an unknown campaign that is said to be paused": from("paused", { status: "paused", campaignId: UNKNOWN }),
    "one of a running campaign that no call leads to": { inputs: { ...paused, plannedActions: [] } },
  });
  judges("reversible", /^Another step: /, {
    "a call of its own": { inputs: { ...paused, plannedActions: ["<script>"] } },
  });
  judges("reversible", HALF_WAY, { "one for paused, left half-way": edit(paused, paused) });
  judges("reversible", /is a secret/, { "a secret that changes": edit(isPaused, paused, paused) });

  judges("recorded", ADOPTED, { "one for canceled, met": from("canceled") });
  judges("recorded", OVER, { "one for canceled, too late": from("sent") });
  judges("recorded", /^It is running already/, {
    "one edited to running, met": edit(isPaused, { ...running, previousStatus: "running", plannedActions: [] }, paused),
  });
  judges("recorded", /^It is paused already/, { "one for paused, met": from("paused", { status: "paused" }) });
  judges("recorded", STATE_ONLY, {
    "another guard of what is canceled": edit({ ...ends, currentStatus: "canceled" }, { ...ends, ...guard }, ends),
  });
  judges("removed", NOTHING_SENT, { "a removed one": { op: "delete", state: isPaused } });
});

describe("What a preview says of a Campaign", () => {
  const name = "Spring sale";
  const at = { name, scheduledTime: AT };
  const recurs = { name, recurrence: { type: "daily" } };
  const timed = { ...defined, scheduledTime: AT };
  const drafted = { ...defined, draft: true };
  const cancels = { ...defined, deletionPolicy: "cancel" };
  const create = (inputs: object): Given => ({ inputs: { name, ...inputs } });
  const edit = (state: object, inputs: object): Given => ({
    op: "update",
    state: { ...state },
    inputs: { name, ...inputs },
  });
  const remove = (state: object, more: Given = {}): Given => ({ op: "delete", state: { ...state }, ...more });
  const judges = (list: string, note: RegExp | undefined, steps: Record<string, Given>) =>
    itJudges(list, note, steps, { type: "Campaign" });

  judges("reversible", /a draft, which sends nothing/, {
    "a new draft with a time": create({ ...at, draft: true }),
  });
  judges("reversible", /sent by hand only/, {
    "a new one by hand, by nothing else": create({ runImmediately: null, scheduledTime: null, draft: null }),
  });
  judges("launches", /at once, unless it turns out to be a draft/, {
    "a new one that may be a draft": create({ runImmediately: true, draft: "[secret]" }),
  });
  judges("launches", /starts at once/, { "a new one for now": create({ runImmediately: true }) });
  judges("launches", /starts 2099-12-01 09:00:00 GMT\.$/, {
    "a new one for later": create({ scheduledTime: "2099-12-01T10:00:00+01:00" }),
  });
  judges("launches", /starts 2099-12-01 09:00:00 GMT, recurring\.$/, {
    "one for later that recurs": create({ ...at, ...recurs }),
  });
  judges("launches", /a time that the preview doesn't show/, {
    "a new one for some time": create({ scheduledTime: UNKNOWN }),
  });
  judges("launches", /again and again/, { "a new one that recurs": create({ recurrence: {} }) });
  judges("launches", /may start at once, which/, {
    "a new one that may start": create({ runImmediately: "[secret]" }),
  });
  judges("launches", /may start at once, by fields in extra/, {
    "a new one with fields that nobody documents": create({ extra: { send_strategy: "now" } }),
  });

  for (const [before, after] of [
    [undefined, { archived: 1 }],
    [{ frequency_cap: 2 }, undefined],
    [undefined, UNKNOWN],
    ["[secret]", "[secret]"],
  ]) {
    judges("irreversible", /^Nobody documents what the fields in extra do/, {
      [`extra from ${JSON.stringify(before)} to ${JSON.stringify(after)}`]: edit(
        { ...defined, extra: before },
        { extra: after },
      ),
    });
  }
  judges("reversible", /^Changes name, labels\.$/, { "an edit": edit(defined, { name: "Other", labels: ["a"] }) });
  judges("reversible", /^Changes labels\.$/, {
    "other content of a scheduled one": edit(timed, { ...at, labels: ["a"] }),
  });
  judges("reversible", /is a secret/, { "an edit of a secret": edit(defined, {}) });
  judges("reversible", /^Changes deletionPolicy\.$/, {
    "another deletionPolicy beside secret labels": edit(
      { ...defined, labels: "[secret]" },
      { labels: "[secret]", deletionPolicy: "cancel" },
    ),
  });
  judges("reversible", /^Changes name, deletionPolicy\.$/, {
    "another deletionPolicy and another name": edit(defined, { name: "Other", deletionPolicy: "cancel" }),
  });
  judges("recorded", /removing the resource cancels the campaign/, {
    "another deletionPolicy": edit(defined, { deletionPolicy: "cancel" }),
  });
  judges("recorded", /^Only its deletionPolicy changes\. Nothing is sent\.$/, {
    "another deletionPolicy that cancels nothing": edit(cancels, { deletionPolicy: "abandon" }),
  });
  judges("launches", /^Launches it, starts at once\. /, { "a launch": edit(drafted, { runImmediately: true }) });
  judges("launches", /^Launches it, sent by hand only/, {
    "an edit of what Hood calls a draft": edit({ ...defined, status: "draft" }, { labels: ["a"] }),
    "what may be a launch": edit(drafted, { draft: "[secret]" }),
    "an edit of what may be a draft": edit({ ...defined, status: "[secret]" }, { labels: ["a"] }),
  });
  judges("launches", /^Changes when it is sent, starts 2099.*Changes scheduledTime\.$/, {
    "another time that an interrupted update has in its inputs only": { ...edit(defined, at), before: at },
  });
  judges("launches", /^Changes when it is sent, starts at a time/, {
    "another time": edit(timed, { scheduledTime: UNKNOWN }),
  });
  judges("launches", /^Changes when it is sent, unless it is a draft still/, {
    "another time of what is declared as a draft": edit(drafted, { draft: true, scheduledTime: UNKNOWN }),
  });
  for (const argument of ["endTime", "quietHours", "sendInProfileTimeZone", "sendIfProfileTimePassed"]) {
    const secret = { [argument]: "[secret]" };
    judges("launches", /^Changes when it is sent, starts 2099/, {
      [`${argument} of a scheduled one`]: edit(timed, { ...at, [argument]: true }),
    });
    judges("launches", /^Changes when it is sent, runs again/, {
      [`a secret ${argument} of a recurring one`]: edit({ ...defined, ...recurs, ...secret }, { ...recurs, ...secret }),
    });
  }

  judges("removed", NOTHING_SENT, {
    "a removed one": remove(defined),
    "one that was canceled before": remove({ ...cancels, status: "canceled" }),
    "one that the engine only forgets": remove(cancels, { retainOnDelete: true }),
  });
  judges("removed", /rejects this removal/, {
    "one that can't be removed": remove({ ...defined, deletionPolicy: "prevent" }),
  });
  judges("irreversible", /deletionPolicy is "cancel"/, {
    "one that a text says to keep": remove(cancels, { op: "delete-replaced", retainOnDelete: "true" }),
  });
  judges("irreversible", /doesn't show its deletionPolicy/, {
    "one with a secret policy": remove({ ...defined, deletionPolicy: "[secret]" }),
    "one without outputs": remove(defined, { old: { outputs: undefined } }),
  });
  judges("unchanged", undefined, { "one that is only read from now on": remove(defined, { op: "discard" }) });
});
