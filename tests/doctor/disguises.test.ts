import { expect } from "chai";
import { type AssumptionName, names } from "../../doctor/assumptions";
import { textOf } from "../../provider/hood/mark";
import type { Fault } from "../../simulator";
import { campaigns, examined, type Setup } from "./run";

type Verdicts = { readonly [Name in AssumptionName]?: string };

/** What can't be seen of a simulated account, on this machine, whatever it is like. */
const UNSEEN: Verdicts = {
  ...verdicts("unknown: plain http, to this machine", ["certificate", "authority"]),
  ...verdicts("unknown: only a call that changes something would show it", [
    "cancel",
    "pauseAndResume",
    "life",
    "create",
    "edit",
    "lag",
  ]),
  config: "unknown: this folder belongs to no Pulumi project",
  proxy: "unknown: no sign of one, and not every proxy leaves one",
  settings: "ok: 2 settings given",
};

/** An account as Hood's pages describe it. */
const USUAL: Verdicts = {
  ...UNSEEN,
  name: "ok: connected",
  connection: "ok: answered",
  path: "ok: a list of campaigns",
  token: "ok: accepted",
  clock: "ok: within 5 s",
  headers: "ok: in all 36 answers",
  shortWindow: "ok: 10/1s",
  longWindow: "unknown: no answer told of 150/60s",
  seconds: "ok: as far as a quarter of a second shows",
  minutes: "unknown: no answer told of a minute",
  oneCounter: "ok: each uses up the other's",
  parallel: "ok: 10 were",
  rejections: "unknown: nothing that was read shows it",
  total: "ok: a number",
  pageSize: "ok: 100 are granted",
  fullPages: "ok: without gap or overlap",
  pastTheEnd: "ok: empty",
  movingList: "unknown: no campaign was created meanwhile",
  filter: "ok: obeyed",
  search: "ok: obeyed",
  fields: "ok: obeyed",
  sort: "ok: obeyed",
  ids: "ok: all 130",
  statuses: "ok: in all 130",
  fieldNames: "ok: no others",
  labels: "ok: an array of texts",
  times: "ok: of this form, and none lies ahead",
  metadata: "ok: free keys",
  mark: "unknown: no campaign with one was read",
  view: "ok: the same name and status",
  unknownId: "ok: HTTP 400",
  errors: "ok: as expected",
};

function verdicts(verdict: string, of: readonly AssumptionName[]): Verdicts {
  return Object.fromEntries(of.map((name) => [name, verdict]));
}

/** An account that can't be read: what was seen on the way to it, and nothing else. */
function unreadable(seen: Verdicts, why = "the account can't be read"): Verdicts {
  const { settings, config, cancel, pauseAndResume, life, create, edit, lag } = UNSEEN;
  const rest = verdicts(`unknown: ${why}`, names);
  return { ...rest, settings, config, cancel, pauseAndResume, life, create, edit, lag, ...seen };
}

const CONNECTED: Verdicts = { name: "ok: connected", connection: "ok: connected" };
const always = (fault: Fault) => [{ fault, times: Number.POSITIVE_INFINITY }];
const changed = (change: (item: Record<string, unknown>) => object) =>
  always({
    kind: "changed",
    change: (body) => ({ ...body, items: Array.isArray(body.items) ? body.items.map(change) : body.items }),
  });

interface Disguise extends Setup {
  readonly as: string;
  readonly expected: Verdicts;
  readonly code: 0 | 1 | 2;
}

