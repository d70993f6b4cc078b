import { Readable } from "node:stream";
import { expect } from "chai";
import { readOptions, USAGE } from "../../report/options";
import { version } from "../../tools/root";
import { error, live, previewOf, step, type Values } from "./steps";

const MAIN = require.resolve("../../report/main");

/** Runs the command in this process, as Node.js would in one of its own. */
async function run(args: readonly string[], input: string, isTTY = false) {
  const { argv, stdin, exitCode } = process;
  const output = { out: "", err: "" };
  const { write } = process.stdout;
  const { error } = console;
  process.argv = [process.execPath, MAIN, ...args];
  Object.defineProperty(process, "stdin", { value: Object.assign(Readable.from([Buffer.from(input)]), { isTTY }) });
  process.stdout.write = (text) => {
    output.out += text;
    return true;
  };
  console.error = (text) => {
    output.err += text;
  };
  process.exitCode = undefined;
  try {
    delete require.cache[MAIN];
    require(MAIN);
    while (process.exitCode === undefined) await new Promise((resolve) => setImmediate(resolve));
    return { ...output, code: process.exitCode };
  } finally {
    Object.assign(process, { argv, exitCode });
    Object.defineProperty(process, "stdin", { value: stdin });
    process.stdout.write = write;
    console.error = error;
  }
}

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
      expect(ran.code).to.equal(code);
      expect(ran.out).to.contain(says);
      expect(ran.err).to.equal("");
    });
  }

  it("writes the report in each format, with the pipeline's commit", async () => {
    const before = process.env.GITHUB_SHA;
    process.env.GITHUB_SHA = "abc";
    try {
      expect((await run(["--format", "text"], preview([end]))).out).to.match(/^1 campaign would end for good\.\n/);
      const { out } = await run(["--format", "json"], preview([end]));
      expect(out).to.match(/^\{\n {2}"about"[\s\S]*\}\n$/);
      expect(JSON.parse(out).about).to.deep.equal({ project: "test", stack: "test", commit: "abc" });
    } finally {
      if (before === undefined) delete process.env.GITHUB_SHA;
      else process.env.GITHUB_SHA = before;
    }
  });

  const fails: [what: string, args: string[], input: string, isTTY: boolean, says: RegExp][] = [
    ["what it reads is no preview", [], "{}", false, /^Could not read a preview/],
    ["nothing is piped in", [], "", true, /^hood-plan reads a preview from standard input\.\n\n.*--preview-exit-code/s],
    ["the preview is of another stack", ["--stack", "prod"], preview([end]), false, /on the stack "prod"/],
  ];
  for (const [what, args, input, isTTY, says] of fails) {
    it(`ends with 1, and says why, if ${what}`, async () => {
      const ran = await run(args, input, isTTY);
      expect(ran.code).to.equal(1);
      expect(ran.err).to.match(says);
      expect(ran.out).to.equal("");
    });
  }

  it("tells its options and its version without reading anything", async () => {
    expect(await run(["--help"], "", true)).to.deep.equal({ code: 0, out: USAGE, err: "" });
    expect(await run(["--version"], "", true)).to.deep.equal({ code: 0, out: `${version}\n`, err: "" });
  });
});

describe("the arguments of hood-plan", () => {
  const nothing = { project: undefined, stack: undefined, commit: undefined };
  const said = { project: "shop", stack: "acme/shop/prod", commit: undefined };
  const names = ["--project", "shop", "--stack", "acme/shop/prod", "--commit", ""];
  const taken: [args: string[], options: unknown][] = [
    [[], { format: "markdown", said: nothing, exitCode: 0 }],
    [["--format", "text"], { format: "text", said: nothing, exitCode: 0 }],
    [["--format=json"], { format: "json", said: nothing, exitCode: 0 }],
    [[...names, "--preview-exit-code", "255"], { format: "markdown", said, exitCode: 255 }],
    [["--help"], "help"],
    [["--version"], "version"],
  ];
  for (const [args, options] of taken) {
    it(`are taken: ${args.join(" ") || "none"}`, () => expect(readOptions(args)).to.deep.equal(options));
  }

  const wrong: [args: string[], says: RegExp][] = [
    [["--format", "xml"], /^Could not use --format "xml": give one of markdown, text, json\.$/],
    [["--color"], /^Could not read the arguments: .*--color.* --help lists them all/],
    [["plan.json"], /^Could not read the arguments/],
    ...["", "x1", "1x", "1000"].map((code): [string[], RegExp] => [["--preview-exit-code", code], /give a number/]),
  ];
  for (const [args, says] of wrong) {
    it(`aren't taken: ${args.join(" ")}`, () => expect(() => readOptions(args)).to.throw(says));
  }
});
