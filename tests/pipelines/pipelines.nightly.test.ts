import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ROOT } from "../../tools/package";
import { declarations } from "../engine/stack";
import type { Opened, World } from "./runner";
import * as repository from "./runner";
import { fromRun, hoodWith, installed, LIAR, NOSY, openPipeline, PACK, policy, program, workspace } from "./runner";
import { github, gitlab } from "./services";

const [PAUSE, END, OTHER_END] = [repository.PAUSE, repository.END, repository.OTHER_END].map(declarations) as [
  string,
  string,
  string,
];
const LAUNCH = `new hood.Campaign("new", { name: "New", runImmediately: true,
  messages: [{ channel: "push", name: "Hello", push: { title: "Hello", body: "There" } }] });\n`;

// What nobody gets past a pipeline, whichever service runs it.
for (const pipeline of [github, gitlab]) {
  const { name, files } = pipeline;
  describe(name, function () {
    this.timeout(300_000);
    let opened: Opened;
    let world: World;

    beforeEach(async () => {
      opened = await openPipeline(pipeline);
      world = opened.world;
    });
    afterEach(() => world?.remove());

    const propose: Opened["propose"] = (changed) => opened.propose(changed);
    const merge: Opened["merge"] = (changed) => opened.merge(changed);

    it("waits for an approval before a launch", async () => {
      const merged = await merge(program(LAUNCH));
      expect(merged.waits, merged.text).to.equal(true);
      expect(world.calls()).to.deep.equal([]);
      const approved = await merged.approve();
      expect(approved.passed, approved.text).to.equal(true);
      expect(world.calls()).to.have.length(1);
    });

    const moved: [what: string, source: string, change: () => unknown][] = [
      [
        "another campaign, if its id is a secret",
        END.replace(`"1"`, `pulumi.secret(require("fs").readFileSync(process.env.HOME + "/id", "utf8"))`),
        () => writeFile(join(world.home, "id"), "3"),
      ],
      [
        "a campaign that no report could name",
        `const other = new hood.CampaignStatus("terms", { campaignId: "2", reason: "OPS-1", status: "paused" });
         new hood.CampaignCancellation("sale", { campaignId: other.id.apply(() => "1"), reason: "OPS-1" });`,
        () => {},
      ],
      ["one more campaign", fromRun(2, OTHER_END) + END, () => {}],
    ];
    for (const [what, source, change] of moved) {
      it(`doesn't end, with an approval of something else, ${what}`, async () => {
        await writeFile(join(world.home, "id"), "1");
        const merged = await merge(program(source));
        expect(merged.waits, merged.text).to.equal(true);
        await change();
        const approved = await merged.approve();
        expect(approved.passed).to.equal(false);
        expect(approved.text).to.contain("what can't be taken back isn't what was approved");
        expect(world.calls()).to.deep.equal([]);
      });
    }

    it("doesn't do in the update what its preview didn't plan", async () => {
      const merged = await merge(program(END + fromRun(3, OTHER_END)));
      const approved = await merged.approve();
      expect(approved.passed).to.equal(false);
      expect(approved.text).to.contain("create is not allowed by the plan");
      expect(world.calls()).to.deep.equal([]);
    });

    it("doesn't end what is reverted while the approved job runs", async () => {
      const push = `git --git-dir "${world.origin}" update-ref refs/heads/main main~1`;
      const merged = await merge(
        program(END + fromRun(2, `require("child_process").execSync(${JSON.stringify(push)});`)),
      );
      const approved = await merged.approve();
      expect(approved.passed).to.equal(false);
      expect(approved.text).to.contain("Nothing is applied: main has moved on");
      expect(world.calls()).to.deep.equal([]);
    });

    it("isn't judged by another package's command called hood-plan", async () => {
      const stranger = installed("a-deep-one", {
        manifest: { bin: { "hood-plan": "liar.js" } },
        files: { "liar.js": `#!/usr/bin/env node\n${LIAR}` },
      });
      const merged = await merge({ ...program(END), ...stranger });
      expect(merged.waits, merged.text).to.equal(true);
      const { comment } = await propose({ ...program(END), ...stranger });
      expect(comment).to.contain("1 campaign would end for good");
    });

    it("runs no install script, so that none can read a token", async () => {
      const nosy = installed("nosy", {
        manifest: { scripts: { postinstall: "node nosy.js" } },
        files: { "nosy.js": NOSY },
      });
      const { passed, text } = await propose(nosy);
      expect(passed, text).to.equal(true);
      const merged = await merge(nosy);
      expect(merged.passed, merged.text).to.equal(true);
      const found = await access(join(world.home, "found")).then(
        () => true,
        () => false,
      );
      expect(found).to.equal(false);
    });

    it("sends the token to no other host, and keeps its look and its cap, whatever the stack's file says", async () => {
      const other: Simulator = await startSimulator({ token: [], campaigns: [] });
      try {
        const config = `${await world.read("Pulumi.prod.yaml")}config:
  hood:endpoint: ${other.url}
  hood:preflight: off
  hood:maxCancellations: 1000\n`;
        const { comment } = await propose({ ...program(END), "Pulumi.prod.yaml": config });
        expect(comment).to.contain("Spring sale");
        const eleven = `for (let n = 0; n < 11; n++) new hood.CampaignCancellation("end" + n, { campaignId: "" + (n + 1), reason: "OPS-1" });`;
        const many = await propose({ ...program(eleven), "Pulumi.prod.yaml": config });
        expect(many.passed).to.equal(false);
        expect(many.comment).to.contain("more than 10 campaigns in one update");
        expect(other.requests).to.deep.equal([]);
      } finally {
        await other.close();
      }
    });

    it("keeps two projects with a stack of the same name in two comments", async () => {
      await propose(program(END));
      const renamed = Object.keys(files).filter((path) => !/action\.yml|note\.mjs|apply/.test(path));
      const texts = renamed.map(async (path) => [
        path,
        (await world.read(path)).replace(/(PROJECT(?:: |=))campaigns/, "$1shop"),
      ]);
      const other = {
        ...program(""),
        "Pulumi.yaml": "name: shop\nruntime: nodejs\n",
        ...Object.fromEntries(await Promise.all(texts)),
      };
      await world.stack("shop");
      const { passed, text } = await propose(other);
      expect(passed, text).to.equal(true);
      const [first, second] = world.comments();
      expect(first).to.contain("campaigns/prod").and.contain("Spring sale");
      expect(second).to.contain("shop/prod").and.contain("No campaign would end");
    });

    it("judges by the policies of the target branch, not by the pull request's", async () => {
      await world.commit(PACK);
      const source = END.replace("OPS-1", "because");
      const { passed, comment } = await propose({ ...program(source), "policy/index.js": policy("false") });
      expect(passed).to.equal(false);
      expect(comment).to.contain("The preview failed");
      const merged = await merge(program(source));
      expect(merged.passed).to.equal(false);
      expect(world.calls()).to.deep.equal([]);
    });

    it("judges by the report of the target branch, not by the pull request's", async () => {
      const { comment } = await propose({ ...program(END), ...hoodWith(LIAR) });
      expect(comment).to.contain("1 campaign would end for good").and.contain("Spring sale");
    });

    it("takes the protected branch, not a tag of its name", async () => {
      const tag = (commit: string) => world.shell(`git tag -f main ${commit}`, world.origin, {});
      const first = await world.commit(program(END));
      const merged = await opened.service.merge(first);
      await merge(program(PAUSE));
      await tag(first);
      expect((await merged.approve()).text).to.contain("Nothing is applied: main has moved on");
      expect(world.calls()).to.deep.equal(["2/pause"]);
      await tag(await world.commit(hoodWith(LIAR), "change"));
      expect((await propose(program(END))).comment).to.contain("1 campaign would end for good");
    });

    it("judges by the report of the target branch, wherever a pull request lets npm install packages", async () => {
      await world.commit(hoodWith(`require("${ROOT}/dist/report/main.js");\n`));
      const { comment } = await propose({ ...program(END), ...hoodWith(LIAR), ...workspace("trusted") });
      expect(comment).to.contain("1 campaign would end for good").and.contain("Spring sale");
    });
  });
}
