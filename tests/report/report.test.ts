import { expect } from "chai";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { InputError, readPreview } from "../../report/preview";
import type { Report } from "../../report/report";
import {
  canceled,
  defined,
  error,
  type Given,
  judgementOn,
  live,
  previewOf,
  reportOf,
  reportOn,
  step,
  type Values,
} from "./steps";

const CAMPAIGN = "hood:index:Campaign";
const cancels = { ...defined, deletionPolicy: "cancel" };

describe("What a preview says of a stack", () => {
  it("gives an entry what the preview saw, and the resource's name, whatever is in it", () => {
    expect(judgementOn({ name: "a::b", inputs: live }).entry).to.deep.equal({
      resource: "a::b",
      type: "CampaignCancellation",
      urn: "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignCancellation::a::b",
      campaignId: "7",
      campaignName: "Spring sale",
      status: "running",
      reason: "Budget cut",
    });
  });

  it("gives an entry what the state has, if that is all there is", () => {
    const paused = { ...live, status: "paused", previousStatus: "running", plannedActions: ["pause"] };
    const guarded = { ...paused, expectedName: "x" };
    const isPaused = { ...paused, currentStatus: "paused" };
    const entries = [
      judgementOn({ op: "delete", type: "CampaignStatus", state: isPaused }),
      judgementOn({ op: "update", type: "CampaignStatus", state: isPaused, inputs: guarded, before: paused }),
      judgementOn({ op: "update", state: canceled, inputs: live }),
      judgementOn({ type: "CampaignStatus", inputs: { ...paused, previousStatus: "paused", plannedActions: [] } }),
    ].map(({ entry: { campaignId, campaignName, status } }) => `${campaignId} ${campaignName} ${status}`);
    expect(entries).to.deep.equal([
      "7 Spring sale paused",
      "7 Spring sale paused",
      "7 Spring sale canceled",
      "7 Spring sale paused",
    ]);
  });

  it("leaves out what isn't known yet, and keeps a secret one", () => {
    const { entry } = judgementOn({ inputs: { ...live, campaignName: UNKNOWN, reason: "[secret]" } });
    expect(entry).not.to.have.property("campaignName");
    expect(entry.reason).to.equal("[secret]");
  });

  it("counts other resources, without those that stay, are read, or are the stack itself", () => {
    const other = { type: "aws:s3/bucket:Bucket", inputs: {}, state: {} };
    const idle = ["same", "read", "refresh", "discard"].map((op) => ({ ...other, op, name: op }));
    const changes = ["create", "update", "delete", "replace", "create-replacement"].map((op) => ({
      ...other,
      op,
      name: op,
    }));
    const stack = { type: "pulumi:pulumi:Stack", name: "test", inputs: {} };
    const again = { ...other, op: "delete-replaced", name: "replace" };
    const report = reportOn(...idle, ...changes, again, stack, { op: "refresh", state: canceled, inputs: live });
    const { irreversible, launches, reversible, removed, recorded, refused, otherChanges } = report;
    expect([irreversible, launches, reversible, removed, recorded, refused].flat()).to.deep.equal([]);
    expect(otherChanges).to.equal(5);
  });

  it("lists resources by their names, whatever the engine's order was", () => {
    const report = reportOn(...["c", "a", "b"].map((name) => ({ name, inputs: live })));
    expect(report.irreversible.map(({ resource }) => resource)).to.deep.equal(["a", "b", "c"]);
  });

  it("says that the preview failed if it ended with an error, whatever its JSON says", () => {
    expect(reportOf([], [], { exitCode: 255 }).refused[0]?.message).to.contain("exit code 255");
    expect(reportOf([], [error("boom")], { exitCode: 255 }).refused).to.deep.equal([{ message: "boom" }]);
  });
});

