import { expect } from "chai";
import fc from "fast-check";
import { HoodError } from "../../provider/hood/errors";
import type { SimulatedCampaign, Simulator, SimulatorOptions } from "../../simulator";
import { json, page as login, openRawAccount, openSimulatedAccount, rejection, START, text } from "../support/accounts";
import { thrown } from "../support/messages";

describe("the pages of a list", () => {
  const raw = openRawAccount();
  const query = { sort: "create_time" };
  const item = { id: "1000248", name: "Spring sale", status: "running" };
  const search = (most?: number) => raw.account.search(query, most);
  const sent = () => raw.server.requests.map(({ path }) => /page=(\d+,\d+)/.exec(path)?.[1]);

  it("are asked for in smaller sizes if Hood rejects larger ones, down to ten", async () => {
    raw.server.answer(json(400, rejection));
    const error = await thrown(HoodError, () => search());
    expect(error.message).to.contain("Can't list campaigns: HTTP 400 Bad request.");
    expect(sent()).to.deep.equal(["1,500", "1,100", "1,10"]);
  });

  it("are no larger than the number of campaigns that are wanted", async () => {
    raw.server.answer(json(400, rejection));
    await thrown(HoodError, () => search(50));
    await thrown(HoodError, () => search(7));
    expect(sent()).to.deep.equal(["1,50", "1,10", "1,7"]);
  });

  it("aren't asked for in smaller sizes if the error has another reason", async () => {
    raw.server.answer(json(401, { title: "Unauthorized." }));
    expect((await thrown(HoodError, () => search())).kind).to.equal("unauthorized");
    expect(raw.server.requests).to.have.length(1);
  });

  it("go on in the size of the first one, if that is shorter than was asked for", async () => {
    const items = [1, 2, 3].map((id) => ({ ...item, id: String(id) }));
    const [first, second] = [
      json(200, { total: 5, items }),
      json(200, { total: 5, items: [{ id: "4" }, { id: "5" }] }),
    ];
    raw.server.answer(first, second, first, second);
    await search();
    expect(sent().slice(0, 3)).to.deep.equal(["1,500", "2,3", "1,3"]);
  });

  const wrong: [string, object | undefined, string, status?: string][] = [
    ["no list", {}, "without a list of campaigns"],
    ["something else as the list", { total: 1, items: "x" }, "without a list of campaigns"],
    ["no total", { items: [item] }, "that has no total"],
    ["a total that is no number", { total: null, items: [item] }, "that has no total"],
    ["a total and no campaign", { total: 2, items: [] }, "a total of 2 and 0 campaigns on page 1"],
    ["more campaigns than the total", { total: 0, items: [item] }, "a total of 0 and 1 campaign on page 1"],
    ["a total below zero", { total: -5, items: [item] }, "that has no total"],
    ["a campaign without an id", { total: 1, items: [{ name: "x" }] }, "no usable id"],
    ["an id that was rounded", { total: 1, items: [{ id: 9007199254740992 }] }, "no usable id"],
    ["something else as a campaign", { total: 1, items: ["x"] }, "no usable id"],
    ["a campaign in another status than asked for", { total: 1, items: [item] }, "doesn't obey the filter", "paused"],
    [
      "a campaign without the status asked for",
      { total: 1, items: [{ id: "7" }] },
      "doesn't obey the filter",
      "paused",
    ],
  ];
  for (const [what, body, says, status] of wrong) {
    it(`aren't accepted with ${what}`, async () => {
      raw.server.answer(json(200, body));
      const filter = status === undefined ? {} : { status: ["draft", status] };
      const error = await thrown(HoodError, () => raw.account.search({ ...query, ...filter }));
      expect(error).to.include({ kind: "unexpectedResponse", status: 200 }, error.message);
      expect(error.message).to.contain(says);
    });
  }

  it("aren't accepted from a proxy", async () => {
    raw.server.answer(login);
    expect((await thrown(HoodError, () => search())).kind).to.equal("unexpectedResponse");
  });

  it("may hold an id as a number, if it is exact", async () => {
    raw.server.answer(json(200, { total: 1, items: [{ ...item, id: 1000248 }] }));
    expect(await search()).to.deep.equal([item]);
  });

  for (const levels of [3_000, 30_000]) {
    it(`may hold a campaign with values in ${levels} levels: it blocks no other's create`, async () => {
      const deep = `${'{"a":['.repeat(levels / 2)}1${"]}".repeat(levels / 2)}`;
      const campaign = `${JSON.stringify(item).slice(0, -1)},"create_time":"2026-05-01 12:00:00","metadata":${deep}}`;
      raw.server.answer(text(200, `{"total":1,"items":[${campaign}]}`));
      expect(JSON.stringify(await search()))
        .to.contain("1000248")
        .and.contain("nested too deep");
      expect(await raw.account.recentCampaigns(Number.POSITIVE_INFINITY)).to.have.length(1);
      expect(await raw.account.get("1000248")).to.include({ status: "running" });
      expect(raw.server.requests).to.have.length(3);
    });
  }
});

