import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ROOT } from "../../tools/package";
import { declarations } from "../engine/stack";
import type { Files, Opened, World } from "./runner";
import {
  END,
  fromRun,
  hoodWith,
  installed,
  LIAR,
  NOSY,
  OTHER_END,
  openPipeline,
  PACK,
  PAUSE,
  policy,
  program,
  workspace,
} from "./runner";
import { github, gitlab } from "./services";

const [pause, end, otherEnd] = [declarations(PAUSE), declarations(END), declarations(OTHER_END)];
/** The report of this repository, which only the program that is started runs. */
const TRUE = `const { spawnSync } = require("child_process");
process.exitCode = spawnSync(process.execPath, ["${ROOT}/dist/report/main.js", ...process.argv.slice(2)], { stdio: "inherit" }).status;\n`;
const LAUNCH = `new hood.Campaign("new", { name: "New", runImmediately: true,
  messages: [{ channel: "push", name: "Hello", push: { title: "Hello", body: "There" } }] });\n`;

// What nobody gets past a pipeline, whichever service runs it.
for (const pipeline of [github, gitlab]) {
  const { name, files } = pipeline;
  describe(name, function () {
    this.timeout(300_000);
    let world: World;
    let service: Opened["service"];
    let propose: Opened["propose"];
    let merge: Opened["merge"];

    beforeEach(async () => {
      ({ world, service, propose, merge } = await openPipeline(pipeline));
    });
    afterEach(() => world?.remove());

    it("waits for an approval before a launch", async () => {
      const merged = await merge(program(LAUNCH));
      expect(merged.waits, merged.text).to.equal(true);
      expect(world.calls()).to.deep.equal([]);
      const approved = await merged.approve();
      expect(approved.passed, approved.text).to.equal(true);
      expect(world.calls()).to.have.length(1);
    });

    const SOMETHING_ELSE = "what can't be taken back isn't what was approved";
    const moved: [what: string, source: () => string, says: string, change?: () => unknown][] = [
      [
        "end, with an approval of something else, another campaign, if its id is a secret",
        () => end.replace(`"1"`, `pulumi.secret(require("fs").readFileSync(process.env.HOME + "/id", "utf8"))`),
        SOMETHING_ELSE,
        () => writeFile(join(world.home, "id"), "3"),
      ],
      [
        "end, with an approval of something else, a campaign that no report could name",
        () => `const other = new hood.CampaignStatus("terms", { campaignId: "2", reason: "OPS-1", status: "paused" });
         new hood.CampaignCancellation("sale", { campaignId: other.id.apply(() => "1"), reason: "OPS-1" });`,
        SOMETHING_ELSE,
      ],
      ["end, with an approval of something else, one more campaign", () => fromRun(2, otherEnd) + end, SOMETHING_ELSE],
      [
        "do in the update what its preview didn't plan",
        () => end + fromRun(3, otherEnd),
        "create is not allowed by the plan",
      ],
      [
        "end what is reverted while the approved job runs",
        () => {
          const push = `git --git-dir "${world.origin}" update-ref refs/heads/main main~1`;
          return end + fromRun(2, `require("child_process").execSync(${JSON.stringify(push)});`);
        },
        "Nothing is applied: main has moved on",
      ],
    ];
    for (const [what, source, says, change] of moved) {
      it(`doesn't ${what}`, async () => {
        await writeFile(join(world.home, "id"), "1");
        const merged = await merge(program(source()));
        expect(merged.waits, merged.text).to.equal(true);
        await change?.();
        const approved = await merged.approve();
        expect(approved.passed).to.equal(false);
        expect(approved.text).to.contain(says);
        expect(world.calls()).to.deep.equal([]);
      });
    }

    it("isn't judged by another package's command called hood-plan", async () => {
      const files = { "liar.js": `#!/usr/bin/env node\n${LIAR}` };
      const stranger = installed("a-deep-one", { bin: { "hood-plan": "liar.js" } }, files);
      const merged = await merge({ ...program(end), ...stranger });
      expect(merged.waits, merged.text).to.equal(true);
      const { comment } = await propose({ ...program(end), ...stranger });
      expect(comment).to.contain("1 campaign would end for good");
    });

    it("runs no install script, so that none can read a token", async () => {
      const nosy = installed("nosy", { scripts: { postinstall: "node nosy.js" } }, { "nosy.js": NOSY });
      const { passed, text } = await propose(nosy);
      expect(passed, text).to.equal(true);
      const merged = await merge(nosy);
      expect(merged.passed, merged.text).to.equal(true);
      expect(existsSync(join(world.home, "found"))).to.equal(false);
    });

    it("sends the token to no other host, and keeps its look and its cap, whatever the stack's file says", async () => {
      const other: Simulator = await startSimulator({ token: [], campaigns: [] });
      try {
        const config = `${await world.read("Pulumi.prod.yaml")}config:
  hood:endpoint: ${other.url}
  hood:preflight: off
  hood:maxCancellations: 1000\n`;
        const { comment } = await propose({ ...program(end), "Pulumi.prod.yaml": config });
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
      await propose(program(end));
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
      const source = end.replace("OPS-1", "because");
      const { passed, comment } = await propose({ ...program(source), "policy/index.js": policy("false") });
      expect(passed).to.equal(false);
      expect(comment).to.contain("The preview failed");
      const merged = await merge(program(source));
      expect(merged.passed).to.equal(false);
      expect(world.calls()).to.deep.equal([]);
    });

    const lies: [what: string, target: Files, change: Files][] = [
      ["not by the pull request's", {}, hoodWith(LIAR)],
      [
        "wherever a pull request lets npm install packages",
        hoodWith(TRUE),
        { ...hoodWith(LIAR), ...workspace("trusted") },
      ],
    ];
    for (const [what, target, change] of lies) {
      it(`judges by the report of the target branch, ${what}`, async () => {
        await world.commit(target);
        const { comment } = await propose({ ...program(end), ...change });
        expect(comment).to.contain("1 campaign would end for good").and.contain("Spring sale");
      });
    }

    it("takes the protected branch, not a tag of its name", async () => {
      const tag = (commit: string) => world.shell(`git tag -f main ${commit}`, world.origin);
      const first = await world.commit(program(end));
      const merged = await service.merge(first);
      await merge(program(pause));
      await tag(first);
      expect((await merged.approve()).text).to.contain("Nothing is applied: main has moved on");
      expect(world.calls()).to.deep.equal(["2/pause"]);
      await tag(await world.commit(hoodWith(LIAR), "change"));
      expect((await propose(program(end))).comment).to.contain("1 campaign would end for good");
    });
  });
}
