import { expect } from "chai";
import fc from "fast-check";
import { actOnCampaign } from "../../provider/hood/endpoints";
import { HoodError } from "../../provider/hood/errors";
import {
  hashOf,
  hashOfContent,
  isSameMark,
  keysBeside,
  markIn,
  markKeyIn,
  newRecord,
  textOf,
  withMark,
  withoutMark,
} from "../../provider/hood/mark";
import { campaignDetailsIn } from "../../provider/hood/model";
import { newTurn } from "../../provider/hood/rateLimit/limiter";
import type { Fault, SimulatorOptions } from "../../simulator";
import { text as answerOf, json, openRawAccount, type RawAnswer, rejection, START, thrown } from "../support/accounts";
import { openInProcess } from "../support/testAccount";

const item = { id: "1000248", name: "Spring sale", status: "running", update_time: "2026-05-01 12:00:00" };
const campaign = { id: "1000248", name: "Spring sale", status: "running", updateTime: "2026-05-01T12:00:00Z" };

describe("campaigns in an answer", () => {
  const big = JSON.parse('{"id":9007199254740993}');
  const useless = { labels: ["a", "b"], messages: null, metadata: [], creator: "x" };
  const beyond = { id: "12345678901234567891" };
  /** What is otherwise in an item, and what is read otherwise then; nothing if it isn't read at all. */
  const read: [what: string, given: object, found: object | undefined][] = [
    ["fields of no use, whatever they are", useless, {}],
    ["an id beyond 2^53 that is a text", beyond, beyond],
    ["an id that is an exact number", { id: 1000248 }, {}],
    ["an id that is a number and not exact any more", big, undefined],
    ["an id that is a fraction", { id: 1.5 }, undefined],
    ["an id below zero", { id: -1 }, undefined],
    ["an id that would lead to another path", { id: "../1" }, undefined],
    ["an id that would lead to a call", { id: "1/cancel" }, undefined],
    ["a status that it doesn't know", { status: "archived" }, { status: "archived" }],
    ["no name", { name: undefined }, { name: "" }],
    ["a name that is no text", { name: 7 }, { name: "" }],
    ["a time to start", { scheduled_time: "2026-06-01 12:00:00" }, { scheduledTime: "2026-06-01 12:00:00" }],
    ["a time to start that is none", { scheduled_time: "soon" }, {}],
  ];
  const campaigns = (body: unknown) => campaignDetailsIn(body).map(({ campaign }) => campaign);
  for (const [what, given, found] of read) {
    it(`reads ${what}`, () =>
      expect(campaigns({ items: [{ ...item, ...given }] })).to.deep.equal(found ? [{ ...campaign, ...found }] : []));
  }

  it("leaves out a time that is none of Hood's", () => {
    for (const update_time of [undefined, null, "", 1777636800, "0000", "2026-05-01T12:00:00Z", "2026-05-01 12:00"])
      expect(campaigns({ items: [{ ...item, update_time }] })[0]).not.to.have.property("updateTime");
  });

  it("finds none in what isn't a list of campaigns", () => {
    const items = [null, {}, "x", []].map((items) => ({ items }));
    for (const body of [undefined, null, "", [], [item], {}, ...items]) expect(campaigns(body)).to.deep.equal([]);
  });

  it("leaves out items without a usable id or status, and keeps the others", () => {
    const odd = [{ id: "1" }, { status: "running" }, { id: "1", status: 7 }, { id: null, status: "x" }];
    expect(campaigns({ items: [null, 7, [], {}, ...odd, item] })).to.deep.equal([campaign]);
  });
});