describe("a search for campaigns", () => {
  const simulated = openSimulatedAccount();
  const query = { status: ["running"], sort: "create_time,name" };
  /** The ids from one to another. */
  const ids = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  const running = (first: number, last: number) => ids(first, last).map((id) => ({ id, name: id, status: "running" }));
  const open = (campaigns: Partial<SimulatedCampaign>[], options: SimulatorOptions = {}) =>
    simulated.open({ campaigns, ...options });
  const found = async (more: object = {}, most?: number) =>
    (await simulated.account.search({ ...query, ...more }, most))?.map(({ id }) => id);
  const requests = () => simulated.hood.requests;
  /** Somebody's change at the moment when a page is asked for. */
  const atPage = (page: number, before: (person: Simulator) => void, times = 1) =>
    simulated.hood.fault({ match: ({ path }) => path.includes(`page=${page},`), before, times });

  it("takes one request if one page holds all", async () => {
    await open([...running(1000, 1098), { id: "2000", status: "sent" }]);
    expect(await found()).to.deep.equal(ids(1000, 1098));
    expect(requests()).to.have.length(1);
  });

  for (const pastTheEnd of ["empty", "refuse"] as const) {
    it(`takes another if they fill it, which is what a total looks like that counts one page (${pastTheEnd})`, async () => {
      await open(running(1000, 1099), { pastTheEnd });
      expect(await found()).to.deep.equal(ids(1000, 1099));
      expect(await found({}, 100)).to.deep.equal(ids(1000, 1099));
      expect(requests()).to.have.length(3);
      atPage(2, (person) => void person.add({ id: "1100", name: "1100", status: "running" }));
      expect(await found()).to.deep.equal(ids(1000, 1100));
    });
  }

  it("finds none if there are none", async () => {
    await open([{ status: "sent" }]);
    expect(await found()).to.deep.equal([]);
  });

  it("reads a list of several pages twice, in the largest size that is granted", async () => {
    await open(running(1000, 1249));
    expect(await found()).to.deep.equal(ids(1000, 1249));
    expect(requests()).to.have.length(6);
  });

  for (const options of [
    { maxPageSize: 40 },
    { overMaxPageSize: "refuse" },
    { maxPageSize: 10, overMaxPageSize: "refuse" },
    { totalAs: "string" },
  ] as const) {
    it(`finds all with ${JSON.stringify(options)}`, async () => {
      await open(running(1000, 1124), options);
      expect(await found()).to.deep.equal(ids(1000, 1124));
    });
  }

  it("misses none when a campaign of the first page leaves before the second is read", async () => {
    await open(running(1000, 1249));
    atPage(2, (person) => person.setStatus("1000", "sent"));
    expect(await found())
      .to.include.members(ids(1001, 1249))
      .and.to.have.length(249);
  });

  it("misses none when one leaves and another joins, so that the total stays the same", async () => {
    await open([...running(1000, 1199), { id: "1200", name: "1200", status: "draft" }], { maxPageSize: 100 });
    atPage(2, (person) => {
      person.setStatus("1000", "sent");
      person.setStatus("1200", "running");
    });
    expect(await found()).to.deep.equal(ids(1001, 1200));
  });

  it("shows none twice when one joins at the front", async () => {
    await open([...running(1001, 1250), { id: "1000", name: "1000", status: "draft" }]);
    atPage(2, (person) => person.setStatus("1000", "running"));
    expect(await found()).to.deep.equal(ids(1000, 1250));
  });

  it("goes on if the list has become shorter, and Hood rejects its last page", async () => {
    await open(running(1000, 1104), { pastTheEnd: "refuse" });
    atPage(2, (person) => {
      for (const id of ids(1000, 1009)) person.setStatus(id, "sent");
    });
    expect(await found()).to.deep.equal(ids(1010, 1104));
  });

  it("gives up after it has read a list five times that never stands still", async () => {
    await open(running(1000, 1249));
    let next = 1000;
    atPage(2, (person) => person.setStatus(String(next++), "sent"), Number.POSITIVE_INFINITY);
    expect(await found()).to.equal(undefined);
    expect(requests()).to.have.length(15);
  });

  it("keeps the order that was asked for, and takes the first so many", async () => {
    await open(running(1000, 1249));
    const sort = "-name";
    expect(await found({ sort })).to.deep.equal(ids(1000, 1249).reverse());
    simulated.hood.clearRequests();
    expect(await found({ sort }, 3)).to.deep.equal(["1249", "1248", "1247"]);
    expect(requests()).to.have.length(1);
    expect(await found({ sort }, 120)).to.deep.equal(ids(1130, 1249).reverse());
    expect(await found({ sort }, 1_000)).to.have.length(250);
  });

  it("searches names and descriptions, whatever their case", async () => {
    await open([
      { id: "1", name: "SPRING sale" },
      { id: "2", name: "Other", description: "for spring & summer" },
      { id: "3", name: "Other" },
    ]);
    expect(await found({ q: "spring" })).to.deep.equal(["2", "1"]);
    expect(await found({ q: "spring & s" })).to.deep.equal(["2"]);
    expect(await found({ q: "q=" })).to.deep.equal([]);
  });

  it("shows each campaign that was there throughout, once, whatever else joins and leaves", async () => {
    // Three pages for each reading: the first two readings are disturbed.
    const change = fc.record({ at: fc.nat(5), leaves: fc.nat(29), joins: fc.option(fc.nat(29)) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
        // Every other one is a draft, which may join at its place.
        const campaigns = running(1000, 1059).map((campaign, n) =>
          n % 2 ? { ...campaign, status: "draft" } : campaign,
        );
        await open(campaigns, { maxPageSize: 10 });
        const first = campaigns.filter(({ status }) => status === "running").map(({ id }) => id);
        let request = 0;
        simulated.hood.fault({
          times: Number.POSITIVE_INFINITY,
          before: (person) => {
            for (const { leaves, joins } of changes.filter(({ at }) => at === request)) {
              person.setStatus(String(1000 + 2 * leaves), "sent");
              if (joins !== null) person.setStatus(String(1001 + 2 * joins), "running");
            }
            request++;
          },
        });
        const seen = await found();
        const throughout = first.filter((id) => simulated.hood.campaign(id).status === "running");
        expect(seen).to.include.members(throughout);
        expect(new Set(seen)).to.have.property("size", seen?.length);
      }),
      { numRuns: 60, seed: 1 },
    );
  }).timeout(20_000);
});

