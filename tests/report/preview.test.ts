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
const without = (field: string) => JSON.stringify({ ...preview, [field]: undefined });

describe("Standard input of hood-plan", () => {
  const legible: Readonly<Record<string, Uint8Array>> = {
    "as the engine prints it": Buffer.from(json),
    "on one line": Buffer.from(JSON.stringify(preview)),
    "with a byte order mark": Buffer.from(`\ufeff${json}`),
    "in UTF-16, as Windows PowerShell redirects it": Buffer.from(`\ufeff${json}`, "utf16le"),
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

  const illegible: Readonly<Record<string, [text: string, says: RegExp]>> = {
    nothing: ["", /standard input is empty/],
    "a byte order mark alone": ["\ufeff\n", /standard input is empty/],
    "an error": ["error: no stack named 'nope' found\n", /no whole JSON document/],
    "a preview that breaks off": [json.slice(0, -20), /no whole JSON document/],
    "another JSON document": ['{ "version": 3 }', /has none of steps, diagnostics, changeSummary/],
    "a list": ["[{}]", /no whole JSON document/],
    "the engine's events": [
      '{"sequence":0,"preludeEvent":{}}\n{"sequence":1,"summaryEvent":{}}',
      /STREAMING_JSON_PREVIEW must not/,
    ],
    "steps that are no list": ['{ "steps": {} }', /its "steps" is no list/],
    "a preview without its summary": [without("changeSummary"), /no "changeSummary".*isn't whole/],
    "a preview without its steps": [without("steps"), /no step of the stack itself/],
    "a preview of which a step was taken out": [
      JSON.stringify({ ...preview, changeSummary: { create: 2, same: 1 } }),
      /counts 2 times "create", and lists 1/,
    ],
    "a preview whose summary counts nothing": [
      JSON.stringify({ ...preview, changeSummary: { create: "1", same: 1 } }),
      /doesn't count "create"/,
    ],
    "a preview whose summary counts less than nothing": [
      JSON.stringify({ ...preview, changeSummary: { create: -1, same: 1 } }),
      /doesn't count "create"/,
    ],
    "a preview with two lists of steps": [
      json.replace(/\}$/, ',"st\\u0065ps": [],"changeSummary":{"same":1}}'),
      /two values for "steps" .*isn't whole/,
    ],
    "a step with two ops": [json.replace('"op": "create"', '"op": "create", "op": "same"'), /two values for "op"/],
    "a preview with values 20,000 deep": [
      json.replace('"Budget cut"', "[".repeat(20_000) + "]".repeat(20_000)),
      /values more than 1000 deep/,
    ],
    "a step without an op": [broken(end, { op: undefined }), /no op/],
    "a step whose op is a number": [broken(end, { op: 7 }), /no op/],
    "a step without a urn": [broken(end, { urn: undefined }), /no urn/],
    "a step whose urn is none": [broken(end, { urn: "it" }), /has the urn "it"/],
    "something else than a step": [JSON.stringify({ ...preview, steps: [null] }), /no op/],
    "a create without the new state": [broken(end, { newState: undefined }), /step "create" .* has no newState/],
    "an update without the old state": [broken(change, { oldState: undefined }), /step "update" .* has no oldState/],
    "an update without the new state": [broken(change, { newState: "x" }), /step "update" .* has no newState/],
    ...Object.fromEntries(
      ["inputs", "outputs"].flatMap((field) =>
        ["[secret]", [], 7].map((value) => [
          `a step whose ${field} are ${JSON.stringify(value)}`,
          [broken(change, { newState: { ...(change.newState as Values), [field]: value } }), /whose .*puts are none/],
        ]),
      ),
    ),
    "a removal without the old state": [
      broken(change, { op: "delete", oldState: undefined }),
      /step "delete" .* has no oldState/,
    ],
    "a diagnostic without its severity": [
      JSON.stringify({ ...preview, diagnostics: [{ message: "x" }] }),
      /one of its diagnostics is none/,
    ],
    "a diagnostic that is none": [JSON.stringify({ ...preview, diagnostics: [7] }), /one of its diagnostics is none/],
    "steps of two stacks": [
      broken(end, { urn: String(end.urn).replace("test::test", "test::other") }),
      /steps of more than one stack/,
    ],
    "two previews": [`${json}\n${json}`, /more than one/],
    "two previews, of which the first escapes its keys": [
      `${json.replaceAll(/"(steps|diagnostics|changeSummary)"/g, (_, field) => `"\\u00${field.charCodeAt(0).toString(16)}${field.slice(1)}"`)}\n${json}`,
      /more than one/,
    ],
    "two previews on one line each": [`${JSON.stringify(preview)}\n${JSON.stringify(preview)}`, /more than one/],
  };
  for (const [what, [text, says]] of Object.entries(illegible)) {
    it(`is no preview if it is ${what}`, () => expect(() => read(text)).to.throw(InputError, says));
  }
});

const urn = "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignStatus::six";
const wrapped = "pulumi-nodejs:dynamic/hood:CampaignStatus resource 'six'";

describe("A failed preview's errors", () => {
  const errorsIn = (diagnostics: readonly Values[]) => reportOf([], diagnostics).refused;

  it("name the resource, without the engine's words around ours", () => {
    for (const by of [
      `${wrapped}: property status value {{running} x} has a problem: `,
      `${wrapped} has a problem: `,
    ]) {
      const [found] = errorsIn([error(`${by}Cancellation is permanent.\nRemove it.`, urn)]);
      expect(found).to.deep.equal({
        resource: "six",
        type: "CampaignStatus",
        urn,
        message: "Cancellation is permanent.\nRemove it.",
      });
    }
  });

  it("keep other people's words as they are", () => {
    const other = "urn:pulumi:test::test::aws:s3/bucket:Bucket::b";
    const message = "aws:s3/bucket:Bucket resource 'b' has a problem: no such region";
    expect(errorsIn([error(message, other)])).to.deep.equal([
      { resource: "b", type: "aws:s3/bucket:Bucket", urn: other, message },
    ]);
  });

  it("have no resource if the program failed, and no stack trace", () => {
    const message =
      "Running program 'index.js' failed with an unhandled exception:\nError: boom\n    at Object.<anonymous> (index.js:3:7)";
    expect(errorsIn([error(message)])).to.deep.equal([
      { message: "Running program 'index.js' failed with an unhandled exception:\nError: boom" },
    ]);
  });

  it("are each listed once, and warnings aren't", () => {
    const warning = { message: "warning: look out\n", severity: "warning" };
    const output = { message: "error: said by the program\n", severity: "info#err" };
    expect(errorsIn([error("boom"), warning, error("boom"), output, error("bang")])).to.deep.equal([
      { message: "boom" },
      { message: "bang" },
    ]);
  });

  it("include what a YAML program says, which is no error to the engine", () => {
    const yaml = { severity: "info#err", message: "\u001b[31mError\u001b[0m: it isn't assignable" };
    expect(errorsIn([yaml])).to.deep.equal([{ message: "it isn't assignable" }]);
  });

  it("say where to look when the engine gives no reason, as for a policy", () => {
    const [found] = errorsIn([error("preview failed")]);
    expect(found?.message).to.contain("a policy may deny the change").and.to.contain("without --json");
  });
});
