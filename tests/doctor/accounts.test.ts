import { expect } from "chai";
import { textOf } from "../../provider/hood/mark";
import type { Fault, FaultRule } from "../../simulator";
import { json, type RawAnswer, silence, startRawServer, text } from "../support/accounts";
import { CANARY, campaigns, doctor, examined, type Run, SECRETS, type Setup, TOKEN } from "./run";

/** What is seen, by the assumptions' names. What isn't named here doesn't differ. */
type Seen = Readonly<Record<string, string | RegExp>>;

/** What a run shows, whatever it meets. */
function expectSeen({ out, err, code }: Run, methods: readonly string[], expected: Seen): void {
  expect(out + err)
    .not.to.match(SECRETS)
    .and.not.match(/ at .*:\d+|elsewhere|rateLimit 0|a defect/);
  expect(new Set(methods)).to.deep.equal(new Set(["GET"]));
  expect(methods).to.have.length.of.at.most(40);
  const lines: Record<"name" | "verdict" | "seen", string>[] = JSON.parse(out).assumptions;
  const seen = Object.fromEntries(lines.map(({ name, verdict, seen }) => [name, `${verdict}: ${seen}`]));
  for (const [name, what] of Object.entries(expected)) {
    if (typeof what === "string") expect(seen[name], name).to.equal(what);
    else expect(seen[name], name).to.match(what);
  }
  // It can be used if it can be read, with this token.
  const isUsable = [seen.path, seen.token].every((one) => one?.startsWith("ok"));
  expect(code).to.equal(isUsable ? (out.includes('"differs"') ? 2 : 0) : 1);
}

const always = (fault: Fault) => ({ fault, times: Number.POSITIVE_INFINITY });
const changed = (change: (item: Record<string, unknown>) => object) => [
  always({
    kind: "changed",
    change: (body) => ({ ...body, items: Array.isArray(body.items) ? body.items.map(change) : body.items }),
  }),
];
const atPath = (path: RegExp, rule: FaultRule): FaultRule => ({ ...rule, match: (request) => path.test(request.path) });
const reversed = ({ items, ...rest }: Record<string, unknown>) => {
  return { ...rest, items: [...(items as unknown[])].reverse() };
};
const other = '{"total":1,"items":[{"id":"1","status":"needs_decision"}]}';
const disobedient = [
  atPath(/[?&]status=/, always({ kind: "body", body: other })),
  atPath(/sort=create_time/, always({ kind: "changed", change: reversed })),
];
const old = { labelsAs: "string", totalAs: "string", unknownId: 404, maxPageSize: 10, metadata: "pair" } as const;
const oldFields = { metadata: { key: "team", value: "EU" }, send_strategy: "manual" };
const otherForms = { status: "on_hold", create_time: "2026-05-01T12:00:00Z", metadata: "x" };
const mark = textOf({ owner: "a".repeat(20), content: "b".repeat(12), record: "c".repeat(16) });
const marked = { metadata: { key: "pulumi", value: mark } };
const SLOW = "1/1s,15/60s";
const NONE = "unknown: the account has no campaigns";
const UNREAD = "unknown: nothing that was read shows it";
const USED_UP = "unknown: the 5 requests of a run are used up";

