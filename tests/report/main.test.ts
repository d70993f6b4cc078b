import { Readable } from "node:stream";
import { expect } from "chai";
import { hoodPlan } from "../../report/main";
import { version } from "../../tools/package";
import { error, live, previewOf, step, type Values } from "./steps";

const run = (args: readonly string[], input: string, { isTTY = false, environment = {} } = {}) =>
  hoodPlan([...args], { stdin: Object.assign(Readable.from([Buffer.from(input)]), { isTTY }), environment });

const end = step({ inputs: live });
const launch = step({ type: "Campaign", inputs: { name: "New", runImmediately: true } });
const draft = step({ type: "Campaign", inputs: { name: "New", draft: true } });
const preview = (steps: Values[], diagnostics: Values[] = []) => JSON.stringify(previewOf(steps, diagnostics));

describe("hood-plan", () => {
  const codes: [what: string, input: string, code: number, says: string][] = [
    ["nothing ends or is launched", preview([draft]), 0, "### No campaign would end\n"],
    ["a campaign would be launched", preview([launch]), 3, "### No campaign would end, and 1 campaign would be"],
    ["a campaign would end, whatever is launched", preview([end, launch]), 2, "### 1 campaign would end for good"],
    ["the preview failed, whatever it saw", preview([end], [error("boom")]), 1, "### The preview failed"],
  ];
  for (const [what, input, code, says] of codes) {
    it(`ends with ${code} if ${what}`, async () => {
      const ran = await run([], input);
      expect(ran.text).to.contain(says);
      expect([ran.code, ran.error]).to.deep.equal([code, ""]);
    });
  }

  it("says for which commit of the pipeline it is", async () => {
    const ran = await run(["--format", "json"], preview([end]), { environment: { GITHUB_SHA: "abc" } });
    expect(JSON.parse(ran.text).about).to.deep.equal({ project: "test", stack: "test", commit: "abc" });
  });

  const fails: [what: string, input: string, isTTY: boolean, says: RegExp][] = [
    ["what it reads is no preview", "{}", false, /^Could not read a preview/],
    ["nothing is piped in", "", true, /^hood-plan reads a preview from standard input\.\n\n.*--preview-exit-code/s],
  ];
  for (const [what, input, isTTY, says] of fails) {
    it(`ends with 1, and says why, if ${what}`, async () => {
      const ran = await run([], input, { isTTY });
      expect([ran.code, ran.text]).to.deep.equal([1, ""]);
      expect(ran.error).to.match(says);
    });
  }
});

describe("the arguments of hood-plan", () => {
  const names = ["--project", "test", "--stack", "acme/test/test", "--commit", ""];
  const taken: [args: string[], out: string | RegExp, code: number][] = [
    [[], /^<!-- hood-plan test\/test -->/, 2],
    [["--format", "text"], /^1 campaign would end for good\.\n/, 2],
    [["--format=json"], /^\{\n {2}"about"[\s\S]*\}\n$/, 2],
    [[...names, "--preview-exit-code", "255"], /exit code 255/, 1],
    [["--help"], /^Says which[\s\S]*--preview-exit-code/, 0],
    [["--version"], `${version}\n`, 0],
  ];
  for (const [args, out, code] of taken) {
    it(`are taken: ${args.join(" ") || "none"}`, async () => {
      const ran = await run(args, preview([end]), { isTTY: code === 0 });
      expect([ran.code, ran.error]).to.deep.equal([code, ""]);
      expect(ran.text).to[typeof out === "string" ? "equal" : "match"](out as string & RegExp);
    });
  }

  const wrong: [args: string[], says: RegExp][] = [
    [["--format", "xml"], /^Could not use --format "xml": give one of markdown, text, json\.$/],
    [["--format", "toString"], /^Could not use --format/],
    [["--color"], /^Could not read the arguments: .*--color.* --help lists them all/],
    [["plan.json"], /^Could not read the arguments/],
    [["--stack", "prod"], /on the stack "prod"/],
    ...["", "x1", "1x", "1000"].map((code): [string[], RegExp] => [["--preview-exit-code", code], /give a number/]),
  ];
  for (const [args, says] of wrong) {
    it(`aren't taken: ${args.join(" ")}`, async () => {
      const ran = await run(args, preview([end]));
      expect([ran.code, ran.text]).to.deep.equal([1, ""]);
      expect(ran.error).to.match(says);
    });
  }
});
