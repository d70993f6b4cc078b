import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../tools/root";
import { type Block, commandsOf, readPages, type Written } from "./commands/reading";
import { ELSEWHERE, NAMES, RUNS } from "./commands/runs";

/** Where a block of this language is checked, whatever page it is on. */
const CHECKED: Readonly<Record<string, string>> = {
  ts: "tests/package/commands/project.test.ts",
  mermaid: "tests/package/pages.test.ts",
};
/** Why something was decided may be shown in code of that day. */
const HISTORY = /^docs\/decisions\//;

describe("The commands of the pages", () => {
  let pages: Written;
  const ran: readonly string[] = Object.values(RUNS).flatMap(({ blocks }) => blocks);
  const ranSpans: readonly string[] = Object.values(RUNS).flatMap(({ spans }) => spans);
  const elsewhere = ELSEWHERE.map(({ command }) => command);

  before(async () => {
    pages = await readPages();
  });

  it("are run or checked, whole blocks of them", () => {
    const known = ({ where, language, text }: Block) =>
      ran.includes(where) ||
      language in CHECKED ||
      (HISTORY.test(where) && language === "js") ||
      (/^(sh|console)$/.test(language) && commandsOf(text).every((command) => elsewhere.includes(command)));
    expect(pages.blocks).to.have.length.above(15);
    const unknown = pages.blocks.filter((block) => !known(block));
    expect(unknown.map(({ where, language, text }) => `${where}, ${language}:\n${text}`)).to.deep.equal([]);
  });

  it("are run, those in the running text and in tables too", () => {
    const blocks = pages.blocks.filter(({ where, language }) => language === "sh" && ran.includes(where));
    const run = [...blocks.map(({ text }) => text), ...ranSpans].flatMap(commandsOf);
    const known = new Set([...run, ...NAMES, ...elsewhere]);
    expect(pages.spans).to.have.length.above(30);
    const unknown = pages.spans.filter(({ text }) => !commandsOf(text).every((command) => known.has(command)));
    expect(unknown.map(({ page, text }) => `${page}: ${text}`)).to.deep.equal([]);
  });

  it("are all still there: what is run, what is a name, and what can't be run", () => {
    const places = pages.blocks.map(({ where }) => where);
    expect(ran.filter((where) => !places.includes(where))).to.deep.equal([]);
    const spans = pages.spans.map(({ text }) => text);
    expect([...ranSpans, ...NAMES].filter((span) => !spans.includes(span))).to.deep.equal([]);
    const written = [...spans, ...pages.blocks.map(({ text }) => text)].flatMap(commandsOf);
    expect(elsewhere.filter((command) => !written.includes(command))).to.deep.equal([]);
  });

  for (const place of Object.keys(RUNS)) {
    it(`are run by ${place}.test.ts`, async () => {
      const file = join(ROOT, "tests/package/commands", `${place}.test.ts`);
      expect(await readFile(file, "utf8"))
        .to.contain(`openScene("${place}", {`)
        .and.contain("expect(scene.taken.left()).to.deep.equal([])");
    });
  }

  for (const { command, why, shown } of ELSEWHERE) {
    it(`${command} isn't run here, since ${why}`, async () => {
      for (const [file, words] of Object.entries(shown)) {
        expect(await readFile(join(ROOT, file), "utf8"), file).to.contain(words);
        const [, main] = / node dist\/(\S+)\.js/.exec(words) ?? [];
        if (main) expect(existsSync(join(ROOT, `${main}.ts`)), main).to.equal(true);
      }
    });
  }
});
