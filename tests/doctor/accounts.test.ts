import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { assumptions, NEVER } from "../../doctor/assumptions";
import { textOf } from "../../provider/hood/mark";
import type { Fault, FaultRule } from "../../simulator";
import { ROOT } from "../../tools/package";
import { json, type RawAnswer, silence, startRawServer, text } from "../support/accounts";
import { CANARY, campaigns, doctor, examined, type Run, SECRETS, type Setup, TOKEN } from "./run";

/** By the assumptions' names. */
type Seen = Readonly<Record<string, string>>;

function all(seen: string, of: readonly string[]): Seen {
  return Object.fromEntries(of.map((name) => [name, seen]));
}

/** An account as Hood's pages describe it: the first sample of the command's page is one, but for its tier. */
const USUAL: Seen = {
  ...Object.fromEntries(
    [...readFileSync(join(ROOT, "docs/doctor.md"), "utf8").matchAll(/^(ok|differs|unknown) +(\w+) {2,}(.*)$/gm)]
      .slice(0, assumptions.length)
      .map(([, verdict, name, seen]) => [name, `${verdict}: ${seen}`]),
  ),
  headers: "ok: in all answers",
  shortWindow: "ok: 10/1s",
};
const TOO_SLOW: Seen = { parallel: "unknown: too few requests may be sent in a second" };
const HEADERS_OF_THE_MINUTE: Seen = { shortWindow: "unknown: no answer told of 10/1s" };
const FORTY: Seen = { ids: "ok: all 40", statuses: "unknown: true for the 40 that were read, which aren't all" };

/** An account that can't be read: what was seen on the way to it, and nothing else. */
function unreadable(seen: Seen, why = "the account can't be read"): Seen {
  const { settings = "", config = "" } = USUAL;
  const seenIn = assumptions.map(({ name, shownBy }) => [
    name,
    shownBy === NEVER ? (USUAL[name] ?? "") : `unknown: ${why}`,
  ]);
  return { ...Object.fromEntries(seenIn), settings, config, ...seen };
}

const CONNECTED: Seen = { name: "ok: connected", connection: "ok: connected" };
const USED_UP = "the 5 requests of a run are used up";
const always = (fault: Fault) => ({ fault, times: Number.POSITIVE_INFINITY });
const changed = (change: (item: Record<string, unknown>) => object) => [
  always({
    kind: "changed",
    change: (body) => ({ ...body, items: Array.isArray(body.items) ? body.items.map(change) : body.items }),
  }),
];
const mark = textOf({ owner: "a".repeat(20), content: "b".repeat(12), record: "c".repeat(16) });

const NO_STATUS: Seen = { filter: "unknown: no campaign in a status that is known was read" };
const NOT_COMPARED: Seen = { oneCounter: "unknown: no two answers could be compared" };
const ON_HOLD: Seen = { ...NO_STATUS, statuses: "differs: on_hold" };
const SLOW = "1/1s,15/60s";
const atPath = (path: RegExp, rule: FaultRule): FaultRule => ({ ...rule, match: (request) => path.test(request.path) });
const reversed = ({ items, ...rest }: Record<string, unknown>) => ({
  ...rest,
  items: [...(items as unknown[])].reverse(),
});
const draft = '{"total":1,"items":[{"id":"1","status":"draft"}]}';
const disobedient = [
  atPath(/[?&]q=/, always({ kind: "body", body: draft })),
  atPath(/sort=create_time/, always({ kind: "changed", change: reversed })),
];
const refuses = { maxPageSize: 25, overMaxPageSize: "reject", pastTheEnd: "reject" } as const;
const old = { labelsAs: "string", totalAs: "string", unknownId: 404, maxPageSize: 10, metadata: "pair" } as const;
const oldFields = { metadata: { key: "team", value: "EU" }, send_strategy: "manual" };
const otherForms = { status: "on_hold", create_time: "2026-05-01T12:00:00Z", metadata: "x" };
const marked = { metadata: { key: "pulumi", value: mark }, update_time: "2026-06-01 14:00:00" };

