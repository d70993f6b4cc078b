import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Account, openAccount } from "../../provider/hood/account";
import { HoodError } from "../../provider/hood/errors";
import { parseRateLimit } from "../../provider/hood/rateLimit/headers";
import { json, openRawAccount, type RawAnswer, rejection, text } from "../support/accounts";
import { thrown } from "../support/messages";
import { VirtualClock } from "../support/virtualClock";

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

const granting = (answer: (page: number, size: number) => object) => pages(answer, 20);

/** What a server may say of a list that it doesn't have, and the most requests until that is noticed. */
const lies: [what: string, answer: RawAnswer, most: { search: number; recent: number }][] = [
  [
    "a billion campaigns",
    granting((n, size) => ({ total: 1e9, items: campaigns(size, from(n, size)) })),
    { search: 1, recent: 110 },
  ],
  [
    "as many campaigns as a number can say",
    granting((n, size) => ({ total: Number.MAX_SAFE_INTEGER, items: campaigns(size, from(n, size)) })),
    { search: 1, recent: 110 },
  ],
  [
    "a total below zero, and pages without end",
    granting((n, size) => ({ total: -5, items: campaigns(size, from(n, size)) })),
    { search: 1, recent: 110 },
  ],
  [
    "no total, and pages without end",
    granting((n, size) => ({ items: campaigns(size, from(n, size)) })),
    { search: 1, recent: 110 },
  ],
  [
    "pages without end, with a total that grows",
    granting((n, size) => ({ total: (n + 1) * size, items: campaigns(size, from(n, size)) })),
    { search: 10, recent: 20 },
  ],
  [
    "the same page for each",
    granting((_, size) => ({ total: 100_000, items: campaigns(size) })),
    { search: 8, recent: 5 },
  ],
  [
    "its page alone as the total",
    granting((n, size) => ({ total: size, items: campaigns(size, from(n, size)) })),
    { search: 2, recent: 2 },
  ],
  [
    "its page of 256 alone as the total",
    pages((n, size) => ({ total: size, items: campaigns(size, from(n, size)) }), 256),
    { search: 2, recent: 2 },
  ],
  [
    "the first of its two pages for both",
    granting((_, size) => ({ total: 2 * size, items: campaigns(size) })),
    { search: 10, recent: 2 },
  ],
  ["more than it shows", granting(() => ({ total: 5, items: [] })), { search: 1, recent: 1 }],
  ["fewer than it shows", granting(() => ({ total: 2, items: campaigns(5) })), { search: 1, recent: 1 }],
  [
    "one campaign several times",
    granting(() => ({ total: 5, items: Array(5).fill(campaigns(1)[0]) })),
    { search: 5, recent: 1 },
  ],
  [
    "pages that end too early",
    granting((n, size) => ({ total: 5_000, items: n < 3 ? campaigns(size, from(n, size)) : [] })),
    { search: 50, recent: 3 },
  ],
];

describe("a list that isn't true", () => {
  const raw = openRawAccount();
  const sent = () => raw.server.requests.length;

  for (const [what, answer, most] of lies) {
    it(`is never taken for a search's whole: ${what}`, async () => {
      raw.server.answer(answer);
      const found = await raw.account.search({ sort: "create_time" }).catch((error) => error);
      if (found !== undefined) expect(found).to.be.an.instanceOf(HoodError);
      expect(sent()).to.be.at.most(most.search);
    });

    it(`is never taken for all recent campaigns: ${what}`, async () => {
      raw.server.answer(answer);
      const error = await thrown(HoodError, () => raw.account.recentCampaigns(DAY));
      expect(["unexpectedResponse", "tooLarge"]).to.include(error.kind);
      expect(sent()).to.be.at.most(most.recent);
    });

    it(`ends when all campaigns are wanted: ${what}`, async () => {
      raw.server.answer(answer);
      await thrown(HoodError, () => raw.account.recentCampaigns(Number.POSITIVE_INFINITY));
      expect(sent()).to.be.at.most(110);
    });

    it(`makes no single read fail: ${what}`, async () => {
      const page = json(200, { total: 1, items: [{ id: "5", name: "x", status: "paused" }] });
      raw.server.answer((response, request) => (request.path.includes("?") ? answer : page)(response, request));
      for (let n = 0; n < 5; n++) expect(await raw.account.getRecent("5", ["paused"])).to.include({ id: "5" });
      expect(sent()).to.be.at.most(20);
    });
  }

  it("may say nothing of its length, if it ends", async () => {
    raw.server.answer(pages((page, size) => ({ items: all(750, page, size) })));
    expect(await raw.account.recentCampaigns(DAY)).to.have.length(750);
  });

  it("shows no order if all campaigns on a page are of the same second", async () => {
    const old = { create_time: "2020-01-01 00:00:00" };
    const answer = (page: number) => ({ total: 21, items: page === 1 ? campaigns(20, 0, old) : campaigns(1, 20) });
    raw.server.answer(pages(answer, 20));
    expect(await raw.account.recentCampaigns(DAY)).to.have.length(21);
  });

  it("may come whole, whatever page is asked for", async () => {
    raw.server.answer(pages(() => ({ total: 700, items: campaigns(700) })));
    expect(await raw.account.recentCampaigns(DAY)).to.have.length(700);
    expect(await raw.account.search({ sort: "create_time" })).to.have.length(700);
  });
});