describe("recent campaigns", () => {
  const MINUTE = 60_000;
  const simulated = openSimulatedAccount();
  /** One a minute, the last one now; ids in the order of their age. */
  const add = (count: number) => {
    const times = Array.from({ length: count }, (_, index) => START - (count - 1 - index) * MINUTE);
    const written = times.map((at) => new Date(at).toISOString().slice(0, 19).replace("T", " "));
    const campaigns = written.map((create_time) => ({ create_time, status: "manual" }));
    return simulated.hood.add(...campaigns).map(({ id }) => id);
  };
  const recent = async (minutes: number) =>
    (await simulated.account.recentCampaigns(minutes * MINUTE)).map(({ campaign }) => campaign.id);
  const isPage =
    (page: number) =>
    ({ path }: { path: string }) =>
      path.includes(`page=${page},`);
  const answers = (items: readonly string[], total: number) => ({
    kind: "body" as const,
    body: JSON.stringify({ total, items: items.map((id) => simulated.hood.campaign(id)) }),
  });

  it("come with the newest first, and with the time when each was created", async () => {
    const [older, newer] = add(2);
    const found = await simulated.account.recentCampaigns(99 * MINUTE);
    expect(found.map(({ campaign }) => campaign.id)).to.deep.equal([newer, older]);
    expect(found[0]?.campaign).to.deep.equal({ id: newer, name: `Campaign ${newer}`, status: "manual" });
    expect(found[0]?.createdAt).to.equal(START);
  });

  it("are read page by page, as far back as was asked for", async () => {
    await simulated.open({ maxPageSize: 10 });
    const ids = add(45).reverse();
    expect(await recent(24)).to.deep.equal(ids.slice(0, 30));
    expect(simulated.hood.requests).to.have.length(3);
    expect(await recent(99)).to.deep.equal(ids);
    expect(simulated.hood.requests).to.have.length(8);
  });

  it("are found if the server rejects large pages, and writes the total as a text", async () => {
    await simulated.open({ maxPageSize: 10, overMaxPageSize: "refuse", pastTheEnd: "refuse", totalAs: "string" });
    const ids = add(20).reverse();
    expect(await recent(99)).to.deep.equal(ids);
    expect(simulated.hood.requests).to.have.length(4);
  });

  for (const count of [3, 10, 20]) {
    it(`are all found while ${count} others are created`, async () => {
      await simulated.open({ maxPageSize: 10 });
      const ids = add(30);
      const others = Array.from({ length: count }, () => ({ create_time: "2026-05-01 12:00:01" }));
      simulated.hood.fault({ match: isPage(2), before: (it) => void it.add(...others) });
      expect(await recent(99)).to.include.members(ids);
    });
  }

  it("are all read if the server doesn't obey the order", async () => {
    await simulated.open({ maxPageSize: 10 });
    const ids = add(20);
    simulated.hood.fault({ match: isPage(1), fault: answers(ids.slice(0, 10), 20) });
    simulated.hood.fault({ match: isPage(2), fault: answers(ids.slice(10), 20) });
    expect(await recent(5)).to.include.members(ids);
  });

  it("aren't read for ever from a list that repeats itself, nor is a part of it taken for all", async () => {
    await simulated.open({ maxPageSize: 10 });
    const ids = add(10);
    simulated.hood.fault({ times: Number.POSITIVE_INFINITY, fault: answers(ids, 1_000_000) });
    const { kind, message } = await thrown(HoodError, () => recent(99));
    expect(kind).to.equal("unexpectedResponse");
    expect(message).to.contain("3 of its pages showed no other campaigns");
    expect(simulated.hood.requests).to.have.length(4);
  });

  it("are never taken to be none if something else than Hood answers", async () => {
    simulated.hood.fault({ fault: { kind: "body" } });
    expect((await thrown(HoodError, () => recent(1))).kind).to.equal("unexpectedResponse");
  });

  it("are none in an empty account", async () => expect(await recent(1)).to.deep.equal([]));
});
