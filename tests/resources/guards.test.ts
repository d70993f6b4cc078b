import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { OperationMemory } from "../../provider/operation";
import { countCancellation, duplicateFailures } from "../../provider/resources/guards";
import { unknown } from "../../provider/resources/resource";
import { readSettings } from "../../provider/settings";
import { expectReadable, thrown } from "../support/messages";
import { failed, openInProcess } from "../support/testAccount";

describe("a second resource for the same campaign", () => {
  const declared = (name: string) => `urn:pulumi:dev::shop::my:Parent$hood:index:Campaign${name}`;
  const check = (memory: OperationMemory, urn: string | undefined, campaignId: unknown) =>
    duplicateFailures({ urn: urn && declared(urn), memory }, campaignId);

  it("fails, with both names, since which of them wins would be chance", () => {
    const memory = new OperationMemory();
    expect(check(memory, "Cancellation::a", "7")).to.deep.equal([]);
    const [failure, ...others] = check(memory, "Status::b::c", "7");
    expect(others).to.deep.equal([]);
    expect(failure?.property).to.equal("campaignId");
    expect(failure?.reason)
      .to.contain('CampaignCancellation "a" and CampaignStatus "b::c" both manage the status of campaign 7')
      .and.contain("removing a resource sends nothing");
    expectReadable(failure?.reason ?? "");
  });

  it("is none if it is the same one, is for another campaign, or isn't told or known yet", () => {
    const memory = new OperationMemory();
    for (const id of ["7", "7", "8", unknown, unknown]) expect(check(memory, "Status::a", id)).to.deep.equal([]);
    for (const [urn, id] of [
      [undefined, "7"],
      ["Status::b", unknown],
      ["Status::b", 7],
      ["Status::b", "9"],
    ] as const) {
      expect(check(memory, urn, id)).to.deep.equal([]);
    }
  });
});

describe("the cap on cancellations", () => {
  const on = openInProcess({ config: { maxCancellations: "2" } });
  const reason = "Budget cut";
  const check = async (campaignId: string, provider = on.provider) =>
    (await provider.check(undefined, { campaignId, reason })).failures.map((failure) => failure.reason);

  it("fails the campaign that is one too many in this operation, and no other", async () => {
    const ids = ["running", "canceled", "paused", "running", "scheduled"].map((status) => on.campaign(status));
    for (const id of [...ids.slice(0, 3), ...ids.slice(0, 3)]) expect(await check(id)).to.deep.equal([]);
    const [message = "", ...others] = await check(ids[3] ?? "");
    expect(message)
      .to.contain("more than 2 campaigns")
      .and.contain("hood:maxCancellations")
      .and.contain("Cancellation is permanent")
      .and.contain("HOOD_MAX_CANCELLATIONS=1000 pulumi up");
    expectReadable(message);
    expect(others).to.deep.equal([]);
    expect(await check(ids[4] ?? "", on.another())).to.deep.equal([]);
    expect(on.canceled).to.deep.equal([]);
  });

  it("counts campaigns whose id isn't known yet", async () => {
    expect([await check(UNKNOWN), await check(UNKNOWN)]).to.deep.equal([[], []]);
    expect(await check(UNKNOWN)).to.have.length(1);
  });

  it("counts what an update would cancel again, each once", async () => {
    const provider = on.another();
    const [first = "", second = "", third = "", fourth = ""] = [1, 2, 3, 4].map(() => on.campaign("running"));
    const diff = (campaignId: string) => {
      const inputs = { campaignId, reason, campaignName: "Spring sale", previousStatus: "running" };
      return provider.diff(campaignId, { ...inputs, status: "running", outcome: "canceled" }, inputs);
    };
    // A refresh compares without a check. It sends nothing, so it counts nothing.
    for (const id of [first, second, third, fourth]) expect((await diff(id)).changes).to.equal(true);
    await provider.check({ campaignId: first, reason }, { campaignId: first, reason });
    for (const id of [first, second, first]) expect((await diff(id)).changes).to.equal(true);
    const { message } = await failed(() => diff(third));
    expect(message).to.contain("more than 2 campaigns");
    expect(on.calls).to.deep.equal([]);
  });

  const urgent = "CampaignCancellation::urgent";
  const found = {
    CampaignCancellation: { status: "running", outcome: "canceled" },
    CampaignStatus: { status: "canceled" },
  };
  for (const type of ["CampaignCancellation", "CampaignStatus"] as const) {
    for (const order of [
      ["urgent", "old"],
      ["old", "urgent"],
    ]) {
      it(`names what fills it, and what can be canceled alone (${order.join(" before ")}, a ${type})`, async () => {
        const first = on.another({ config: { maxCancellations: "1" } });
        const [id, old] = [on.campaign("running"), on.campaign("running")];
        const args = { campaignId: old, reason, ...(type === "CampaignStatus" && { status: "canceled" }) };
        const due = first.as({ type, resource: "old" });
        const refreshed = { ...args, campaignName: "Spring sale", previousStatus: "running", ...found[type] };
        const inputs = type === "CampaignStatus" ? { ...refreshed, currentStatus: "running" } : args;
        const acts: Record<string, () => Promise<readonly string[]>> = {
          urgent: () => check(id, first.as({ resource: "urgent" })),
          old: async () => {
            expect((await due.check(inputs, args)).failures).to.deep.equal([]);
            return due.diff(old, { ...refreshed, currentStatus: "running" }, args).then(
              () => [],
              ({ message }) => [message],
            );
          },
        };
        expect(await acts[order[0] ?? ""]?.()).to.deep.equal([]);
        const [message = ""] = (await acts[order[1] ?? ""]?.()) ?? [];
        expect(message)
          .to.contain(`allows: campaign ${id} "Spring sale". The state has 1 of them still to do, edited by nobody`)
          .and.contain(`by nobody: campaign ${old} "Spring sale".`)
          .and.contain(`cancel it alone: \`pulumi up --target 'urn:pulumi:test::unit::hood:index:${urgent}'\`.`);
        expect(message).to.contain(order[1] === "urgent" ? "If this one" : `If campaign ${id} "Spring sale"`);
        expectReadable(message);
      });
    }
  }

  it("says why it counts a status that only the update will know", async () => {
    const operation = {
      memory: new OperationMemory(),
      settings: () => readSettings((key) => (key === "maxCancellations" ? "0" : undefined), {}),
    };
    const { message } = await thrown(UserError, () => countCancellation(operation, "7", { status: unknown }));
    expect(message).to.contain("more than 0 campaigns").and.contain("only known in the update, so it counts");
    expectReadable(message);
  });
});
