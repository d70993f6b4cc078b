import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../tools/root";

/** A command of the pages, the file that runs it, and what shows there that it does. */
const RUNS: readonly [command: RegExp, file: string, shown: string][] = [
  [/^npm ci && npm test$/, ".ci/run", "npm ci\nnpm test"],
  [/^npm ci && npm run demo$/, "tests/engine/demo.test.ts", "demo/main.js"],
  [/^npm install pulumi-ocamba-hood @pulumi\/pulumi$/, "tests/package/package.test.ts", '"install"'],
  [/^pulumi config set --secret hood:token$/, "tests/engine/effects.test.ts", '"--secret"'],
  [/^pulumi preview --diff$/, "tests/engine/story.test.ts", '["preview", "--diff"]'],
  [/^pulumi up$/, "tests/engine/stack.ts", '["up", "--yes"'],
  [/^pulumi preview --json \| npx hood-plan$/, "tests/engine/plan.test.ts", "plan/main.js"],
  [/^npm start -- --label expired --reason "[^"]+"( --cancel)?$/, "tests/engine/emergencyStop.test.ts", "--label"],
  [
    /^pulumi plugin install resource hood .* --file /,
    "tests/engine/pluginStack.ts",
    '["plugin", "install", "resource"',
  ],
  [/^pulumi (preview|up) +--policy-pack /, "tests/engine/policy.test.ts", "--policy-pack"],
  [/^(npm install|printf .*run-policy-pack.*|chmod \+x pack)$/, "tests/engine/policy.test.ts", "run-policy-pack"],
];

async function commands(): Promise<string[]> {
  const docs = (await readdir(join(ROOT, "docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
  const files = ["README.md", "CONTRIBUTING.md", ...docs, "examples/policy/README.md"];
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file), "utf8")));
  const blocks = texts.flatMap((text) => [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block));
  const lines = blocks.flatMap((block) => block.split("\n"));
  return lines.map((line) => line.replace(/\s+#\s.*$/, "").trim()).filter((line) => line !== "");
}

describe("The commands of the pages", () => {
  it("are each run by a test", async () => {
    const found = await commands();
    expect(found).to.have.length.above(10);
    expect(found.filter((command) => !RUNS.some(([known]) => known.test(command)))).to.deep.equal([]);
  });

  for (const [command, file, shown] of RUNS) {
    it(`${file} runs ${command.source}`, async () => {
      expect(await readFile(join(ROOT, file), "utf8")).to.contain(shown);
    });
  }
});