const disguises: readonly Disguise[] = [
  { as: "Hood's pages describe it", expected: USUAL, code: 0 },
  {
    as: "one of another tier",
    account: { rateLimit: "75/1s,700/60s" },
    expected: { ...USUAL, shortWindow: "differs: 75 in 1 s, not 10" },
    code: 2,
  },
  {
    as: "one that takes fifteen requests in a minute",
    account: { rateLimit: "1/1s,15/60s" },
    environment: { HOOD_RATE_LIMIT: "1/1s,15/60s" },
    expected: {
      ...USUAL,
      ...verdicts("unknown: too few requests may be sent in a second", ["seconds", "parallel"]),
      settings: "ok: 3 settings given",
      headers: "ok: in all 13 answers",
      shortWindow: "ok: 1/1s",
      longWindow: "unknown: no answer told of 15/60s",
      oneCounter: "unknown: no two answers could be compared",
    },
    code: 0,
  },
  {
    as: "one whose headers tell of the minute",
    account: { headerWindow: "steady" },
    expected: {
      ...USUAL,
      shortWindow: "unknown: no answer told of 10/1s",
      longWindow: "ok: 150/60s",
      seconds: "unknown: not every answer told of a window of a second",
      minutes: "ok: to the second",
    },
    code: 0,
  },
  {
    as: "one whose windows begin at odd moments",
    account: { windowOffset: 17_400, headerWindow: "steady" },
    expected: {
      ...USUAL,
      shortWindow: "unknown: no answer told of 10/1s",
      longWindow: "ok: 150/60s",
      seconds: "unknown: not every answer told of a window of a second",
      minutes: "differs: at other moments",
    },
    code: 2,
  },
  {
    as: "one whose seconds begin at odd moments",
    account: { windowOffset: 400 },
    expected: {
      ...USUAL,
      seconds: "differs: at other moments",
      oneCounter: "unknown: answers don't agree",
    },
    code: 2,
  },
  {
    as: "one whose minute has room for fewer requests than these checks send",
    account: { rateLimit: "10/1s,25/60s", headerWindow: "steady" },
    expected: {
      ...USUAL,
      ...verdicts("unknown: too few requests may be sent in a second", ["seconds", "parallel"]),
      headers: "ok: in all 13 answers",
      shortWindow: "unknown: no answer told of 10/1s",
      minutes: "ok: to the second",
      longWindow: "differs: 25 in 60 s, not 150",
    },
    code: 2,
  },
  {
    as: "a server that asks to wait without an end",
    args: ["--quick"],
    faults: always({ kind: "status", status: 429 }),
    expected: unreadable(
      { path: "differs: HTTP 429, and the 5 requests of a run are used up" },
      "the 5 requests of a run are used up",
    ),
    code: 1,
  },
  {
    as: "one without headers",
    account: { rateLimit: "off" },
    expected: {
      ...USUAL,
      headers: "differs: none in 36 answers",
      shortWindow: "unknown: no answer told of 10/1s",
      seconds: "unknown: not every answer told of a window of a second",
      oneCounter: "unknown: no two answers could be compared",
    },
    code: 2,
  },
  {
    as: "one of the older generation of the API",
    account: { labelsAs: "string", totalAs: "string", unknownId: 404, maxPageSize: 10, metadata: "pair" },
    faults: changed((item) => ({ ...item, metadata: { key: "team", value: "EU" }, send_strategy: "manual" })),
    expected: {
      ...USUAL,
      headers: "ok: in all 37 answers",
      total: "differs: a text of digits",
      pageSize: "differs: 10 are granted",
      fields: "differs: 1 other field too",
      fieldNames: "differs: 1 other field too",
      labels: "differs: one text",
      metadata: "differs: only pairs of key and value",
      unknownId: "ok: HTTP 404",
      ids: "ok: all 40",
      statuses: "unknown: true for the 40 that were read, which aren't all",
    },
    code: 2,
  },
  {
    as: "one that obeys no query",
    account: { badQuery: "ignore", filterable: [] },
    faults: [
      {
        match: ({ path }) => /[?&]q=/.test(path),
        times: Number.POSITIVE_INFINITY,
        fault: { kind: "body", body: '{"total":1,"items":[{"id":"1","status":"draft"}]}' },
      },
      {
        match: ({ path }) => path.includes("sort=create_time"),
        times: Number.POSITIVE_INFINITY,
        fault: {
          kind: "changed",
          change: ({ items, ...rest }) => ({ ...rest, items: [...(items as unknown[])].reverse() }),
        },
      },
    ],
    expected: {
      ...USUAL,
      headers: "ok: in all 36 answers",
      filter: "differs: other statuses too: it isn't obeyed",
      search: "differs: campaigns that don't have the text",
      sort: "differs: in another order",
      fullPages: "differs: two pages show another order",
    },
    code: 2,
  },
  {
    as: "one that rejects large pages and filters",
    account: { filterable: [], maxPageSize: 25, overMaxPageSize: "refuse", pastTheEnd: "refuse" },
    expected: {
      ...USUAL,
      headers: "ok: in all 39 answers",
      pageSize: "differs: 10 are granted",
      pastTheEnd: "ok: rejected: HTTP 400",
      filter: "differs: rejected: HTTP 400",
      ids: "ok: all 40",
      statuses: "unknown: true for the 40 that were read, which aren't all",
    },
    code: 2,
  },
  {
    as: "one with values of other forms",
    faults: changed((item) => ({
      ...item,
      id: Number(item.id),
      status: "on_hold",
      create_time: "2026-05-01T12:00:00Z",
      metadata: "x",
    })),
    expected: {
      ...USUAL,
      filter: "unknown: no campaign in a status that is known was read",
      headers: "ok: in all 35 answers",
      fields: "ok: obeyed",
      sort: "unknown: the account has too few campaigns",
      ids: "differs: numbers",
      statuses: "differs: on_hold",
      times: "differs: 130 of 260 have another form",
      metadata: "differs: of another form",
    },
    code: 2,
  },
  {
    as: "one whose statuses are no words, and whose ids can't be used",
    faults: changed((item) => ({ ...item, id: `../${item.id}`, status: "<{%fg 1%}>" })),
    expected: {
      ...USUAL,
      filter: "unknown: no campaign in a status that is known was read",
      view: "unknown: the account has no campaigns",
      oneCounter: USUAL.oneCounter,
      headers: "ok: in all 34 answers",
      ids: "differs: 130 of another form",
      statuses: "differs: a word of another form",
    },
    code: 2,
  },
  {
    as: "one that shows the marks of a provider, and no other metadata",
    account: {
      campaigns: campaigns(130, {
        metadata: {
          key: "pulumi",
          value: textOf({ owner: "a".repeat(20), content: "b".repeat(12), record: "c".repeat(16) }),
        },
      }),
    },
    expected: { ...USUAL, metadata: "unknown: no campaign with metadata of its own was read", mark: "ok: found" },
    code: 0,
  },
  {
    as: "one in which somebody creates campaigns meanwhile",
    faults: [
      { match: ({ number }) => number === 20, before: (hood) => void hood.add({ name: "New" }, { name: "Newer" }) },
    ],
    expected: {
      ...USUAL,
      movingList: "ok: moved by 2, and nothing else",
    },
    code: 0,
  },
  {
    as: "one with no campaigns",
    account: { campaigns: [] },
    expected: {
      ...USUAL,
      ...verdicts("unknown: the account has no campaigns", ["pageSize", "search", "fields", "view"]),
      ...verdicts("unknown: the account has too few campaigns", ["fullPages", "sort"]),
      ...verdicts("unknown: nothing that was read shows it", [
        "ids",
        "statuses",
        "fieldNames",
        "labels",
        "times",
        "metadata",
        "mark",
      ]),
      filter: "unknown: no campaign in a status that is known was read",
      headers: "ok: in all 29 answers",
    },
    code: 0,
  },
  {
    as: "one that takes three requests at once",
    account: { parallelLimit: 3, latency: 100 },
    expected: {
      ...USUAL,
      headers: "ok: in all 29 answers",
      parallel: "differs: 3 of 10 were",
      rejections: "ok: met 7 of them, and waited",
    },
    code: 2,
  },
  {
    as: "one whose clock is 12 minutes ahead",
    ahead: 12 * 60_000,
    expected: { ...USUAL, clock: "differs: this machine is 12 minutes behind" },
    code: 2,
  },
  {
    as: "one whose clock is 90 s behind",
    ahead: -90_000,
    expected: { ...USUAL, clock: "differs: this machine is 90 s ahead" },
    code: 2,
  },
  {
    as: "one that doesn't accept the token",
    environment: { HOOD_TOKEN: "another-token" },
    expected: unreadable({
      ...CONNECTED,
      path: "unknown: not before a token is accepted",
      token: "differs: not accepted: HTTP 401",
    }),
    code: 1,
  },
  {
    as: "a proxy's login page",
    faults: always({ kind: "html", status: 200 }),
    expected: unreadable({
      ...CONNECTED,
      path: "differs: HTTP 200, and no list: a login page, a redirect, or another server",
    }),
    code: 1,
  },
  {
    as: "a redirect to another host",
    faults: always({ kind: "redirect", location: "https://elsewhere.example/" }),
    expected: unreadable({
      ...CONNECTED,
      path: "differs: HTTP 302, and no list: a login page, a redirect, or another server",
    }),
    code: 1,
  },
  {
    as: "a server that fails",
    faults: always({ kind: "status", status: 500 }),
    expected: unreadable({ ...CONNECTED, path: "differs: HTTP 500" }),
    code: 1,
  },
  {
    as: "a server that asks to wait for an hour",
    faults: always({ kind: "status", status: 429, retryAfter: 3_600 }),
    expected: unreadable({ ...CONNECTED, path: "differs: HTTP 429, and a wait of more than a minute" }),
    code: 1,
  },
];

describe("hood-doctor, of an account that is", () => {
  for (const { as, expected, code, ...setup } of disguises) {
    it(as, async () => {
      const run = await examined({ ...setup, args: ["--json", ...(setup.args ?? [])] });
      const { assumptions } = JSON.parse(run.out);
      const lines = assumptions.map(({ name, verdict, seen }: Record<string, string>) => [name, `${verdict}: ${seen}`]);
      expect(Object.fromEntries(lines)).to.deep.equal(expected);
      expect(run.code).to.equal(code);
      expect([...new Set(run.hood.requests.map(({ method }) => method))]).to.deep.equal(["GET"]);
      expect(run.hood.requests.length).to.be.at.most(40);
    });
  }
});
