import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../tools/package";
import { cancellation, type Program } from "../engine/stack";
import { blockOf } from "../package/repository";
import { github, gitlab, type Merged, type Opened, openPipeline } from "./services";
import { openWorld, programFor, REPOSITORY, TOKENS, type World } from "./world";

const REASON = { reason: "OPS-1" };
const PAUSE: Program = { terms: { type: "CampaignStatus", args: { campaignId: "2", status: "paused", ...REASON } } };
const END: Program = { sale: cancellation("1", REASON) };
const LAUNCH: Program = { new: { type: "Campaign", args: { name: "New", runImmediately: true } } };
const LIAR = `console.log("<!-- hood-plan campaigns/prod -->\\nNo campaign would end");\n`;
const HOOD = "node_modules/pulumi-ocamba-hood";
/** What a pull request brings to be judged otherwise: a script, policies and a report of its own. */
const BROUGHT = {
  "pipeline/campaigns.sh": "exit 0",
  "pipeline/comment.mjs": "",
  "policy/policy-config.json": "none",
  [`${HOOD}/package.json`]: '{ "exports": { ".": "./index.js", "./provider": "./provider.js" } }',
  [`${HOOD}/index.js`]: `module.exports = require("${ROOT}/dist/sdk");\n`,
  [`${HOOD}/provider.js`]: `module.exports = require("${ROOT}/dist/provider");\n`,
  [`${HOOD}/dist/report/main.js`]: LIAR,
};
const NO_STEPS = JSON.stringify({ steps: [], diagnostics: [] });
/** Makes the installation fail, and brings what a report could be made from instead. */
const FORGED = {
  "package-lock.json": "none",
  "preview.json": NO_STEPS,
  "from-preview/preview.json": NO_STEPS,
  [`trusted/${HOOD}/dist/report/main.js`]: LIAR,
};

// From a pull request to its update, whichever service runs the pipeline, and in either kind of language.
for (const [pipeline, host] of [
  [github, "npm classes"],
  [gitlab, "plugin"],
] as const) {
  describe(`${pipeline.name}, with a program for the ${host},`, function () {
    this.timeout(180_000);
    let on: Opened;
    /** What ends a campaign, merged and waiting for its approval. */
    let ending: Merged;

    before(async () => {
      on = await openPipeline(pipeline);
    });
    after(() => on?.world.remove());

    const program = (resources: Program) => programFor(host, resources);
    const rename = (name: string) => Object.assign(on.world.hood.campaigns.get("1") ?? {}, { name });
    const calls = () => on.world.calls();

    it("comments once on what a pull request would do, by its newest commit, and by what the protected branch judges with", async () => {
      const older = await on.world.commit(program(PAUSE), "change");
      const newest = await on.propose({ ...program({ ...END, ...PAUSE }), ...BROUGHT });
      expect(newest.passed, newest.text).to.equal(true);
      expect(newest.comment.split("\n")[0]).to.equal("<!-- hood-plan campaigns/prod -->");
      expect(newest.comment)
        .to.contain("1 campaign would end for good")
        .and.contain("Terms")
        .and.contain(newest.commit);
      await on.service.propose(older);
      expect(on.world.comments()).to.deep.equal([newest.comment]);
      expect(calls()).to.deep.equal([]);
    });

    it("replaces that comment if the preview fails, or if there is none but what the commit brings", async () => {
      const wrong = await on.propose(program({ sale: cancellation("1", { expectedName: "Autumn sale", ...REASON }) }));
      expect(wrong.passed).to.equal(false);
      expect(wrong.comment).to.contain("The preview failed").and.contain("Autumn sale");
      const broken = await on.propose({ ...program(END), ...FORGED });
      expect(broken.passed).to.equal(false);
      expect(on.world.comments()).to.have.length(1);
      expect(broken.comment).to.contain("The preview failed").and.contain(broken.commit);
      expect(broken.comment).to.not.match(/Spring sale|Autumn sale|No campaign would end/);
    });

    it("waits for an approval before a campaign ends, and ends that one as it was shown, or none", async () => {
      ending = await on.merge(program(END));
      expect(ending.waits, ending.text).to.equal(true);
      rename("Winter sale");
      const other = await ending.approve();
      expect(other.passed).to.equal(false);
      expect(other.text).to.contain("what can't be taken back isn't what was approved");
      expect(calls()).to.deep.equal([]);
      rename("Spring sale");
      const approved = await ending.approve();
      expect(approved.passed, approved.text).to.equal(true);
      expect(calls()).to.deep.equal(["1/cancel"]);
    });

    it("applies at once what can be taken back, and then nothing that was approved before", async () => {
      const merged = await on.merge(program({ ...END, ...PAUSE }));
      expect(merged.passed, merged.text).to.equal(true);
      expect(merged.waits).to.equal(false);
      const late = await ending.approve();
      expect(late.passed).to.equal(false);
      expect(late.text).to.contain("Nothing is applied: main has moved on");
      const launch = await on.merge(program({ ...END, ...PAUSE, ...LAUNCH }));
      expect(launch.waits, launch.text).to.equal(true);
      expect(calls()).to.deep.equal(["1/cancel", "2/pause"]);
    });
  });
}

