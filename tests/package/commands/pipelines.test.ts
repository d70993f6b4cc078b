import { cp, mkdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../../tools/root";
import { link, TOKEN } from "../../engine/stack";
import { startRawServer, text } from "../../support/rawServer";
import { filled } from "./reading";
import { RUNS } from "./runs";
import { openScene } from "./scene";
import { openShell } from "./shell";

const CLOUD = "https://api.pulumi.com";

describe("The commands of docs/pipelines.md", function () {
  this.timeout(120_000);
  const scene = openScene("pipelines", {
    account: {
      token: TOKEN,
      campaigns: [{ id: "1000248", name: "Spring sale", status: "running", labels: ["expired"] }],
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
    await scene.shell.run(scene.taken.block("docs/pipelines.md: Campaigns through a pipeline"), {
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
    const [command] = RUNS.pipelines.spans;
    const folder = join(ROOT, "examples/pipelines/pulumi-deployments");
    const cloud = await startRawServer(text(200));
    try {
      const standsFor = { [CLOUD]: cloud.url, ORGANIZATION: "shop", PROJECT: "campaigns", STACK: "prod" };
      await scene.shell.run(filled(scene.taken.span(command), standsFor), {
        cwd: folder,
        env: { PULUMI_ACCESS_TOKEN: "pul-1" },
      });
      const [{ path, headers, body } = { path: "", headers: {}, body: "" }] = cloud.requests;
      expect(path).to.equal("/api/stacks/shop/campaigns/prod/deployments/settings");
      expect(headers).to.include({ authorization: "token pul-1", "content-type": "application/json" });
      expect(body).to.equal(await readFile(join(folder, "settings.json"), "utf8"));
    } finally {
      await cloud.close();
    }
  });

  it("are all of them", () => expect(scene.taken.left()).to.deep.equal([]));
});