/** What is seen of each account, other than of a usual one; of one that can't be read, all. */
const simulated: readonly [as: string, setup: Setup, seen: Seen][] = [
  ["is as Hood's pages describe it", {}, {}],
  [
    "takes fifteen requests in a minute",
    { account: { rateLimit: SLOW }, environment: { HOOD_RATE_LIMIT: SLOW } },
    {
      ...TOO_SLOW,
      ...NOT_COMPARED,
      settings: "ok: 3 settings given",
      shortWindow: "ok: 1/1s",
      longWindow: "unknown: no answer told of 15/60s",
    },
  ],
  [
    "has windows that begin at odd moments, and headers that tell of the minute",
    { account: { windowOffset: 17_400, headerWindow: "steady" } },
    { ...HEADERS_OF_THE_MINUTE, longWindow: "ok: 150/60s" },
  ],
  [
    "has room for fewer requests in a minute than these checks send",
    { account: { rateLimit: "10/1s,25/60s", headerWindow: "steady" } },
    { ...TOO_SLOW, ...HEADERS_OF_THE_MINUTE, longWindow: "differs: 25 in 60 s, not 150" },
  ],
  [
    "has no headers",
    { account: { rateLimit: "off" } },
    { ...HEADERS_OF_THE_MINUTE, ...NOT_COMPARED, headers: "differs: none in 22 answers" },
  ],
  [
    "is of the older generation of the API",
    { account: old, faults: changed((item) => ({ ...item, ...oldFields })) },
    {
      ...FORTY,
      total: "differs: a text of digits",
      pageSize: "differs: 10 are granted",
      ...all("differs: 1 other field too", ["fields", "fieldNames"]),
      labels: "differs: one text",
      metadata: "differs: only pairs of key and value",
      unknownId: "ok: HTTP 404",
    },
  ],
  [
    "obeys no query",
    { account: { badQuery: "ignore", filterable: [] }, faults: disobedient },
    {
      filter: "differs: other statuses too: it isn't obeyed",
      search: "differs: campaigns that don't have the text",
      sort: "differs: in another order",
      fullPages: "differs: two pages show another order",
    },
  ],
  [
    "rejects large pages and filters",
    { account: { ...refuses, filterable: [] } },
    {
      ...FORTY,
      pageSize: "differs: 10 are granted",
      pastTheEnd: "ok: rejected: HTTP 400",
      filter: "differs: rejected: HTTP 400",
    },
  ],
  [
    "has values of other forms",
    { faults: changed(({ id, ...item }) => ({ ...item, id: Number(id), ...otherForms })) },
    {
      ...ON_HOLD,
      sort: "unknown: the account has too few campaigns",
      ids: "differs: numbers",
      times: "differs: 130 of 260 have another form",
      metadata: "differs: of another form",
    },
  ],
  [
    "has statuses that are no words, and ids that can't be used",
    { faults: changed((item) => ({ ...item, id: `../${item.id}`, status: "<{%fg 1%}>" })) },
    {
      ...NO_STATUS,
      view: "unknown: the account has no campaigns",
      ids: "differs: 130 of another form",
      statuses: "differs: a word of another form",
    },
  ],
  [
    "shows the marks of a provider, no other metadata, and times of another zone",
    { account: { campaigns: campaigns(130, marked) } },
    {
      metadata: "unknown: no campaign with metadata of its own was read",
      mark: "ok: found",
      times: "differs: some lie ahead of the account's clock: not GMT?",
    },
  ],
  [
    "has no campaigns",
    { account: { campaigns: [] } },
    {
      ...NO_STATUS,
      ...all("unknown: the account has no campaigns", ["pageSize", "search", "fields", "view"]),
      ...all("unknown: the account has too few campaigns", ["fullPages", "sort"]),
      ...all("unknown: nothing that was read shows it", ["ids", "statuses", "fieldNames", "labels", "times"]),
      ...all("unknown: nothing that was read shows it", ["metadata", "mark"]),
    },
  ],
  [
    "takes three requests at once",
    { account: { parallelLimit: 3, latency: 100 } },
    { parallel: "differs: 3 of 10 were", rejections: "ok: met 7 of them, and waited" },
  ],
  [
    "shows a status that nobody knows, and fails at the second page",
    {
      account: { campaigns: campaigns(130, { status: "on_hold" }), maxPageSize: 100 },
      faults: [atPath(/page=2,100/, always({ kind: "status", status: 400 }))],
    },
    { ...ON_HOLD, ids: "ok: all 110" },
  ],
  ["has a clock that is 90 s behind", { ahead: -90_000 }, { clock: "differs: this machine is 90 s ahead" }],
  [
    "doesn't accept the token",
    { environment: { HOOD_TOKEN: "another-token" } },
    unreadable({
      ...CONNECTED,
      path: "unknown: not before a token is accepted",
      token: "differs: not accepted: HTTP 401",
    }),
  ],
  [
    "asks to wait without an end",
    { args: ["--quick"], faults: [always({ kind: "status", status: 429 })] },
    unreadable({ path: `differs: HTTP 429, and ${USED_UP}` }, USED_UP),
  ],
  [
    "asks to wait for an hour",
    { faults: [always({ kind: "status", status: 429, retryAfter: 3_600 })] },
    unreadable({ ...CONNECTED, path: "differs: HTTP 429, and a wait of more than a minute" }),
  ],
  [
    "fails",
    { faults: [always({ kind: "status", status: 500 })] },
    unreadable({ ...CONNECTED, path: "differs: HTTP 500" }),
  ],
];

