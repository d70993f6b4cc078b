import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { type HoodType, providerTextOf } from "../../report/owner";
import { providerText } from "../../sdk/dynamic";
import { canceled, defined, type Given, itJudges, live } from "./steps";

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

const OWN = providerTextOf("CampaignCancellation");
const seenCanceled = { ...live, previousStatus: "canceled" };

describe("What a preview says of a step that may be Hood's", () => {
  const label = "pulumi-nodejs:dynamic/site:Label";
  const declared = (name: string, kind = "pulumi-nodejs") => ({
    provider: `urn:pulumi:test::test::pulumi:providers:${kind}::${name}::1`,
  });
  const OTHER_TYPE = /this package's provider under another type/;
  const OTHER_PROVIDER = /another provider than this package's/;
  const UNKNOWN_TYPE = /doesn't know its type/;

  const bucket = { type: "aws:s3:Bucket" };

  itJudges("irreversible", OTHER_TYPE, {
    "this package's provider under another type": { type: label, inputs: { __provider: OWN } },
    "it under a type that ends like Pulumi's": { type: `${label}$pulumi:x`, inputs: { __provider: OWN } },
  });
  itJudges("irreversible", /doesn't show its provider's code/, {
    "another type with a secret provider": { type: label, inputs: { __provider: "[secret]" } },
  });
  itJudges("irreversible", UNKNOWN_TYPE, {
    "a type that the plugin serves": { type: "site:index:Label", inputs: live, new: declared("default", "hood") },
    "a type of a newer provider": { type: "hood:index:CampaignPurge", inputs: live },
    "a type without a module": { type: "hood::CampaignCancellation", inputs: live },
    "one behind the npm classes": { type: "CampaignPurge", inputs: live },
  });
  itJudges("irreversible", OTHER_PROVIDER, {
    "a type of the plugin that another one serves": {
      type: "hood:index:CampaignCancellation",
      inputs: seenCanceled,
      new: declared("default", "aws"),
    },
  });
  itJudges("irreversible", /doesn't know the engine's step/, {
    "a new kind of step": { op: "transmute", inputs: live },
  });
  itJudges("irreversible", /neither its old nor its new state/, {
    "a new kind of step that shows no state, whatever its type is": { ...bucket, op: "transmute" },
  });
  itJudges("other", undefined, {
    "a new kind of step for another resource": { ...bucket, op: "transmute", inputs: {} },
    "a component with a type like Hood's": { type: "hood:team:All", inputs: {}, new: { custom: false } },
  });
  itJudges("unchanged", undefined, { "a refresh that shows no state": { ...bucket, op: "refresh" } });
  const other = { __provider: "exports.handler = __f0;" };
  const mixed = { op: "update", state: canceled, inputs: live };
  itJudges("irreversible", OTHER_PROVIDER, {
    "an update to another provider": { ...mixed, inputs: { ...live, ...other } },
    "an update from another provider": { ...mixed, state: { ...canceled, ...other } },
    "a removal with another provider in its outputs": {
      op: "delete",
      state: { ...canceled, ...other },
      before: canceled,
    },
    "a removal without the provider in its inputs": {
      op: "delete",
      state: canceled,
      before: { ...canceled, __provider: undefined },
    },
  });
  itJudges("irreversible", /declares a provider/, {
    "an update from a declared provider": { ...mixed, old: declared("mine"), new: declared("default") },
  });
  const update = (before: unknown, after: unknown): Given => {
    return { op: "update", type: label, state: { __provider: before }, inputs: { __provider: after } };
  };
  itJudges("irreversible", OTHER_TYPE, { "an update from this package's provider": update(OWN, other.__provider) });
  itJudges("irreversible", /may load/, { "an update from code that may load": update("eval(x)", other.__provider) });
  itJudges("irreversible", /doesn't show its provider's code/, {
    "an update from a secret provider": update("[secret]", other.__provider),
    "an update from a provider that is no text": update(7, other.__provider),
    "a provider in Python that becomes one in JavaScript": {
      ...update("x", "[secret]"),
      old: declared("default", "pulumi-python"),
      new: declared("default"),
    },
    "a dynamic resource without a provider's code": { type: label, inputs: {} },
  });
  itJudges("removed", /^Nothing is sent/, {
    "one without inputs in its state": { op: "delete", state: canceled, old: { inputs: {} } },
  });
  for (const name of ["mine", "mydefault", "default_evil", "default_1x"]) {
    itJudges("irreversible", /declares a provider/, {
      [`a canceled campaign through ${name}, which Pulumi didn't make`]: { inputs: seenCanceled, new: declared(name) },
    });
  }
  for (const name of ["default", "default_3_248_0", "default_10_20_30", "default_3_249_0_alpha_x1a2b3c"]) {
    itJudges("recorded", /^Canceled already/, {
      [`a canceled campaign through Pulumi's own ${name}`]: { inputs: seenCanceled, new: declared(name) },
    });
  }
  for (const __provider of [undefined, UNKNOWN, "[secret]", 7, `${OWN} `, OWN.replace("Cancellation", "Status")]) {
    itJudges("irreversible", OTHER_PROVIDER, {
      [`a new one with the provider ${__provider}`]: { inputs: { ...seenCanceled, __provider } },
      [`a removed one with the provider ${__provider}`]: { op: "delete", state: { ...canceled, __provider } },
    });
  }
});

