import { expect } from "chai";
import { type Checkout, openCheckout, readPipeline } from "./runner";

interface Settings {
  readonly operationContext: { readonly preRunCommands: readonly string[] };
}

const END = `new hood.CampaignCancellation("sale", { campaignId: "1", reason: "OPS-1", expectedName: "Spring sale" });`;

describe("The pre-run commands of examples/pipelines/pulumi-deployments", function () {
  this.timeout(60_000);
  let checkout: Checkout;
  let gate: string;

  before(async () => {
    const { operationContext } = await readPipeline<Settings>("pulumi-deployments/settings.json");
    gate = operationContext.preRunCommands.find((command) => command.includes("hood-plan")) ?? "exit 99";
    checkout = await openCheckout({ campaigns: [{ id: "1", name: "Spring sale", status: "running" }] });
  });
  after(() => checkout?.remove());

  const run = (operation: string, env: NodeJS.ProcessEnv = {}) =>
    checkout.shell(gate, {
      PULUMI_CI_OPERATION: operation,
      PULUMI_CI_ORGANIZATION: "organization",
      PULUMI_CI_PROJECT: "campaigns",
      PULUMI_CI_STACK: "prod",
      ...env,
    });

  const table: [what: string, program: string, operation: string, env: NodeJS.ProcessEnv, code: number][] = [
    ["an update that ends nothing goes on", "", "update", {}, 0],
    ["an update that ends a campaign stops", END, "update", {}, 1],
    ["one that is approved goes on", END, "update", { FINAL: "approved" }, 0],
    ["a preview of it goes on", END, "preview", {}, 0],
    ["a preview that fails stops", END.replace("Spring", "Autumn"), "preview", {}, 1],
    [
      "an approval doesn't help an update whose preview fails",
      END.replace("Spring", "Autumn"),
      "update",
      { FINAL: "approved" },
      1,
    ],
    ["a refresh asks nothing", END.replace("Spring", "Autumn"), "refresh", {}, 0],
    ["a search for drift asks nothing", END, "detect-drift", {}, 0],
    ["what would put drift right unseen stops", "", "remediate-drift", {}, 1],
    ["a destroy stops, since removals may end campaigns", "", "destroy", {}, 1],
    ["one that is approved goes on", "", "destroy", { FINAL: "approved" }, 0],
  ];
  for (const [what, program, operation, env, code] of table) {
    it(what, async () => {
      await checkout.program(program);
      const done = await run(operation, env);
      expect(done.code, done.text).to.equal(code);
      expect(checkout.calls()).to.deep.equal([]);
      if (operation === "update" && code === 1 && !env.FINAL) {
        expect(done.text).to.contain("pulumi deployment run update --env FINAL=approved");
      }
    });
  }
});