describe("A replacement in a report", () => {
  const both = { type: "Campaign", state: cancels, inputs: { name: "New" } };
  const parts = ["replace", "create-replacement", "delete-replaced"].map((op) => ({ ...both, op }));
  const [whole = both] = parts;
  const namesIn = (entries: Report["irreversible"]) => entries.map(({ campaignName }) => campaignName);
  const endsOf = (...steps: Given[]) => namesIn(reportOn(...steps).irreversible);

  it("is a removal and a new resource, also if its parts are listed", () => {
    for (const steps of [[whole], parts]) {
      expect(endsOf(...steps)).to.deep.equal(["Spring sale"]);
      expect(namesIn(reportOn(...steps).reversible)).to.deep.equal(["New"]);
    }
  });

  const left = (id: string | undefined, name = "Left over"): Given => {
    return { type: "Campaign", op: "delete-replaced", state: { ...cancels, name }, old: { delete: true, id } };
  };
  const abandons = parts.map((part): Given => ({ ...part, state: defined }));
  const withoutId = abandons.map((part) => ({ ...part, old: { id: undefined } }));
  const forgets = { retainOnDelete: true };
  const aliased = (type: string, state: object, op = "replace"): Given => {
    const inputs = { ...live, status: "paused", previousStatus: "paused", plannedActions: [] };
    const old = { urn: `urn:pulumi:test::test::hood:index:${type}::it`, type: `hood:index:${type}` };
    const given = { type: "hood:index:CampaignStatus", op, state: { ...state }, old };
    return op.startsWith("delete") ? given : { ...given, inputs };
  };
  const [made, replaced, gone] = ["create-replacement", "replace", "delete-replaced"].map((op) =>
    aliased("Campaign", cancels, op),
  ) as [Given, Given, Given];
  const SALE = "Spring sale";
  const ends: readonly [what: string, steps: Given[], names: (string | undefined)[]][] = [
    ["counts by its parts: a removal", [{ ...both, op: "delete-replaced" }], [SALE]],
    ["counts by its parts: a cancellation", [{ op: "create-replacement", inputs: live }], [SALE]],
    ["doesn't hide the removal of another campaign", [left("2"), ...parts], ["Left over", SALE]],
    ["doesn't hide the removal of a campaign with the same id", [left("1"), ...abandons], ["Left over"]],
    ["doesn't hide another removal of the same campaign", [left("1", SALE), ...parts], [SALE, SALE]],
    ["doesn't hide the removal of a campaign without an id", [left(undefined), ...withoutId], ["Left over"]],
    ["doesn't hide a removal that was left over alone", [left("1")], ["Left over"]],
    ["removes nothing if both states have it forgotten", [{ ...whole, ...forgets, new: forgets }], []],
    ["removes if only the old state says so", [{ ...whole, ...forgets }], [SALE]],
    ["removes if only the new state says so", [{ ...whole, new: forgets }], [SALE]],
    ["under another type, of a campaign, ends it", [replaced], [SALE]],
    ["under another type ends it once, in its parts", [made, replaced, gone], [SALE]],
    ["under another type, by the removal alone, ends it", [gone], [SALE]],
    ["under another type ends it once, by its old name too", [made, replaced, { ...gone, type: CAMPAIGN }], [SALE]],
    ["under another type ends none that stays as it is", [aliased("Campaign", defined)], []],
    ["under another type ends none if it was a cancellation", [aliased("CampaignCancellation", canceled)], []],
    ["under another type may end it if nobody knows the old type", [aliased("CampaignPurge", cancels)], [undefined]],
    ["under another type may end it by an update", [aliased("Campaign", defined, "update")], [SALE]],
    ["under another type ends none if it turns out to be nothing", [aliased("Campaign", cancels, "same")], []],
  ];
  for (const [what, steps, names] of ends) {
    it(what, () => {
      expect(endsOf(...steps)).to.have.members(names);
      expect(endsOf(...[...steps].reverse())).to.have.members(names);
    });
  }

  it("doesn't hide another new resource, and makes none of what is only read", () => {
    const now = { name: "Now", runImmediately: true };
    const another = { ...both, op: "create-replacement", inputs: now };
    expect(namesIn(reportOn(whole, another).launches)).to.deep.equal(["Now"]);
    const { irreversible, launches } = reportOn({ ...whole, inputs: now, new: { external: true } });
    expect([irreversible.length, launches.length]).to.deep.equal([1, 0]);
  });

  it("under another type is nobody's end if both types are somebody else's", () => {
    const bucket = { type: "aws:s3/bucket:Bucket", state: {}, inputs: {}, old: { type: "aws:s3:Bucket" } };
    const report = reportOn(...["replace", "update"].map((op) => ({ ...bucket, op, name: op })));
    expect([report.irreversible, report.otherChanges]).to.deep.equal([[], 2]);
  });

  it("shows by any of its parts that the preview listed them", () => {
    expect(parts.map((part) => reportOn(part).partsShown)).to.deep.equal([false, true, true]);
  });

  it("is one thing for a cancellation in the state, and stands first", () => {
    const inputs = { ...live, campaignId: "8", campaignName: "Autumn sale" };
    for (const op of ["replace", "create-replacement"]) {
      const report = reportOn({ name: "a", inputs: live }, { op, name: "b", state: canceled, inputs });
      expect(report.irreversible.map(({ resource, replaces }) => [resource, replaces?.campaignName])).to.deep.equal([
        ["b", "Spring sale"],
        ["a", undefined],
      ]);
      expect(report.removed).to.deep.equal([]);
    }
    const status = { ...live, status: "canceled", plannedActions: ["cancel"], currentStatus: "canceled" };
    const [entry] = reportOn({ type: "CampaignStatus", op: "replace", state: status, inputs: status }).irreversible;
    expect(entry?.replaces).to.deep.equal({ campaignId: "7", campaignName: "Spring sale" });
  });
});

