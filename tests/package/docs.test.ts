import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { gapsIn, readDocs } from "../../tools/docs/gaps";
import { ROOT } from "../engine/stack";

/** Each gap beside what has none. */
const SDK = `
/**
 * Says it all. API page: docs.ocamba.com/api/hood/v1.0/reference/view-campaigns
 *
 * @param args What it takes.
 * @example whole({})
 */
export function whole(args: Args): void {}
export function bare(): void {}
/** Half of it. */
export class Half {
  /** @param args What it takes. */
  constructor(args: Args, more: string) {}
}
/** What they take. */
export interface Args {
  /** One. @default 1 */
  one?: number;
  /** Two; left out, there is none. */
  two?: number;
  /** Three. */
  three?: number;
  four: number;
}
/** What is left out isn't sent. */
export interface Sent {
  /** One. */
  one?: number;
}
`;

const SIMULATOR = `
/** Needs neither an example nor an API page. */
export function start(): void {}
/** What it saw. */
export interface RequestRecord {
  /** Not there where there was none. */
  body?: string;
}
`;

describe("The documentation", function () {
  this.timeout(30_000);

  it("has no gaps", async () => {
    expect(gapsIn(await readDocs(ROOT))).to.deep.equal([]);
  });

  it("would show its gaps", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hood docs "));
    try {
      const write = (name: string, text: string) => writeFile(join(folder, name), text);
      for (const module of ["sdk", "simulator"]) await mkdir(join(folder, module));
      await write("sdk/index.ts", SDK);
      await write("simulator/index.ts", SIMULATOR);
      await write("tsconfig.json", JSON.stringify({ compilerOptions: { types: [] }, include: ["*/index.ts"] }));
      await write("typedoc.json", JSON.stringify({ entryPoints: ["sdk/index.ts", "simulator/index.ts"] }));
      expect(gapsIn(await readDocs(folder))).to.have.members([
        "sdk.bare lacks a comment.",
        "sdk.bare lacks an @example.",
        "sdk.bare lacks its API page.",
        "sdk.Half lacks an @example.",
        "sdk.Half lacks its API page.",
        "sdk.Half.constructor lacks a comment.",
        "sdk.Args.three lacks its default.",
        "sdk.Args.four lacks a comment.",
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
