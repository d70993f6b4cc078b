import { expect } from "chai";
import { readFormat } from "../../report/options";
import { InputError, readPreview } from "../../report/preview";

const preview = { steps: [{ op: "same" }], diagnostics: [{ severity: "info" }], duration: 7, future: { deep: [] } };
const json = JSON.stringify(preview, undefined, 4);
const read = (text: string) => readPreview(Buffer.from(text));
const expected = { steps: preview.steps, diagnostics: preview.diagnostics };

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
    it(`is read ${how}`, () => expect(readPreview(bytes)).to.deep.equal(expected));
  }

  it("may be without steps or diagnostics", () => {
    expect(read('{ "changeSummary": {} }')).to.deep.equal({ steps: [], diagnostics: [] });
    expect(read('{ "steps": null, "diagnostics": null }')).to.deep.equal({ steps: [], diagnostics: [] });
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
    "two previews": [`${json}\n${json}`, /more than one/],
    "two previews on one line each": [`${JSON.stringify(preview)}\n${JSON.stringify(preview)}`, /more than one/],
  };
  for (const [what, [text, says]] of Object.entries(illegible)) {
    it(`is refused where it is ${what}`, () => expect(() => read(text)).to.throw(InputError, says));
  }
});

describe("Arguments of hood-plan", () => {
  it("choose a format, Markdown where nothing is said", () => {
    expect(readFormat([])).to.equal("markdown");
    expect(readFormat(["--format", "text"])).to.equal("text");
    expect(readFormat(["--format=json"])).to.equal("json");
    expect(readFormat(["--help"])).to.equal(undefined);
  });

  it("are refused with what there is instead", () => {
    expect(() => readFormat(["--format", "xml"])).to.throw(
      'Could not use --format "xml": give one of markdown, text, json.',
    );
    expect(() => readFormat(["--color"])).to.throw(/Could not read the arguments: .*--color.* --help lists them all/);
    expect(() => readFormat(["plan.json"])).to.throw(/Could not read the arguments/);
  });
});
