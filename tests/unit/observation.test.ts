import { expect } from "chai";
import { type Account, openAccount } from "../../provider/hood/account";
import { actOnCampaign } from "../../provider/hood/endpoints";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { type InstantClock, instantClock } from "../support/instantClock";

const ACTIVE = ["scheduled", "running", "paused"];
const token = "observation-canary-1";

describe("observation", () => {
  let hood: Simulator;
  let clock: InstantClock;
  let account: Account;

  async function open(campaigns: number, options: SimulatorOptions = {}): Promise<string[]> {
    clock = instantClock();
    const ids = Array.from({ length: campaigns }, (_, index) => String(1_000_000 + index));
    hood = await startSimulator({
      token,
      rateLimit: "off",
      campaigns: ids.map((id) => ({ id, name: `Campaign ${id}`, status: "running" })),
      ...options,
    });
    const rateLimit = [{ limit: 1_000_000, length: 1_000 }];
    account = openAccount(
      { endpoint: hood.url, token, timeout: 5_000, maxParallel: 10, maxWait: 600_000, rateLimit },
      clock,
    );
    return ids;
  }
  afterEach(() => hood.close());

  const isList = ({ path }: { path: string }) => path.includes("?");
  const lists = () => hood.requests.filter(isList).length;

  async function observeEach(ids: readonly string[]): Promise<void> {
    for (const id of ids)
      expect(await account.getRecent(id, ACTIVE)).to.include({ id, name: `Campaign ${id}`, status: "running" });
  }

  it("looks at one or two campaigns singly", async () => {
    await observeEach(await open(2));
    expect(hood.requests).to.have.length(2);
    expect(lists()).to.equal(0);
  });

  it("looks at 500 one after the other with few requests", async () => {
    await observeEach(await open(500));
    expect(hood.requests.length).to.be.at.most(10);
  });

  it("looks at 500 at once with few requests", async () => {
    const ids = await open(500);
    const seen = await Promise.all(ids.map((id) => account.getRecent(id, ACTIVE)));
    expect(seen.map(({ id }) => id)).to.deep.equal(ids);
    expect(hood.requests.length).to.be.at.most(10);
  });

  it("looks anew at a campaign that was changed from here, and at no other", async () => {
    const ids = await open(20);
    await observeEach(ids);
    const [changed = "", ...others] = ids.slice(5);
    await account.write({ id: changed, seenAt: clock.now() }, actOnCampaign(changed, "pause"), {
      reason: "Stock is short",
    });
    hood.clearRequests();
    expect(account.remembered(changed)).to.equal(undefined);
    expect(await account.getRecent(changed, ACTIVE)).to.include({ status: "paused" });
    expect(hood.requests.map(({ path }) => path)).to.deep.equal([`/v1/hood/campaigns/${changed}`]);
    await observeEach(others);
    expect(hood.requests).to.have.length(1);
  });

  it("keeps to the page size that the server grants", async () => {
    await observeEach(await open(500, { maxPageSize: 40 }));
    expect(hood.requests.length).to.be.at.most(20);
  });

  it("asks for smaller pages where large ones are refused", async () => {
    await observeEach(await open(300, { maxPageSize: 100, overMaxPageSize: "refuse" }));
    expect(hood.requests.length).to.be.at.most(10);
  });

  it("does with single looks where lists are refused", async () => {
    const ids = await open(20, { filterable: [] });
    await observeEach(ids);
    expect(hood.requests.length).to.be.below(30);
  });

  it("spends no long list on a few looks", async () => {
    const ids = await open(3_000);
    await observeEach(ids.slice(0, 4));
    expect(hood.requests.length).to.be.at.most(6);
  });

  it("reads a long list once the looks are worth it", async () => {
    const ids = await open(3_000);
    await observeEach(ids.slice(0, 400));
    expect(hood.requests.length).to.be.below(80);
  });

  it("takes totals as strings", async () => {
    await observeEach(await open(250, { totalAs: "string" }));
    expect(hood.requests.length).to.be.at.most(10);
  });

  it("looks singly at what isn't where it was expected, with its real status", async () => {
    const ids = await open(20);
    hood.setStatus("1000007", "canceled");
    await observeEach(ids.slice(0, 5));
    expect(await account.getRecent("1000007", ACTIVE)).to.include({ id: "1000007", status: "canceled" });
  });

  it("looks at 500 that are in another status than expected with few requests", async () => {
    const ids = await open(500);
    for (const id of ids) hood.setStatus(id, "sent");
    const seen = await Promise.all(ids.map((id) => account.getRecent(id, ACTIVE)));
    expect(seen.map(({ id }) => id)).to.deep.equal(ids);
    expect(seen.every(({ status }) => status === "sent")).to.equal(true);
    expect(hood.requests.length).to.be.at.most(12);
  });

  it("looks at 100 among thousands in another status with hardly more requests than singly", async () => {
    const ids = await open(6_000, { maxPageSize: 10 });
    for (const id of ids.slice(0, 5_900)) hood.setStatus(id, "sent");
    await Promise.all(ids.slice(0, 100).map((id) => account.getRecent(id, ["scheduled"])));
    expect(hood.requests.length).to.be.at.most(110);
  });

  it("reads no list of everything where the likely one isn't read to its end", async () => {
    const ids = await open(3_000);
    await observeEach(ids.slice(0, 20));
    expect(hood.requests.filter(({ path }) => isList({ path }) && !path.includes("status="))).to.deep.equal([]);
  });

  it("misses none of those that slip between two pages", async () => {
    const ids = await open(300);
    // While the first page is on its way, campaigns of it leave the list, and later pages shift.
    hood.fault({
      match: (request) => isList(request) && request.path.endsWith("page=2,100"),
      before: (person) => {
        for (const id of ids.slice(10, 40)) person.setStatus(id, "sent");
      },
    });
    const seen = await Promise.all(ids.slice(100).map((id) => account.getRecent(id, ACTIVE)));
    expect(seen.map(({ id }) => id)).to.deep.equal(ids.slice(100));
    expect(seen.every(({ status }) => status === "running")).to.equal(true);
  });

  it("takes an unknown id for unknown only after a look at it alone", async () => {
    const ids = await open(20);
    await observeEach(ids.slice(0, 5));
    const error = await account.getRecent("9999999", ACTIVE).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).to.include({ kind: "unknownCampaign" });
    expect(hood.requests.at(-1)?.path).to.match(/\/campaigns\/9999999$/);
  });

  it("relies on a list for a minute, and no longer", async () => {
    const ids = await open(20);
    await observeEach(ids.slice(0, 5));
    expect(account.remembered("1000003")).to.include({ status: "running" });
    hood.setStatus("1000003", "paused");
    await clock.sleep(58_900);
    expect(await account.getRecent("1000003", ACTIVE)).to.include({ status: "running" });
    await clock.sleep(101);
    expect(account.remembered("1000003")).to.equal(undefined);
    expect(await account.getRecent("1000003", ACTIVE)).to.include({ status: "paused" });
  });

  it("a look is always asked anew", async () => {
    await open(1);
    await account.get("1000000");
    hood.setStatus("1000000", "canceled");
    expect(await account.get("1000000")).to.include({ status: "canceled" });
    expect(account.remembered("1000000")).to.include({ status: "canceled" });
  });
});
