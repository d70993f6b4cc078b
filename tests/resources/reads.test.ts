import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import type { Fault } from "../../simulator";
import type { ResourceType } from "../support/testAccount";
import { failed, openInProcess } from "../support/testAccount";

const states: Record<ResourceType, Properties> = {
  Campaign: { name: "Spring sale", campaignId: "7", status: "running" },
  CampaignCancellation: { campaignId: "7", reason: "x", status: "canceled", outcome: "canceled" },
  CampaignStatus: { campaignId: "7", status: "paused", currentStatus: "paused" },
};
const answers: [what: string, fault: Fault, says: string][] = [
  ["404", { kind: "status", status: 404 }, "HTTP 404"],
  ["400", { kind: "status", status: 400 }, "HTTP 400"],
  ["an object", { kind: "body", body: "{}" }, "HTTP 200 without a list of campaigns"],
];

const wrongIds: [id: string, says: string][] = [
  ["", "such as 1000248"],
  [" ", "such as 1000248"],
  ["spring-sale", "such as 1000248"],
  ["../users/1", "such as 1000248"],
  ["1000248 ", "Do you mean 1000248?"],
  ["1000248\n", "Do you mean 1000248?"],
  ["hood:1000248", "Do you mean 1000248?"],
  ["1000248/cancel", "Do you mean 1000248?"],
  ["1000248,1000249", "such as 1000248"],
  ["https://app.example/campaigns/1000248?tab=1", "Do you mean 1000248?"],
  ["1,000,248", "such as 1000248"],
  ["x".repeat(10_000), "such as 1000248"],
  ["\u001b[31m1000248", "is no id of a campaign"],
];

for (const [type, state] of Object.entries(states) as [ResourceType, Properties][]) {
  describe(`a read of a ${type}`, () => {
    const on = openInProcess({ type });
    const live = ({ status, currentStatus = status }: Properties) => currentStatus;

    it("keeps what was known of a campaign that isn't shown if the list has another without a status in it", async () => {
      on.campaign("running");
      const change = (page: object) => ({ ...page, items: [{ id: "5", status: null }], total: 1 });
      const match = ({ path }: { path: string }) => path.includes("metadata");
      on.fault({ match, times: Number.POSITIVE_INFINITY, fault: { kind: "changed", change } });
      const provider = on.another();
      expect(live((await provider.read("7", state)).props)).to.equal(live(state));
      expect(provider.engine.warnings.join()).to.match(
        /^Hood has no page for campaign 7.*its list of campaigns can't be read/,
      );
    });

    for (const [what, fault, says] of answers) {
      it(`fails at an address that answers everything with ${what}, and names the setting`, async () => {
        on.fault({ times: Number.POSITIVE_INFINITY, fault });
        const { message } = await failed(() => on.provider.read("7", state));
        expect(message)
          .to.match(/^Can't list campaigns: /)
          .and.contain(says);
        expect(message).to.contain("Check HOOD_ENDPOINT");
        expect(on.provider.engine.warnings).to.deep.equal([]);
      });
    }

    it("asks for one list, however many campaigns Hood has forgotten", async () => {
      const read = (id: string) => on.provider.read(id, { ...state, campaignId: id });
      for (const { props } of await Promise.all(["7", "8"].map(read))) expect(live(props)).to.equal("unknown");
      expect(live((await read("9")).props)).to.equal("unknown");
      expect(on.sent.filter((request) => request.endsWith("page=1,1"))).to.have.length(1);
    });

    it("fails while no list can be read, and changes its mind afterwards", async () => {
      on.fault({ times: 6, match: ({ path }) => path.endsWith("page=1,1"), fault: { kind: "status", status: 500 } });
      const { message } = await failed(() => on.provider.read("7", state));
      expect(message).to.contain("HTTP 500");
      expect(live((await on.provider.read("7", state)).props)).to.equal("unknown");
    });

    it("says what Hood says if the token may read no list", async () => {
      on.fault({ match: ({ path }) => path.endsWith("page=1,1"), fault: { kind: "status", status: 403 } });
      const { message } = await failed(() => on.provider.read("7", state));
      expect(message).to.contain("HTTP 403").and.contain("lack the right");
    });

    it("as an import fails if Hood doesn't know the id", async () => {
      const { message } = await failed(() => on.provider.read("999", {}));
      expect(message).to.match(/^Can't read campaign 999: HTTP 400.*\nCheck the id in Hood/);
    });

    for (const [id, says] of wrongIds) {
      it(`as an import fails in words if the id is ${JSON.stringify(id).slice(0, 60)}, and nobody is asked`, async () => {
        const { message } = await failed(() => on.provider.read(id, {}));
        expect(message).to.contain("is no id of a campaign in Hood").and.contain(says);
        expect(on.sent).to.deep.equal([]);
      });
    }
  });
}

describe("a campaign with a field that is too large to be read", () => {
  const on = openInProcess({ type: "Campaign" });
  const targeting = { ids: Array.from({ length: 100_001 }, (_, n) => n) };
  const draft = { name: "Spring sale", draft: true };

  it("is canceled all the same", async () => {
    const id = on.campaign("running", { targeting });
    await on.apply({ campaignId: id, reason: "x" }, on.another({ type: "CampaignCancellation" }));
    expect(on.canceled).to.deep.equal([id]);
  });

  it("keeps what the state has of that field in a refresh, which says so", async () => {
    const { outs } = await on.apply({ ...draft, targeting: { countries: ["DE"] } });
    Object.assign(on.hood.campaign(String(outs.campaignId)), { targeting, name: "By hand" });
    const provider = on.another();
    const { props } = await provider.read(String(outs.campaignId), outs);
    expect(props).to.deep.include({ name: "By hand", targeting: { countries: ["DE"] } });
    expect(provider.engine.warnings.join()).to.match(/^What campaign .* has in targeting is too large to be read\./);
  });

  it("isn't launched, since nobody can tell what that would send", async () => {
    const { outs } = await on.apply(draft);
    Object.assign(on.hood.campaign(String(outs.campaignId)), { targeting });
    const { message } = await failed(() =>
      on.another().update(String(outs.campaignId), outs, { ...draft, draft: false }),
    );
    expect(message).to.contain("targeting");
    expect(on.hood.campaign(String(outs.campaignId)).status).to.equal("draft");
  });

  it("is launched if it is a list that the program declares, which is sent whole", async () => {
    const messages = [{ channel: "push", name: "a", targeting }];
    const { outs } = await on.apply({ ...draft, messages });
    await on.another().update(String(outs.campaignId), outs, { ...draft, messages, draft: false });
    expect(on.hood.campaign(String(outs.campaignId)).status).to.equal("manual");
  });

  it("doesn't keep others from being created", async () => {
    on.campaign("running", { name: "Autumn sale", metadata: targeting, targeting });
    await on.apply(draft);
    expect(on.hood.campaigns.size).to.equal(2);
  });
});
