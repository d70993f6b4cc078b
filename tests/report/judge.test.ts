import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { type HoodType, providerTextOf } from "../../report/owner";
import { providerText } from "../../sdk/dynamic";
import { canceled, defined, type Given, itJudges, type Judged, live } from "./steps";

const [OUT, START, STEP, GONE, STATE] = ["irreversible", "launches", "reversible", "removed", "recorded"] as const;
const AT = "2099-12-01 09:00:00";
const NOTHING_SENT = /^Nothing is sent/;
const NO_STATUS = /doesn't show its status/;
const NO_DESIRED = /^The preview doesn't show which status/;
const NO_ID = /^Which campaign it is/;
const STATE_ONLY = /^Only the state changes/;
const NOT_YET = /can still become so/;
const OVER = /^Nothing left to cancel: it is delivered/;
const ADOPTED = /^Canceled already/;
const REOPENED = /a refresh found/;
const HALF_WAY = /half-way/;
const guard = { expectedName: "x" };

describe("What a preview says of a CampaignCancellation", () => {
  const from = (previousStatus: unknown, more = {}): Given => ({ inputs: { ...live, previousStatus, ...more } });
  const accepted = (status: string) => from(status, { whenNotCancelable: "accept" });
  const nowhere = { campaignId: UNKNOWN, campaignName: UNKNOWN, previousStatus: UNKNOWN };
  const update = (state: object): Given => ({ op: "update", state: { ...canceled, ...state }, inputs: live });

  itJudges([
    [OUT, undefined, "a new one", { inputs: live }],
    [OUT, undefined, "one behind the plugin", { type: "hood:index:CampaignCancellation", inputs: live }],
    [OUT, undefined, "one in a status that nobody documents", from("halted")],
    [OUT, NO_ID, "one of a campaign that isn't known yet", { inputs: nowhere }],
    [OUT, NO_ID, "one that says nothing", { inputs: {} }],
    [OUT, NO_ID, "one with a blank id", from("canceled", { campaignId: "" })],
    [OUT, NO_ID, "one of an unknown campaign that is said to be canceled", from("canceled", { campaignId: UNKNOWN })],
    [OUT, NO_STATUS, "one in a secret status", from("[secret]")],
    [OUT, NO_STATUS, "one in a list of statuses", from(["canceled"])],
    [OUT, NO_STATUS, "one with a secret state", update({ status: "[secret]" })],
    [OUT, NO_STATUS, "one with an outcome that nobody knows", update({ outcome: "paused" })],
    [OUT, NOT_YET, "one of a draft", accepted("draft")],
    [OUT, NOT_YET, "one of a manual", accepted("manual")],
    [OUT, /^It is unknown whether/, "an unfinished one", update({ outcome: undefined })],
    [OUT, REOPENED, "one that was undone", update({ status: "running" })],
    [STATE, OVER, "one of a sent campaign", accepted("sent")],
    [STATE, ADOPTED, "one of a canceled campaign", from("canceled")],
    [STATE, ADOPTED, "one of a canceled campaign with a secret id", from("canceled", { campaignId: "[secret]" })],
    [STATE, /^Imported/, "an import", { op: "import", inputs: live }],
    [STATE, STATE_ONLY, "a changed guard", update({})],
    [GONE, NOTHING_SENT, "a removed one", { op: "delete", state: canceled }],
    ["unchanged", undefined, "one that is only read", { op: "read", inputs: live }],
  ]);
});

