import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { expectReadable } from "../support/messages";
import { openPluginStack, type PluginStack } from "./pluginStack";
import { link, mustSucceed, TOKEN } from "./stack";

const PREAMBLE = `
const pulumi = require("@pulumi/pulumi");
const hood = require("pulumi-ocamba-hood");
class Provider extends pulumi.ProviderResource {
  constructor(name, props, opts) { super("hood", name, props, opts); }
}
class Brand extends pulumi.ComponentResource {
  constructor(name, opts) { super("test:index:Brand", name, {}, opts); }
}
const output = pulumi.output("Spring sale");
const args = { campaignId: "1000248", reason: "Budget cut" };
`;

/** A program in JavaScript, with the package's classes. */
const inJavaScript = (source: string) => ({
  "Pulumi.yaml": "name: test\nruntime:\n  name: nodejs\n",
  "index.js": PREAMBLE + source,
});

/** A program in YAML, with the plugin; what is JSON is YAML too. */
const inYaml = (type: string, properties: object) => ({
  "Pulumi.yaml": JSON.stringify({ name: "test", runtime: "yaml", resources: { declared: { type, properties } } }),
});

const ERROR_TEXT = "Calling __str__ on an Output[T] is not supported.\n\nTo get the value of an Output[T]";

describe("A program that says what nobody means, on the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let stack: PluginStack;

  before(async () => {
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }],
    });
    stack = await openPluginStack({ "Pulumi.yaml": "name: test\nruntime: yaml\n" }, { HOOD_ENDPOINT: hood.url });
    await link(stack.folder);
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await stack?.remove();
    await hood?.close();
  });

  const refused: [what: string, program: Record<string, string>, says: RegExp][] = [
    [
      "with a provider of the plugin above a class",
      inJavaScript(`
        const parent = new Brand("brand-b", { providers: [new Provider("brand-b", { token: "another" })] });
        new hood.CampaignCancellation("spring-sale", args, { parent });
      `),
      /CampaignCancellation "spring-sale" .* its parent gives .*`hood:token`/,
    ],
    [
      "with a provider of the plugin for a class",
      inJavaScript(`
        const provider = new Provider("brand-b", { token: "another" });
        new hood.CampaignCancellation("spring-sale", args, { provider });
      `),
      /CampaignCancellation "spring-sale" .* its options give .*`hood:token`/,
    ],
    [
      "with an Output in the text of a reason, with a class",
      inJavaScript(`new hood.CampaignCancellation("spring-sale", { ...args, reason: \`Follows \${output}\` });`),
      /has a problem: reason holds .* pulumi\.interpolate/,
    ],
    [
      "with an Output in the title of a message, with a class",
      inJavaScript(`
        const push = { title: \`\${output}!\`, body: "20 % off" };
        new hood.Campaign("summer", { name: "Summer", messages: [{ channel: "push", push }] });
      `),
      /has a problem: messages\[0\]\.push\.title holds .* pulumi\.interpolate/,
    ],
    [
      "with an Output in the text of a reason, with the plugin",
      inYaml("hood:CampaignCancellation", { campaignId: "1000248", reason: `Follows ${ERROR_TEXT}` }),
      /has a problem: reason holds .* Output\.format/,
    ],
    [
      "with an Output in the title of a message, with the plugin",
      inYaml("hood:Campaign", { name: "Summer", messages: [{ channel: "push", push: { title: ERROR_TEXT } }] }),
      /has a problem: messages\[0\]\.push\.title holds .* Output\.format/,
    ],
    [
      "with a Set in an argument",
      inJavaScript('new hood.Campaign("summer", { name: "Summer", targeting: { segments: new Set(["vip"]) } });'),
      /Campaign "summer" .* targeting\.segments is a Set/,
    ],
    [
      "with a Set that only an Output yields",
      inJavaScript(`
        const targeting = output.apply((name) => ({ segments: new Set([name]) }));
        new hood.Campaign("summer", { name: "Summer", targeting });
      `),
      /Campaign "summer" .* targeting\.segments is a Set/,
    ],
  ];
  for (const [what, program, says] of refused) {
    it(`is refused ${what}: in the preview, in a few words, and in the update`, async () => {
      await stack.write(program);
      const preview = await stack.preview();
      expect(preview.code).to.not.equal(0);
      const [diagnostics = ""] = `${preview.stdout}${preview.stderr}`.split("Diagnostics:\n").slice(1);
      expect(diagnostics).to.match(says);
      expect(diagnostics.match(/error: /g), diagnostics).to.have.length(1);
      expectReadable(diagnostics.slice(diagnostics.indexOf("error: ")).split("\n\n", 1)[0] ?? "");
      expect((await stack.up()).code).to.not.equal(0);
      expect(hood.requests.filter(({ method }) => method !== "GET")).to.deep.equal([]);
      expect((await mustSucceed(stack.run(["stack", "export"]))).stdout).to.not.match(/hood:(index:)?Campaign/);
    });
  }

  it("isn't one with a Date: Hood gets its ISO text", async () => {
    await stack.write(
      inJavaScript(`
        const metadata = output.apply(() => ({ at: new Date(1) }));
        const recurrence = { every: "week", until: new Date(0) };
        const one = new hood.Campaign("summer", { name: "Summer", recurrence, metadata });
        exports.recurrence = one.recurrence;
      `),
    );
    await mustSucceed(stack.up());
    const [created, ...more] = hood.requests.filter(({ method }) => method === "POST");
    const { recurrence, metadata } = JSON.parse(created?.body ?? "");
    expect(recurrence).to.deep.equal({ every: "week", until: "1970-01-01T00:00:00.000Z" });
    expect(metadata.at).to.equal("1970-01-01T00:00:00.001Z");
    expect(more).to.deep.equal([]);
    hood.clearRequests();
    await mustSucceed(stack.run(["preview", "--expect-no-changes"]));
  });
});
