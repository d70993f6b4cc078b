import { expect } from "chai";
import { InputError, readPreview } from "../../report/preview";
import { error, live, previewOf, reportOf, step, type Values } from "./steps";

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

  const EMPTY = /standard input is empty/;
  const NONE = /no whole JSON document/;
  const SUMMARY = /doesn't count "create"/;
  const illegible: readonly [what: string, text: string, says: RegExp][] = [
    ["nothing", "", EMPTY],
    ["a byte order mark alone", "\ufeff\n", EMPTY],
    ["an error", "error: no stack named 'nope' found\n", NONE],
    ["a preview that breaks off", json.slice(0, -20), NONE],
    ["a list", "[{}]", NONE],
    ["another JSON document", '{ "version": 3 }', /has none of steps, diagnostics, changeSummary/],
    ["the engine's events", '{"preludeEvent":{}}\n{"summaryEvent":{}}', /STREAMING_JSON_PREVIEW must not/],
    ["steps that are no list", '{ "steps": {} }', /its "steps" is no list/],
    ["a preview without its summary", changed({ changeSummary: undefined }), /no "changeSummary".*isn't whole/],
    ["a preview with an empty summary", changed({ changeSummary: {} }), /no "changeSummary"/],
    ["a preview without the stack itself", changed({ steps: [end] }), /no step of the stack itself/],
    [
      "a preview that lacks a step",
      changed({ changeSummary: { create: 2, same: 1 } }),
      /2 times "create", and lists 1/,
    ],
    ["a preview that counts by texts", changed({ changeSummary: { create: "1", same: 1 } }), SUMMARY],
    ["a preview that counts less than nothing", changed({ changeSummary: { create: -1, same: 1 } }), SUMMARY],
    [
      "a preview with two lists of steps",
      json.replace(/\}$/, ',"st\\u0065ps": [],"changeSummary":{"same":1}}'),
      /two values for "steps" .*isn't whole/,
    ],
    ["a step with two ops", json.replace('"op": "create"', '"op": "create", "op": "same"'), /two values for "op"/],
    [
      "a preview with values 20,000 deep",
      json.replace('"Budget cut"', "[".repeat(20_000) + "]".repeat(20_000)),
      /values more than 1000 deep/,
    ],
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
    [
      "steps of two projects",
      broken(end, { urn: String(end.urn).replace("test::test", "test::other") }),
      /than one stack/,
    ],
    ["two previews", `${json}\n${json}`, /more than one/],
    [
      "two previews, of which the first escapes its keys",
      `${json.replaceAll(/"(steps|diagnostics|changeSummary)"/g, escaped)}\n${json}`,
      /more than one/,
    ],
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
  const others = "aws:s3/bucket:Bucket resource 'b' has a problem: no such region";
  const rows: readonly [what: string, diagnostics: readonly Values[], errors: readonly object[]][] = [
    ["name the resource, without the engine's words", [error(`${wrapped} has a problem: ${reversal}`, urn)], [ours]],
    [
      "name the resource, without the engine's words for a property",
      [error(`${wrapped}: property status value {{running} x} has a problem: ${reversal}`, urn)],
      [ours],
    ],
    [
      "keep other people's words",
      [error(others, bucket)],
      [{ resource: "b", type: "aws:s3/bucket:Bucket", urn: bucket, message: others }],
    ],
    [
      "have no resource if the program failed, and no stack trace",
      [error(`${failure}\n    at Object.<anonymous> (index.js:3:7)`)],
      [{ message: failure }],
    ],
    [
      "are each listed once, without warnings",
      [error("boom"), ...unlisted, error("boom"), error("bang")],
      [{ message: "boom" }, { message: "bang" }],
    ],
    [
      "include what a YAML program says, which is no error to the engine",
      [{ severity: "info#err", message: "\u001b[31mError\u001b[0m: it isn't assignable" }],
      [{ message: "it isn't assignable" }],
    ],
  ];
  for (const [what, diagnostics, errors] of rows) {
    it(what, () => expect(reportOf([], diagnostics).refused).to.deep.equal(errors));
  }

  it("say where to look when the engine gives no reason, as for a policy", () => {
    const [found] = reportOf([], [error("preview failed")]).refused;
    expect(found?.message).to.contain("a policy may deny the change").and.to.contain("without --json");
  });
});
