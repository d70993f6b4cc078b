import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Program } from "../engine/stack";
import { blockOf } from "../package/repository";
import type { Merged, Opened, World } from "./runner";
import {
  END,
  FORGED,
  NOBODYS,
  OTHER_END,
  openPipeline,
  openWorld,
  PAUSE,
  programFor,
  REPOSITORY,
  TOKENS,
  WRONG,
} from "./runner";
import { github, gitlab } from "./services";

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

    it("comments once on what a pull request would do, by its newest commit", async () => {
      const older = await on.world.commit(program(PAUSE), "change");
      const newest = await on.propose(program({ ...END, ...PAUSE }));
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
      const wrong = await on.propose(program(WRONG));
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
      expect(calls()).to.deep.equal(["1/cancel", "2/pause"]);
    });
  });
}

describe(`${github.name}, for a fork's pull request`, function () {
  this.timeout(120_000);

  it("previews nothing, comments on nothing, and fails, since a check that is skipped counts as passed", async () => {
    const { world, service } = await openPipeline(github);
    try {
      const { passed, text } = await service.propose(await world.commit({}, "change"), "mallory/campaigns");
      expect(passed, text).to.equal(false);
      expect(world.comments()).to.deep.equal([]);
      expect(world.hood.requests).to.deep.equal([]);
    } finally {
      await world.remove();
    }
  });
});

describe("Pulumi Deployments, with the gate of docs/pipelines.md,", function () {
  this.timeout(120_000);
  let world: World;
  let folder: string;
  let approval = "";

  before(async () => {
    const campaigns = ["1", "3"].map((id) => ({ id, name: `Offer ${id}`, status: "running" }));
    const script = await blockOf("docs/pipelines.md", "sh", "hood_plan()");
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
    ["doesn't take that for another end", { ...END, ...OTHER_END }, "update", true, 1],
    ["lets an update through that ends nothing", {}, "update", false, 0],
    ["stops an update whose preview fails, approved or not", NOBODYS, "update", true, 1],
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
