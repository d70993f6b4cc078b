import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../tools/package";
import { github, gitlab, type Opened, openPipeline } from "./services";
import { type Files, LIAR, policy, program } from "./world";

const END = (name: string, id: string) =>
  `new hood.CampaignCancellation("${name}", { campaignId: "${id}", reason: "OPS-1" });\n`;
const PAUSE = `new hood.CampaignStatus("terms", { campaignId: "2", status: "paused", reason: "OPS-1" });\n`;
const end = END("sale", "1");
const otherEnd = END("other", "3");
const LAUNCH = `new hood.Campaign("new", { name: "New", runImmediately: true,
  messages: [{ channel: "push", name: "Hello", push: { title: "Hello", body: "There" } }] });\n`;
/** Runs from its nth run on: the first is the plan's, the second the approved preview's, the third the update's. */
const fromRun = (n: number, source: string) =>
  `require("fs").appendFileSync(process.env.HOME + "/runs", "x");
if (require("fs").readFileSync(process.env.HOME + "/runs").length >= ${n}) { ${source} }\n`;

/** The report of this repository, which only the program that is started runs. */
const TRUE = `const { spawnSync } = require("child_process");
process.exitCode = spawnSync(process.execPath, ["${ROOT}/dist/report/main.js", ...process.argv.slice(2)], { stdio: "inherit" }).status;\n`;
const PACK: Files = {
  "policy/pack": `#!/bin/sh
cd "$(dirname "$0")" && exec node node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js "$1" .\n`,
};

/** A version of this package whose report says something else, beside the program's folder, and the lockfile that installs it. */
function hoodWith(report: string): Files {
  const [name, folder] = ["pulumi-ocamba-hood", "vendor/pulumi-ocamba-hood"];
  const manifest = { name, version: "1.0.0", exports: { ".": "./index.js", "./provider": "./provider.js" } };
  const root = { name: "program", main: "index.js", dependencies: { [name]: "*" } };
  const packages = { "": root, [`node_modules/${name}`]: { resolved: folder, link: true }, [folder]: manifest };
  return {
    "package.json": JSON.stringify(root),
    "package-lock.json": JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
    [`${folder}/package.json`]: JSON.stringify(manifest),
    [`${folder}/index.js`]: `module.exports = require("${ROOT}/dist/sdk");\n`,
    [`${folder}/provider.js`]: `module.exports = require("${ROOT}/dist/provider");\n`,
    [`${folder}/dist/report/main.js`]: report,
  };
}

/** A folder that npm takes for part of the pull request's packages, with the pull request's version of this package in it. */
function workspace(folder: string): Files {
  const root = { name: "root", main: "index.js", workspaces: [folder] };
  const packages = {
    "": root,
    "node_modules/program": { resolved: folder, link: true },
    [folder]: { name: "program", dependencies: { "pulumi-ocamba-hood": "*" } },
    [`${folder}/node_modules/pulumi-ocamba-hood`]: { version: "1.0.0", resolved: "file:vendor/pulumi-ocamba-hood" },
  };
  return {
    "package.json": JSON.stringify(root),
    "package-lock.json": JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  };
}

// What nobody gets past a pipeline, whichever service runs it.
for (const pipeline of [github, gitlab]) {
  describe(pipeline.name, function () {
    this.timeout(300_000);
    let world: Opened["world"];
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
      await merge(program(PAUSE));
      await tag(first);
      expect((await merged.approve()).text).to.contain("Nothing is applied: main has moved on");
      expect(world.calls()).to.deep.equal(["2/pause"]);
      await tag(await world.commit(hoodWith(LIAR), "change"));
      expect((await propose(program(end))).comment).to.contain("1 campaign would end for good");
    });
  });
}
