import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Fault, SimulatorOptions } from "../../../simulator";
import { hoodTime } from "../../../simulator/campaigns";
import { readSeed } from "../../../simulator/main";
import { Simulation } from "../../../simulator/simulation";
import { closeAll, MINUTE, openHood, type Reply, request } from "../../support/accounts";

const cancel = { reason: "Budget cut" };

/** Cancels campaign 7 under a fault. */
async function under(fault: Fault, rateLimit = "off") {
  const { hood, call, clock } = await openHood({ rateLimit, campaigns: [{ id: "7" }] });
  hood.fault({ fault });
  const reply = await call("POST", "/campaigns/7/cancel", cancel).catch(() => undefined);
  return { reply, hood, call, clock, done: hood.campaign("7").status === "canceled", record: hood.requests[0] };
}

describe("simulator: faults", () => {
  afterEach(closeAll);

  const status = (code: number, more = {}): Fault => ({ kind: "status", status: code, ...more });
  const html = (code: number): Fault => ({ kind: "html", status: code });
  const location = "http://127.0.0.1:1/login";
  const rows: [what: string, fault: Fault, status: number | undefined, done: boolean, shows?: RegExp][] = [
    ["drop before processing", { kind: "drop", processed: false }, undefined, false],
    ["drop after processing", { kind: "drop", processed: true }, undefined, true],
    ["500 before processing", status(500), 500, false, /^\{"code":500,"title":"[^"]+","trace_id":"[^"]+"\}$/],
    ["500 after processing", status(500, { processed: true }), 500, true],
    ["400 without a message", status(400), 400, false, /^\{"code":400,"title":"[^"]+","trace_id":"[^"]+"\}$/],
    ["502", status(502), 502, false],
    ["503 with a message", status(503, { message: "Down for repair." }), 503, false, /"Down for repair\."/],
    ["reset, in the middle of the body", { kind: "reset" }, undefined, true],
    ["truncate", { kind: "truncate" }, 200, true],
    ["a web page with 200", html(200), 200, false, /<html>/],
    ["a web page with 502", html(502), 502, false, /<html>/],
    ["a redirect", { kind: "redirect", location }, 302, false],
    ["200 with a body where Hood sends 204", { kind: "body", body: '{"ok":true}' }, 200, true, /^\{"ok":true\}$/],
    ...[3, -1, "Mon, 02 Mar 2026 10:00:05 GMT", undefined].map((retryAfter): (typeof rows)[number] => [
      `429 with Retry-After ${retryAfter ?? "missing"}`,
      status(429, { retryAfter }),
      429,
      false,
    ]),
  ];
  for (const [what, fault, code, done, shows] of rows) {
    it(`${what}: ${done ? "with" : "without"} an effect`, async () => {
      const { reply, hood, record } = await under(fault, "10/1s");
      expect(reply?.status).to.equal(code);
      if (shows) expect(reply?.text).to.match(shows);
      expect(hood.campaign("7").status).to.equal(done ? "canceled" : "running");
      const effect = done ? { campaignId: "7", from: "running", to: "canceled" } : undefined;
      expect(record?.effect).to.deep.equal(effect);
      if (fault.kind === "drop") expect(record?.status).to.equal("dropped");
      if (fault.kind === "html") expect(reply?.headers.get("content-type")).to.equal("text/html");
      if (fault.kind === "redirect") expect(reply?.headers.get("location")).to.equal(location);
      if (fault.kind !== "status") return;
      const retryAfter = fault.retryAfter === undefined ? null : String(fault.retryAfter);
      expect(reply?.headers.get("retry-after")).to.equal(retryAfter);
      expect(reply?.headers.get("x-ratelimit-remaining")).to.equal(code === 429 ? null : "9");
    });
  }

  for (const processed of [false, true]) {
    it(`stall ${processed ? "after" : "before"} processing; close breaks it off`, async () => {
      const { hood, call } = await openHood({ campaigns: [{ id: "7" }] });
      hood.fault({ fault: { kind: "stall", processed } });
      const broken = call("POST", "/campaigns/7/cancel", cancel).catch(() => "broken off");
      while (hood.requests[0]?.status !== "stalled") await new Promise((resolve) => setImmediate(resolve));
      expect(hood.campaign("7").status).to.equal(processed ? "canceled" : "running");
      await hood.close();
      expect(await broken).to.equal("broken off");
    });
  }

  it("truncate answers 200 with JSON that ends too early", async () => {
    const { hood, call } = await openHood({ campaigns: [{ id: "7" }] });
    hood.fault({ fault: { kind: "truncate" } });
    const reply = await call("GET", "/campaigns");
    expect(reply.text).to.match(/^\{"total":1,"items":\[\{/);
    expect(reply.json).to.equal(undefined);
  });

  it("a gateway gives up, and the server behind it goes on", async () => {
    const { reply, done, hood, clock } = await under({ kind: "status", status: 504, processed: 12_000 });
    expect([reply?.status, done]).to.deep.equal([504, false]);
    const due = hoodTime(clock.now + 12_000);
    clock.now += 20_000;
    expect(hood.campaigns.get("7")).to.include({ status: "canceled", update_time: due });
  });

  const lags = { freeze: {}, listLag: { listLag: 20_000 }, pageLag: { pageLag: 20_000 } };
  for (const [how, surface] of [
    ["freeze", "lists"],
    ["freeze", "pages"],
    ["listLag", "lists"],
    ["pageLag", "pages"],
  ] as const) {
    it(`${how}: ${surface} show nothing new for a time, the others do`, async () => {
      const { hood, call, clock } = await openHood({ ...lags[how], campaigns: [{ id: "7" }] });
      if (how === "freeze") hood.freeze(surface, 20_000);
      await call("POST", "/campaigns/7/pause", cancel);
      const made = (await call("POST", "/campaigns", { name: "Autumn sale" })).json.id;
      const page = await call("GET", `/campaigns/${made}`);
      const shown = async () => [
        (await call("GET", "/campaigns?status=running")).json.total,
        (await call("GET", "/campaigns")).json.total,
        (await call("GET", "/campaigns/7")).json.items[0].status,
      ];
      expect(page.status).to.equal(surface === "pages" ? 400 : 200);
      clock.now += 19_999;
      expect(await shown()).to.deep.equal(surface === "lists" ? [1, 1, "paused"] : [0, 2, "running"]);
      // Only what is shown lags: the account itself knows.
      expect((await call("POST", "/campaigns/7/pause", cancel)).status).to.equal(400);
      clock.now += 1;
      expect(await shown()).to.deep.equal([0, 2, "paused"]);
    });
  }

  it("a before that throws is told to the client", async () => {
    const { hood, call } = await openHood();
    hood.fault({ before: (account) => account.setStatus("7", "sent") });
    expect((await call("GET", "/campaigns")).json.message).to.include("no campaign 7");
    expect(hood.requests[0]?.status).to.equal(500);
  });

  it("a request that the rate limit rejects uses up no rule", async () => {
    const { hood, call, clock } = await openHood({ rateLimit: "1/1s" });
    await call("GET", "/campaigns");
    hood.fault({ fault: { kind: "status", status: 503 } });
    expect((await call("GET", "/campaigns")).status).to.equal(429);
    clock.now += 1000;
    expect((await call("GET", "/campaigns")).status).to.equal(503);
  });
});

const names = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
const rate = ({ headers }: Reply) => names.map((name) => headers.get(name)).join(" ");

const limited = (options: SimulatorOptions = {}) => openHood({ rateLimit: "10/1s,150/60s", ...options });

const TWO = { rateLimit: "10/1s,15/60s" };
const LATE = { rateLimit: "5/60s", windowOffset: 30_000 };
const fifteen = Array.from({ length: 15 }, (_, second) => `${second * 1000}: 10 of 10`).join(" | ");
/** At a moment, in ms, so many of so many requests are let in; and what the headers of the last answer show. */
const rows: readonly [what: string, options: SimulatorOptions, course: string][] = [
  ["10 in a second are let in, and no more", {}, "300: 10 of 11, after 1 | 999: 0 of 1, after 1 | 1000: 1 of 1"],
  ["150 in a minute are let in, and no more", {}, `${fifteen} | 20500: 0 of 1, after 40 | 60000: 1 of 1`],
  ["windows are aligned to the epoch plus windowOffset", { windowOffset: 400 }, "399: 10 of 11 | 400: 10 of 11"],
  ["windowOffset may be longer than the minute is old", LATE, "10000: 1 of 1, 5 4 20 | 10000: 4 of 5, after 20"],
  ["headers describe the window with less left", TWO, "0: 8 of 8, 10 2 1 | 1000: 1 of 1, 15 6 59"],
  ["Reset counts seconds down", TWO, "58200: 1 of 1, 10 9 1 | 58900: 9 of 9, 10 0 1 | 59100: 1 of 1, 15 4 1"],
  ["headers describe the longer window if the account is such", { headerWindow: "steady" }, "0: 1 of 1, 150 149 60"],
  ["a rejected request uses up nothing", TWO, "0: 10 of 14 | 1000: 5 of 6"],
  ["another client's past is gone", { foreign: "30/60s" }, "0: 1 of 1 | 604810500: 1 of 1, 10 8 1"],
];

/** Waits, by turns of the event loop, until so many requests have arrived. */
async function arrived(requests: readonly unknown[], count: number): Promise<void> {
  while (requests.length < count) await new Promise((resolve) => setImmediate(resolve));
}

describe("simulator: rate limit", () => {
  afterEach(closeAll);

  for (const [what, options, course] of rows) {
    it(what, async () => {
      const { call, clock } = await limited(options);
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

  it("a request that is one too many changes nothing, whatever its token and endpoint are", async () => {
    const { hood, call } = await limited({ rateLimit: "1/1s", token: ["a", "b"], campaigns: [{ id: "7" }] });
    expect((await call("GET", "/campaigns", undefined, "a")).status).to.equal(200);
    const rejected = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" }, "b");
    expect(rejected.json).to.include({ code: 429 });
    expect(rate(rejected)).to.equal("  ");
    expect(hood.campaign("7").status).to.equal("running");
  });

  it("every other answer carries the headers, also errors", async () => {
    const { call } = await limited();
    expect(rate(await call("GET", "/campaigns/8"))).to.equal("10 9 1");
    expect(rate(await call("GET", "/nothing"))).to.equal("10 8 1");
    expect(rate(await call("GET", "/campaigns", undefined, "another"))).to.equal("10 7 1");
  });

  it("another client takes its evenly spaced part of each window", async () => {
    const { hood, call, clock } = await limited({ foreign: "50/60s" });
    for (let second = 0; second < 60; second += 1) {
      // Late in each second, so that the other client's request due in it has come first.
      clock.now = MINUTE + second * 1000 + 990;
      while ((await call("GET", "/campaigns?page=1,1")).status === 200);
    }
    const accepted = hood.requests.filter(({ counted }) => counted).length;
    // 15 full seconds make up the 150 of the minute; one request every 1.2 s put 13 others among them.
    expect(accepted).to.equal(137);
  });

  for (const rateLimit of ["ten a second", "10/1s;150/60s", "0/1s", "10/0s", ""]) {
    it(`"${rateLimit}" is rejected at the start`, () => {
      expect(() => new Simulation({ rateLimit })).to.throw(/rateLimit ".*" is not a rate\. Write .*10\/1s/);
    });
  }

  it("the one over the limit gets 429 with Retry-After -1, takes no effect and no budget", async () => {
    const { hood, call } = await openHood({ rateLimit: "10/1s", parallelLimit: 2, campaigns: [{ id: "7" }] });
    hood.fault({ fault: { kind: "stall" }, times: 2 });
    const stalled = [call("GET", "/campaigns"), call("GET", "/campaigns")].map((reply) =>
      reply.catch(() => "broken off"),
    );
    await arrived(hood.requests, 2);
    const reply = await call("POST", "/campaigns/7/cancel", { reason: "Budget cut" });
    expect(reply.status).to.equal(429);
    expect(reply.headers.get("retry-after")).to.equal("-1");
    expect(reply.headers.has("x-ratelimit-limit")).to.equal(false);
    expect(hood.campaign("7").status).to.equal("running");
    expect(hood.requests[2]).to.include({ counted: false, status: 429 });
    await hood.close();
    expect(await Promise.all(stalled)).to.deep.equal(["broken off", "broken off"]);
  });

  it("as many as the limit at once, again and again, are never rejected", async () => {
    const { hood, call } = await openHood();
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => call("GET", "/campaigns")));
    }
    expect(hood.requests.filter(({ status }) => status !== 200)).to.deep.equal([]);
  });

  it("a request that its client has given up is no longer in flight", async () => {
    const { hood, call } = await openHood({ parallelLimit: 1 });
    hood.fault({ fault: { kind: "stall" } });
    const controller = new AbortController();
    const given = fetch(`${hood.url}/campaigns`, {
      signal: controller.signal,
      headers: { authorization: "Bearer simulator-token" },
    }).catch(() => "given up");
    await arrived(hood.requests, 1);
    controller.abort();
    expect(await given).to.equal("given up");
    let status = 429;
    // The account learns of the broken connection a moment after the client's own promise is settled.
    while (status === 429) status = (await call("GET", "/campaigns")).status;
    expect(status).to.equal(200);
  });

  it("as many as a client likes may be in flight if the limit is off", async () => {
    const { hood, call } = await openHood({ parallelLimit: "off" });
    hood.fault({ fault: { kind: "stall" }, times: 20 });
    const stalled = Array.from({ length: 20 }, () => call("GET", "/campaigns").catch(() => "broken off"));
    await arrived(hood.requests, 20);
    expect((await call("GET", "/campaigns")).status).to.equal(200);
    await hood.close();
    await Promise.all(stalled);
  });
});

const main = join(__dirname, "../../../simulator/main.js");

describe("simulator: the command", () => {
  let folder: string;
  let child: ChildProcess | undefined;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "hood-simulator-"));
  });
  afterEach(() => child?.kill("SIGKILL"));
  after(() => rmSync(folder, { recursive: true }));

  function start(...args: string[]) {
    const started = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    const output = { out: "", err: "" };
    started.stdout.on("data", (chunk) => {
      output.out += chunk;
    });
    started.stderr.on("data", (chunk) => {
      output.err += chunk;
    });
    return { started, output };
  }

  async function run(...args: string[]) {
    const { started, output } = start(...args);
    const [code] = await once(started, "close");
    return { code, ...output };
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`serves a seed file, tells address and token, and stops on ${signal}`, async () => {
      const seed = join(folder, "campaigns.json");
      writeFileSync(seed, JSON.stringify([{ id: "1000248", name: "Spring sale", status: "running" }]));
      const { started, output } = start("--port", "0", "--seed", seed, "--token", "my-token", "--rate-limit", "3/1s");
      while (!output.out.includes("Ctrl-C")) await once(started.stdout, "data");
      const url = /HOOD_ENDPOINT=(\S+)/.exec(output.out)?.[1] ?? "";
      expect(output.out).to.include("with 1 campaign.").and.include("HOOD_TOKEN=my-token");
      const reply = await request(`${url}/campaigns`, "GET", undefined, "my-token");
      expect(reply.json.items[0]).to.include({ id: "1000248", name: "Spring sale" });
      expect(reply.headers.get("x-ratelimit-limit")).to.equal("3");
      started.kill(signal);
      expect(await once(started, "close")).to.deep.equal([0, null]);
      expect(output.out).to.match(/The simulator has stopped\.\n$/);
      expect(output.err).to.equal("");
    });
  }

  const failures: [args: string[], message: string][] = [
    [["--port", "99999"], "Could not use --port 99999: it is not a port."],
    [["--token", ""], "Could not use --token: it is empty."],
    [["--rate-limit", "fast"], 'rateLimit "fast" is not a rate.'],
    [["--seed", "no-such-file.json"], "Could not use the seed file no-such-file.json: ENOENT"],
    [["--sed", "x"], "Could not read the arguments: Unknown option '--sed'"],
  ];
  for (const [args, message] of failures) {
    it(`${args.join(" ")} ends with 1 and says why`, async () => {
      const { code, out, err } = await run(...args);
      expect(code).to.equal(1);
      expect(err).to.include(message);
      expect(err).to.not.include("    at ");
      expect(out).to.equal("");
    });
  }

  it("--help lists the options", async () => {
    const { code, out } = await run("--help");
    expect(code).to.equal(0);
    for (const option of ["--port", "--seed", "--token", "--rate-limit", "--help"]) expect(out).to.include(option);
  });

  const good = { id: "1000248", name: "Spring sale", status: "running" };
  const read = (content: unknown) => {
    const file = join(folder, "campaigns.json");
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return readSeed(file);
  };

  it("takes campaigns with id, name and status, and whatever else they bring, from a seed file", () => {
    const seed = [good, { ...good, id: "2", labels: ["sale"], scheduled_time: "2026-03-03 08:00:00" }];
    expect(read(seed)).to.deep.equal(seed);
    expect(read([{ ...good, description: null, labels: null }])).to.deep.equal([good]);
    expect(read([])).to.deep.equal([]);
  });

  const mistakes: [content: unknown, message: RegExp][] = [
    ["[{]", /JSON.* It has to be JSON: an array/],
    [{ campaigns: [] }, /it holds no array/],
    [[good, "text"], /item 2 is no object/],
    [[good, { ...good, id: "2", status: "runing" }], /item 2, field status: it is "runing"\. Expected one of draft,/],
    [[{ ...good, id: 1000248 }], /item 1, field id: it is 1000248\. Expected decimal digits as a string/],
    [[{ ...good, id: "10a" }], /item 1, field id: it is "10a"/],
    [[{ ...good, id: undefined }], /item 1, field id: it is missing/],
    [[good, good], /item 2, field id: another item has the id 1000248 already/],
    [[{ ...good, name: " " }], /item 1, field name: it is " "\. Expected a text that is not blank/],
    [[{ ...good, labels: "sale" }], /item 1, field labels: Hood never shows "sale" there/],
  ];
  for (const [content, message] of mistakes) {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    it(`doesn't take ${text.slice(0, 80)} as a seed file`, () => {
      expect(() => read(content))
        .to.throw(/^Could not use the seed file .*campaigns\.json: /)
        .with.property("message")
        .that.matches(message);
    });
  }
});
