import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import type { Ran } from "../../tools/pulumi";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

/** A program whose arguments come from another resource, which yields them only while the update runs. */
const fromElsewhere = (campaignId: string) => `
const echo = {
  create: async (inputs) => ({ id: "elsewhere", outs: { yielded: inputs.campaignId } }),
  update: async (id, olds, inputs) => ({ outs: { yielded: inputs.campaignId } }),
};
class Elsewhere extends pulumi.dynamic.Resource {
  constructor(name, props) { super(echo, name, { yielded: undefined, ...props }); }
}
const elsewhere = new Elsewhere("elsewhere", { campaignId: "${campaignId}" });
new hood.CampaignCancellation("spring-sale", { campaignId: elsewhere.yielded, reason: "Budget cut" });
`;

const declared = (args: object) => `new hood.CampaignCancellation("spring-sale", ${JSON.stringify(args)});`;

/** What a user reads at the end: the engine repeats there, once, what went wrong with each resource. */
function diagnosticsOf({ stdout, stderr }: Ran): string {
  return `${stdout}${stderr}`.split("Diagnostics:\n")[1] ?? "";
}

function linesOfRefusal(diagnostics: string): string[] {
  const lines = diagnostics.split("\n").map((line) => line.trim());
  const start = lines.findIndex((line) => line.includes("Cancellation is permanent"));
  return lines.slice(start, lines.indexOf("", start));
}

describe("A reversal on the real engine", function () {
  this.timeout(60_000);
  let hood: Simulator;
  let stack: Stack;

  before(async () => {
    hood = await startSimulator({
      token: TOKEN,
      campaigns: [
        { id: "1000248", name: "Spring sale", status: "running" },
        { id: "1000250", name: "Summer teaser", status: "running" },
      ],
    });
    stack = await openStack({ HOOD_ENDPOINT: hood.url });
  });
  after(async () => {
    await stack.remove();
    await hood.close();
  });

  it("a value that another resource yields passes the preview and is canceled in the up", async () => {
    await stack.program(fromElsewhere("1000248"));
    await mustSucceed(stack.preview());
    expect(hood.requests).to.deep.equal([]);
    await mustSucceed(stack.up());
    expect(hood.campaign("1000248").status).to.equal("canceled");
    hood.clearRequests();
  });

  it("that only the up sees is refused there", async () => {
    await stack.program(fromElsewhere("1000250"));
    await mustSucceed(stack.preview());
    const refused = await stack.up();
    expect(refused.code).to.not.equal(0);
    expectRefusal(refused);
    expect(hood.requests).to.deep.equal([]);
    expect(hood.campaign("1000250").status).to.equal("running");
  });

  for (const [what, args] of [
    ["another id", { campaignId: "1000250", reason: "Budget cut" }],
    ["another reason", { campaignId: "1000248", reason: "Changed my mind" }],
    ["a status", { campaignId: "1000248", reason: "Budget cut", status: "running" }],
  ] as const) {
    it(`with ${what} is refused in the preview`, async () => {
      await stack.program(declared(args));
      const refused = await stack.preview();
      expect(refused.code).to.not.equal(0);
      expectRefusal(refused);
      expect(hood.requests).to.deep.equal([]);
    });
  }

  function expectRefusal(refused: Ran): void {
    const diagnostics = diagnosticsOf(refused);
    expect(diagnostics.match(/Cancellation is permanent/g), diagnostics).to.have.length(1);
    expect(diagnostics).to.not.match(/^\s+at /m);
    const lines = linesOfRefusal(diagnostics);
    expect(lines).to.have.length.within(1, 3);
    expect(lines.join(" "))
      .to.include('1000248 "Spring sale"')
      .and.match(/put .* back|remove/i);
  }
});
