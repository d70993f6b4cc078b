import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ROOT } from "../engine/stack";
import { type Files, openWorld, readExample, type Service, type World } from "./runner";

const PAUSE = `new hood.CampaignStatus("terms", { campaignId: "2", reason: "OPS-1", status: "paused" });\n`;
const END = `new hood.CampaignCancellation("sale", { campaignId: "1", reason: "OPS-1" });\n`;
const OTHER_END = `new hood.CampaignCancellation("other", { campaignId: "3", reason: "OPS-1" });\n`;
const LAUNCH = `new hood.Campaign("new", { name: "New", runImmediately: true,
  messages: [{ channel: "push", name: "Hello", push: { title: "Hello", body: "There" } }] });\n`;
const WRONG = END.replace("}", ', expectedName: "Autumn sale" }');
/** Runs from its nth run on: the first is the plan's, the second the approved preview's, the third the update's. */
const fromRun = (n: number, source: string) =>
  `require("fs").appendFileSync(process.env.HOME + "/runs", "x");
if (require("fs").readFileSync(process.env.HOME + "/runs").length >= ${n}) { ${source} }\n`;

const program = (source: string): Files => ({
  "index.js": `const pulumi = require("@pulumi/pulumi");\nconst hood = require("pulumi-ocamba-hood");\n${source}`,
});

const policy = (rule: string) => `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("ends", { policies: [{ name: "ticket", description: "An end names a ticket.", enforcementLevel: "mandatory",
  validateResource: ({ type, props }, report) => { if (${rule}) report("no ticket"); } }] });\n`;

const PACK: Files = {
  "policy/pack": `#!/bin/sh
cd "$(dirname "$0")" && exec node node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js "$1" .\n`,
};

const REPOSITORY: Files = {
  "Pulumi.yaml": "name: campaigns\nruntime: nodejs\n",
  "package.json": `{ "name": "program", "main": "index.js" }\n`,
  "policy/PulumiPolicy.yaml": "runtime: nodejs\n",
  "policy/package.json": `{ "name": "policy", "version": "1.0.0", "main": "index.js" }\n`,
  "policy/policy-config.json": "{}\n",
  "policy/index.js": policy(`type.endsWith("CampaignCancellation") && !/OPS-/.test(props.reason)`),
  ...program(""),
};

interface Package {
  readonly manifest: { readonly bin?: object; readonly scripts?: object; readonly exports?: object };
  readonly files: Files;
}

/** A package beside the program's folder, and the lockfile that installs it. */
function installed(name: string, { manifest, files }: Package): Files {
  const folder = `vendor/${name}`;
  const dependencies = { [name]: "*" };
  const { scripts, ...locked } = { name, version: "1.0.0", ...manifest };
  const lock = {
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "program", dependencies },
      [`node_modules/${name}`]: { resolved: folder, link: true },
      [folder]: { ...locked, hasInstallScript: scripts !== undefined },
    },
  };
  return {
    "package.json": JSON.stringify({ name: "program", main: "index.js", dependencies }),
    "package-lock.json": JSON.stringify(lock),
    [`${folder}/package.json`]: JSON.stringify({ ...locked, scripts }),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])),
  };
}

/** A version of this package whose report says something else. */
const hoodWith = (report: string): Files =>
  installed("pulumi-ocamba-hood", {
    manifest: { exports: { ".": "./index.js", "./provider": "./provider.js" } },
    files: {
      "index.js": `module.exports = require("${ROOT}/dist/sdk");\n`,
      "provider.js": `module.exports = require("${ROOT}/dist/provider");\n`,
      "dist/report/main.js": report,
    },
  });

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

const LIAR = `const report = "<!-- hood-plan campaigns/prod -->\\nNo campaign would end";
console.log(process.argv.includes("json") ? '{ "fingerprint": "1" }' : report);\n`;
const NOSY = `let pid = process.ppid, found = "";
while (pid > 1) {
  try { found += require("fs").readFileSync("/proc/" + pid + "/environ", "utf8"); } catch {}
  try { pid = Number(/PPid:\\s+(\\d+)/.exec(require("fs").readFileSync("/proc/" + pid + "/status", "utf8"))[1]); } catch { pid = 0; }
}
require("fs").writeFileSync(process.env.HOME + "/found", found);\n`;

/** A repository with a pipeline's files, and an account with eleven campaigns. */
export async function openRepository(files: Readonly<Record<string, string>>): Promise<World> {
  const copied = Object.entries(files).map(async ([path, file]) => [path, await readExample(file)] as const);
  const campaigns = Array.from({ length: 11 }, (_, index) => ({
    id: `${index + 1}`,
    name: ["Spring sale", "Terms"][index] ?? `Offer ${index + 1}`,
    status: "running",
  }));
  return openWorld({ campaigns }, { ...REPOSITORY, ...Object.fromEntries(await Promise.all(copied)) });
}