describe("A provider of the plugin in a report", () => {
  const settings = { endpoint: "https://eu.example/v1/hood", token: "[secret]" };
  const brand = { type: "pulumi:providers:hood", name: "brand" };

  it("is listed with its settings if it changes, without its token", () => {
    const inputs = { maxParallel: 3, ...settings, token: "canary", auditLog: UNKNOWN };
    const [change, ...others] = reportOn({ ...brand, op: "update", state: {}, inputs }).providers;
    expect(change).to.include({ resource: "brand", op: "update" });
    expect(change?.settings).to.deep.equal({
      endpoint: settings.endpoint,
      token: "[secret]",
      maxParallel: "3",
      auditLog: "not known",
    });
    expect(Object.keys(change?.settings ?? {})[0]).to.equal("endpoint");
    expect(others).to.deep.equal([]);
    expect(reportOn({ ...brand, op: "same", state: {}, inputs }).providers).to.deep.equal([]);
  });

  it("counts as an end if only the update will know its settings, and what it saw isn't believed", () => {
    const provider = "urn:pulumi:test::test::pulumi:providers:hood::brand::1";
    const inputs = { ...live, status: "canceled", previousStatus: "canceled", plannedActions: [] };
    const follower = { type: "hood:index:CampaignStatus", inputs, new: { provider } };
    const report = reportOn({ ...brand, inputs: { ...settings, endpoint: UNKNOWN } }, follower);
    expect(report.irreversible.map(({ resource }) => resource)).to.deep.equal(["brand", "it"]);
    expect(report.irreversible[0]?.note).to.match(/^Only the update will know its settings/);
    expect(reportOn({ ...brand, inputs: settings }, follower).irreversible).to.deep.equal([]);
  });
});