describe("a long list, within the usual rate limit", () => {
  const raw = openRawAccount();
  let clock: VirtualClock;
  let account: Account;
  beforeEach(() => {
    clock = new VirtualClock(0, 0);
    const rateLimit = parseRateLimit("10/1s,150/60s");
    const settings = { token: "canary-token-1234567890", timeout: 30_000, maxParallel: 10, maxWait: 600_000 };
    account = openAccount({ ...settings, endpoint: raw.server.url, rateLimit }, clock);
  });
  afterEach(() => clock.dispose());
  const search = () => account.search({ sort: "create_time" });
  const recent = () => account.recentCampaigns(DAY);
  const everything = () => account.recentCampaigns(Number.POSITIVE_INFINITY);
  /** Other campaigns in each answer. */
  const others = (total: (page: number, size: number) => number | undefined, granted = 20) => {
    let next = 0;
    return pages((page, size) => {
      next += size;
      return { total: total(page, size), items: campaigns(size, next) };
    }, granted);
  };
  const few = others(() => 1_400, 10);
  const endless: [what: string, answer: RawAnswer][] = [
    ["a total far away", others(() => 1e9)],
    ["a total of more pages than can be read in that time", others(() => 8_000)],
    ["a total that grows", others((page, size) => (page + 5) * size)],
    ["no total", others(() => undefined)],
    ["pages that are too large, down to ten", pages((_, size) => (size > 9 ? tooLarge : few))],
  ];
  for (const [what, answer] of endless) {
    for (const [reading, read] of Object.entries({ search, recent, everything })) {
      it(`ends with an error within a minute if it has no end: ${what} (${reading})`, async () => {
        raw.server.answer(answer);
        const end = await read().catch((error) => error);
        if (end !== undefined) expect(end).to.be.an.instanceOf(HoodError);
        expect(clock.now()).to.be.below(60_000);
      });
    }
  }

  /** An answer after so many milliseconds; Infinity for none. */
  const delayed =
    (milliseconds: number, answer: RawAnswer): RawAnswer =>
    (response, request) => {
      clock.silence(raw.server.requests.length);
      if (milliseconds < Number.POSITIVE_INFINITY) void clock.sleep(milliseconds).then(() => answer(response, request));
    };
  const long = pages((page, size) => ({ total: 3_000, items: all(3_000, page, size) }), 20);
  const trickling: [what: string, answer: () => RawAnswer, shown: RegExp][] = [
    ["no byte at all", () => delayed(Number.POSITIVE_INFINITY, long), /shown 0 campaigns/],
    ["a page of twenty every three seconds", () => delayed(3_000, long), /shown 1?\d\d\d campaigns/],
  ];
  for (const [what, answer, shown] of trickling) {
    for (const [reading, read] of Object.entries({ search, recent, everything })) {
      it(`ends within a minute if it comes too slowly, and says what it had shown: ${what} (${reading})`, async () => {
        raw.server.answer(answer());
        const { kind, message } = await thrown(HoodError, read);
        expect(kind).to.equal("tooSlow");
        expect(message)
          .to.match(/^Can't list campaigns: the account took more than 60 s for its answers/)
          .and.match(shown);
        expect(clock.now()).to.be.at.most(60_100);
      });
    }
  }

  it("isn't read to its end, within a minute, if another reading shows others throughout", async () => {
    raw.server.answer(others(() => 2_900));
    expect(await search()).to.equal(undefined);
    expect(raw.server.requests.length).to.be.at.most(150);
    expect(clock.now()).to.be.below(60_000);
  });

  it("is read for three minutes at the most if some are others each time", async () => {
    let reading = 0;
    raw.server.answer(
      pages((page, size) => {
        if (page === 1) reading++;
        return {
          total: 4_000,
          items: [...campaigns(size - 1, from(page, size)), ...campaigns(1, 1e6 * reading + page)],
        };
      }, 20),
    );
    expect(await search()).to.equal(undefined);
    expect(raw.server.requests).to.have.length(400);
    expect(clock.now()).to.be.below(180_000);
  });

  for (const [granted, minutes] of [
    [500, 1],
    [100, 3],
  ] as const) {
    it(`of 20,000 campaigns is read to its end in pages of ${granted}`, async () => {
      raw.server.answer(pages((page, size) => ({ total: 20_000, items: all(20_000, page, size) }), granted));
      expect(await search()).to.have.length(20_000);
      expect(clock.now()).to.be.below(minutes * 60_000);
      expect(await everything()).to.have.length(20_000);
    });
  }

  it("of 20,000 campaigns in pages of ten is refused at its first page, with the number of both", async () => {
    raw.server.answer(pages((page, size) => ({ total: 20_000, items: all(20_000, page, size) }), 10));
    const { kind, message } = await thrown(HoodError, search);
    expect({ kind, message }).to.deep.equal({
      kind: "tooLarge",
      message: "Can't list campaigns: the list of 20000 campaigns would take 2000 pages, and 200 are read at most",
    });
    expect(raw.server.requests).to.have.length(1);
  });
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

  it("isn't asked for in pages of one because Hood rejects larger ones", async () => {
    raw.server.answer(json(400, rejection));
    await thrown(HoodError, () => raw.account.recentCampaigns(DAY));
    expect(paths().slice(0, 3)).to.deep.equal(["1,500", "1,100", "1,10"]);
    expect(paths()).to.not.include("1,1");
  });

  const full = (more: object) =>
    pages((page, size) => ({ total: 5_000, items: campaigns(size, from(page, size), more) }), 100);
  const large = { description: "x".repeat(7.8 * MB) };
  /** An object with these names, which no other page has. */
  const named = (count: number, page: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${page}-${n}`, 1]));
  const naming = (count: number) =>
    pages((page, size) => {
      const others = campaigns(size - 1, from(page, size) + 1);
      return { total: 3_000, items: [...campaigns(1, from(page, size), { metadata: named(count, page) }), ...others] };
    }, 20);
  const fillers: [what: string, answer: RawAnswer][] = [
    ["other names on each page", naming(900)],
    ["long texts", full({ description: "x".repeat(70_000) })],
    ["tiny values", full({ metadata: Array(300).fill([]) })],
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
