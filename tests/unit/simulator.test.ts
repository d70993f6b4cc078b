import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  cancelableStatuses,
  isCancelable,
  isCanceled,
  isEditable,
  isExplainedByTime,
  isKnownStatus,
  isTerminal,
  knownStatuses,
  meaningOf,
  pathAround,
  pathBetween,
  reachableFrom,
  transitions,
} from "../../provider/lifecycle";
import type { SimulatorOptions } from "../../simulator";
import { statuses } from "../../simulator/campaigns";
import { readSeed } from "../../simulator/main";
import { Simulation } from "../../simulator/simulation";
import { closeAll, ids, MINUTE, openHood, type Reply, request } from "../support/accounts";

const TOMORROW = "2026-03-03 08:00:00";
const daily = { recurrence: { every: "day" } };
const cancel = { reason: "Budget cut" };

/** A request about campaign 7; and what the campaign is then, or a new one. Without it, nothing changes and the answer is 400. */
type Row = readonly [what: string, campaign: object, request: string, body: unknown, after?: object];

const table = {
  cancel: { body: cancel, from: ["scheduled", "running", "paused"], to: "canceled" },
  pause: { body: { reason: "Wrong price" }, from: ["scheduled", "running"], to: "paused" },
  resume: { body: { run_immediately: 1 }, from: ["paused"], to: "running" },
};
const actions = Object.entries(table).flatMap(([action, { body, from, to }]) =>
  [...statuses, "archived"].map((status): Row => {
    const after = from.includes(status) ? { status: to } : undefined;
    return [`${action} from ${status}`, { status }, `POST /campaigns/7/${action}`, body, after];
  }),
);

const told = (body: unknown) => JSON.stringify(body)?.slice(0, 90);
const resume = (body: object, after?: object): Row => {
  return [`resume with ${told(body)}`, { status: "paused" }, "POST /campaigns/7/resume", body, after];
};
const canceling = (body: unknown): Row => [`cancel with ${told(body)}`, {}, "POST /campaigns/7/cancel", body];
const create = (body: object, after?: object): Row => {
  return [`create with ${told(body)}`, {}, "POST /campaigns", { name: "Spring sale", ...body }, after];
};
const edit = (status: string, body: unknown, after?: object, given = {}): Row => {
  const what = `edit of a ${status} campaign with ${told(body)} beside ${told(given)}`;
  return [what, { status, name: "Spring", ...given }, "PATCH /campaigns/7", body, after];
};

const longest = "Ж".repeat(50);
const unknown = { name: longest, colour: { red: null, green: [1, null] }, deal_id: "1000251" };
/** What neither a create nor an edit takes. */
const notTaken = [{ name: " " }, { name: `${longest}.` }, { id: "5" }, { run_immediately: "yes" }];

const rows: Row[] = [
  ...actions,
  resume({ scheduled_time: TOMORROW }, { status: "scheduled", scheduled_time: TOMORROW, next_run_time: TOMORROW }),
  ...[{}, { run_immediately: 1, scheduled_time: TOMORROW }, { run_immediately: false }].map((body) => resume(body)),
  ...["2026-03-02 09:59:59", "2026-03-03T08:00:00Z", "2026-02-30 08:00:00", "2026-03-03 24:00:00"].map((time) =>
    resume({ scheduled_time: time }),
  ),
  ...["{reason:", [], "null", undefined, {}, { reason: 5 }, { reason: " " }].map(canceling),

  create({ status: "draft", run_immediately: true }, { status: "draft" }),
  create({ is_draft: true }, { status: "draft" }),
  create({ run_immediately: null, scheduled_time: null }, { status: "manual" }),
  create({ run_immediately: 1 }, { status: "running" }),
  create({ scheduled_time: TOMORROW }, { status: "scheduled" }),
  create(daily, { status: "scheduled" }),
  create({ ...unknown, run_immediately: true, is_draft: false }, { ...unknown, was_launched: true, run_counter: 0 }),
  ...[{ name: undefined }, { status: "running" }, { scheduled_time: "2026-03-01 08:00:00" }].map((body) =>
    create(body),
  ),

  ...["running", "canceled", "sent", "needs_decision"].map((status) => edit(status, { name: "Summer" })),
  ...["draft", "manual", "scheduled", "paused"].map((status) =>
    edit(status, { name: "Summer", run_immediately: true }, { name: "Summer", status }),
  ),
  ...[{ status: "running" }, { status: "draft" }, { status: null }, { is_draft: true }].map((body) =>
    edit("paused", body),
  ),
  edit("paused", { status: "paused", is_draft: false }, { status: "paused" }),
  edit("draft", { status: "running" }, { status: "running", was_launched: true, next_run_time: null }),
  edit("draft", { status: "manual" }, { status: "manual", was_launched: false, next_run_time: null }),
  edit("draft", { status: "scheduled" }, { next_run_time: TOMORROW }, { scheduled_time: TOMORROW }),
  edit("draft", { status: "scheduled" }, { next_run_time: "2026-03-03 10:00:00" }, daily),
  edit("draft", { status: "scheduled" }, undefined, { scheduled_time: "2026-03-02 10:00:00" }),
  ...[{ name: null }, { status: "archived" }, "[]", ""].map((body) => edit("draft", body)),
  ...notTaken.flatMap((body) => [create(body), edit("draft", body)]),
];

