import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { blockOf } from "../package/blocks";
import { END, OTHER_END, program, REPOSITORY } from "./repository";
import { openWorld, TOKENS, type World } from "./runner";

const PAGE = "docs/pipelines.md";
const SETTINGS = ["HOOD_ENDPOINT", "HOOD_PREFLIGHT", "HOOD_MAX_CANCELLATIONS", "npm_config_ignore_scripts"];

describe("Pulumi Deployments, with the gate of docs/pipelines.md,", function () {
  this.timeout(120_000);
  let world: World;
  let folder: string;
  let approval = "";

  before(async () => {
    const campaigns = ["1", "3"].map((id) => ({ id, name: `Offer ${id}`, status: "running" }));
    const script = await blockOf(PAGE, "sh", "hood_plan()");
    world = await openWorld({ campaigns }, { ...REPOSITORY, "deployment-gate.sh": script });
    folder = await world.folder();
    await world.shell(`git clone --quiet "${world.origin}" . && npm ci`, folder, {});
  });
  after(() => world?.remove());

  const gate = async (source: string, operation: string, FINAL: string) => {
    await writeFile(join(folder, "index.js"), program(source)["index.js"] ?? "");
    return world.shell("sh deployment-gate.sh", folder, {
      PULUMI_BACKEND_URL: pathToFileURL(join(world.home, "state")).href,
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

  const rows: [what: string, source: string, operation: string, approved: boolean, code: number][] = [
    ["lets that end through with that", END, "update", true, 0],
    ["doesn't take that for another end", END + OTHER_END, "update", true, 1],
    ["lets an update through that ends nothing", "", "update", false, 0],
    ["stops an update whose preview fails, approved or not", END.replace('"1"', '"99"'), "update", true, 1],
    ["has nothing against a refresh", END, "refresh", false, 0],
    ["stops a destroy, since a removal can end campaigns", "", "destroy", false, 1],
    ["stops a destroy that was approved as something else", "", "destroy", true, 1],
  ];
  for (const [what, source, operation, approved, code] of rows) {
    it(what, async () => {
      const done = await gate(source, operation, approved ? approval : "");
      expect(done.code, done.text).to.equal(code);
      expect(world.calls()).to.deep.equal([]);
    });
  }

  it("has fixed settings, runs no install script, and the gate last", async () => {
    const [, body = ""] = /<<'EOF'\n(.*)\nEOF/s.exec(await blockOf(PAGE, "sh", "deployments/settings")) ?? [];
    const { gitHub, operationContext } = JSON.parse(body);
    expect(gitHub.previewPullRequests).to.equal(false);
    expect(operationContext.preRunCommands.at(-1)).to.equal("sh deployment-gate.sh");
    expect(Object.keys(operationContext.environmentVariables)).to.deep.equal(SETTINGS);
  });
});

describe("The Kubernetes operator of docs/pipelines.md", () => {
  it("has two tokens, fixed settings, pinned images and no install script", async () => {
    const stacks = parseAllDocuments(await blockOf(PAGE, "yaml", "kind: Stack"));
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
});
