import { expect } from "chai";
import { startSimulator } from "../../simulator";
import { openPluginStack } from "./pluginStack";
import { link, mustSucceed, TOKEN } from "./stack";

const IDS = ["1000248", "1000249"];
const NODE = { "Pulumi.yaml": "name: test\nruntime: nodejs\n" };
const YAML = {
  "Pulumi.yaml": JSON.stringify({
    name: "test",
    runtime: "yaml",
    resources: Object.fromEntries(
      IDS.map((campaignId) => [
        `end-${campaignId}`,
        { type: "hood:CampaignCancellation", properties: { campaignId, reason: "Budget cut" } },
      ]),
    ),
  }),
};

describe("A stack that moves from one host to the other", function () {
  this.timeout(120_000);

  it("adopts what was canceled, and sends nothing, there and back", async () => {
    const hood = await startSimulator({ token: TOKEN, campaigns: IDS.map((id) => ({ id, status: "running" })) });
    const stack = await openPluginStack(NODE, { HOOD_ENDPOINT: hood.url });
    const posts = () => hood.requests.filter(({ method }) => method === "POST");
    const types = async () => {
      const { stdout } = await mustSucceed(stack.run(["stack", "export"]));
      const resources: { type: string; outputs?: { outcome?: string } }[] = JSON.parse(stdout).deployment.resources;
      return resources.flatMap(({ type, outputs }) => (outputs?.outcome ? `${type} ${outputs.outcome}` : []));
    };
    const source = IDS.map(
      (id) => `new hood.CampaignCancellation("end-${id}", { campaignId: "${id}", reason: "Budget cut" });`,
    );
    const inNode = async () => {
      await stack.write({ ...NODE, "index.js": `const hood = require("pulumi-ocamba-hood");\n${source.join("\n")}\n` });
    };
    try {
      await link(stack.folder);
      await inNode();
      await mustSucceed(stack.up());
      expect(posts()).to.have.length(2);
      hood.clearRequests();

      await stack.write(YAML);
      await mustSucceed(stack.up());
      expect(await types()).to.deep.equal(IDS.map(() => "hood:index:CampaignCancellation alreadyCanceled"));

      await inNode();
      await mustSucceed(stack.up());
      const dynamic = "pulumi-nodejs:dynamic/hood:CampaignCancellation";
      expect(await types()).to.deep.equal(IDS.map(() => `${dynamic} alreadyCanceled`));
      expect(posts()).to.deep.equal([]);
    } finally {
      await stack.remove();
      await hood.close();
    }
  });
});