describe("recent reads of campaigns", () => {
  const ACTIVE = ["scheduled", "running", "paused"];
  const simulated = openInProcess();
  const requests = () => simulated.hood.requests;
  const isList = ({ path }: { path: string }) => path.includes("?");
  const getRecent = (id: string, statuses = ACTIVE) => simulated.provider.account.getRecent(id, statuses);

  async function open(campaigns: number, options: SimulatorOptions = {}): Promise<string[]> {
    const ids = Array.from({ length: campaigns }, (_, index) => String(1_000_000 + index));
    const running = ids.map((id) => ({ id, name: `Campaign ${id}`, status: "running" }));
    await simulated.restart({ campaigns: running, ...options });
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
    ["20 campaigns if Hood rejects lists", 20, { filterable: [] }, 20, 29],
    ["a few of thousands, without a scan of the long list", 3_000, {}, 4, 6],
    ["many of thousands, with a scan once that is worth it", 3_000, {}, 400, 79],
  ];
  for (const [what, campaigns, options, read, most] of budgets) {
    it(`take at most ${most} requests for ${what}`, async () => {
      const ids = await open(campaigns, options);
      await readEach(ids.slice(0, read));
      expect(requests().length).to.be.at.most(most);
    });
  }

  it("read a campaign again that was changed from here, and no other", async () => {
    const ids = await open(20);
    await readEach(ids);
    const [changed = "", ...others] = ids.slice(5);
    const seenAt = simulated.clock.now();
    await simulated.provider.account.write({ id: changed, seenAt }, actOnCampaign(changed, "pause"), {
      reason: "Stock is short",
    });
    simulated.hood.clearRequests();
    expect(simulated.provider.account.remembered(changed)).to.equal(undefined);
    expect(await getRecent(changed)).to.include({ status: "paused" });
    expect(requests().map(({ path }) => path)).to.deep.equal([`/v1/hood/campaigns/${changed}`]);
    await readEach(others);
    expect(requests()).to.have.length(1);
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
    expect(simulated.provider.account.remembered("1000003")).to.include({ status: "running" });
    simulated.hood.setStatus("1000003", "paused");
    await simulated.clock.sleep(58_900);
    expect(await getRecent("1000003")).to.include({ status: "running" });
    await simulated.clock.sleep(101);
    expect(simulated.provider.account.remembered("1000003")).to.equal(undefined);
    expect(await getRecent("1000003")).to.include({ status: "paused" });
    await readEach(ids.slice(5));
    expect(requests().filter(isList)).to.have.length(2);
  });

  describe("that no list which lags may answer", () => {
    const account = () => simulated.provider.account;
    const certain = (id: string) => account().getCertain(id, ACTIVE, newTurn());
    const pause = async (id: string, more: object = {}) => {
      const seen = { ...(await account().get(id)), ...more };
      await account().write(seen, actOnCampaign(id, "pause"), { reason: "Stock is short" });
      simulated.hood.clearRequests();
    };
    const lists = () => requests().filter(isList);
    const NEWEST = "/v1/hood/campaigns?fields=id,name,status,update_time&sort=-update_time&page=1,100";

    it("are single reads until something was changed from here, for which the second one waits a few seconds", async () => {
      const ids = await open(20);
      for (const passed of [0, 5_000, 5_000]) {
        expect(await certain(ids[passed > 0 ? 1 : 0] ?? "")).to.include({ status: "running" });
        expect(simulated.clock.now() - START).to.equal(passed);
      }
      expect(lists()).to.deep.equal([]);
    });

    it("come from a list that shows the change, one that was begun since, and look again after a minute", async () => {
      const ids = await open(20);
      await readEach(ids.slice(0, 5));
      simulated.hood.setStatus("1000010", "paused");
      await simulated.clock.sleep(1_000);
      await pause("1000000");
      // The first of them only begins to wait for a change.
      await certain("1000019");
      simulated.hood.clearRequests();
      for (const id of ids.slice(1))
        expect(await certain(id)).to.include({ status: id === "1000010" ? "paused" : "running" });
      expect(await certain("1000003")).not.to.have.property("isListed");
      expect(requests()[0]?.path).to.equal(NEWEST);
      expect([requests().length, lists().length]).to.deep.equal([2, 2]);
      expect(simulated.clock.now() - START).to.be.below(2_000);
      await simulated.clock.sleep(58_000);
      await certain("1000003");
      expect(lists().filter(({ path }) => path === NEWEST)).to.have.length(1);
      await simulated.clock.sleep(1_001);
      await certain("1000003");
      expect(lists().filter(({ path }) => path === NEWEST)).to.have.length(2);
    });

    const lagging: [what: string, change: object, asked: number, fault?: Fault][] = [
      ["lists don't show the change", {}, 2],
      ["lists can't be read", {}, 2, { kind: "status", status: 401 }],
      ["only a list has shown the changed one as it was", { isListed: true }, 0],
      ["nobody knows when that had been changed before", { updateTime: undefined }, 0],
    ];
    for (const [what, change, asked, fault] of lagging) {
      it(`are single reads if ${what}, and look again after a few seconds`, async () => {
        await open(20);
        if (fault) simulated.fault({ match: isList, fault, times: Number.POSITIVE_INFINITY });
        else if (asked > 0) simulated.hood.freeze("lists", 3_600_000);
        await pause("1000000", change);
        for (const id of ["1000001", "1000002", "1000003"]) await certain(id);
        await simulated.clock.sleep(5_001);
        await certain("1000004");
        expect(lists().map(({ path }) => path)).to.deep.equal(Array(asked).fill(NEWEST));
        expect(requests().length - asked).to.equal(4);
      });
    }
  });
});

