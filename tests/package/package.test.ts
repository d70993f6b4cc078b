import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { mustSucceed, openStack, ROOT, type Stack, TOKEN } from "../engine/stack";
import { NEWEST_PULUMI, npm, OLDEST, pack, run, TYPESCRIPT } from "./packed";

const PNPM = join(ROOT, "node_modules/pnpm/bin/pnpm.cjs");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

const ARGS = `{ campaignId: "1000248", reason: "Budget cut", expectedName: "Spring sale" }`;
const IMPORT = `import * as hood from "pulumi-ocamba-hood";\n`;

/** The same program as users write it. Each replaces the one before. */
const programs = [
  {
    kind: "a CommonJS program in JavaScript",
    main: "index.cjs",
    source: `const hood = require("pulumi-ocamba-hood");\nnew hood.CampaignCancellation("spring-sale", ${ARGS});\n`,
  },
  {
    kind: "an ES module in JavaScript",
    main: "index.mjs",
    source: `${IMPORT}new hood.CampaignCancellation("spring-sale", ${ARGS});\n`,
  },
  {
    kind: "a program in TypeScript",
    main: "index.ts",
    source: `${IMPORT}const ended = new hood.CampaignCancellation("spring-sale", ${ARGS});\nexport const outcome = ended.outcome;\n`,
  },
] as const;

/** Package managers as users call them, with the oldest and the newest Pulumi SDK that is supported. */
const managers = [
  {
    name: "npm",
    pulumi: OLDEST.pulumi,
    install: (folder: string, packages: string[]) => npm(folder, ["install", ...packages]),
  },
  {
    name: "pnpm",
    pulumi: NEWEST_PULUMI,
    install: (folder: string, packages: string[]) =>
      run(process.execPath, [PNPM, "add", "--store-dir", join(folder, "../store"), ...packages], { cwd: folder }),
  },
];

describe("The packed tarball", function () {
  this.timeout(240_000);
  let scratch: string;
  let tarball: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "hood package "));
    tarball = await pack(ROOT, scratch);
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  for (const { name, pulumi, install } of managers) {
    describe(`installed by ${name} in an empty project, with @pulumi/pulumi ${pulumi}`, () => {
      let hood: Simulator;
      let stack: Stack;

      before(async () => {
        hood = await startSimulator({
          token: TOKEN,
          campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }],
        });
        stack = await openStack({ HOOD_ENDPOINT: hood.url }, async (folder) => {
          await writeFile(join(folder, "package.json"), JSON.stringify({ name: "elsewhere", private: true }));
          await install(folder, [tarball, `@pulumi/pulumi@${pulumi}`, ...TYPESCRIPT]);
        });
      });
      beforeEach(() => hood.clearRequests());
      after(async () => {
        await stack.remove();
        await hood.close();
      });

      for (const { kind, main, source } of programs) {
        it(`works from ${kind}`, async () => {
          const manifest = JSON.parse(await readFile(join(stack.folder, "package.json"), "utf8"));
          await writeFile(join(stack.folder, "package.json"), JSON.stringify({ ...manifest, main }));
          await writeFile(join(stack.folder, main), source);
          hood.setStatus("1000248", "running");
          const plan = await stack.plan();
          expect(plan[0]?.newState?.inputs).to.include({ campaignName: "Spring sale", previousStatus: "running" });
          await mustSucceed(stack.up());
          expect(hood.campaign("1000248").status).to.equal("canceled");
          expect(hood.requests.filter(({ method }) => method === "POST")).to.have.length(1);
          await mustSucceed(stack.run(["destroy", "--yes", "--skip-preview"]));
        });
      }

      it("has types that hold under both module settings", async () => {
        await writeFile(
          join(stack.folder, "wrong.mts"),
          `${IMPORT}// @ts-expect-error\nnew hood.CampaignCancellation("a", {});\n`,
        );
        const ownOutputs = await readFile(join(ROOT, "tests/types/ownOutputs.ts"), "utf8");
        await writeFile(join(stack.folder, "own.mts"), ownOutputs.replace("../../sdk", "pulumi-ocamba-hood"));
        const files = ["index.ts", "wrong.mts", "own.mts"];
        for (const settings of [
          ["--module", "commonjs", "--moduleResolution", "node10"],
          ["--module", "nodenext"],
          ["--module", "nodenext", "--exactOptionalPropertyTypes"],
        ]) {
          await run(process.execPath, [TSC, "--noEmit", "--strict", "--skipLibCheck", ...settings, ...files], {
            cwd: stack.folder,
          });
        }
      });

      it("is upgraded without a diff and without a request", async () => {
        await mustSucceed(stack.up());
        hood.clearRequests();
        await install(stack.folder, [await pack(await nextVersion(scratch), scratch)]);
        await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
        await mustSucceed(stack.run(["up", "--yes", "--skip-preview", "--expect-no-changes"]));
        expect(hood.requests).to.deep.equal([]);
      });
    });
  }
});

/** A copy of the package with another version, and with other code in the provider. */
async function nextVersion(scratch: string): Promise<string> {
  const folder = await mkdtemp(join(scratch, "next "));
  await cp(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
  const manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const { workspaces: _, ...next } = { ...manifest, version: "99.0.0" };
  await writeFile(join(folder, "package.json"), JSON.stringify(next));
  const provider = join(folder, "dist/provider/index.js");
  await writeFile(provider, `${await readFile(provider, "utf8")}\n// Another release.\n`);
  return folder;
}