/** What a run shows, whatever it meets. */
function seenIn({ out, progress, code }: Run, methods: readonly string[], expected: number): Record<string, string> {
  expect(out + progress)
    .not.to.match(SECRETS)
    .and.not.match(/ at .*:\d+|elsewhere|rateLimit 0|a defect/);
  expect(new Set(methods)).to.deep.equal(new Set(["GET"]));
  expect(methods).to.have.length.of.at.most(40);
  expect(code).to.equal(expected);
  const lines: Record<"name" | "verdict" | "seen", string>[] = JSON.parse(out).assumptions;
  return Object.fromEntries(lines.map(({ name, verdict, seen }) => [name, `${verdict}: ${seen}`]));
}

describe("hood-doctor, of an account that", () => {
  /** It can be used if it can be read, with this token. */
  const codeOf = (seen: Seen) => {
    if (!seen.path?.startsWith("ok") || !seen.token?.startsWith("ok")) return 1;
    return Object.values(seen).some((one) => one.startsWith("differs")) ? 2 : 0;
  };

  for (const [as, setup, different] of simulated) {
    it(`${as}, says what it sees`, async () => {
      const { hood, ...run } = await examined({ ...setup, args: ["--json", ...(setup.args ?? [])] });
      const methods = hood.requests.map(({ method }) => method);
      const expected = { ...USUAL, ...different };
      const { headers = "", ...seen } = seenIn(run, methods, codeOf(expected));
      expect({ ...seen, headers: headers.replace(/all \d+/, "all") }).to.deep.equal(expected);
    });
  }

  it("is silent, ends with a verdict after 60 s", async () => {
    const { hood, took, ...run } = await examined({ isSilent: true, args: ["--json"] });
    const { connection } = seenIn(run, ["GET", ...hood.requests.map(({ method }) => method)], 1);
    expect(connection).to.match(/^differs: (no whole answer|no answer came for 60 s)/);
    expect(took).to.be.within(59_000, 61_000);
  });
});

const one = { id: "770001248", name: CANARY, status: "running", create_time: "2026-05-01 12:00:00" };
const items = (...all: unknown[]) => json(200, { total: all.length, items: all });
const list = items(one);
/** What a program that makes texts of it stumbles over. */
const textless = { toString: 1, valueOf: 1 };
const headed = (headers: Record<string, string>) =>
  text(200, JSON.stringify({ total: 1, items: [one] }), { "x-ratelimit-reset": "1", ...headers });
const limited = (limit: number, remaining: number, more = {}) =>
  headed({ "x-ratelimit-limit": String(limit), "x-ratelimit-remaining": String(remaining), ...more });
const countsDown = (left: number): RawAnswer => {
  let remaining = left;
  return (...how) => limited(150, Math.max(0, --remaining), { "x-ratelimit-reset": "50" })(...how);
};
const shuffled: RawAnswer = (...how) => {
  const any = () => ({ ...one, id: String(Math.random()).slice(2) });
  const found = how[1].path.includes("q=") ? [] : Array.from({ length: 20 }, any);
  json(200, { total: 60, items: found })(...how);
};
/** Written one byte at a time, and never to its end. */
const trickle: RawAnswer = (response) => {
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};
const endlessHeaders: RawAnswer = (response) =>
  void response.socket?.write(`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(9_000)}`);
