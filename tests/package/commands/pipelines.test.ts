import { cp, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { ROOT } from "../../../tools/root";
import { link, TOKEN } from "../../engine/stack";
import { startRawServer, text } from "../../support/rawServer";
import { filled } from "./reading";
import { openScene } from "./scene";
import { openShell } from "./shell";

const CLOUD = "https://api.pulumi.com";
const DEPLOYMENTS = "docs/pipelines.md: Pulumi Deployments";
const SETTINGS = ["HOOD_ENDPOINT", "HOOD_PREFLIGHT", "HOOD_MAX_CANCELLATIONS"];
const POLICIES = "--policy-pack policy --policy-pack-config policy/policy-config.json";
const END = 'new hood.CampaignCancellation("winter", { campaignId: "2", reason: "OPS-1" });';
const OTHER = 'new hood.CampaignCancellation("summer", { campaignId: "3", reason: "OPS-1" });';

describe("The commands of docs/pipelines.md", function () {
  this.timeout(120_000);
  const scene = openScene("pipelines", {
    account: {
      token: TOKEN,
      campaigns: [
        { id: "1000248", name: "Spring sale", status: "running", labels: ["expired"] },
        { id: "2", name: "Winter sale", status: "running" },
        { id: "3", name: "Summer sale", status: "running" },
      ],
    },
    openShell: ({ url }) => openShell({ HOOD_ENDPOINT: url, HOOD_TOKEN: TOKEN }),
  });

  it("pause, and then end, what the emergency stop finds, when its words are typed", async () => {
    const folder = join(scene.shell.home, "emergency-stop");
    await mkdir(folder);
    await link(folder);
    await cp(join(ROOT, "examples/emergency-stop"), folder, {
      recursive: true,
      filter: (path) => basename(path) !== "node_modules",
    });
    await scene.shell.run(scene.taken.block("docs/pipelines.md: Emergency stop"), {
      cwd: folder,
      answers: [
        [/Type "pause 1" to go on/, "pause 1\n"],
        [/Type "cancel 1" to go on/, "cancel 1\n"],
      ],
    });
    const calls = scene.hood.requests.filter(({ method }) => method !== "GET").map(({ path }) => basename(path));
    expect(calls).to.deep.equal(["pause", "cancel"]);
  });

  it("send the settings of Pulumi Deployments to the stack", async () => {
    const command = scene.taken.block(DEPLOYMENTS, "sh", 1);
    const cloud = await startRawServer(text(200));
    try {
      const standsFor = { [CLOUD]: cloud.url, ORGANIZATION: "shop", PROJECT: "campaigns", STACK: "prod" };
      await scene.shell.run(filled(command, standsFor), { env: { PULUMI_ACCESS_TOKEN: "pul-1" } });
      const [{ path, headers, body } = { path: "", headers: {}, body: "" }] = cloud.requests;
      expect(path).to.equal("/api/stacks/shop/campaigns/prod/deployments/settings");
      expect(headers).to.include({ authorization: "token pul-1", "content-type": "application/json" });
      const { gitHub, operationContext } = JSON.parse(body);
      expect(gitHub.previewPullRequests).to.equal(false);
      expect(operationContext.preRunCommands.at(-1)).to.equal("sh deployment-gate.sh");
      expect(Object.keys(operationContext.environmentVariables)).to.deep.equal([
        ...SETTINGS,
        "npm_config_ignore_scripts",
      ]);
    } finally {
      await cloud.close();
    }
  });

  let approval = "";
  const gate = async (declared: string, operation: string, FINAL: string, code: number) => {
    await writeFile(join(scene.shell.folder, "index.js"), `const hood = require("pulumi-ocamba-hood");\n${declared}`);
    const about = { PULUMI_CI_ORGANIZATION: "organization", PULUMI_CI_PROJECT: "campaigns", PULUMI_CI_STACK: "prod" };
    const env = { ...about, PULUMI_CI_OPERATION: operation, FINAL };
    return scene.shell.run("sh deployment-gate.sh", { env, code });
  };

  it("stop an end in Pulumi Deployments, and say what it is to be started with", async () => {
    const { folder } = scene.shell;
    await link(folder);
    await writeFile(join(folder, "Pulumi.yaml"), "name: campaigns\nruntime: nodejs\n");
    // Which policies there are is another page's test: here, none are passed on to the CLI.
    const script = scene.taken.block(DEPLOYMENTS);
    expect(script).to.contain(POLICIES);
    await writeFile(join(folder, "deployment-gate.sh"), script.replace(POLICIES, ""));
    await scene.shell.run("pulumi stack init prod");
    const { text } = await gate(END, "update", "", 1);
    [, approval = ""] = /pulumi deployment run update --env FINAL=(\w+)/.exec(text) ?? [];
    expect(text).to.contain("Winter sale");
    expect(approval).to.have.length.above(15);
  });

  const table: [what: string, declared: string, operation: string, approved: boolean, code: number][] = [
    ["lets that end through when it is started with that", END, "update", true, 0],
    ["doesn't take that for another end", END + OTHER, "update", true, 1],
    ["lets an update through that ends nothing", "", "update", false, 0],
    ["stops an update whose preview fails, approved or not", END.replace('"2"', '"99"'), "update", true, 1],
    ["has nothing against a refresh", END, "refresh", false, 0],
    ["stops a destroy, since a removal can end campaigns", "", "destroy", false, 1],
    ["stops a destroy that was approved as something else", "", "destroy", true, 1],
  ];
  for (const [what, declared, operation, approved, code] of table) {
    it(`are a gate for Pulumi Deployments that ${what}`, async () => {
      await gate(declared, operation, approved ? approval : "", code);
    });
  }

  it("give the operator two tokens, fixed settings, and no install script", () => {
    const stacks = parseAllDocuments(scene.taken.block("docs/pipelines.md: Kubernetes operator", "yaml"));
    const specs = stacks.map((stack) => stack.toJS().spec);
    expect(
      specs.map(({ branch, preview, envRefs }) => [branch, preview, envRefs.HOOD_TOKEN.secret.name]),
    ).to.deep.equal([
      ["main", true, "campaigns-read"],
      ["campaigns-approved", undefined, "campaigns-act"],
    ]);
    for (const { envRefs, workspaceTemplate } of specs) {
      expect(envRefs).to.include.all.keys(...SETTINGS);
      expect(envRefs.npm_config_ignore_scripts.literal.value).to.equal("true");
      expect(workspaceTemplate.spec.image).to.contain("@sha256:");
    }
  });

  it("name the owners of every file that the pipelines are made of, and of all that decides what they do", () => {
    const owned = scene.taken.block("docs/pipelines.md: From nothing to a gated pipeline", "text");
    const patterns = owned.split("\n").map((line) => {
      const [path = ""] = line.trim().split(/\s+/);
      const words = path.replace(/\./g, "\\.").replace(/\*/g, "[^/]*");
      return new RegExp(`^${words}${path.endsWith("/") ? "" : "$"}`);
    });
    const files = [
      ".github/CODEOWNERS",
      ".github/actions/campaigns-report/action.yml",
      ".gitlab-ci.yml",
      ".gitlab/note.mjs",
      // GitLab takes this one first.
      "CODEOWNERS",
      "policy/npm-shrinkwrap.json",
      "Pulumi.yaml",
      "Pulumi.prod.yaml",
      // Pulumi takes this one before Pulumi.yaml.
      "Pulumi.json",
      "Pulumi.prod.json",
      "package.json",
      "package-lock.json",
      // npm takes this one before package-lock.json.
      "npm-shrinkwrap.json",
      ".npmrc",
      "deployment-gate.sh",
    ];
    expect(files.filter((file) => !patterns.some((pattern) => pattern.test(`/${file}`)))).to.deep.equal([]);
  });

  it("are all of them", () => expect(scene.taken.left()).to.deep.equal([]));
});