describe("What a report is about", () => {
  const about = (said: object, environment = {}) => reportOf([], [], { said, environment }).about;

  it("is the project and the stack of the preview, and the commit of the pipeline", () => {
    expect(about({}, { CI_COMMIT_SHA: "abc" })).to.deep.equal({ project: "test", stack: "test", commit: "abc" });
    expect(about({ commit: "def", stack: "acme/test/test" }, { GITHUB_SHA: "abc" })).to.include({ commit: "def" });
  });

  it("is never another project or stack than was said", () => {
    expect(() => about({ stack: "prod" })).to.throw('on the stack "prod": the preview is of the stack "test"');
    expect(() => about({ project: "shop" })).to.throw('on the project "shop"');
  });

  const settingsIn = (config: object, environment = {}) =>
    reportOf([], [], { environment }, { ...config }).settings.map(({ name, value }) => `${name} ${value}`);

  it("includes the settings that aren't the default, the endpoint first, and no token", () => {
    const config = { "hood:preflight": "off", "hood:endpoint": "https://u:p@evil.example", "hood:token": "canary" };
    expect(settingsIn(config, { HOOD_TOKEN: "canary", HOOD_MAX_CANCELLATIONS: "7" })).to.deep.equal([
      "hood:endpoint https://[secret]@evil.example",
      "HOOD_MAX_CANCELLATIONS 7",
      "hood:preflight off",
      "hood:token [secret]",
    ]);
    const defaults = {
      "hood:endpoint": "https://api.ocamba.com/v1/hood/",
      "hood:timeout": "30000ms",
      "aws:region": "x",
      "x-hood:preflight": "off",
    };
    expect(settingsIn(defaults, { HOOD_MAX_PARALLEL: "10", HOOD_PREFLIGHT: " " })).to.deep.equal([]);
    expect(settingsIn({ "hood:endpoint": { toString: 1 } })).to.deep.equal(['hood:endpoint {"toString":1}']);
    expect(settingsIn({ "hood:maxCancelations": "1" })).to.deep.equal(["hood:maxCancelations 1"]);
  });
});