const bomb = text(200, gzipSync(" ".repeat(50 * 1024 * 1024)) as never, { "content-encoding": "gzip" });
const notPacked = text(200, "{}", { "content-encoding": "gzip" });
const NO_ANSWER = /^differs: (no whole answer|no answer came for 0.4 s)/;
const NO_LIST = /^differs: HTTP 302, and no list/;
const MOVED = /^unknown: the list moved meanwhile/;
const ENDLESS = /^unknown: true for the 1 that were read/;
const jumps = [1, 5, 1].map((hour) => headed({ date: `Mon, 01 Jun 2026 0${hour}:00:00 GMT` }));
const still = limited(999, 99, { date: "Mon, 01 Jun 2026 12:00:00 GMT" });
const strange = limited(999_999_999, 1, { "x-ratelimit-reset": "1780000000", date: "never" });
const anyToken = json(400, { title: TOKEN, message: `${CANARY} 770001248`, trace_id: TOKEN });
const elsewhere = text(302, "", { location: `https://elsewhere.example/?${TOKEN}` });
const textlessItems = items({ ...one, name: textless, status: textless, create_time: textless }, { id: textless });

/** The last answer is given again and again. @param patience in milliseconds; enough for every attempt */
const servers: readonly [
  as: string,
  answers: readonly RawAnswer[],
  code: 1 | 2,
  seen: Readonly<Record<string, RegExp>>,
  patience?: number,
][] = [
  ["trickles a byte at a time", [trickle], 1, { connection: NO_ANSWER }],
  ["stops to answer half-way", [list, list, silence], 2, { search: /^unknown: no answer came for 0.4 s/ }],
  ["sends headers without end", [endlessHeaders], 1, { connection: /^differs/ }],
  ["unpacks to far too much", [bomb], 1, { connection: /^differs: an answer that is far too large/ }, 4_000],
  ["says that it is packed, and isn't", [notPacked], 1, { connection: NO_ANSWER }],
  ["redirects to another host, with the token", [elsewhere], 1, { path: NO_LIST }, 4_000],
  ["echoes the token in an error", [anyToken], 1, { path: /^differs: HTTP 400: it rejects the plainest list/ }],
  ["answers with a list of no objects", [items(1, null, "x")], 2, { ids: /^unknown/ }],
  ["has endless campaigns", [json(200, { total: 999_999_999, items: [one] })], 2, { statuses: ENDLESS }],
  ["says strange things in headers", [strange], 2, { headers: /^differs: Reset/, clock: /^differs: .*no Date/ }],
  ["gives objects that no text can be made of", [textlessItems], 2, { ids: /^differs: 1/, statuses: /^differs/ }],
  ["says how many there are in a list", [json(200, { total: [1], items: [one] })], 2, { total: /^differs: there is/ }],
  ["gives no total", [json(200, { items: [one] })], 2, { pageSize: /^unknown: no total tells/ }],
  ["shows more campaigns than it says", [json(200, { total: 0, items: [one] })], 2, { total: /^differs: fewer/ }],
  ["leaves out ids and statuses", [items({ name: CANARY })], 2, { ids: /^differs: 1/, statuses: /^differs/ }],
  ["shuffles its campaigns at each request", [shuffled], 2, { fullPages: MOVED, search: MOVED }],
  ["accepts the token three times", [list, list, list, json(401, {})], 1, { token: /^differs: not accepted any more/ }],
  ["fails after four answers", [list, list, list, list, json(500, {})], 2, { view: /^unknown/ }, 4_000],
  ["allows nothing", [list, limited(0, 0)], 2, { path: /^ok/ }],
  ["never counts down", [still], 2, { oneCounter: /^unknown: answers don't agree/ }],
  ["has little room left in this minute", [countsDown(14)], 2, { parallel: /^unknown: \d were; more weren't/ }, 4_000],
  ["jumps in time", jumps, 2, { clock: /^unknown: answers don't agree/ }],
];

describe("hood-doctor, of a server that", () => {
  const given = { HOOD_TOKEN: TOKEN, HOOD_RATE_LIMIT: "100000/1s", HOOD_TIMEOUT: "2s" };

  for (const [as, answers, code, expected, patience = 400] of servers) {
    it(`${as}, ends with a verdict`, async () => {
      const server = await startRawServer(...answers);
      try {
        const run = await doctor(["--json"], { ...given, HOOD_ENDPOINT: server.url }, { patience });
        const methods = server.requests.map(({ method }) => String(method));
        const seen = seenIn(run, methods, code);
        for (const [name, pattern] of Object.entries(expected)) expect(seen[name], name).to.match(pattern);
      } finally {
        await server.close();
      }
    });
  }

  it("isn't there, names what fails", async () => {
    const server = await startRawServer(list);
    await server.close();
    const run = await doctor(["--json"], { ...given, HOOD_ENDPOINT: server.url }, { patience: 4_000 });
    expect(seenIn(run, ["GET"], 1).connection).to.match(/^differs: nobody/);
  });
});