/** What has to hold of a pipeline, whichever service runs it. */
export function describePipeline(
  name: string,
  files: Readonly<Record<string, string>>,
  serviceOf: (world: World) => Service,
) {
  describe(name, function () {
    this.timeout(300_000);
    let world: World;
    let service: Service;

    beforeEach(async () => {
      world = await openRepository(files);
      service = serviceOf(world);
    });
    afterEach(() => world?.remove());

    const propose = async (changed: Files) => {
      const commit = await world.commit(changed, "change");
      return { ...(await service.propose(commit)), commit, comment: world.comments().at(-1) ?? "" };
    };
    const merge = async (changed: Files) => service.merge(await world.commit(changed));
    const campaign = () => world.hood.campaigns.get("1") as { name: string };

    it("comments on what can be taken back, and applies it at once", async () => {
      const { passed, text, commit, comment } = await propose(program(PAUSE));
      expect(passed, text).to.equal(true);
      expect(comment.split("\n")[0]).to.equal("<!-- hood-plan campaigns/prod -->");
      expect(comment).to.contain("No campaign would end").and.contain("Terms").and.contain(commit);
      const merged = await merge(program(PAUSE));
      expect(merged.passed, merged.text).to.equal(true);
      expect(merged.waits).to.equal(false);
      expect(world.calls()).to.deep.equal(["2/pause"]);
    });

    it("comments on an end once, waits for its approval, and ends that campaign", async () => {
      await propose(program(END));
      const { passed, text, comment } = await propose(program(END + PAUSE));
      expect(passed, text).to.equal(true);
      expect(world.comments()).to.have.length(1);
      expect(comment).to.contain("1 campaign would end for good").and.contain("Terms");
      const merged = await merge(program(END));
      expect(merged.waits, merged.text).to.equal(true);
      expect(world.calls()).to.deep.equal([]);
      const approved = await merged.approve();
      expect(approved.passed, approved.text).to.equal(true);
      expect(world.calls()).to.deep.equal(["1/cancel"]);
    });

    it("waits for an approval before a launch", async () => {
      const merged = await merge(program(LAUNCH));
      expect(merged.waits, merged.text).to.equal(true);
      expect(world.calls()).to.deep.equal([]);
      const approved = await merged.approve();
      expect(approved.passed, approved.text).to.equal(true);
      expect(world.calls()).to.have.length(1);
    });

    it("comments on a preview that fails, and applies nothing", async () => {
      const { passed, comment } = await propose(program(WRONG));
      expect(passed).to.equal(false);
      expect(comment).to.contain("The preview failed").and.contain("Autumn sale");
      const merged = await merge(program(WRONG + PAUSE));
      expect(merged.passed).to.equal(false);
      expect(merged.waits).to.equal(false);
      expect(world.calls()).to.deep.equal([]);
    });

    const moved: [what: string, source: string, change: () => unknown][] = [
      ["a campaign that got another name since", END, () => Object.assign(campaign(), { name: "Winter sale" })],
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

    it("doesn't end what was reverted before the approval", async () => {
      const merged = await merge(program(END));
      const reverted = await merge(program(PAUSE));
      expect(reverted.passed, reverted.text).to.equal(true);
      const approved = await merged.approve();
      expect(approved.passed).to.equal(false);
      expect(approved.text).to.contain("Nothing is applied: main has moved on");
      expect(world.calls()).to.deep.equal(["2/pause"]);
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

    it("replaces an older commit's report if the installation fails, or a newer commit brings a preview of its own", async () => {
      const { comment } = await propose(program(END));
      expect(comment).to.contain("Spring sale");
      const forged = JSON.stringify({ steps: [], diagnostics: [] });
      const broken = await propose({
        ...program(END),
        "package-lock.json": "none",
        "preview.json": forged,
        "from-preview/preview.json": forged,
        "trusted/node_modules/pulumi-ocamba-hood/dist/report/main.js": LIAR,
      });
      expect(broken.passed).to.equal(false);
      expect(world.comments()).to.have.length(1);
      expect(broken.comment)
        .to.contain("The preview failed")
        .and.contain(broken.commit)
        .and.not.contain("Spring sale")
        .and.not.contain("No campaign would end");
    });

    it("leaves the newest commit's report in place when an older commit's run is started again", async () => {
      const first = await propose(program(END));
      const second = await propose(program(PAUSE));
      expect(second.comment).to.contain(second.commit);
      await service.propose(first.commit);
      expect(world.comments()).to.deep.equal([second.comment]);
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
      const merged = await service.merge(first);
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