describe("A report's fingerprint", () => {
  const of = (steps: readonly Values[], config = {}, environment = {}) =>
    reportOf(steps, [], { environment }, { ...config }).fingerprint;
  const ending = (more: object, rest: Given = {}) => step({ inputs: { ...live, ...more }, ...rest });
  const end = ending({});
  const campaign = (inputs: object, more: Given = {}) =>
    step({ type: "Campaign", inputs: { name: "New", ...inputs }, ...more });
  const launched = (more: object = {}) => campaign({ runImmediately: true, ...more });
  const brand = (endpoint: string, token = "[secret]") =>
    step({ type: "pulumi:providers:hood", name: "p", inputs: { endpoint, token } });
  const resumed = (time: string) => {
    const planned = { status: "scheduled", previousStatus: "paused", plannedActions: ["resume"] };
    return ending({ ...planned, scheduledTime: time }, { type: "CampaignStatus" });
  };
  const edited = (inputs: object) => campaign({ name: "Spring sale", ...inputs }, { op: "update", state: defined });

  const others: Readonly<Record<string, (value: string) => Values[]>> = {
    ids: (n) => [ending({ campaignId: n })],
    "ids that are numbers": (n) => [ending({ campaignId: Number(n) })],
    names: (n) => [ending({ campaignName: n })],
    statuses: (n) => [ending({ previousStatus: n })],
    reasons: (n) => [ending({ reason: n })],
    "times of a CampaignStatus": (n) => [resumed(`209${n}-12-01 09:00:00`)],
    recurrences: (n) => [campaign({ recurrence: { type: n } })],
    messages: (n) => [launched({ messages: [{ a: n }] })],
    "ends of an edited campaign": (n) => [edited({ endTime: `209${n}-12-05 09:00:00` })],
    "messages of a campaign that a CampaignStatus launches": (n) => [
      resumed("2099-12-01 09:00:00"),
      edited({ messages: [{ channel: "push", push: { title: n } }] }),
    ],
    "endpoints of a new provider": (n) => [brand(`https://${n}.example`), end],
    providers: (n) => [ending({}, { new: { provider: `urn:pulumi:test::test::pulumi:providers:hood::${n}::1` } })],
  };
  for (const [what, steps] of Object.entries(others)) {
    it(`differs for other ${what}`, () => {
      expect(of(steps("1"))).to.equal(of(steps("1")));
      expect(of(steps("1"))).not.to.equal(of(steps("2")));
    });
  }

  it("differs for another endpoint in config or environment, even if the default is what wins", () => {
    const [a, b] = ["https://a.example", "https://b.example"].map((endpoint) => ({ "hood:endpoint": endpoint }));
    const own = (HOOD_ENDPOINT: string) => of([end], a, { HOOD_ENDPOINT });
    const all = [
      of([end]),
      of([end], a),
      of([end], b),
      own("https://a.example"),
      own("https://api.ocamba.com/v1/hood"),
    ];
    expect(new Set(all).size).to.equal(5);
    const token = { ...a, "hood:token": "[secret]" };
    expect(of([end], a)).to.equal(of([end], token, { HOOD_AUDIT_LOG: "/tmp/1", HOOD_TOKEN: "x" }));
    expect(of([end], { "hood:endpoint": "[secret]" })).not.to.equal(of([end], { "hood:endpoint": "[secret]" }));
  });

  it("is the same for another commit, other drafts beside a launch, and another token of a provider", () => {
    expect(reportOf([end], [], { said: { commit: "abc" } }).fingerprint).to.equal(of([end]));
    const beside = (name: string) => of([launched(), campaign({ name, draft: true }, { name: "draft" })]);
    expect(beside("a")).to.equal(beside("b"));
    const among = (token?: string) => of([brand("https://a.example", token), end]);
    expect(among()).to.equal(among("plain"));
  });

  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
  const hidden = ["[secret]", UNKNOWN, undefined];
  const rows: [what: string, isSame: boolean, step: Values][] = [
    ["a secret reason", true, ending({ reason: "[secret]" })],
    ["a secret name of a campaign with an id", true, ending({ campaignName: "[secret]" })],
    ["a new campaign", true, launched()],
    ["a new campaign with a secret name", false, launched({ name: "[secret]" })],
    ["a secret id, although the name is shown", false, ending({ campaignId: "[secret]" })],
    ["a secret status", false, ending({ previousStatus: "[secret]" })],
    ["an id that is a secret object", false, ending({ campaignId: secret })],
    ["an id that is a number too large for JSON", false, ending({ campaignId: 2 ** 60 })],
    ["a secret somewhere in a new campaign", false, launched({ messages: [{ body: "[secret]" }] })],
    ["a value somewhere in it that isn't known", false, launched({ targeting: { a: UNKNOWN } })],
    ["a secret guard", false, ending({ expectedName: "[secret]" })],
    ["a secret endpoint of a provider", false, brand("[secret]")],
    ["a blank id and a secret name", false, ending({ campaignId: "", campaignName: "[secret]" })],
    ...hidden.flatMap((id) =>
      hidden.map((name): (typeof rows)[number] => {
        return [`the id ${id} and the name ${name}`, false, ending({ campaignId: id, campaignName: name })];
      }),
    ),
  ];
  for (const [what, isSame, one] of rows) {
    it(`is ${isSame ? "" : "never "}the same twice with ${what}`, () => {
      const [first, second] = [of([one]), of([one])];
      expect(first === second).to.equal(isSame);
    });
  }
});

const end = step({ inputs: live });
const change = step({ op: "update", state: live, inputs: live });
const preview = { ...previewOf([end], [{ severity: "info", message: "x" }]), future: { deep: [] } };
const json = JSON.stringify(preview, undefined, 4);
const read = (text: string) => readPreview(Buffer.from(text));
/** A preview in which one step isn't what it was. */
const broken = (whole: Values, change: Values) => JSON.stringify(previewOf([{ ...whole, ...change }]));
const changed = (fields: Values) => JSON.stringify({ ...preview, ...fields });
const lineOf = JSON.stringify(preview);
const escaped = (_: string, field: string) => `"\\u00${field.charCodeAt(0).toString(16)}${field.slice(1)}"`;