describe("Pulumi Deployments, with the gate of docs/pipelines.md,", function () {
  this.timeout(120_000);
  let world: World;
  let folder: string;
  let approval = "";

  before(async () => {
    const campaigns = ["1", "3"].map((id) => ({ id, name: `Offer ${id}`, status: "running" }));
    const script = await blockOf("docs/pipelines.md", "sh", "PULUMI_CI_OPERATION");
    world = await openWorld({ campaigns }, { ...REPOSITORY, "deployment-gate.sh": script });
    folder = await world.folder();
    await world.shell(`git clone --quiet "${world.origin}" . && npm ci`, folder);
  });
  after(() => world?.remove());

  const gate = async (resources: Program, operation: string, FINAL: string) => {
    await writeFile(join(folder, "Pulumi.yaml"), programFor("plugin", resources)["Pulumi.yaml"] ?? "");
    return world.shell("sh deployment-gate.sh", folder, {
      ...world.backend,
      PULUMI_CI_ORGANIZATION: "organization",
      PULUMI_CI_PROJECT: "campaigns",
      PULUMI_CI_STACK: "prod",
      PULUMI_CI_OPERATION: operation,
      HOOD_ENDPOINT: world.hood.url,
      HOOD_TOKEN: TOKENS.act,
      FINAL,
    });
  };

  it("stops an end, and says what the update is to be started with", async () => {
    const { code, text } = await gate(END, "update", "");
    expect(code, text).to.equal(1);
    expect(text).to.contain("Offer 1");
    [, approval = ""] = /pulumi deployment run update --env FINAL=(\w+)/.exec(text) ?? [];
    expect(approval).to.have.length.above(15);
  });

  const rows: [what: string, resources: Program, operation: string, approved: boolean, code: number][] = [
    ["lets that end through with that", END, "update", true, 0],
    ["doesn't take that for another end", { ...END, other: cancellation("3", REASON) }, "update", true, 1],
    ["lets an update through that ends nothing", {}, "update", false, 0],
    ["stops an update whose preview fails, approved or not", { sale: cancellation("99", REASON) }, "update", true, 1],
    ["has nothing against a refresh", END, "refresh", false, 0],
    ["stops a destroy, since a removal can end campaigns", {}, "destroy", false, 1],
    ["stops a destroy that was approved as something else", {}, "destroy", true, 1],
  ];
  for (const [what, resources, operation, approved, code] of rows) {
    it(what, async () => {
      const done = await gate(resources, operation, approved ? approval : "");
      expect(done.code, done.text).to.equal(code);
      expect(world.calls()).to.deep.equal([]);
    });
  }
});