describe("A provider's code under another type", () => {
  const type = "pulumi-nodejs:dynamic/site:Label";
  /** As Pulumi makes it from a program's own provider. */
  const serialized = (body: string) =>
    `exports.handler = __f0;\n\nvar __provider = {create: __f1};\n\nfunction __f1(__0) {\n  return (function() {\n    with({ this: undefined }) {\n\n${body}\n\n    }\n  }).apply(undefined, undefined).apply(this, arguments);\n}\n`;
  const hood = (spelled: string) => OWN.replace("pulumi-ocamba-hood", spelled);

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
  for (const [what, __provider] of Object.entries(others)) {
    itJudges("other", undefined, { [`code that ${what}`]: { type, inputs: { __provider } } });
  }

  const unclear: Readonly<Record<string, string>> = {
    "spells the package in Unicode": hood("pulumi-ocamba-h\\u006fod"),
    "spells it in braces": hood("pulumi-ocamba-h\\u{00006F}od"),
    "spells it in hexadecimal": hood("pulumi-ocamba-\\x68ood"),
    "spells it in octal": hood("pulumi-ocamba-h\\157od"),
    "breaks its name over two lines": hood("pulumi-ocamba-\\\nhood"),
    "joins its name": hood('pulumi-ocamba-" + "hood'),
    "finds it by another name": hood("hood"),
    "is no code of Pulumi's": "exports.handler = () => ({})",
    "is nothing": "",
    "spells the loading itself": serialized('return r\\u0065quire("pulumi-" + x);'),
    "loads what it joins": serialized('return require("pulumi-" + "oc" + "amba-hood/provider");'),
    "loads what a template says": serialized("return require(`$" + "{name}/provider`);"),
    "imports what it joins": serialized('return import("a" + b);'),
    "hands on what loads": serialized('const load = require; return load(["pulumi", "hood"].join("-"));'),
    "evaluates text": serialized("return eval(text);"),
    "takes out what loads": serialized('const { require: load } = module; return load("a" + b);'),
    "takes it out later": serialized('let load; ({ require: load } = module); return load("a" + b);'),
    "reads it from an object": serialized('return module /* */ ?. require("a" + b);'),
    "loads after what looks like a string": serialized(`return /"/.test(a) || require(x + '"');`),
    "loads after what looks like a comment": serialized('return /[/*]/.test(a) || require("a" + b) /* */;'),
    "finds a way around the loader": serialized('return require.resolve.constructor("x");'),
    "makes functions of text": serialized("return new Function(text)();"),
    "finds a loader elsewhere": serialized('return process.mainModule["req" + "uire"](name);'),
    "talks to Hood": serialized('return fetch("https://api.ocamba.com/v1/hood/campaigns/1/cancel");'),
  };
  const MAY_BE_OURS = /may load this package's provider|this package's provider under another type/;
  for (const [what, __provider] of Object.entries(unclear)) {
    itJudges("irreversible", MAY_BE_OURS, {
      [`new code that ${what}`]: { type, inputs: { __provider } },
      [`removed code that ${what}`]: { op: "delete", type, state: { __provider } },
    });
  }

  const python = { provider: "urn:pulumi:test::test::pulumi:providers:pulumi-python::default::1" };
  for (const __provider of ["gASVKAAAAAAAAAC", "[secret]"]) {
    const given = { type: "pulumi-python:dynamic:Resource", inputs: { __provider }, new: python };
    itJudges("other", undefined, { [`code in Python, ${__provider},`]: given });
  }

  for (const type of ["Campaign", "CampaignCancellation", "CampaignStatus"] satisfies HoodType[]) {
    it(`is known for ${type} as the classes give it`, () => {
      expect(providerTextOf(type)).to.equal(providerText(type.replace("C", "c")));
    });
  }
});