describe("The simulator", () => {
  afterEach(closeAll);

  for (const [what, campaign, request, body, after] of rows) {
    const [method = "", path = ""] = request.split(" ");
    const isCreate = request === "POST /campaigns";
    it(`${after ? "does" : "answers 400 to"} a ${what}`, async () => {
      const { hood, call } = await openHood({ campaigns: [{ id: "7", ...campaign }] });
      const before = structuredClone(hood.campaign("7"));
      const reply = await call(method, path, body);
      const { effect } = hood.requests[0] ?? {};
      if (!after) {
        expect([...hood.campaigns.values()]).to.deep.equal([before]);
        return expect([reply.status, effect]).to.deep.equal([400, undefined]);
      }
      expect(reply.status).to.equal(isCreate ? 201 : 204);
      const campaignId = isCreate ? reply.json.id : "7";
      const changed = hood.campaign(campaignId);
      expect(changed).to.deep.include(after).and.not.have.any.keys("run_immediately", "is_draft");
      expect(effect).to.deep.equal({ campaignId, from: isCreate ? null : before.status, to: changed.status });
    });
  }

  it("answers in Hood's envelopes: a list also for one campaign, and an error with the same words and a trace id of its own", async () => {
    const id = "18446744073709551615";
    const { hood, call } = await openHood({ campaigns: [{ id, status: "scheduled" }] });
    const { json, headers } = await call("GET", `/campaigns/${id}`);
    expect(headers.get("content-type")).to.equal("application/json");
    expect(json.total).to.equal(1);
    expect(json.items[0]).to.include({ id, company_id: "1000000", scheduled_time: "2026-03-03 10:00:00" });
    await call("POST", `/campaigns/${id}/cancel`, cancel);
    expect(hood.campaign(id).reason).to.equal("Budget cut");
    expect((await call("GET", `/campaigns/${id}`)).json.items[0]).to.not.have.property("reason");
    const again = await call("POST", `/campaigns/${id}/cancel`, cancel);
    const errors = [await call("GET", "/campaigns/8"), await call("PATCH", "/campaigns/8", {}), again];
    for (const { status, json } of errors) {
      expect(json).to.include({ code: status, title: "Bad request.", message: errors[0]?.json.message });
      expect(json.trace_id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
    expect(new Set(errors.map(({ json }) => json.trace_id)).size).to.equal(3);
    for (const [method, path] of [
      ["DELETE", id],
      ["GET", `${id}/cancel`],
      ["POST", `${id}/archive`],
    ] as const) {
      expect((await call(method, `/campaigns/${path}`)).status, path).to.equal(404);
    }
  });

  it("never logs a token, and expires all except for a replacement, in the middle of a request too", async () => {
    const { hood, call } = await openHood({ token: ["secret-a", "secret-b"] });
    const one = async (token: string) => (await call("GET", "/campaigns", undefined, token)).status;
    const answers = () => Promise.all(["secret-a", "secret-b", "rolled"].map(one));
    expect(await answers()).to.deep.equal([200, 200, 401]);
    expect(JSON.stringify(hood.requests)).to.not.include("secret-b");
    hood.fault({ before: (account) => account.expireTokens("rolled") });
    expect(await one("secret-a")).to.equal(401);
    expect(hood.requests.at(-1)).to.include({ authorized: true });
    expect(await answers()).to.deep.equal([401, 401, 200]);
  });

  const HOUR = 3_600_000;
  const inAnHour = "2026-03-02 11:00:00";
  const timed = { status: "scheduled", scheduled_time: inAnHour };
  const times: [what: string, campaign: object, request: string, later: number, after: object][] = [
    ["is scheduled runs, without any request", { status: "scheduled" }, "", 24 * HOUR, { status: "running" }],
    [
      "has a past time never runs",
      { ...timed, scheduled_time: "2026-03-01 10:00:00" },
      "",
      HOUR,
      { status: "scheduled" },
    ],
    ["runs never ends by itself", {}, "", 90_000 * HOUR, { status: "running" }],
    ["is paused misses its time", timed, "pause", HOUR, { status: "paused", was_launched: false }],
    ["is canceled stays so", timed, "cancel", HOUR, { status: "canceled", next_run_time: null }],
    ["is early hasn't begun", timed, "", HOUR - 1, { status: "scheduled", next_run_time: inAnHour }],
    ["is due has begun", timed, "", HOUR, { status: "running", next_run_time: null, update_time: inAnHour }],
  ];
  for (const [what, campaign, request, later, after] of times) {
    it(`in time: one that ${what}`, async () => {
      const { hood, call, clock } = await openHood({ campaigns: [{ id: "7", ...campaign }] });
      if (request) await call("POST", `/campaigns/7/${request}`, { reason: "Wrong price" });
      clock.now += later;
      expect(hood.campaigns.get("7")).to.include(after);
    });
  }

  const bad = [
    "sort=id",
    "page=0",
    "page=1,0",
    "page=",
    "fields=id,colour",
    "view=full",
    "q=x&q_fields=status",
    "id=1",
  ];
  for (const query of [...bad, "status=neq:running"]) {
    it(`answers ?${query} with 400`, async () => {
      const { call } = await openHood();
      expect((await call("GET", `/campaigns?${query}`)).status).to.equal(400);
    });
  }

  it("shows the newest first, of the same second the one with the higher id", async () => {
    const made = [
      ["9", 1],
      ["10", 1],
      ["8", 2],
      ["18446744073709551615", 1],
    ] as const;
    const campaigns = made.map(([id, day]) => ({ id, create_time: `2026-01-0${day} 00:00:00` }));
    const { call } = await openHood({ campaigns });
    const newest = ["8", "18446744073709551615", "10", "9"];
    expect(ids(await call("GET", "/campaigns"))).to.deep.equal(newest);
    expect(ids(await call("GET", "/campaigns?sort=create_time"))).to.deep.equal(newest.reverse());
  });

  it("shows the fields that were asked for, of ten campaigns if no page is, with the true total", async () => {
    const { call } = await openHood({ campaigns: Array.from({ length: 12 }, (_, index) => ({ id: String(index) })) });
    const { json } = await call("GET", "/campaigns?fields=id,status&page=1,1");
    expect(json).to.deep.equal({ total: 12, items: [{ id: "11", status: "running" }] });
    expect((await call("GET", "/campaigns")).json.items).to.have.length(10);
  });
});

const rate = ({ headers }: Reply) =>
  ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"].map((name) => headers.get(name)).join(" ");

const TWO = { rateLimit: "10/1s,15/60s" };
const LATE = { rateLimit: "5/60s", windowOffset: 30_000 };
const fifteen = Array.from({ length: 15 }, (_, second) => `${second * 1000}: 10 of 10`).join(" | ");
/** At a moment, in ms, so many of so many requests are let in; and what the headers of the last answer show. */
const courses: readonly [what: string, options: SimulatorOptions, course: string][] = [
  ["lets in 10 in a second, and no more", {}, "300: 10 of 11, after 1 | 999: 0 of 1, after 1 | 1000: 1 of 1"],
  ["lets in 150 in a minute, and no more", {}, `${fifteen} | 20500: 0 of 1, after 40 | 60000: 1 of 1`],
  ["aligns windows to the epoch plus windowOffset", { windowOffset: 400 }, "399: 10 of 11 | 400: 10 of 11"],
  ["takes a windowOffset longer than the minute is old", LATE, "10000: 1 of 1, 5 4 20 | 10000: 4 of 5, after 20"],
  ["describes the window with less left", TWO, "0: 8 of 8, 10 2 1 | 1000: 1 of 1, 15 6 59"],
  ["counts Reset down in seconds", TWO, "58200: 1 of 1, 10 9 1 | 58900: 9 of 9, 10 0 1 | 59100: 1 of 1, 15 4 1"],
  ["describes the longer window if the account is such", { headerWindow: "steady" }, "0: 1 of 1, 150 149 60"],
  ["counts no rejected request", TWO, "0: 10 of 14 | 1000: 5 of 6"],
  ["lets another client in, evenly spaced", { otherClient: "5/1s" }, "0: 1 of 1, 10 9 1 | 990: 4 of 5, after 1"],
  ["forgets another client's past", { otherClient: "30/60s" }, "0: 1 of 1 | 604810500: 1 of 1, 10 8 1"],
];

describe("The simulator's rate limit", () => {
  afterEach(closeAll);

  for (const [what, options, course] of courses) {
    it(what, async () => {
      const { call, clock } = await openHood({ rateLimit: "10/1s,150/60s", ...options });
      for (const [, at, accepted, requests, shows] of course.matchAll(/(\d+): (\d+) of (\d+)(?:, ([\w ]*\w))?/g)) {
        clock.now = MINUTE + Number(at);
        const replies: Reply[] = [];
        while (replies.length < Number(requests)) replies.push(await call("GET", "/campaigns?page=1,1"));
        expect(replies.filter(({ status }) => status === 200)).to.have.length(Number(accepted));
        const last = replies.at(-1) as Reply;
        const after = last.headers.get("retry-after");
        if (shows) expect(after === null ? rate(last) : `after ${after}`).to.equal(shows);
      }
    });
  }

  for (const rateLimit of ["ten a second", "10/1s;150/60s", "0/1s", "10/0s", ""]) {
    it(`can't be "${rateLimit}"`, () => {
      expect(() => new Simulation({ rateLimit })).to.throw(/rateLimit ".*" is not a rate\. Write .*10\/1s/);
    });
  }

  it("takes as many as the limit at once, again and again", async () => {
    const { hood, call } = await openHood();
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => call("GET", "/campaigns")));
    }
    expect(hood.requests.filter(({ status }) => status !== 200)).to.deep.equal([]);
  });
});

