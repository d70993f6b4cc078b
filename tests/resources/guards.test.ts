import { expect } from "chai";
import { UserError } from "../../provider/errors";
import { UNKNOWN } from "../../provider/hosts/hosted";
import { OperationMemory } from "../../provider/operation";
import { type CancelArgs, decide } from "../../provider/resources/cancel";
import { countCancellation, duplicateFailures } from "../../provider/resources/guards";
import { type Planned, unknown } from "../../provider/resources/resource";
import { readSettings } from "../../provider/settings";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

type Guards = Planned<Pick<CancelArgs, "expectedName" | "whenNotCancelable">>;

describe("what a live campaign means for a cancellation", () => {
  const campaign = { id: "1000248", name: "Spring sale", status: "running" };
  const summer = { expectedName: "Summer sale" };
  const rows: [live: object, guards: Guards, means: string | RegExp[]][] = [
    [{}, {}, "cancel"],
    [{ status: "scheduled" }, {}, "cancel"],
    [{ status: "paused" }, { expectedName: "Spring sale" }, "cancel"],
    [{}, { expectedName: unknown }, "cancel"],
    [{ status: "canceled" }, {}, "alreadyCanceled"],
    [{ status: "sent" }, { whenNotCancelable: "accept" }, "notNeeded"],
    [{ status: "sent" }, { whenNotCancelable: unknown }, "notNeeded"],
    [{ status: "sent" }, {}, [/can't be canceled: its status is "sent"/]],
    [{ status: "sent" }, { whenNotCancelable: "fail" }, [/can't be canceled/]],
    [{ status: "sent" }, summer, [/not "Summer sale"/, /can't be canceled/]],
    [{ status: "canceled" }, summer, [/not "Summer sale"/]],
    [{ status: "archived" }, summer, [/not "Summer sale"/, /"archived"/]],
    [{ status: "archived" }, { whenNotCancelable: unknown }, [/"archived"/]],
    [{ status: "archived" }, { whenNotCancelable: "accept" }, [/"archived"/]],
    ...["spring sale", "Spring sale ", "Spring", "Spring  sale"].map((expectedName): [object, Guards, RegExp[]] => [
      {},
      { expectedName },
      [/^Campaign 1000248 is called "Spring sale"/],
    ]),
    [
      { name: "Spring sale " },
      { expectedName: "Spring sale" },
      [/a space \(U\+0020\) in Hood, the end in expectedName/],
    ],
  ];
  for (const [live, guards, means] of rows) {
    const shown = Object.entries({ ...live, ...guards }).map(
      ([name, value]) => `${name} ${JSON.stringify(String(value))}`,
    );
    it(`is ${typeof means === "string" ? means : "a failure"} with ${shown.join(" and ") || "nothing else"}`, () => {
      const decision = decide({ ...campaign, ...live }, guards);
      const failures = decision.kind === "fail" ? decision.failures : [];
      if (typeof means === "string")
        expect(decision.kind === "record" ? decision.outcome : decision.kind).to.equal(means);
      else expect(failures).to.have.length(means.length);
      for (const [index, { reason }] of failures.entries()) {
        expect(reason).to.match((means as RegExp[])[index] ?? /^$/);
        expectReadable(reason);
      }
    });
  }
});

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
    for (const id of ["1", "2", "3", "4"]) on.campaign("running", { id });
    const diff = (campaignId: string) => {
      const inputs = { campaignId, reason, campaignName: "Spring sale", previousStatus: "running" };
      return provider.diff(campaignId, { ...inputs, status: "running", outcome: "canceled" }, inputs);
    };
    // A refresh compares without a check. It sends nothing, so it counts nothing.
    for (const id of ["1", "2", "3", "4"]) expect((await diff(id)).changes).to.equal(true);
    await provider.check({ campaignId: "1", reason }, { campaignId: "1", reason });
    for (const id of ["1", "2", "1"]) expect((await diff(id)).changes).to.equal(true);
    const { message } = await thrown(ProviderError, () => diff("3"));
    expect(message).to.contain("more than 2 campaigns");
    expect(on.calls).to.deep.equal([]);
  });

  it("says why it counts a status that only the update will know", async () => {
    const operation = {
      memory: new OperationMemory(),
      settings: () => readSettings((key) => (key === "maxCancellations" ? "0" : undefined), {}),
    };
    const { message } = await thrown(UserError, () => countCancellation(operation, "7", unknown));
    expect(message).to.contain("more than 0 campaigns").and.contain("only known in the update, so it counts");
    expectReadable(message);
  });
});