describe("What a preview says of a CampaignStatus", () => {
  const ends = { ...live, status: "canceled", plannedActions: ["cancel"] };
  const ended = { ...ends, plannedActions: [] };
  const paused = { ...live, status: "paused", plannedActions: ["pause"] };
  const isPaused = { ...paused, currentStatus: "paused" };
  const running = { ...live, status: "running", previousStatus: "paused", plannedActions: ["resume"] };
  const isRunning = { ...running, previousStatus: "running", plannedActions: [] };
  const scheduled = { ...running, status: "scheduled" };
  const toScheduled = { ...paused, status: "scheduled", plannedActions: ["pause", "resume"] };
  const nothing = { plannedActions: [] };
  const secretTime = { ...paused, status: "scheduled", scheduledTime: "[secret]" };
  const seemsMet = { ...secretTime, previousStatus: "scheduled", plannedActions: [] };
  const isSecretTime = { ...secretTime, currentStatus: "scheduled" };
  const hidden = { ...paused, status: "[secret]" };
  const make = (inputs: object, more: object = {}): Given => ({ inputs: { ...inputs, ...more } });
  /** An edit. @param before the inputs in the state, if the outputs beside them show another status */
  const edit = (state: object, inputs: object, before?: object): Given => {
    return { op: "update", state: { ...state }, inputs: { ...inputs }, ...(before && { before: { ...before } }) };
  };
  const guarded = (currentStatus: string) => edit({ ...ends, currentStatus }, { ...ends, ...guard }, ends);
  const hiddenDesired = [UNKNOWN, "[secret]", undefined, null, 5, ["paused"], "cancel"].flatMap((status) =>
    [[], ["pause"], "[secret]", UNKNOWN, undefined].flatMap((plannedActions): Judged[] => {
      const inputs = { ...ends, status, plannedActions };
      const what = `the status ${JSON.stringify(status)} with ${JSON.stringify(plannedActions)} planned`;
      return [
        [OUT, NO_DESIRED, `${what}, new,`, { inputs }],
        [OUT, NO_DESIRED, `${what}, edited,`, edit(isPaused, inputs, paused)],
        [OUT, NO_DESIRED, `${what}, half-way,`, edit(paused, inputs)],
      ];
    }),
  );
  const shownTimes = [
    ["2099-12-01T10:00:00+01:00", /^Resume: paused to scheduled\. Scheduled for 2099-12-01 09:00:00 GMT\.$/],
    ["[secret]", / Scheduled for a time that the preview doesn't show\.$/],
    [UNKNOWN, / Scheduled for a time that the preview doesn't show\.$/],
  ] as const;

  const rows: readonly Judged[] = [
    [OUT, undefined, "a new one for canceled", make(ends)],
    [OUT, undefined, "one that is met, by calls that aren't known", make(ends, { plannedActions: UNKNOWN })],
    [OUT, undefined, "one for paused by a cancel call", make(paused, { plannedActions: ["cancel"] })],
    [OUT, undefined, "a call that isn't shown", make(paused, { plannedActions: ["[secret]"] })],
    [OUT, undefined, "one for canceled that is running, without the mark of a refresh", guarded("running")],
    ...hiddenDesired,
    [OUT, NO_DESIRED, "two secret statuses, which look alike", edit({ ...isPaused, ...hidden }, hidden, hidden)],
    [OUT, NO_STATUS, "another guard beside a secret status", guarded("[secret]")],
    [OUT, NOT_YET, "one for canceled, not cancelable yet", make(ended, { previousStatus: "needs_decision" })],
    [OUT, REOPENED, "one for canceled that runs again", edit({ ...ends, currentStatus: "running" }, ends)],
    [OUT, HALF_WAY, "one for canceled, left half-way", edit(ends, ends)],
    [START, /^Pause, then resume: running to scheduled\.$/, "one for scheduled", make(toScheduled)],
    ...shownTimes.map(
      ([scheduledTime, note]): Judged => [START, note, `one at ${scheduledTime}`, make(scheduled, { scheduledTime })],
    ),
    [START, /^Resume: running to paused\.$/, "a resume to paused", make(paused, { plannedActions: ["resume"] })],
    [START, /^To scheduled; the steps aren't known yet\. Scheduled for a time/, "a secret time", make(seemsMet)],
    [
      START,
      /^To scheduled; the steps aren't known/,
      "two secret times",
      edit(isSecretTime, { ...secretTime, ...guard }, paused),
    ],
    [START, /^To running; the steps aren't/, "one for running, half-way, seems met", edit(paused, isRunning)],
    [STEP, /^Pause: running to paused\.$/, "one for paused", make(paused)],
    [STEP, /^Pause: another status to paused\.$/, "one from nowhere", make(paused, { previousStatus: "<script>" })],
    [STEP, /^To paused; the steps/, "one without a preflight", make({ campaignId: "7", status: "paused" })],
    [STEP, /^To paused; the steps/, "an unknown campaign", make(paused, { campaignId: UNKNOWN, ...nothing })],
    [STEP, /^To paused; the steps/, "a running one that no call leads to", make(paused, nothing)],
    [STEP, /^Another step: /, "a call of its own", make(paused, { plannedActions: ["<script>"] })],
    [STEP, HALF_WAY, "one for paused, left half-way", edit(paused, paused)],
    [STEP, /is a secret/, "a secret that changes", edit(isPaused, paused, paused)],
    [STATE, ADOPTED, "one for canceled, met", make(ended, { previousStatus: "canceled" })],
    [STATE, OVER, "one for canceled, too late", make(ended, { previousStatus: "sent" })],
    [STATE, /^It is running already/, "one edited to running, met", edit(isPaused, isRunning, paused)],
    [STATE, /^It is paused already/, "one for paused, met", make(paused, { previousStatus: "paused", ...nothing })],
    [STATE, STATE_ONLY, "another guard of what is canceled", guarded("canceled")],
    [GONE, NOTHING_SENT, "a removed one", { op: "delete", state: isPaused }],
  ];
  itJudges(rows, { type: "CampaignStatus" });
});

describe("What a preview says of a Campaign", () => {
  const name = "Spring sale";
  const at = { name, scheduledTime: AT };
  const recurs = { name, recurrence: { type: "daily" } };
  const timed = { ...defined, scheduledTime: AT };
  const drafted = { ...defined, draft: true };
  const canceling = { deletionPolicy: "cancel" };
  const cancels = { ...defined, ...canceling };
  const secretLabels = { labels: "[secret]" };
  const kept = { op: "delete-replaced", retainOnDelete: "true" };
  const create = (inputs: object): Given => ({ inputs: { name, ...inputs } });
  const edit = (state: object, inputs: object): Given => {
    return { op: "update", state: { ...state }, inputs: { name, ...inputs } };
  };
  const remove = (state: object, more: Given = {}): Given => ({ op: "delete", state: { ...state }, ...more });
  const UNDOCUMENTED = /^Nobody documents what the fields in extra do/;
  const LATER = /starts 2099-12-01 09:00:00 GMT\.$/;
  const TIME_HIDDEN = /a time that the preview doesn't show/;
  const BY_HAND = /^Launches it, sent by hand only/;
  const whenSent = ["endTime", "quietHours", "sendInProfileTimeZone", "sendIfProfileTimePassed"].flatMap(
    (argument): Judged[] => {
      const secret = { [argument]: "[secret]" };
      const ofRecurring = edit({ ...defined, ...recurs, ...secret }, { ...recurs, ...secret });
      return [
        [
          START,
          /^Changes when it is sent, starts 2099/,
          `another ${argument}`,
          edit(timed, { ...at, [argument]: true }),
        ],
        [START, /^Changes when it is sent, runs again/, `a secret ${argument} of a recurring one`, ofRecurring],
      ];
    },
  );
  const extras = [
    [undefined, { archived: 1 }],
    [{ frequency_cap: 2 }, undefined],
    [undefined, UNKNOWN],
    ["[secret]", "[secret]"],
  ].map(([before, after]): Judged => {
    const what = `extra from ${JSON.stringify(before)} to ${JSON.stringify(after)}`;
    return [OUT, UNDOCUMENTED, what, edit({ ...defined, extra: before }, { extra: after })];
  });

  const rows: readonly Judged[] = [
    [STEP, /a draft, which sends nothing/, "a new draft with a time", create({ ...at, draft: true })],
    [STEP, /by hand only/, "a new one by hand", create({ runImmediately: null, scheduledTime: null, draft: null })],
    [START, /at once, unless it turns/, "what may be a draft", create({ runImmediately: true, draft: "[secret]" })],
    [START, /starts at once/, "a new one for now", create({ runImmediately: true })],
    [START, LATER, "a new one for later", create({ scheduledTime: "2099-12-01T10:00:00+01:00" })],
    [START, /starts 2099.* GMT, recurring\.$/, "one that recurs from then on", create({ ...at, ...recurs })],
    [START, TIME_HIDDEN, "a new one for some time", create({ scheduledTime: UNKNOWN })],
    [START, /again and again/, "a new one that recurs", create({ recurrence: {} })],
    [START, /may start at once, which/, "a new one that may start", create({ runImmediately: "[secret]" })],
    [START, /at once, by fields in extra/, "a new one with extra fields", create({ extra: { send_strategy: "now" } })],
    ...extras,
    [STEP, /^Changes name, labels\.$/, "an edit", edit(defined, { name: "Other", labels: ["a"] })],
    [STEP, /^Changes labels\.$/, "other content of a scheduled one", edit(timed, { ...at, labels: ["a"] })],
    [STEP, /is a secret/, "an edit of a secret", edit(defined, {})],
    [
      STEP,
      /^Changes deletionPolicy\.$/,
      "it beside a secret",
      edit({ ...defined, ...secretLabels }, { ...secretLabels, ...canceling }),
    ],
    [STEP, /^Changes name, deletionPolicy\.$/, "it beside a name", edit(defined, { name: "Other", ...canceling })],
    [STATE, /removing the resource cancels/, "another deletionPolicy", edit(defined, canceling)],
    [
      STATE,
      /^Only its.* changes\. Nothing is sent\.$/,
      "one that cancels nothing",
      edit(cancels, { deletionPolicy: "abandon" }),
    ],
    [START, /^Launches it, starts at once\. /, "a launch", edit(drafted, { runImmediately: true })],
    [START, BY_HAND, "an edit of what Hood calls a draft", edit({ ...defined, status: "draft" }, { labels: ["a"] })],
    [START, BY_HAND, "what may be a launch", edit(drafted, { draft: "[secret]" })],
    [START, BY_HAND, "an edit of what may be a draft", edit({ ...defined, status: "[secret]" }, { labels: ["a"] })],
    [START, /starts 2099.*Changes scheduledTime\.$/, "another time, half-way", { ...edit(defined, at), before: at }],
    [START, TIME_HIDDEN, "another time", edit(timed, { scheduledTime: UNKNOWN })],
    [START, /unless it is a draft still/, "a draft's time", edit(drafted, { draft: true, scheduledTime: UNKNOWN })],
    ...whenSent,
    [GONE, NOTHING_SENT, "a removed one", remove(defined)],
    [GONE, NOTHING_SENT, "one that was canceled before", remove({ ...cancels, status: "canceled" })],
    [GONE, NOTHING_SENT, "one that the engine only forgets", remove(cancels, { retainOnDelete: true })],
    [GONE, /rejects this removal/, "one that can't be removed", remove({ ...defined, deletionPolicy: "prevent" })],
    [OUT, /deletionPolicy is "cancel"/, "one that a text says to keep", remove(cancels, kept)],
    [OUT, /doesn't show its deletionPolicy/, "a secret policy", remove({ ...defined, deletionPolicy: "[secret]" })],
    [OUT, /doesn't show its deletionPolicy/, "one without outputs", remove(defined, { old: { outputs: undefined } })],
    ["unchanged", undefined, "one that is only read from now on", remove(defined, { op: "discard" })],
  ];
  itJudges(rows, { type: "Campaign" });
});

const OWN = providerTextOf("CampaignCancellation");
const seenCanceled = { ...live, previousStatus: "canceled" };
const label = "pulumi-nodejs:dynamic/site:Label";
const OTHER_TYPE = /this package's provider under another type/;
const MAY_LOAD = /may load this package's provider|this package's provider under another type/;

describe("What a preview says of a step that may be Hood's", () => {
  const declared = (name: string, kind = "pulumi-nodejs") => ({
    provider: `urn:pulumi:test::test::pulumi:providers:${kind}::${name}::1`,
  });
  const OTHER_PROVIDER = /another provider than this package's/;
  const NEW_TYPE = /doesn't know its type/;
  const HIDDEN_CODE = /doesn't show its provider's code/;
  const DECLARED = /declares a provider/;
  const bucket = { type: "aws:s3:Bucket" };
  const other = { __provider: "exports.handler = __f0;" };
  const mixed = { op: "update", state: canceled, inputs: live };
  const update = (before: unknown, after: unknown): Given => {
    return { op: "update", type: label, state: { __provider: before }, inputs: { __provider: after } };
  };
  const byAws = { type: "hood:index:CampaignCancellation", inputs: seenCanceled, new: declared("default", "aws") };
  const inPython = { ...update("x", "[secret]"), old: declared("default", "pulumi-python"), new: declared("default") };
  const otherOutputs = { op: "delete", state: { ...canceled, ...other }, before: canceled };
  const noInputs = { op: "delete", state: canceled, before: { ...canceled, __provider: undefined } };
  const through = (name: string): Given => ({ inputs: seenCanceled, new: declared(name) });

  itJudges([
    [OUT, OTHER_TYPE, "this package's provider under another type", { type: label, inputs: { __provider: OWN } }],
    [OUT, OTHER_TYPE, "it under a type like Pulumi's", { type: `${label}$pulumi:x`, inputs: { __provider: OWN } }],
    [OUT, OTHER_TYPE, "an update from this package's provider", update(OWN, other.__provider)],
    [OUT, MAY_LOAD, "an update from code that may load", update("eval(x)", other.__provider)],
    [OUT, HIDDEN_CODE, "another type with a secret provider", { type: label, inputs: { __provider: "[secret]" } }],
    [OUT, HIDDEN_CODE, "an update from a secret provider", update("[secret]", other.__provider)],
    [OUT, HIDDEN_CODE, "an update from a provider that is no text", update(7, other.__provider)],
    [OUT, HIDDEN_CODE, "a provider in Python that becomes one in JavaScript", inPython],
    [OUT, HIDDEN_CODE, "a dynamic resource without a provider's code", { type: label, inputs: {} }],
    [OUT, NEW_TYPE, "a plugin's type", { type: "site:index:Label", inputs: live, new: declared("default", "hood") }],
    [OUT, NEW_TYPE, "a type of a newer provider", { type: "hood:index:CampaignPurge", inputs: live }],
    [OUT, NEW_TYPE, "a type without a module", { type: "hood::CampaignCancellation", inputs: live }],
    [OUT, NEW_TYPE, "one behind the npm classes", { type: "CampaignPurge", inputs: live }],
    [OUT, OTHER_PROVIDER, "a type of the plugin that another one serves", byAws],
    [OUT, OTHER_PROVIDER, "an update to another provider", { ...mixed, inputs: { ...live, ...other } }],
    [OUT, OTHER_PROVIDER, "an update from another provider", { ...mixed, state: { ...canceled, ...other } }],
    [OUT, OTHER_PROVIDER, "a removal with another provider in its outputs", otherOutputs],
    [OUT, OTHER_PROVIDER, "a removal without the provider in its inputs", noInputs],
    ...[undefined, UNKNOWN, "[secret]", 7, `${OWN} `, OWN.replace("Cancellation", "Status")].flatMap(
      (__provider): Judged[] => [
        [OUT, OTHER_PROVIDER, `a new one with ${__provider}`, { inputs: { ...seenCanceled, __provider } }],
        [OUT, OTHER_PROVIDER, `a removed one, ${__provider}`, { op: "delete", state: { ...canceled, __provider } }],
      ],
    ),
    [OUT, /doesn't know the engine's step/, "a new kind of step", { op: "transmute", inputs: live }],
    [OUT, /neither its old nor its new state/, "a step that shows no state", { ...bucket, op: "transmute" }],
    ["other", undefined, "a new kind of step for another resource", { ...bucket, op: "transmute", inputs: {} }],
    ["other", undefined, "a component like Hood's", { type: "hood:team:All", inputs: {}, new: { custom: false } }],
    ["unchanged", undefined, "a refresh that shows no state", { ...bucket, op: "refresh" }],
    [GONE, NOTHING_SENT, "one without inputs in its state", { op: "delete", state: canceled, old: { inputs: {} } }],
    [OUT, DECLARED, "a declared provider's", { ...mixed, old: declared("mine"), new: declared("default") }],
    ...["mine", "mydefault", "default_evil", "default_1x"].map(
      (name): Judged => [OUT, DECLARED, `what ${name} serves, which Pulumi didn't make`, through(name)],
    ),
    ...["default", "default_3_248_0", "default_10_20_30", "default_3_249_0_alpha_x1a2b3c"].map(
      (name): Judged => [STATE, ADOPTED, `what Pulumi's own ${name} serves`, through(name)],
    ),
  ]);
});

describe("A provider's code under another type", () => {
  /** As Pulumi makes it from a program's own provider. */
  const serialized = (body: string) =>
    `exports.handler = __f0;\n\nvar __provider = {create: __f1};\n\nfunction __f1(__0) {\n  return (function() {\n    with({ this: undefined }) {\n\n${body}\n\n    }\n  }).apply(undefined, undefined).apply(this, arguments);\n}\n`;

  const others: Readonly<Record<string, string>> = {
    "loads nothing": serialized('return async function /*create*/(inputs) { return { id: "x", outs: inputs }; };'),
    "loads modules by their names": serialized('const fs = require("fs"); const os = await import( `node:os` );'),
    "speaks of loading in comments": serialized('return async () => { /* see the import: we require "x" */ };'),
    "speaks of it in errors": serialized(
      'return () => { throw new Error("Fields we require: name. Can\'t do this on import. eval failed"); };',
    ),
    "compares with such a word": serialized("return (i) => i.mode===\"import\" || i.mode === 'require';"),
    "has it in regular expressions": serialized("return (i) => /[import]: eval/.test(i);"),
    "names properties like that": serialized('return () => ({ require: true, import: 1, "eval": 2, eval() {} });'),
    "looks for a module": serialized('return () => require.resolve("x");'),
    "holds escapes that hide nothing": serialized(
      'return () => "\\u001b[31m\\x1b\\0" + /[^\\x20-\\x7e]\\1/.exec("\\\\");',
    ),
    "is a factory": serialized("").replace("__f0;", "__f0();"),
  };
  const unclear: Readonly<Record<string, string>> = {
    "is no code of Pulumi's": "exports.handler = () => ({})",
    "is nothing": "",
    "spells the package by an escape": serialized('return require("pulumi-oc\\x61mba-hood/provider");'),
    "spells the loading in braces": serialized('return r\\u{00065}quire("pulumi-" + x);'),
    "spells the loading itself": serialized('return r\\u0065quire("pulumi-" + x);'),
    "loads what it joins": serialized('return require("pulumi-" + "oc" + "amba-hood/provider");'),
    "loads what a template says": serialized("return require(`$" + "{name}/provider`);"),
    "hands on what loads": serialized('const load = require; return load(["pulumi", "hood"].join("-"));'),
    "evaluates text": serialized("return eval(text);"),
    "takes out what loads": serialized('const { require: load } = module; return load("a" + b);'),
    "reads it from an object": serialized('return module /* */ ?. require("a" + b);'),
    "loads after what looks like a string": serialized(`return /"/.test(a) || require(x + '"');`),
    "loads after what looks like a comment": serialized('return /[/*]/.test(a) || require("a" + b) /* */;'),
    "finds a way around the loader": serialized('return require.resolve.constructor("x");'),
    "makes functions of text": serialized("return new Function(text)();"),
    "finds a loader elsewhere": serialized('return process.mainModule["req" + "uire"](name);'),
    "talks to Hood": serialized('return fetch("https://api.ocamba.com/v1/hood/campaigns/1/cancel");'),
  };
  const python = { provider: "urn:pulumi:test::test::pulumi:providers:pulumi-python::default::1" };
  itJudges([
    ...Object.entries(others).map(
      ([what, __provider]): Judged => [
        "other",
        undefined,
        `code that ${what}`,
        { type: label, inputs: { __provider } },
      ],
    ),
    ...Object.entries(unclear).flatMap(([what, __provider]): Judged[] => [
      [OUT, MAY_LOAD, `new code that ${what}`, { type: label, inputs: { __provider } }],
      [OUT, MAY_LOAD, `removed code that ${what}`, { op: "delete", type: label, state: { __provider } }],
    ]),
    ...["gASVKAAAAAAAAAC", "[secret]"].map((__provider): Judged => {
      const given = { type: "pulumi-python:dynamic:Resource", inputs: { __provider }, new: python };
      return ["other", undefined, `code in Python, ${__provider},`, given];
    }),
  ]);

  for (const type of ["Campaign", "CampaignCancellation", "CampaignStatus"] satisfies HoodType[]) {
    it(`is known for ${type} as the classes give it`, () => {
      expect(providerTextOf(type)).to.equal(providerText(type.replace("C", "c")));
    });
  }
});
