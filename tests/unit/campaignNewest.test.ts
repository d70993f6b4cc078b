import { expect } from "chai";
import { HoodError } from "../../provider/hood/errors";
import { openCampaignAccount, START } from "../support/campaignAccount";
import { thrown } from "../support/messages";

const MINUTE = 60_000;

describe("the newest campaigns", () => {
  const hood = openCampaignAccount();
  /** One a minute, the last one now; ids in the order of their age. */
  const add = (count: number) => {
    const times = Array.from({ length: count }, (_, index) => START - (count - 1 - index) * MINUTE);
    const written = times.map((at) => new Date(at).toISOString().slice(0, 19).replace("T", " "));
    return hood.hood.add(...written.map((create_time) => ({ create_time, status: "manual" }))).map(({ id }) => id);
  };
  const newest = async (minutes: number) =>
    (await hood.account.recentCampaigns(minutes * MINUTE)).map(({ campaign }) => campaign.id);

  it("come the newest first, with what tells them apart", async () => {
    const [older, newer] = add(2);
    const found = await hood.account.recentCampaigns(99 * MINUTE);
    expect(found.map(({ campaign }) => campaign.id)).to.deep.equal([newer, older]);
    expect(found[0]?.campaign).to.deep.equal({ id: newer, name: `Campaign ${newer}`, status: "manual" });
    expect(found[0]?.createdAt).to.equal(START);
  });

  it("are read page by page, and no further than was asked for", async () => {
    await hood.open({ maxPageSize: 10 });
    const ids = add(45).reverse();
    expect(await newest(24)).to.deep.equal(ids.slice(0, 30));
    expect(hood.hood.requests).to.have.length(3);
    expect(await newest(99)).to.deep.equal(ids);
    expect(hood.hood.requests).to.have.length(8);
  });

  it("are found where the server refuses large pages, and tells the total as a text", async () => {
    await hood.open({ maxPageSize: 10, overMaxPageSize: "refuse", pastTheEnd: "refuse", totalAs: "string" });
    const ids = add(20).reverse();
    expect(await newest(99)).to.deep.equal(ids);
    expect(hood.hood.requests).to.have.length(4);
  });

  it("are all found while others are created", async () => {
    await hood.open({ maxPageSize: 10 });
    const ids = add(30);
    hood.hood.fault({ match: ({ path }) => path.includes("page=2,"), before: (it) => void it.add({}, {}, {}) });
    expect(await newest(99)).to.include.members(ids);
  });

  it("are all read where the server doesn't obey the order", async () => {
    await hood.open({ maxPageSize: 10 });
    const ids = add(20);
    const page = (from: number) => ({
      kind: "body" as const,
      body: JSON.stringify({ total: 20, items: ids.slice(from, from + 10).map((id) => hood.hood.campaign(id)) }),
    });
    hood.hood.fault({ match: ({ path }) => path.includes("page=1,"), fault: page(0) });
    hood.hood.fault({ match: ({ path }) => path.includes("page=2,"), fault: page(10) });
    expect(await newest(5)).to.include.members(ids);
  });

  it("are never taken for none where something else answers", async () => {
    hood.hood.fault({ fault: { kind: "body" } });
    expect((await thrown(HoodError, () => newest(1))).kind).to.equal("unexpectedResponse");
  });

  it("are none in an empty account", async () => expect(await newest(1)).to.deep.equal([]));
});
