import { expect } from "chai";
import type { Fault, FaultRule, Simulator } from "../../simulator";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess } from "../support/testAccount";

const reason = "Budget cut";
/** Longer than a read may be relied on. */
const LONG: Fault = { kind: "status", status: 429, retryAfter: 75 };
const isWrite: FaultRule["match"] = ({ method }) => method !== "GET";

describe("a write whose turn comes more than a minute after the read that it stands on", () => {
  const on = openInProcess();
  const apply = (campaignId: string, more: object = {}, provider = on.provider) =>
    on.apply({ campaignId, reason, ...more }, provider);
  /** The first write is held up; meanwhile, something happens to the campaigns. */
  const holdUp = (meanwhile: object = {}, rule: FaultRule = {}) => {
    const before = ({ campaigns }: Simulator) => {
      for (const campaign of campaigns.values()) Object.assign(campaign, meanwhile);
    };
    on.fault({ match: isWrite, before, fault: LONG, ...rule });
  };
  const methods = () => on.hood.requests.map(({ method }) => method);
  /** Writes that Hood didn't answer with 429. */
  const sent = () => on.hood.requests.filter(({ method, status }) => method !== "GET" && status !== 429);

  async function failed(act: () => Promise<unknown>): Promise<string> {
    const { message, partial } = await thrown(ProviderError, act);
    expectReadable(message);
    expect(partial).to.equal(undefined);
    return message;
  }

  it("goes out after another read", async () => {
    const id = on.campaign("running");
    holdUp();
    expect((await apply(id, { expectedName: "Spring sale" })).outs).to.include({ outcome: "canceled" });
    expect(methods()).to.deep.equal(["GET", "POST", "GET", "POST"]);
    expect(on.canceled).to.deep.equal([id]);
  });

  it("goes out without another read as long as the first is recent enough", async () => {
    holdUp({}, { fault: { ...LONG, retryAfter: 50 } });
    await apply(on.campaign("running"));
    expect(methods()).to.deep.equal(["GET", "POST", "POST"]);
  });

  const rows: [meanwhile: object, args: object, outcome: string | RegExp][] = [
    [{ name: "Renamed" }, { expectedName: "Spring sale" }, /"Renamed", not "Spring sale"/],
    [{ status: "sent" }, {}, /its status is "sent"/],
    [{ status: "sent" }, { whenNotCancelable: "accept" }, "notNeeded"],
    [{ status: "canceled" }, {}, "alreadyCanceled"],
  ];
  for (const [meanwhile, args, outcome] of rows) {
    it(`isn't sent to a campaign that has ${JSON.stringify(meanwhile)} by then, with ${JSON.stringify(args)}`, async () => {
      const id = on.campaign("running");
      holdUp(meanwhile);
      if (typeof outcome === "string") expect((await apply(id, args)).outs).to.include({ outcome });
      else expect(await failed(() => apply(id, args))).to.match(outcome);
      expect(sent()).to.deep.equal([]);
    });
  }

  it("isn't sent again if an earlier call turns out to have done it", async () => {
    const id = on.campaign("running");
    on.fault({ match: isWrite, fault: { kind: "drop" } });
    holdUp({ status: "canceled" });
    expect((await apply(id)).outs).to.include({ outcome: "canceled" });
    expect(sent()).to.have.length(1);
  });

  it("isn't counted among the six that may be sent, if it was put off", async () => {
    const id = on.campaign("running");
    holdUp({}, { times: 5 });
    on.fault({ match: isWrite, fault: { kind: "drop" } });
    expect((await apply(id)).outs).to.include({ outcome: "canceled" });
    expect(sent()).to.have.length(2);
  });

  it("goes out as an edit after another read, or isn't sent if the campaign takes no edits any more", async () => {
    const edit = (id: string) =>
      on.another({ type: "Campaign" }).update(id, { campaignId: id, name: "Spring sale" }, { name: "Autumn sale" });
    const id = on.campaign("scheduled");
    holdUp();
    await edit(id);
    expect(on.hood.campaign(id).name).to.equal("Autumn sale");
    expect(methods().slice(0, 4)).to.deep.equal(["GET", "PATCH", "GET", "PATCH"]);
    on.hood.clearRequests();
    holdUp({ status: "sent" });
    await thrown(ProviderError, () => edit(on.campaign("scheduled")));
    expect(sent()).to.deep.equal([]);
  });

  it("fails once its waits add up to what hood:maxWait allows, with nothing done", async () => {
    holdUp({}, { times: Infinity });
    expect(await failed(() => apply(on.campaign("running"))))
      .to.contain("again and again for 600 s")
      .and.contain("Nothing was done");
    expect(on.calls).to.have.length(9);
  });

  it("fails if the rate limit lets only one request through a minute, with nothing sent", async () => {
    const provider = on.another({ config: { rateLimit: "1/61s" } });
    const message = await failed(() => apply(on.campaign("running"), {}, provider));
    expect(message).to.contain("within a minute after the campaign was read");
    expect(on.calls).to.deep.equal([]);
  });

  it("stands on a few lists if it is one of many, not on a single read for each", async () => {
    const ids = Array.from({ length: 60 }, () => on.campaign("running"));
    holdUp();
    const provider = on.another({ config: { preflight: "off" } });
    await Promise.all(ids.map((campaignId) => provider.create({ campaignId, reason })));
    expect(on.canceled).to.have.members(ids);
    expect(methods().filter((method) => method === "GET").length).to.be.at.most(6);
  });
});
