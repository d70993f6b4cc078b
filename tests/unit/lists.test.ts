import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { HoodError } from "../../provider/hood/errors";
import type { SimulatedCampaign, Simulator, SimulatorOptions } from "../../simulator";
import { json, openRawAccount, type RawAnswer, START, text, thrown } from "../support/accounts";
import { openInProcess } from "../support/testAccount";

describe("a search for campaigns", () => {
  const simulated = openInProcess();
  const query = { status: ["running"], sort: "create_time,name" };
  /** The ids from one to another. */
  const ids = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  const running = (first: number, last: number) => ids(first, last).map((id) => ({ id, name: id, status: "running" }));
  const open = (campaigns: Partial<SimulatedCampaign>[], options: SimulatorOptions = {}) =>
    simulated.restart({ campaigns, ...options });
  const found = async (more: object = {}, most?: number) =>
    (await simulated.provider.account.search({ ...query, ...more }, most))?.map(({ id }) => id);
  const requests = () => simulated.hood.requests;
  /** Somebody's change at the moment when a page is asked for. */
  const atPage = (page: number, before: (person: Simulator) => void, times = 1) =>
    simulated.hood.fault({ match: ({ path }) => path.includes(`page=${page},`), before, times });

  it("takes one request if one page holds all", async () => {
    await open([...running(1000, 1098), { id: "2000", status: "sent" }]);
    expect(await found()).to.deep.equal(ids(1000, 1098));
    expect(requests()).to.have.length(1);
  });

  for (const pastTheEnd of ["empty", "reject"] as const) {
    it(`takes another if they fill it, which is what a total looks like that counts one page (${pastTheEnd})`, async () => {
      await open(running(1000, 1099), { pastTheEnd });
      expect(await found()).to.deep.equal(ids(1000, 1099));
      expect(await found({}, 100)).to.deep.equal(ids(1000, 1099));
      expect(requests()).to.have.length(3);
      atPage(2, (person) => void person.add({ id: "1100", name: "1100", status: "running" }));
      expect(await found()).to.deep.equal(ids(1000, 1100));
    });
  }

  it("reads a list of several pages twice, in the largest size that is granted", async () => {
    await open(running(1000, 1249));
    expect(await found()).to.deep.equal(ids(1000, 1249));
    expect(requests()).to.have.length(6);
  });

  it("goes on if the list has become shorter, and Hood rejects its last page", async () => {
    await open(running(1000, 1104), { pastTheEnd: "reject" });
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
  const simulated = openInProcess();
  /** One a minute, the last one now; ids in the order of their age. */
  const add = (count: number) => {
    const times = Array.from({ length: count }, (_, index) => START - (count - 1 - index) * MINUTE);
    const written = times.map((at) => new Date(at).toISOString().slice(0, 19).replace("T", " "));
    const campaigns = written.map((create_time) => ({ create_time, status: "manual" }));
    return simulated.hood.add(...campaigns).map(({ id }) => id);
  };
  const recent = async (minutes: number) =>
    (await simulated.provider.account.recentCampaigns(minutes * MINUTE)).map(({ campaign }) => campaign.id);
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
    const found = await simulated.provider.account.recentCampaigns(99 * MINUTE);
    expect(found.map(({ campaign }) => campaign.id)).to.deep.equal([newer, older]);
    expect(found[0]?.campaign).to.deep.equal({ id: newer, name: `Campaign ${newer}`, status: "manual" });
    expect(found[0]?.createdAt).to.equal(START);
  });

  it("are read page by page, as far back as was asked for", async () => {
    await simulated.restart({ maxPageSize: 10 });
    const ids = add(45).reverse();
    expect(await recent(24)).to.deep.equal(ids.slice(0, 30));
    expect(simulated.hood.requests).to.have.length(3);
    expect(await recent(99)).to.deep.equal(ids);
    expect(simulated.hood.requests).to.have.length(8);
  });

  it("are read as far back by the earlier clock, up to two days, if the account's is ahead of this machine's", async () => {
    const DAY = 24 * 60 * MINUTE;
    for (const [days, pages] of [
      [1, 2],
      [3, 1],
    ] as const) {
      await simulated.restart({ maxPageSize: 10, now: () => simulated.clock.now() + days * DAY });
      add(20);
      expect(await recent(24 * 60)).to.have.length(pages * 10);
    }
  });

  it("are found if the server rejects large pages, and writes the total as a text", async () => {
    await simulated.restart({ maxPageSize: 10, overMaxPageSize: "reject", pastTheEnd: "reject", totalAs: "string" });
    const ids = add(20).reverse();
    expect(await recent(99)).to.deep.equal(ids);
    expect(simulated.hood.requests).to.have.length(4);
  });

  for (const count of [3, 10, 20]) {
    it(`are all found while ${count} others are created`, async () => {
      await simulated.restart({ maxPageSize: 10 });
      const ids = add(30);
      const others = Array.from({ length: count }, () => ({
        create_time: new Date(START + 1_000).toISOString().slice(0, 19).replace("T", " "),
      }));
      simulated.hood.fault({ match: isPage(2), before: (it) => void it.add(...others) });
      expect(await recent(99)).to.include.members(ids);
    });
  }

  it("are all read if the server doesn't obey the order", async () => {
    await simulated.restart({ maxPageSize: 10 });
    const ids = add(20);
    simulated.hood.fault({ match: isPage(1), fault: answers(ids.slice(0, 10), 20) });
    simulated.hood.fault({ match: isPage(2), fault: answers(ids.slice(10), 20) });
    expect(await recent(5)).to.include.members(ids);
  });

  it("end with a full page even if Hood rejects the next one, but not with one that it rejects before the end", async () => {
    await simulated.restart({ maxPageSize: 10, pastTheEnd: "reject" });
    const ids = add(10).reverse();
    expect(await recent(99)).to.deep.equal(ids);
    add(20);
    simulated.hood.fault({ match: isPage(2), fault: { kind: "status", status: 400 } });
    expect((await thrown(HoodError, () => recent(99))).kind).to.equal("rejected");
  });

  it("are none in an empty account", async () => expect(await recent(1)).to.deep.equal([]));
});