const simulated: readonly [as: string, setup: Setup, seen: Seen][] = [
  ["is as Hood's pages describe it", {}, { shortWindow: "ok: 10/1s", statuses: "ok: in all 130" }],
  [
    "takes fifteen requests in a minute",
    { account: { rateLimit: SLOW }, environment: { HOOD_RATE_LIMIT: SLOW } },
    { shortWindow: "ok: 1/1s" },
  ],
  [
    "has room for fewer requests in a minute than is set, and headers that tell of the minute",
    { account: { rateLimit: "10/1s,25/60s", headerWindow: "steady", windowOffset: 17_400 } },
    { shortWindow: "unknown: no answer told of 10/1s", longWindow: "differs: 25 in 60 s, not 150" },
  ],
  ["has no headers", { account: { rateLimit: "off" } }, { headers: /^differs: none in \d+ answers/ }],
  [
    "is of the older generation of the API",
    { account: old, faults: changed((item) => ({ ...item, ...oldFields })) },
    {
      total: "differs: a text of digits",
      pageSize: "differs: 10 are granted",
      fields: "differs: 1 other field too",
      labels: "differs: one text",
      metadata: "differs: only pairs of key and value",
      unknownId: "ok: HTTP 404",
      statuses: "unknown: true for the 48 that were read, which aren't all",
    },
  ],
  [
    "obeys no query",
    { faults: disobedient },
    { filter: "differs: other statuses too: it isn't obeyed", sort: "differs: in another order" },
  ],
  [
    "rejects large pages and filters",
    { account: { maxPageSize: 25, overMaxPageSize: "reject", filterable: [] } },
    { pageSize: "differs: 10 are granted", filter: "differs: rejected: HTTP 400" },
  ],
  [
    "has values of other forms",
    { faults: changed(({ id, ...item }) => ({ ...item, id: Number(id), ...otherForms })) },
    {
      filter: "unknown: no campaign in a status that is known was read",
      statuses: "differs: on_hold",
      sort: "unknown: the account has too few campaigns",
      ids: "differs: numbers",
      times: "differs: 130 of 260 have another form",
      metadata: "differs: of another form",
    },
  ],
  [
    "has statuses that are no words, and ids that can't be used",
    { faults: changed((item) => ({ ...item, id: `../${item.id}`, status: "<{%fg 1%}>" })) },
    { view: NONE, ids: "differs: 130 of another form", statuses: "differs: a word of another form" },
  ],
  [
    "shows the marks of a provider, and no other metadata",
    { account: { campaigns: campaigns(130, marked) } },
    { metadata: "unknown: no campaign with metadata of its own was read", mark: "ok: found" },
  ],
  [
    "has no campaigns",
    { account: { campaigns: [] } },
    { pageSize: NONE, fields: NONE, view: NONE, ids: UNREAD, statuses: UNREAD, labels: UNREAD, times: UNREAD },
  ],
  [
    "shows a status that nobody knows, and fails at the second page",
    {
      account: { campaigns: campaigns(130, { status: "on_hold" }), maxPageSize: 100 },
      faults: [atPath(/page=2,100/, always({ kind: "status", status: 400 }))],
    },
    { statuses: "differs: on_hold", ids: "ok: all 110" },
  ],
  ["has a clock that is 90 s behind", { ahead: -90_000 }, { clock: "differs: this machine is 90 s ahead" }],
  [
    "doesn't accept the token",
    { environment: { HOOD_TOKEN: "another-token" } },
    { path: "unknown: not before a token is accepted", token: "differs: not accepted: HTTP 401" },
  ],
  [
    "asks to wait without an end",
    { args: ["--quick"], faults: [always({ kind: "status", status: 429 })] },
    { path: "differs: HTTP 429, and the 5 requests of a run are used up", filter: USED_UP },
  ],
  [
    "asks to wait for an hour",
    { faults: [always({ kind: "status", status: 429, retryAfter: 3_600 })] },
    { path: "differs: HTTP 429, and a wait of more than a minute" },
  ],
];

describe("hood-doctor, of an account that", () => {
  for (const [as, setup, seen] of simulated) {
    it(`${as}, says what it sees`, async () => {
      const { hood, ...run } = await examined({ ...setup, args: ["--json", ...(setup.args ?? [])] });
      const methods = hood.requests.map(({ method }) => method);
      expectSeen(run, methods, seen);
      const lines: { name: string; verdict: string }[] = JSON.parse(run.out).assumptions;
      const differ = lines.flatMap(({ name, verdict }) => (verdict === "differs" ? name : []));
      const expected = Object.entries(seen).flatMap(([name, what]) => (/differs/.test(String(what)) ? name : []));
      expect(differ).to.have.members(expected);
    });
  }

  it("is silent, ends with a verdict after two minutes", async () => {
    const { hood, took, ...run } = await examined({ isSilent: true, args: ["--json"] });
    const methods = ["GET", ...hood.requests.map(({ method }) => method)];
    expectSeen(run, methods, { connection: /^differs: (no whole answer in time|the 120 s of a run are over)/ });
    expect(took).to.be.within(119_000, 121_000);
  });
});

