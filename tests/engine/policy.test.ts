import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { openPluginStack } from "./pluginStack";
import { mustSucceed, openStack, ROOT, type Stack, TOKEN } from "./stack";

const PACK = join(ROOT, "examples/policy");

type Runs = Pick<Stack, "folder" | "run" | "remove">;

const BAD = `
new hood.CampaignCancellation("sale", { campaignId: "1", reason: "Budget cut" });
new hood.CampaignStatus("terms", { campaignId: "2", reason: "Budget cut", status: "canceled" });
new hood.CampaignStatus("pause", { campaignId: "3", reason: "Budget cut", status: "paused" });`;
const GOOD = BAD.replaceAll("Budget cut", "Budget cut, OPS-1234").replace(
  /campaignId: "(\d)"/g,
  `$&, expectedName: "Offer $1"`,
);

const OPEN = {
  "end-needs-ticket": { pattern: "OPS-\\d+" },
  "protected-campaigns": { names: ["^Legal"] },
  "cap-on-ends": { max: 2 },
  "end-window": { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "00:00", to: "24:00" },
  "expected-name-in-production": { stacks: "^test$" },
};
const STRICT = {
  ...OPEN,
  "end-needs-ticket": { pattern: "FIN-\\d+" },
  "protected-campaigns": { names: ["^Offer 2"] },
  "cap-on-ends": { max: 1 },
  "end-window": { days: [] },
};