const DAY = 24 * 3_600_000;
const MB = 1024 * 1024;

/** Campaigns of today from the nth on. */
function campaigns(count: number, first = 0, more: object = {}): object[] {
  // The account's clock is its server's.
  const create_time = new Date().toISOString().slice(0, 19).replace("T", " ");
  return Array.from({ length: count }, (_, n) => ({
    id: String(first + n),
    name: "x",
    status: "running",
    create_time,
    ...more,
  }));
}

/** Answers each page, by its number and size. */
function pages(answer: (page: number, size: number) => object | RawAnswer, granted = 500): RawAnswer {
  return (response, request) => {
    const [, page, size] = /page=(\d+),(\d+)/.exec(request.path)?.map(Number) ?? [];
    const given = answer(page ?? 0, Math.min(size ?? 0, granted));
    (typeof given === "function" ? given : json(200, given))(response, request);
  };
}

const tooLarge = text(200, "x".repeat(8 * MB + 1));

const from = (page: number, size: number) => (page - 1) * size;
const all = (total: number, page: number, size: number) =>
  campaigns(Math.max(0, Math.min(size, total - from(page, size))), from(page, size));

const same = (total: (size: number) => number) =>
  pages((_, size) => ({ total: total(size), items: campaigns(size) }), 20);
/** Other campaigns in each answer, without end. */
const others = (total: (page: number, size: number) => number | undefined, granted = 20) => {
  let next = 0;
  return pages((page, size) => {
    next += size;
    return { total: total(page, size), items: campaigns(size, next) };
  }, granted);
};
const early = (n: number, size: number) => ({ total: 5_000, items: n < 3 ? campaigns(size, from(n, size)) : [] });
const downToTen = (answer: RawAnswer) => pages((_, size) => (size > 9 ? tooLarge : answer));