describe("The simulator's command", () => {
  const folder = mkdtempSync(join(tmpdir(), "hood-simulator-"));
  const seed = join(folder, "campaigns.json");
  const good = { id: "1000248", name: "Spring sale", status: "running" };
  after(() => rmSync(folder, { recursive: true }));

  function start(...args: string[]) {
    const child = spawn(process.execPath, [join(__dirname, "../../simulator/main.js"), ...args]);
    const output = { out: "", err: "" };
    child.stdout.on("data", (chunk) => (output.out += chunk));
    child.stderr.on("data", (chunk) => (output.err += chunk));
    return { child, output };
  }

  it("serves a seed file, and tells address and token", async () => {
    writeFileSync(seed, JSON.stringify([good]));
    const { child, output } = start("--port", "0", "--seed", seed);
    while (!output.out.includes("Ctrl-C")) await once(child.stdout, "data");
    const url = /HOOD_ENDPOINT=(\S+)/.exec(output.out)?.[1] ?? "";
    expect(output.out).to.include("with 1 campaign.").and.include("HOOD_TOKEN=simulator-token");
    const reply = await request(`${url}/campaigns`, "GET", undefined, "simulator-token");
    expect(reply.json.items[0]).to.include(good);
    child.kill();
    expect(output.err).to.equal("");
  });

  const runs: [args: string[], out: string, err: string][] = [
    [["--help"], "--seed", ""],
    [["--port", "99999"], "", "Could not use --port 99999: it is not a port."],
    [["--seed", "no-such-file.json"], "", "Could not use the seed file no-such-file.json: ENOENT"],
    [["--sed", "x"], "", "Could not read the arguments: Unknown option '--sed'"],
  ];
  for (const [args, out, err] of runs) {
    it(`${args.join(" ")} ends with ${err ? "1 and says why" : "0"}`, async () => {
      const { child, output } = start(...args);
      expect(await once(child, "close")).to.deep.equal([err ? 1 : 0, null]);
      expect(output.out).to.include(out);
      expect(output.err).to.include(err).and.not.include("    at ");
    });
  }

  const mistakes: [content: string, message: RegExp][] = [
    ["[{]", /JSON.* It has to be JSON: an array/],
    ["{}", /it holds no array/],
    [JSON.stringify([good, "text"]), /item 2 is no object with id, name and status/],
    [JSON.stringify([{ ...good, status: "runing" }]), /item 1, field status: it is "runing"\. Expected one of draft,/],
    [JSON.stringify([{ ...good, id: 1000248 }]), /item 1, field id: it is 1000248\. Expected decimal digits/],
    [JSON.stringify([{ ...good, name: undefined }]), /item 1, field name: it is missing/],
  ];
  for (const [content, message] of mistakes) {
    it(`doesn't take ${content} as a seed file`, () => {
      writeFileSync(seed, content);
      expect(() => readSeed(seed)).to.throw(message);
    });
  }
});