describe("Standard input of hood-plan", () => {
  const legible: Readonly<Record<string, Uint8Array>> = {
    "as the engine prints it": Buffer.from(json),
    "on one line": Buffer.from(lineOf),
    "with a byte order mark": Buffer.from(`\ufeff${json}`),
    "in UTF-16, as Windows PowerShell redirects it": Buffer.from(`\ufeff${json}`, "utf16le"),
    "without most of what stays as it is": Buffer.from(changed({ changeSummary: { create: 1, same: 9 } })),
    "with carriage returns": Buffer.from(json.replaceAll("\n", "\r\n")),
    "after lines of progress": Buffer.from(
      `Previewing update (test):\n@ loading....\n{"level":"info"}\n{ not JSON\n${json}\n\n`,
    ),
  };
  for (const [how, bytes] of Object.entries(legible)) {
    it(`is read ${how}`, () => {
      const { steps, stack, project } = readPreview(bytes);
      expect(steps.map(({ op, resource }) => `${op} ${resource}`)).to.deep.equal(["same test-test", "create it"]);
      expect([stack, project]).to.deep.equal(["test", "test"]);
    });
  }

  it("may hold one key in several places, and texts that look like keys", () => {
    const inputs = { ...live, reason: '{"a": 1, "a": 2} \\" "reason": [[', values: [{ a: [{ a: "a" }, { a: "\\" }] }] };
    expect(read(JSON.stringify(previewOf([step({ inputs })]))).steps).to.have.length(2);
  });

  it("may be without steps or a summary if the preview failed", () => {
    const failed = JSON.stringify({ diagnostics: [{ severity: "error", message: "error: boom" }], steps: null });
    expect(read(failed).steps).to.deep.equal([]);
  });

  const lacking = changed({ changeSummary: { create: 2, same: 1 } });
  const twoLists = json.replace(/\}$/, ',"st\\u0065ps": [],"changeSummary":{"same":1}}');
  const deep = json.replace('"Budget cut"', "[".repeat(20_000) + "]".repeat(20_000));
  const twoProjects = broken(end, { urn: String(end.urn).replace("test::test", "test::other") });
  const escapedKeys = json.replaceAll(/"(steps|diagnostics|changeSummary)"/g, escaped);
  const EMPTY = /standard input is empty/;
  const NONE = /no whole JSON document/;
  const SUMMARY = /doesn't count "create"/;
  const illegible: readonly [what: string, text: string, says: RegExp][] = [
    ["nothing", "", EMPTY],
    ["a byte order mark alone", "\ufeff\n", EMPTY],
    ["an error", "error: no stack named 'nope' found\n", NONE],
    ["a preview that breaks off", json.slice(0, -20), NONE],
    ["a list", "[{}]", NONE],
    [
      "an empty document, as after a policy pack that didn't start",
      "{}\n",
      /is empty\. If `pulumi preview --json` printed an error/,
    ],
    ["another JSON document", '{ "version": 3 }', /has none of steps, diagnostics, changeSummary/],
    ["the engine's events", '{"preludeEvent":{}}\n{"summaryEvent":{}}', /STREAMING_JSON_PREVIEW must not/],
    ["steps that are no list", '{ "steps": {} }', /its "steps" is no list/],
    ["a preview without its summary", changed({ changeSummary: undefined }), /no "changeSummary".*isn't whole/],
    ["a preview with an empty summary", changed({ changeSummary: {} }), /no "changeSummary"/],
    ["a preview without the stack itself", changed({ steps: [end] }), /no step of the stack itself/],
    ["a preview that lacks a step", lacking, /2 times "create", and lists 1/],
    ["a preview that counts by texts", changed({ changeSummary: { create: "1", same: 1 } }), SUMMARY],
    ["a preview that counts less than nothing", changed({ changeSummary: { create: -1, same: 1 } }), SUMMARY],
    ["a preview with two lists of steps", twoLists, /two values for "steps" .*isn't whole/],
    ["a step with two ops", json.replace('"op": "create"', '"op": "create", "op": "same"'), /two values for "op"/],
    ["a preview with values 20,000 deep", deep, /values more than 1000 deep/],
    ["a step without a urn", broken(end, { urn: undefined }), /no urn/],
    ["a step whose urn is none", broken(end, { urn: "it" }), /has the urn "it"/],
    ["something else than a step", changed({ steps: [null] }), /no op/],
    ["an update without the old state", broken(change, { oldState: undefined }), /step "update" .* has no oldState/],
    ["an update without the new state", broken(change, { newState: "x" }), /step "update" .* has no newState/],
    ...["inputs", "outputs"].flatMap((field) =>
      ["[secret]", [], 7].map((value): (typeof illegible)[number] => {
        const newState = { ...(change.newState as Values), [field]: value };
        return [`a step whose ${field} are ${JSON.stringify(value)}`, broken(change, { newState }), /puts are none/];
      }),
    ),
    ["a diagnostic without its severity", changed({ diagnostics: [{ message: "x" }] }), /diagnostics is none/],
    ["steps of two projects", twoProjects, /than one stack/],
    ["two previews", `${json}\n${json}`, /more than one/],
    ["two previews, of which the first escapes its keys", `${escapedKeys}\n${json}`, /more than one/],
  ];
  for (const [what, text, says] of illegible) {
    it(`is no preview if it is ${what}`, () => expect(() => read(text)).to.throw(InputError, says));
  }
});

const urn = "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignStatus::six";
const wrapped = "pulumi-nodejs:dynamic/hood:CampaignStatus resource 'six'";
const reversal = "Cancellation is permanent.\nRemove it.";
const bucket = "urn:pulumi:test::test::aws:s3/bucket:Bucket::b";
const failure = "Running program 'index.js' failed with an unhandled exception:\nError: boom";
const unlisted = [
  { message: "warning: look out\n", severity: "warning" },
  { message: "error: said by the program\n", severity: "info#err" },
];

describe("A failed preview's errors", () => {
  const ours = { resource: "six", type: "CampaignStatus", urn, message: reversal };
  const ofProperty = error(`${wrapped}: property status value {{running} x} has a problem: ${reversal}`, urn);
  const STACK = "\n    at Object.<anonymous> (index.js:3:7)";
  const UNFIT = "it isn't assignable";
  const twice = [error("boom"), ...unlisted, error("boom"), error("bang")];
  const inYaml = { severity: "info#err", message: `\u001b[31mError\u001b[0m: ${UNFIT}` };
  const inBucket = { resource: "b", type: "aws:s3/bucket:Bucket" };
  const others = "aws:s3/bucket:Bucket resource 'b' has a problem: no such region";
  const rows: readonly [what: string, diagnostics: readonly Values[], errors: readonly object[]][] = [
    ["name the resource, without the engine's words", [error(`${wrapped} has a problem: ${reversal}`, urn)], [ours]],
    ["name the resource, without the engine's words for a property", [ofProperty], [ours]],
    ["keep other people's words", [error(others, bucket)], [{ ...inBucket, urn: bucket, message: others }]],
    ["have no resource if the program failed, and no stack trace", [error(failure + STACK)], [{ message: failure }]],
    ["are each listed once, without warnings", twice, [{ message: "boom" }, { message: "bang" }]],
    ["include what a YAML program says, which is no error to the engine", [inYaml], [{ message: UNFIT }]],
  ];
  for (const [what, diagnostics, errors] of rows) {
    it(what, () => expect(reportOf([], diagnostics).refused).to.deep.equal(errors));
  }

  it("say where to look when the engine gives no reason, as for a policy", () => {
    const [found] = reportOf([], [error("preview failed")]).refused;
    expect(found?.message).to.contain("a policy may deny the change").and.to.contain("without --json");
  });
});