describe("a list that isn't true, is endless or slow, within the usual rate limit", () => {
  const raw = openRawAccount("10/1s,150/60s");
  const passed = () => raw.clock.now() - START;
  const sent = () => raw.server.requests.length;
  const search = () => raw.account.search({ sort: "create_time" });
  const recent = () => raw.account.recentCampaigns(DAY);
  const everything = () => raw.account.recentCampaigns(Number.POSITIVE_INFINITY);

  /** An answer after so many milliseconds; Infinity for none. */
  const delayed =
    (milliseconds: number, answer: RawAnswer): RawAnswer =>
    (response, request) => {
      raw.clock.silence(sent());
      if (milliseconds < Number.POSITIVE_INFINITY)
        void raw.clock.sleep(milliseconds).then(() => answer(response, request));
    };
  const long = pages((page, size) => ({ total: 3_000, items: all(3_000, page, size) }), 20);
  const slow = /^Can't list campaigns: the account took more than 60 s for its answers, and had shown/;

  /** What a server may say of a list, the most requests until that is noticed, and what each error says. */
  const lies: [what: string, answer: RawAnswer, most: { search: number; recent: number }, says?: RegExp][] = [
    ["a billion campaigns", others(() => 1e9), { search: 1, recent: 110 }],
    ["as many campaigns as a number can say", others(() => Number.MAX_SAFE_INTEGER), { search: 1, recent: 110 }],
    ["a total below zero, and pages without end", others(() => -5), { search: 1, recent: 110 }],
    ["no total, and pages without end", others(() => undefined), { search: 1, recent: 110 }],
    ["a total that grows with each page", others((page, size) => (page + 5) * size), { search: 50, recent: 20 }],
    ["pages that are too large, down to ten", downToTen(others(() => 1_400, 10)), { search: 150, recent: 150 }],
    ["the same page for each", same(() => 100_000), { search: 8, recent: 5 }],
    ["its page alone as the total", others((_, size) => size), { search: 2, recent: 2 }],
    ["its page of 256 alone as the total", others((_, size) => size, 256), { search: 2, recent: 2 }],
    ["the first of its two pages for both", same((size) => 2 * size), { search: 10, recent: 2 }],
    [
      "one campaign several times",
      pages(() => ({ total: 5, items: Array(5).fill(campaigns(1)[0]) })),
      { search: 5, recent: 1 },
    ],
    ["pages that end too early", pages(early, 20), { search: 50, recent: 3 }],
    ["more than it shows", pages(() => ({ total: 5, items: [] })), { search: 1, recent: 1 }],
    ["fewer than it shows", pages(() => ({ total: 2, items: campaigns(5) })), { search: 1, recent: 1 }],
    ["no byte at all", delayed(Number.POSITIVE_INFINITY, long), { search: 10, recent: 10 }, /shown 0 campaigns/],
    ["a page of twenty every three seconds", delayed(3_000, long), { search: 99, recent: 99 }, /shown 1?\d\d\d camp/],
  ];
  for (const [what, answer, most, says] of lies) {
    for (const [reading, read] of Object.entries({ search, recent, everything })) {
      it(`ends within a minute, and never as the whole of it: ${what} (${reading})`, async () => {
        raw.server.answer(answer);
        const end = await read().catch((error) => error);
        // The readings of a search may differ: then it has found nothing.
        if (reading !== "search" || end !== undefined) expect(end).to.be.an.instanceOf(HoodError);
        if (says) expect(end).to.have.property("kind", "tooSlow");
        if (says) expect(end.message).to.match(slow).and.match(says);
        expect(sent()).to.be.at.most(reading === "search" ? most.search : reading === "recent" ? most.recent : 150);
        expect(passed()).to.be.below(60_100);
      });
    }

    if (says) continue;
    it(`makes no single read fail: ${what}`, async () => {
      const page = json(200, { total: 1, items: [{ id: "5", name: "x", status: "paused" }] });
      raw.server.answer((response, request) => (request.path.includes("?") ? answer : page)(response, request));
      for (let n = 0; n < 5; n++) expect(await raw.account.getRecent("5", ["paused"])).to.include({ id: "5" });
      expect(sent()).to.be.at.most(20);
    });
  }

  it("takes none of that minute for what the account asks to wait, but no longer than one request may", async () => {
    const asking = (status: number) => text(status, "", { "retry-after": "50" });
    raw.server.answer(
      asking(503),
      asking(503),
      asking(429),
      pages(() => ({ total: 5, items: campaigns(5) })),
    );
    expect(await search()).to.have.length(5);
    expect(passed()).to.be.within(150_000, 153_000);
    const long = pages((page, size) => ({ total: 40, items: all(40, page, size) }), 20);
    const wait = (seconds: string) => text(429, "", { "retry-after": seconds });
    raw.server.answer(wait("300"), long, wait("301"));
    const { kind, message } = await thrown(HoodError, search);
    expect(kind).to.equal("tooLong");
    expect(message).to.contain("again and again for 300 s").and.contain("hood:maxWait allows 600 s");
  });

  it("keeps of each recent campaign what tells it from others, and no more", async () => {
    raw.server.answer(json(200, { total: 1, items: campaigns(1, 0, { description: "x", metadata: {} }) }));
    const [found] = await recent();
    expect(Object.keys(found?.fields ?? {})).to.deep.equal(["id", "name", "status", "create_time", "metadata"]);
  });

  it("says why it isn't read to its end", async () => {
    const [item] = campaigns(1);
    const whys: [answer: RawAnswer, says: string][] = [
      [
        same(() => 100_000),
        "3 of its pages showed no other campaigns than those before, and the list says that it goes on",
      ],
      [others(() => undefined), "100 pages were read, and the list says that it goes on"],
      [pages(() => ({ total: 1, items: [{ id: "1" }] })), "HTTP 200 with a campaign that has no usable id or status"],
      [pages(() => ({ total: 2, items: Array(2).fill(item) })), "HTTP 200 with the same campaign twice on a page"],
    ];
    for (const [answer, says] of whys) {
      raw.server.answer(answer);
      const { kind, message } = await thrown(HoodError, recent);
      expect([kind, message]).to.deep.equal(["unexpectedResponse", `Can't list campaigns: ${says}`]);
    }
    raw.server.answer(pages((n, size) => ({ total: 20_000, items: all(20_000, n, size) }), 10));
    const { kind, message } = await thrown(HoodError, search);
    expect({ kind, message }).to.deep.equal({
      kind: "tooLarge",
      message: "Can't list campaigns: the list of 20000 campaigns would take 2000 pages, and 200 are read at most",
    });
  });

  const old = { create_time: "2020-01-01 00:00:00" };
  const ofOneSecond = (page: number) => ({ total: 21, items: page === 1 ? campaigns(20, 0, old) : campaigns(1, 20) });
  const right: [what: string, answer: RawAnswer, count: number][] = [
    ["says nothing of its length, if it ends", pages((page, size) => ({ items: all(750, page, size) })), 750],
    ["shows no order, since all campaigns on a page are of one second", pages(ofOneSecond, 20), 21],
    ["comes whole, whatever page is asked for", pages(() => ({ total: 700, items: campaigns(700) })), 700],
  ];
  for (const [what, answer, count] of right) {
    it(`is read to its end if it ${what}`, async () => {
      raw.server.answer(answer);
      expect(await recent()).to.have.length(count);
      if (count === 700) expect(await search()).to.have.length(count);
    });
  }

  let reading = 0;
  const some = (page: number, size: number) => {
    if (page === 1) reading++;
    const items = [...campaigns(size - 1, from(page, size)), ...campaigns(1, 1e6 * reading + page)];
    return { total: 4_000, items };
  };
  const unsettled: [what: string, answer: RawAnswer, most: number, minutes: number][] = [
    ["all campaigns", others(() => 2_900), 150, 1],
    ["some campaigns", pages(some, 20), 400, 3],
  ];
  for (const [what, answer, most, minutes] of unsettled) {
    it(`is given up after ${most} requests, within ${minutes} min, if another reading shows others for ${what}`, async () => {
      raw.server.answer(answer);
      expect(await search()).to.equal(undefined);
      expect(sent()).to.be.at.most(most);
      expect(passed()).to.be.below(minutes * 60_000);
    });
  }

  for (const [granted, minutes] of [
    [500, 1],
    [100, 3],
  ] as const) {
    it(`of 20,000 campaigns is read to its end in pages of ${granted}`, async () => {
      raw.server.answer(pages((page, size) => ({ total: 20_000, items: all(20_000, page, size) }), granted));
      expect(await search()).to.have.length(20_000);
      expect(passed()).to.be.below(minutes * 60_000);
      expect(await everything()).to.have.length(20_000);
    });
  }
});