/** Those that the simulated account knows. */
const known: readonly string[] = statuses;

describe("lifecycle", () => {
  it("knows which statuses can be canceled, which are canceled, and which take edits", () => {
    expect(knownStatuses).to.have.members(known);
    expect(known.filter(isCancelable)).to.deep.equal(["scheduled", "running", "paused"]);
    expect(cancelableStatuses).to.deep.equal(known.filter(isCancelable));
    expect(known.filter(isCanceled)).to.deep.equal(["canceled"]);
    expect(known.filter(isTerminal)).to.deep.equal(["canceled", "sent"]);
    expect(known.filter(isEditable)).to.deep.equal(["draft", "manual", "scheduled", "paused"]);
  });

  it("takes a status that it doesn't know neither for cancelable nor for ended", () => {
    for (const status of ["archived", "cancelled", "Running", "", " running", "constructor", "__proto__", "unknown"]) {
      const judgements = [isKnownStatus, isCancelable, isCanceled, isTerminal, isEditable].map((judge) =>
        judge(status),
      );
      expect(judgements, status).to.deep.equal(Array(5).fill(false));
      expect(meaningOf(status)).to.contain("doesn't know");
    }
  });
});

describe("the transition table", () => {
  it("names every status that is known, and leads nowhere from canceled", () => {
    expect([...new Set(transitions.flatMap(({ from, to }) => [from, to]))]).to.have.members(known);
    for (const to of known) expect(pathBetween("canceled", to)).to.deep.equal(to === "canceled" ? [] : undefined);
  });

  const paths: [string, string, string[] | undefined][] = [
    ["running", "running", []],
    ["running", "paused", ["pause"]],
    ["running", "scheduled", ["pause", "resume"]],
    ["scheduled", "running", ["pause", "resume"]],
    ["paused", "running", ["resume"]],
    ["paused", "scheduled", ["resume"]],
    ["running", "canceled", ["cancel"]],
    ["paused", "canceled", ["cancel"]],
    ["draft", "running", undefined],
    ["manual", "canceled", undefined],
    ["sent", "running", undefined],
    ["needs_decision", "paused", undefined],
    ["archived", "paused", undefined],
    ["archived", "archived", []],
  ];
  for (const [from, to, actions] of paths) {
    it(`leads from ${from} to ${to} by ${actions ? actions.join(", ") || "nothing" : "no path"}`, () => {
      expect(pathBetween(from, to)?.map(({ action }) => action)).to.deep.equal(actions);
    });
  }

  it("leads away from a status and back, where a new time needs that", () => {
    const around = pathAround("scheduled")?.map(({ action, to }) => `${action} ${to}`);
    expect(around).to.deep.equal(["pause paused", "resume scheduled"]);
    expect(pathAround("sent")).to.equal(undefined);
  });

  it("says what can be reached", () => {
    expect(reachableFrom("running")).to.deep.equal(["scheduled", "paused", "canceled"]);
    expect(["sent", "canceled"].flatMap(reachableFrom)).to.deep.equal([]);
  });

  it("explains by time how a status became another one that it leads to, and nothing else", () => {
    const explained = (desired: string) => statuses.filter((status) => isExplainedByTime(desired, status));
    for (const desired of ["running", "scheduled"])
      expect(explained(desired)).to.have.members(["scheduled", "running", "sent", "needs_decision"]);
    for (const desired of ["paused", "canceled"]) expect(explained(desired)).to.deep.equal([desired]);
  });
});