const one = { id: "770001248", name: CANARY, status: "running", create_time: "2026-05-01 12:00:00" };
const items = (...all: unknown[]) => json(200, { total: all.length, items: all });
const list = items(one);
/** What a program that makes texts of it stumbles over. */
const textless = { toString: 1, valueOf: 1 };
const headed = (headers: Record<string, string>) =>
  text(200, JSON.stringify({ total: 1, items: [one] }), { "x-ratelimit-reset": "1", ...headers });
const limited = (limit: number, more = {}) =>
  headed({ "x-ratelimit-limit": String(limit), "x-ratelimit-remaining": "0", ...more });
/** Written one byte at a time, and never to its end. */
const trickle: RawAnswer = (response) => {
  const timer = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(timer));
};
const NO_ANSWER = /^differs: (no whole answer in time|the 0.4 s of a run are over)/;
const jumps = [1, 5, 1].map((hour) => headed({ date: `Mon, 01 Jun 2026 0${hour}:00:00 GMT` }));
const strange = limited(999_999_999, { "x-ratelimit-reset": "1780000000", date: "never" });
const anyToken = json(400, { title: TOKEN, message: `${CANARY} 770001248`, trace_id: TOKEN });
const elsewhere = text(302, "", { location: `https://elsewhere.example/?${TOKEN}` });
const textlessItems = items({ ...one, name: textless, status: textless, create_time: textless }, { id: textless });

/** The last answer is given again and again. @param patience in milliseconds; enough for every attempt */
const servers: readonly [as: string, answers: readonly RawAnswer[], seen: Seen, patience?: number][] = [
  ["trickles a byte at a time", [trickle], { connection: NO_ANSWER }],
  ["stops to answer half-way", [list, list, silence], { view: "unknown: the 0.4 s of a run are over" }],
  ["redirects to another host, with the token", [elsewhere], { path: /^differs: HTTP 302, and no list/ }, 4_000],
  ["echoes the token in an error", [anyToken], { path: /^differs: HTTP 400: it rejects the plainest list/ }],
  ["answers with a list of no objects", [items(1, null, "x")], { ids: /^unknown/ }],
  [
    "has endless campaigns",
    [json(200, { total: 999_999_999, items: [one] })],
    { statuses: /^unknown: true for the 1/ },
  ],
  ["says strange things in headers", [strange], { headers: /^differs: Reset/, clock: /^differs: .*no Date/ }],
  ["gives objects that no text can be made of", [textlessItems], { ids: /^differs: 1/, statuses: /^differs/ }],
  ["gives no total", [json(200, { items: [one] })], { total: /^differs: there is/, pageSize: /^unknown: no total/ }],
  ["shows more campaigns than it says", [json(200, { total: 0, items: [one] })], { total: /^differs: fewer/ }],
  ["accepts the token three times", [list, list, list, json(401, {})], { token: /^differs: not accepted any more/ }],
  ["fails after four answers", [list, list, list, list, json(500, {})], { view: /^unknown/ }, 4_000],
  ["allows nothing", [list, limited(0)], { path: /^ok/ }],
  ["jumps in time", jumps, { clock: "unknown: answers don't agree" }],
];

describe("hood-doctor, of a server that", () => {
  const given = { HOOD_TOKEN: TOKEN, HOOD_RATE_LIMIT: "100000/1s", HOOD_TIMEOUT: "2s" };

  for (const [as, answers, seen, patience = 400] of servers) {
    it(`${as}, ends with a verdict`, async () => {
      const server = await startRawServer(...answers);
      try {
        const run = await doctor(["--json"], { ...given, HOOD_ENDPOINT: server.url }, { patience });
        const methods = server.requests.map(({ method }) => String(method));
        expectSeen(run, methods, seen);
      } finally {
        await server.close();
      }
    });
  }

  it("isn't there, names what fails", async () => {
    const server = await startRawServer(list);
    await server.close();
    const run = await doctor(["--json"], { ...given, HOOD_ENDPOINT: server.url }, { patience: 4_000 });
    expectSeen(run, ["GET"], { connection: /^differs: nobody/ });
  });
});