describe("a list whose pages are too large", () => {
  const raw = openRawAccount();
  const paths = () => raw.server.requests.map(({ path }) => /page=(\d+,\d+)/.exec(path)?.[1]);
  /** A page is too large that holds a campaign of these. */
  const heavy = (total: number, ids: (id: number) => boolean) =>
    pages((page, size) => {
      const items = all(total, page, size);
      return items.some((item) => "id" in item && ids(Number(item.id))) && size > 1 ? tooLarge : { total, items };
    });

  it("is read in the next smaller ones, and each that is too large is asked for once", async () => {
    raw.server.answer(pages((page, size) => (size > 100 ? tooLarge : { total: 150, items: all(150, page, size) })));
    expect(await raw.account.search({ sort: "create_time" })).to.have.length(150);
    expect(paths()).to.deep.equal(["1,500", "1,100", "2,100", "1,100", "2,100"]);
  });

  for (const [where, isHeavy, most] of [
    ["the first page", (id: number) => id === 0, 700],
    ["a later one", (id: number) => id === 777, 70],
  ] as const) {
    it(`is read to its end if one campaign makes ${where} too large`, async () => {
      raw.server.answer(heavy(1_000, isHeavy));
      const found = await raw.account.recentCampaigns(DAY);
      expect(found.map(({ campaign }) => campaign.id)).to.have.members(
        campaigns(1_000).map((item) => Object.values(item)[0]),
      );
      expect(raw.server.requests.length).to.be.at.most(most);
    }).timeout(30_000);
  }

  it("says what is too large, and asks for nothing twice, if a single campaign is", async () => {
    raw.server.answer(tooLarge);
    const { kind, message } = await thrown(HoodError, () => raw.account.search({ sort: "create_time" }));
    expect({ kind, message }).to.deep.equal({
      kind: "tooLarge",
      message: "Can't list campaigns: the answer is larger than 8 MB",
    });
    expect(paths()).to.deep.equal(["1,500", "1,100", "1,10", "1,1"]);
    const single = await thrown(HoodError, () => raw.account.get("7"));
    expect(single.message).to.contain("Can't read campaign 7: the answer is larger than 8 MB");
    expect(paths()).to.have.length(5);
  });

  const long = { description: "x".repeat(100_000) };
  const dense = text(200, `{"total":1,"items":[${"[],".repeat(200_000)}1]}`);
  const heavyPages = pages((n, size) => ({ total: 900, items: campaigns(size, from(n, size), long) }), 20);
  const densePages = pages((n, size) => (n > 1 && size > 1 ? dense : { total: 900, items: all(900, n, size) }), 100);
  for (const [what, answer, most] of [
    ["its pages come to more than that", heavyPages, 13],
    ["many of them are too large", densePages, 80],
  ] as const) {
    it(`is given up as larger than 20 MB if ${what}`, async () => {
      raw.server.answer(answer);
      const { kind, message } = await thrown(HoodError, () => raw.account.search({ sort: "create_time" }));
      expect([kind, message]).to.deep.equal(["tooLarge", "Can't list campaigns: the list is larger than 20 MB"]);
      expect(raw.server.requests.length).to.be.at.most(most);
    });
  }

  const large = { description: "x".repeat(7.8 * MB) };
  /** An object with these names, which no other page has. */
  const named = (count: number, page: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${page}-${n}`, 1]));
  const naming = (count: number) =>
    pages((page, size) => {
      const others = campaigns(size - 1, from(page, size) + 1);
      return { total: 3_000, items: [...campaigns(1, from(page, size), { metadata: named(count, page) }), ...others] };
    }, 20);
  const tiny = (page: number, size: number) => {
    const items = campaigns(size, from(page, size), { metadata: Array(300).fill([]) });
    return { total: 5_000, items };
  };
  const fillers: [what: string, answer: RawAnswer][] = [
    ["other names on each page", naming(900)],
    ["tiny values", pages(tiny, 100)],
    [
      "parts of pages",
      pages((page, size) => {
        if (page > 1 && size > 1) return tooLarge;
        return { total: 3_000, items: page === 1 ? campaigns(size) : campaigns(1, page, large) };
      }, 100),
    ],
  ];
  for (const [what, answer] of fillers)
    it(`is given up before ${what} fill the memory`, async () => {
      raw.server.answer(answer);
      const script = `
      const { openAccount } = require(${JSON.stringify(require.resolve("../../provider/hood/account"))});
      const account = openAccount({ endpoint: process.argv[1], token: "canary-token-1234567890", timeout: 30_000,
        maxParallel: 10, maxWait: 600_000, rateLimit: [{ limit: 1_000, length: 1_000 }] });
      const base = process.resourceUsage().maxRSS / 1024;
      account.search({ sort: "create_time" }).then(() => "all of it", (error) => error.message).then((message) =>
        console.log(JSON.stringify({ message, base, peak: process.resourceUsage().maxRSS / 1024 })));`;
      const { stdout } = await promisify(execFile)(process.execPath, ["-e", script, raw.server.url]);
      const { message, base, peak } = JSON.parse(stdout);
      expect(message).to.contain("the list is larger than 20 MB");
      expect(peak - base).to.be.below(150);
    }).timeout(60_000);
});