describe("examples/policy on the real engine", function () {
  this.timeout(120_000);
  const { stack, under, posts } = openUnderPack(["1", "2", "3"], async (env) => {
    const opened = await openStack(env);
    await opened.program("");
    return opened;
  });

  it("is right in its types", async () => {
    await promisify(execFile)(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", PACK]);
  });

  it("refuses in the preview what each policy is there for, and nothing else", async () => {
    await stack().program(BAD);
    const { code, text } = await under(STRICT, "preview");
    expect(code, text).to.not.equal(0);
    expect(text)
      .to.contain('campaign 1 "Offer 1" for good, and its reason names no ticket')
      .and.contain('campaign 2 "Offer 2" for good, and it is protected')
      .and.contain("would end 2 campaigns for good, and 1 is all")
      .and.contain("Campaigns may end: never")
      .and.contain('Add expectedName, which is "Offer 2"')
      .and.not.contain('"Offer 3"');
  });

  it("takes a status that only the update will know for an end", async () => {
    await stack().program(`
      const other = new hood.CampaignStatus("other", { campaignId: "3", status: "paused" });
      new hood.CampaignStatus("terms", { campaignId: "2", status: other.currentStatus, reason: "Budget cut" });`);
    const { code, text } = await under(STRICT, "preview");
    expect(code, text).to.not.equal(0);
    expect(text).to.contain('campaign 2 "Offer 2" for good').and.not.contain('"Offer 3"');
  });

  it("takes the configuration that lies beside it", async () => {
    await stack().program("");
    const example: object = JSON.parse(await readFile(join(PACK, "policy-config.json"), "utf8"));
    const { code, text } = await under(example, "preview");
    expect(code, text).to.equal(0);
    expect((await under({ ...example, "cap-on-ends": { max: "5" } }, "preview")).code).to.not.equal(0);
  });

  it("sends nothing in an update that it refuses", async () => {
    await stack().program(BAD);
    const { code, text } = await under(STRICT, "up", "--yes");
    expect(code, text).to.not.equal(0);
    expect(text).to.contain("Campaigns may end: never");
    expect(posts()).to.deep.equal([]);
  });

  it("lets an update through that keeps to all of it", async () => {
    await stack().program(GOOD);
    const { code, text } = await under(OPEN, "up", "--yes");
    expect(code, text).to.equal(0);
    expect(posts()).to.have.length(3);
  });

  it("has nothing against ends that are on record, whatever the rules are by now", async () => {
    await stack().program(`${GOOD}\nexports.changed = true;`);
    const { code, text } = await under(STRICT, "up", "--yes");
    expect(code, text).to.equal(0);
    expect(posts()).to.have.length(3);
  });
});

describe("examples/policy in another language than Node.js, on the real engine", function () {
  this.timeout(120_000);
  const empty = { "Pulumi.yaml": "name: test\nruntime: yaml\n" };
  const { stack, under, posts } = openUnderPack(["2", "3"], (env) => openPluginStack(empty, env));

  it("takes a status that only the update will know for an end", async () => {
    const other = '  other: { type: "hood:CampaignStatus", properties: { campaignId: "3", status: paused } }\n';
    await stack().write({ "Pulumi.yaml": yaml("Budget cut", `\${other.currentStatus}`, other) });
    const { code, text } = await under(STRICT, "preview");
    expect(code, text).to.not.equal(0);
    expect(text).to.contain('campaign 2 "Offer 2" for good').and.not.contain('"Offer 3"');
  });

  it("judges a CampaignStatus that is to end its campaign, and leaves it alone once that is done", async () => {
    await stack().write({ "Pulumi.yaml": yaml("Budget cut") });
    const { code, text } = await under(STRICT, "up", "--yes");
    expect(code, text).to.not.equal(0);
    expect(text).to.contain('campaign 2 "Offer 2" for good, and its reason names no ticket');
    expect(posts()).to.deep.equal([]);

    await stack().write({ "Pulumi.yaml": yaml("Budget cut, OPS-1234") });
    const done = await under(OPEN, "up", "--yes");
    expect(done.code, done.text).to.equal(0);
    expect(posts()).to.have.length(1);

    const again = await under(STRICT, "up", "--yes");
    expect(again.code, again.text).to.equal(0);
    expect(posts()).to.have.length(1);
  });
});

function yaml(reason: string, status = "canceled", more = ""): string {
  return `name: test
runtime: yaml
resources:
  terms:
    type: hood:CampaignStatus
    properties: { campaignId: "2", status: "${status}", reason: "${reason}", expectedName: Offer 2 }
${more}`;
}

/** An account, and a program on the real engine that the pack can judge; opened before the tests around it, and closed after them. */
function openUnderPack<S extends Runs>(ids: readonly string[], open: (env: NodeJS.ProcessEnv) => Promise<S>) {
  let hood: Simulator;
  let stack: S;
  let pack: string;
  before(async () => {
    hood = await startSimulator({
      token: TOKEN,
      campaigns: ids.map((id) => ({ id, name: `Offer ${id}`, status: "running" })),
    });
    stack = await open({ HOOD_ENDPOINT: hood.url });
    pack = await startablePack(stack);
  });
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });
  return {
    stack: () => stack,
    /** A command with the pack in some configuration. */
    async under(config: object, ...args: string[]) {
      const file = join(stack.folder, "policy-config.json");
      await writeFile(file, JSON.stringify(config));
      const { code, stdout, stderr } = await stack.run([...args, "--policy-pack", pack, "--policy-pack-config", file]);
      return { code, text: stdout + stderr };
    },
    posts: () => hood.requests.filter(({ method }) => method === "POST"),
  };
}

/**
 * The pack as this CLI can start it. A language host from before policy packs were started through it can't; then a launcher
 * does what that host would.
 */
async function startablePack(stack: Runs): Promise<string> {
  const { code, stderr } = await stack.run(["preview", "--policy-pack", PACK]);
  if (code === 0) return PACK;
  if (!stderr.includes("not supported")) throw new Error(`The pack didn't start:\n${stderr}`);
  const launcher = join(stack.folder, "policy-pack");
  const runner = join(ROOT, "node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js");
  await writeFile(launcher, `#!/bin/sh\ncd "${PACK}" && exec "${process.execPath}" "${runner}" "$1" .\n`);
  await chmod(launcher, 0o755);
  await mustSucceed(stack.run(["preview", "--policy-pack", launcher]));
  return launcher;
}
