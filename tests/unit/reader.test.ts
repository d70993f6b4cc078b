import { expect } from "chai";
import { actOnCampaign } from "../../provider/hood/endpoints";
import { HoodError } from "../../provider/hood/errors";
import type { SimulatorOptions } from "../../simulator";
import {
  json,
  openRawAccount,
  openSimulatedAccount,
  type RawAnswer,
  rejection,
  showing,
  shown,
  text,
} from "../support/accounts";
import { thrown } from "../support/messages";

describe("a read of one campaign", () => {
  const raw = openRawAccount();
  const failure = () => thrown(HoodError, () => raw.account.get("1000248"));

  it("shows the live campaign", async () => {
    raw.server.answer(showing(shown));
    const { id, name, status } = await raw.account.get("1000248");
    expect({ id, name, status }).to.deep.equal({ id: "1000248", name: "Spring sale", status: "running" });
  });

  it("finds the campaign that it asked for among others", async () => {
    raw.server.answer(json(200, { total: 2, items: [{ ...shown, id: "1", name: "Another" }, shown] }));
    expect((await raw.account.get("1000248")).name).to.equal("Spring sale");
  });

  it("never shows another campaign", async () => {
    raw.server.answer(showing({ ...shown, id: "10002480" }));
    expect((await failure()).kind).to.equal("unknownCampaign");
  });

  it("doesn't match a campaign by a rounded numeric id", async () => {
    raw.server.answer(text(200, '{"total":1,"items":[{"id":9007199254740993,"name":"x","status":"running"}]}'));
    const error = await thrown(HoodError, () => raw.account.get("9007199254740992"));
    expect(error.kind).to.equal("unknownCampaign");
  });

  const unknown: [string, RawAnswer][] = [
    ["400", json(400, rejection)],
    ["404", json(404, { title: "Not found." })],
    ["400 without a body", text(400)],
    ["200 without items", json(200, { total: 0, items: [] })],
  ];
  for (const [what, answer] of unknown) {
    it(`says that Hood doesn't know the campaign if the answer is ${what}`, async () => {
      raw.server.answer(answer);
      expect((await failure()).kind).to.equal("unknownCampaign");
      expect(raw.server.requests).to.have.length(1);
    });
  }

  it("is remembered until the next read begins", async () => {
    expect(raw.account.remembered("1000248")).to.equal(undefined);
    raw.server.answer(showing(shown), json(400, rejection));
    const campaign = await raw.account.get("1000248");
    expect(raw.account.remembered("1000248")).to.equal(campaign);
    await failure();
    expect(raw.account.remembered("1000248")).to.equal(undefined);
  });

  it("isn't relied on if it began before a change and ended after it", async () => {
    let answerRead = () => {};
    const held = new Promise<void>((asked) => {
      raw.server.answer((response, request) => {
        answerRead = () => showing(shown)(response, request);
        asked();
      }, text(204));
    });
    const read = raw.account.get("1000248");
    await held;
    const pause = actOnCampaign("1000248", "pause");
    await raw.account.write({ id: "1000248", seenAt: 0 }, pause, { reason: "Stock is short" });
    answerRead();
    expect(await read).to.include({ status: "running" });
    expect(raw.account.remembered("1000248")).to.equal(undefined);
  });
});