describe("the pages of a list", () => {
  const raw = openRawAccount();
  const query = { sort: "create_time" };
  const search = (most?: number) => raw.account.search(query, most);
  const sent = () => raw.server.requests.map(({ path }) => /page=(\d+,\d+)/.exec(path)?.[1]);

  const rejected: [what: string, most: number | undefined, pages: string[], answer?: RawAnswer, kind?: string][] = [
    ["in smaller sizes if Hood rejects larger ones, down to ten", undefined, ["1,500", "1,100", "1,10"]],
    ["in no larger one than the number of campaigns that are wanted", 50, ["1,50", "1,10"]],
    ["in the size of few that are wanted", 7, ["1,7"]],
    ["once if the error has another reason", undefined, ["1,500"], json(401, {}), "unauthorized"],
  ];
  for (const [what, most, pages, answer = json(400, rejection), kind = "rejected"] of rejected) {
    it(`are asked for ${what}`, async () => {
      raw.server.answer(answer);
      expect((await thrown(HoodError, () => search(most))).kind).to.equal(kind);
      expect(sent()).to.deep.equal(pages);
    });
  }

  it("go on in the size of the first one, if that is shorter than was asked for", async () => {
    const page = (...ids: unknown[]) => json(200, { total: 5, items: ids.map((id) => ({ id })) });
    const [first, second] = [page("1", "2", "3"), page(4, "5")];
    raw.server.answer(first, second, first, second);
    // A number is as good as a text if it is exact.
    expect((await search())?.map(({ id }) => id)).to.deep.equal(["1", "2", "3", "4", "5"]);
    expect(sent().slice(0, 3)).to.deep.equal(["1,500", "2,3", "1,3"]);
  });

  const OTHER = 'with campaign 1000248 of the status "running": the account doesn\'t obey the filter by status';
  const wrong: [string, object | undefined, string, status?: string][] = [
    ["no list", {}, "without a list of campaigns"],
    ["something else as the list", { total: 1, items: "x" }, "without a list of campaigns"],
    ["no total", { items: [item] }, "that has no total"],
    ["a total that is no decimal number", { total: "0x1", items: [item] }, "that has no total"],
    ["a total that is no whole number", { total: "1e0", items: [item] }, "that has no total"],
    ["a total that is no number", { total: null, items: [item] }, "that has no total"],
    ["a total and no campaign", { total: 2, items: [] }, "a total of 2 and 0 campaigns on page 1"],
    ["more campaigns than the total", { total: 0, items: [item] }, "a total of 0 and 1 campaign on page 1"],
    ["a total below zero", { total: -5, items: [item] }, "that has no total"],
    ["a campaign without an id", { total: 1, items: [{ name: "x" }] }, "no usable id"],
    ["an id that was rounded", { total: 1, items: [{ id: 9007199254740992 }] }, "no usable id"],
    ["something else as a campaign", { total: 1, items: ["x"] }, "no usable id"],
    ["a campaign in another status than asked for", { total: 1, items: [item] }, OTHER, "paused"],
    ["a campaign without a status", { total: 1, items: [{ id: "7" }] }, "doesn't obey the filter", "paused"],
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

  for (const [status, kind, says] of [
    [403, "rejected", "HTTP 403 No."],
    [404, "unexpectedResponse", "HTTP 404 No., though every account has a list of campaigns"],
  ] as const) {
    it(`are looked for with one request for one campaign, and ${status} is ${kind}`, async () => {
      raw.server.answer(json(status, { title: "No.", trace_id: "6f1c" }), json(200, { total: 7, items: [item] }));
      const error = await thrown(HoodError, () => raw.account.expectList());
      expect(error).to.include({ kind, status, traceId: "6f1c" });
      expect(error.message).to.equal(`Can't list campaigns: ${says.replace("No.", "No. (trace_id 6f1c)")}`);
      await raw.account.expectList();
      await raw.account.expectList();
      expect(sent()).to.deep.equal(["1,1", "1,1"]);
    });
  }

  it("show a campaign without its mark, and without a field that is too large, unless that was asked for", async () => {
    const plain = { id: "7", name: "Autumn sale" };
    const marked = { ...item, metadata: { team: "crm", pulumi: text } };
    raw.server.answer(json(200, { total: 2, items: [plain, marked] }));
    expect(await search()).to.deep.equal([plain, { ...item, metadata: { team: "crm" } }]);
    raw.server.answer(json(200, { total: 2, items: [plain, { ...item, targeting: Array(100_001).fill(0) }] }));
    expect((await search())?.map(({ id }) => id)).to.deep.equal(["7", "1000248"]);
    const asking = () => raw.account.search({ ...query, fields: ["name", "targeting"] });
    const { kind, message } = await thrown(HoodError, asking);
    const words = "Can't list campaigns: the targeting of campaign 1000248 can't be read";
    expect([kind, message]).to.deep.equal(["tooLarge", words]);
  });

  it("may hold a campaign with values in 30,000 levels: it blocks no other's create", async () => {
    const deep = `${'{"a":['.repeat(15_000)}1${"]}".repeat(15_000)}`;
    const campaign = `${JSON.stringify(item).slice(0, -1)},"create_time":"2026-05-01 12:00:00","metadata":${deep}}`;
    raw.server.answer(answerOf(200, `{"total":1,"items":[${campaign}]}`));
    expect(JSON.stringify(await search()))
      .to.contain("1000248")
      .and.contain("nested too deep");
    expect(await raw.account.recentCampaigns(Number.POSITIVE_INFINITY)).to.have.length(1);
    expect(await raw.account.get("1000248")).to.include({ status: "running" });
    expect(raw.server.requests).to.have.length(3);
  });
});

const mark = { owner: hashOf("urn"), content: hashOfContent({}), moment: Date.UTC(2026, 4, 1), record: newRecord() };
const text = textOf(mark);

describe("the mark of a campaign", () => {
  it("fits Hood's shortest limit for a text, in hexadecimal digits, whenever it is written", () => {
    for (const moment of [undefined, 1_000, Date.UTC(2100, 0, 1)]) {
      const written = { owner: hashOf("urn"), content: hashOfContent({}), moment, record: newRecord() };
      expect(textOf(written)).to.match(/^[0-9a-f]{60}$/);
      expect(markIn(textOf(written))).to.deep.equal(JSON.parse(JSON.stringify(written)));
    }
  });

  it("is the one that an earlier version wrote", () => {
    const args = { name: "Spring sale", labels: ["b", "a"], metadata: null, abTest: { winner: 1, after: 2 } };
    const written = { owner: hashOf("urn"), content: hashOfContent(args), record: "0123456789abcdef" };
    expect(textOf({ ...written, moment: Date.UTC(2026, 4, 1) })).to.equal(
      "b05f298605f4716e4ea9081a211d523669f3ed000123456789abcdef0712",
    );
  });

  const pair = { key: "team", value: "crm" };
  /** Metadata as a server may give it back. */
  const shown: [string, unknown, unknown][] = [
    ["as the only pair", { key: "pulumi", value: text }, {}],
    ["beside a pair", { ...pair, pulumi: text }, pair],
    ["in capital letters", { KEY: "PULUMI", VALUE: text.toUpperCase() }, {}],
    ["under another name", { "x-pulumi": text, team: "crm" }, { team: "crm" }],
    ["as a list of pairs", [pair, { key: "pulumi", value: text }], [pair]],
    ["as a pair of a list", [Object.values(pair), ["pulumi", text]], [Object.values(pair)]],
    [
      "in a copy of another campaign's",
      { copy: { key: "pulumi", value: text }, team: "crm" },
      { copy: {}, team: "crm" },
    ],
    ["as a list of names and values", ["team", "crm", "pulumi_2", text], ["team", "crm"]],
    ["as a list of values", ["crm", text], ["crm"]],
    ["as a value alone", text, {}],
    ["deeper", { a: [{ b: { pulumi: text } }, { c: [1, [text]] }] }, { a: [{ b: {} }, { c: [1] }] }],
    ["more than once", { value: text, pulumi: text }, {}],
    [
      "beside other names and values",
      { "a key": "pulumi", value: "b", pulumi: text },
      { "a key": "pulumi", value: "b" },
    ],
    ["in a pair of another name", { key: "pulumi sale", value: text }, { key: "pulumi sale" }],
    ["in a pair whose name ends so", { key: "my pulumi", value: text }, { key: "my pulumi" }],
    ["in a pair of the tenth name", { key: "pulumi_10", value: text }, {}],
    ["in a pair of several names", { key: ["pulumi"], value: text }, { key: ["pulumi"] }],
    ["beside a name that stands alone", { key: "pulumi", values: text, "a value": text }, { key: "pulumi" }],
    [
      "beside almost its name",
      { "a key": "pulumi", keys: "pulumi", value: text },
      { "a key": "pulumi", keys: "pulumi" },
    ],
    ["as a pair that got company", { key: "pulumi", value: text, team: "crm" }, { team: "crm" }],
  ];
  for (const [what, metadata, rest] of shown) {
    it(`is found ${what}, and taken out again`, () => {
      expect(markIn(metadata)).to.deep.equal(mark);
      expect(withoutMark(metadata)).to.deep.equal(rest);
      expect(markIn(rest)).to.equal(undefined);
    });
  }

  const others: [string, unknown][] = [
    ["no metadata", undefined],
    ["null", null],
    ["a text", "crm"],
    ["another pair", { key: "pulumi", value: "yes" }],
    ["60 digits without the checksum", { pulumi: "0".repeat(60) }],
    ["a longer hash", { pulumi: "ab".repeat(64) }],
    ["a longer text", [`${text}0`, `0${text}`]],
    ["a text that names a mark", { copied: `from ${text}` }],
    ["the name of a key", { [text]: "crm" }],
  ];
  for (const [what, metadata] of others) {
    it(`isn't found in ${what}, which stays as it is`, () => {
      expect(markIn(metadata)).to.equal(undefined);
      expect(withoutMark(metadata)).to.deep.equal(metadata);
    });
  }

  it("is found in any metadata that a program declares, which comes back whole", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (metadata) => {
        const marked = withMark(metadata, mark);
        expect(markIn(marked)).to.deep.equal(mark);
        expect(withoutMark(marked)).to.deep.equal({ ...metadata });
      }),
    );
  });

  it("takes a key that is free, whatever the program calls its own", () => {
    const taken = { pulumi: "a", pulumi_2: "b" };
    expect(withMark(taken, mark)).to.deep.equal({ ...taken, pulumi_3: text });
    expect(withMark({}, mark)).to.deep.equal({ key: "pulumi", value: text });
  });

  it("is nobody's where there are those of two owners, and no state's where there are two of one owner", () => {
    const { owner, ...others } = mark;
    const another = textOf({ owner: hashOf("another"), ...others });
    const newer = textOf({ ...mark, record: newRecord() });
    expect(markIn({ pulumi: text, pulumi_2: another })).to.equal(undefined);
    expect(markIn({ pulumi: text, pulumi_2: newer })).to.deep.equal({ owner, content: "", record: "" });
  });

  it("can be replaced only where it stands once, at the top", () => {
    const places = [{ a: text }, { a: text, b: text }, { a: { b: text } }, [text], text, {}];
    expect(places.map(markKeyIn)).to.deep.equal(["a", ...Array(5).fill(undefined)]);
  });

  it("is the same if its owner, its content and its state are, whenever it was written", () => {
    expect(isSameMark({ ...mark, moment: undefined }, mark)).to.equal(true);
    for (const shown of [undefined, ...["owner", "content", "record"].map((part) => ({ ...mark, [part]: "" }))])
      expect(isSameMark(shown, mark)).to.equal(false);
  });

  it("has the same content in whichever order the arguments come", () => {
    const hash = hashOfContent({ a: [{ b: 1, c: 2 }], d: 3, e: 4 });
    expect(hashOfContent({ e: 4, d: 3, a: [{ c: 2, b: 1 }] })).to.equal(hash);
    expect(hashOfContent({ a: [{ b: 1, c: 2 }], d: 4, e: 3 })).to.not.equal(hash);
  });

  it("counts the keys beside it", () => {
    expect([undefined, null, {}, { team: "crm" }, ["crm"]].map(keysBeside)).to.deep.equal([0, 0, 0, 1, 1]);
  });
});