describe("recent reads of campaigns", () => {
  const ACTIVE = ["scheduled", "running", "paused"];
  const simulated = openSimulatedAccount();
  const requests = () => simulated.hood.requests;
  const isList = ({ path }: { path: string }) => path.includes("?");
  const getRecent = (id: string, statuses = ACTIVE) => simulated.account.getRecent(id, statuses);

  async function open(campaigns: number, options: SimulatorOptions = {}): Promise<string[]> {
    const ids = Array.from({ length: campaigns }, (_, index) => String(1_000_000 + index));
    const running = ids.map((id) => ({ id, name: `Campaign ${id}`, status: "running" }));
    await simulated.open({ campaigns: running, ...options });
    return ids;
  }

  async function readEach(ids: readonly string[]): Promise<void> {
    for (const id of ids) expect(await getRecent(id)).to.include({ id, name: `Campaign ${id}`, status: "running" });
  }

  it("are single reads for one or two campaigns", async () => {
    await readEach(await open(2));
    expect(requests()).to.have.length(2);
    expect(requests().filter(isList)).to.deep.equal([]);
  });

  /** How many campaigns there are, and with what options; how many are read, one after the other; the most requests for that. */
  const budgets: [string, number, SimulatorOptions, number, number][] = [
    ["500 campaigns", 500, {}, 500, 10],
    ["500 campaigns if the server grants small pages only", 500, { maxPageSize: 40 }, 500, 20],
    ["300 campaigns if Hood rejects large pages", 300, { maxPageSize: 100, overMaxPageSize: "refuse" }, 300, 10],
    ["20 campaigns if Hood rejects lists", 20, { filterable: [] }, 20, 29],
    ["a few of thousands, without a scan of the long list", 3_000, {}, 4, 6],
    ["many of thousands, with a scan once that is worth it", 3_000, {}, 400, 79],
    ["250 campaigns if totals are texts", 250, { totalAs: "string" }, 250, 10],
  ];
  for (const [what, campaigns, options, read, most] of budgets) {
    it(`take at most ${most} requests for ${what}`, async () => {
      const ids = await open(campaigns, options);
      await readEach(ids.slice(0, read));
      expect(requests().length).to.be.at.most(most);
    });
  }

  it("take few requests for 500 campaigns at once", async () => {
    const ids = await open(500);
    const seen = await Promise.all(ids.map((id) => getRecent(id)));
    expect(seen.map(({ id }) => id)).to.deep.equal(ids);
    expect(requests().length).to.be.at.most(10);
  });

  it("read a campaign again that was changed from here, and no other", async () => {
    const ids = await open(20);
    await readEach(ids);
    const [changed = "", ...others] = ids.slice(5);
    const seenAt = simulated.clock.now();
    await simulated.account.write({ id: changed, seenAt }, actOnCampaign(changed, "pause"), {
      reason: "Stock is short",
    });
    simulated.hood.clearRequests();
    expect(simulated.account.remembered(changed)).to.equal(undefined);
    expect(await getRecent(changed)).to.include({ status: "paused" });
    expect(requests().map(({ path }) => path)).to.deep.equal([`/v1/hood/campaigns/${changed}`]);
    await readEach(others);
    expect(requests()).to.have.length(1);
  });

  it("read a campaign singly that isn't in an expected status, and show its real one", async () => {
    const ids = await open(20);
    simulated.hood.setStatus("1000007", "canceled");
    await readEach(ids.slice(0, 5));
    expect(await getRecent("1000007")).to.include({ id: "1000007", status: "canceled" });
  });

  it("take few requests for 500 that are in another status than expected", async () => {
    const ids = await open(500);
    for (const id of ids) simulated.hood.setStatus(id, "sent");
    const seen = await Promise.all(ids.map((id) => getRecent(id)));
    expect(seen.map(({ id }) => id)).to.deep.equal(ids);
    expect(seen.every(({ status }) => status === "sent")).to.equal(true);
    expect(requests().length).to.be.at.most(12);
  });

  it("take hardly more requests than single reads for 100 among thousands in another status", async () => {
    const ids = await open(6_000, { maxPageSize: 10 });
    for (const id of ids.slice(0, 5_900)) simulated.hood.setStatus(id, "sent");
    await Promise.all(ids.slice(0, 100).map((id) => getRecent(id, ["scheduled"])));
    expect(requests().length).to.be.at.most(110);
  });

  it("scan no list of all statuses if the one of the expected statuses isn't read to its end", async () => {
    const ids = await open(3_000);
    await readEach(ids.slice(0, 20));
    expect(requests().filter(({ path }) => isList({ path }) && !path.includes("status="))).to.deep.equal([]);
  });

  it("miss none of those that slip between two pages", async () => {
    const ids = await open(300);
    // While the first page is on its way, campaigns of it leave the list, and later pages shift.
    simulated.hood.fault({
      match: (request) => isList(request) && request.path.endsWith("page=2,100"),
      before: (person) => {
        for (const id of ids.slice(10, 40)) person.setStatus(id, "sent");
      },
    });
    const seen = await Promise.all(ids.slice(100).map((id) => getRecent(id)));
    expect(seen.map(({ id }) => id)).to.deep.equal(ids.slice(100));
    expect(seen.every(({ status }) => status === "running")).to.equal(true);
  });

  it("say that Hood doesn't know a campaign only after a single read", async () => {
    const ids = await open(20);
    await readEach(ids.slice(0, 5));
    expect((await thrown(HoodError, () => getRecent("9999999"))).kind).to.equal("unknownCampaign");
    expect(requests().at(-1)?.path).to.match(/\/campaigns\/9999999$/);
  });

  it("rely on a scan for a minute, and no longer", async () => {
    const ids = await open(20);
    await readEach(ids.slice(0, 5));
    expect(simulated.account.remembered("1000003")).to.include({ status: "running" });
    simulated.hood.setStatus("1000003", "paused");
    await simulated.clock.sleep(58_900);
    expect(await getRecent("1000003")).to.include({ status: "running" });
    await simulated.clock.sleep(101);
    expect(simulated.account.remembered("1000003")).to.equal(undefined);
    expect(await getRecent("1000003")).to.include({ status: "paused" });
  });

  it("don't answer a read that is asked for now", async () => {
    await open(1);
    await simulated.account.get("1000000");
    simulated.hood.setStatus("1000000", "canceled");
    expect(await simulated.account.get("1000000")).to.include({ status: "canceled" });
    expect(simulated.account.remembered("1000000")).to.include({ status: "canceled" });
  });
});
