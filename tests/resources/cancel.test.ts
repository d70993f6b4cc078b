import { expect } from "chai";
import type { Fault, FaultRule, Simulator } from "../../simulator";
import { failed, openInProcess, START } from "../support/testAccount";

const reason = "Budget cut";
const accept = { whenNotCancelable: "accept" };
const NOW = "2026-06-01T12:00:00Z";
const ALWAYS = Number.POSITIVE_INFINITY;

/** What a check leaves for the create. */
const inputsOf = (campaignId: string) => {
  return { campaignId, reason, campaignName: "Spring sale", previousStatus: "running" };
};
/** The state of a create whose call went out, and whose effect isn't known. */
const begunOf = (campaignId: string) => ({ ...inputsOf(campaignId), status: "unknown" });
const done = { status: "canceled", outcome: "canceled", canceledAt: NOW };
/** The state of a cancellation that is done. */
const doneOf = (campaignId: string) => ({ ...inputsOf(campaignId), ...done });

const isCall: FaultRule["match"] = ({ method }) => method === "POST";
const isRead: FaultRule["match"] = ({ method }) => method === "GET";
const call = (fault: Fault, more: FaultRule = {}): FaultRule => ({ match: isCall, fault, ...more });
const answer = (status: number, more: object = {}): Fault => ({ kind: "status", status, ...more });
/** Afterwards, every read fails. */
const unread = (status: number) => (hood: Simulator) =>
  hood.fault({ match: isRead, times: ALWAYS, fault: answer(status) });
const become = (change: object) => (hood: Simulator) => {
  for (const campaign of hood.campaigns.values()) Object.assign(campaign, change);
};
const redirect = { kind: "redirect", location: "https://login.example/" } as const;
/** Longer than a read may be relied on. */
const LONG: Fault = answer(429, { retryAfter: 75 });

const SEEN = ["GET", "POST", "GET"];
const AGAIN = ["GET", "POST", "GET", "GET", "POST"];
const UNKNOWN = /^It is unknown whether campaign \d+ "Spring sale" was canceled/;

/** What comes over calls; what is recorded then, or how it fails; the requests; arguments, and for how long the account shows old statuses. */
type Row = [
  what: string,
  rules: FaultRule[],
  outcome: string | RegExp,
  methods?: string[],
  args?: object,
  lag?: number,
];

describe("canceling a campaign", () => {
  const on = openInProcess();
  const off = () => on.another({ config: { preflight: "off" } });
  const apply = (campaignId: string, more: object = {}, provider = on.provider) =>
    on.apply({ campaignId, reason, ...more }, provider);

  for (const status of ["scheduled", "running", "paused"]) {
    it(`takes one read and one call if it is ${status}`, async () => {
      const id = on.campaign(status, { id: "12345678901234567891" });
      const reason = 'Q4 "cut" – 予算\r\nOPS-1\r\n';
      const outs = { ...doneOf(id), reason, previousStatus: status, canceledAt: new Date(START).toISOString() };
      expect(await apply(id, { reason })).to.deep.include({ id, outs });
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`, `POST /campaigns/${id}/cancel`]);
      expect(on.hood.campaign(id)).to.include({ status: "canceled", reason });
      expect(on.provider.engine.warnings).to.deep.equal([]);
    });
  }

  /** So many that they are read from lists, by their name. */
  const many = () => {
    const ids = Array.from({ length: 40 }, () => on.campaign("running", { update_time: "2026-05-01 12:00:00" }));
    return { ids, applied: () => ids.map((id) => apply(id, { expectedName: "Spring sale" })) };
  };
  const pagesRead = () => new Set(on.sent.filter((request) => /^GET .campaigns.\d+$/.test(request))).size;

  it("takes a handful of reads for many by name, once lists have shown the first cancellation", async () => {
    const { ids, applied } = many();
    const since = on.clock.now();
    const results = await Promise.all(applied());
    expect(results.map(({ outs }) => outs.outcome)).to.deep.equal(ids.map(() => "canceled"));
    expect(on.clock.now() - since).to.be.below(1_000);
    expect(on.calls).to.have.length(40);
    expect(on.canceled).to.have.members(ids);
    expect(on.methods.filter((method) => method === "GET")).to.have.length.below(10);
  });

  it("reads each of many by name on its own page while lists don't show the first cancellation", async () => {
    const { ids, applied } = many();
    on.hood.freeze("lists", 3_600_000);
    await Promise.all(applied());
    expect(on.canceled).to.have.members(ids);
    expect(pagesRead()).to.equal(40);
  });

  it("waits for the first of many by name for a few seconds only", async () => {
    const { applied } = many();
    const since = on.clock.now();
    on.fault(call(answer(401), { times: 40 }));
    const results = await Promise.allSettled(applied());
    expect(results.filter(({ status }) => status === "rejected")).to.have.length(40);
    expect(pagesRead()).to.equal(40);
    expect(on.clock.now() - since).to.be.within(5_000, 10_000);
  });

  const notSent: [status: string, args: object, outcome: object | RegExp][] = [
    ["canceled", {}, { outcome: "alreadyCanceled", previousStatus: "canceled", status: "canceled", canceledAt: NOW }],
    ["sent", {}, /"Spring sale" .*"sent".*\n.*whenNotCancelable/],
    ["sent", accept, { outcome: "notNeeded", previousStatus: "sent", status: "sent" }],
    ["archived", accept, /is left alone: its status is "archived"/],
    ["running", { expectedName: "Summer sale" }, /called "Spring sale", not "Summer sale"/],
  ];
  for (const [status, args, outcome] of notSent) {
    it(`sends nothing to one that is ${status}, with ${JSON.stringify(args)}`, async () => {
      const id = on.campaign(status);
      const create = () => off().create({ campaignId: id, reason, ...args });
      if (outcome instanceof RegExp) expect((await failed(create)).message).to.match(outcome);
      else expect((await create()).outs).to.deep.equal({ ...inputsOf(id), ...args, ...outcome });
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`]);
    });
  }

  for (const [hours, warnings] of [
    [0.02, [/^Found campaign .* canceled already, at 20.*: by somebody else, or by an update/]],
    [48, []],
  ] as const) {
    it(`says whose call that may have been if it was canceled ${hours} hours ago: ${warnings.length} warnings`, async () => {
      const then = new Date(on.clock.now() - hours * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
      await apply(on.campaign("canceled", { update_time: then }));
      expect(on.provider.engine.warnings).to.have.length(warnings.length);
      for (const [index, says] of warnings.entries()) expect(on.provider.engine.warnings[index]).to.match(says);
    });
  }

  const silent: [string, Fault][] = [
    ["the connection ends", { kind: "drop" }],
    ["it answers 500", answer(500)],
    ["it answers 503 with words", answer(503, { message: "Busy." })],
    ["a gateway's page comes", { kind: "html", status: 502 }],
    ["a login page comes", { kind: "html", status: 200 }],
    ["a redirect comes", redirect],
    ["no answer comes in time", { kind: "stall" }],
  ];
  const effective = [
    ...silent.map(([what, fault]) => [what, { ...fault, processed: true }] as [string, Fault]),
    ["JSON is cut off", { kind: "truncate" }] as const,
    ["200 with a body comes instead of 204", { kind: "body" }] as const,
    ["the answer breaks in the middle", { kind: "reset" }] as const,
  ];
  const [dropped, lost] = [call({ kind: "drop" }), call({ kind: "drop", processed: true })];
  const meanwhile = (change: object, fault?: Fault): FaultRule => {
    return { match: isCall, before: become(change), ...(fault && { fault }) };
  };
  const expected = { expectedName: "Spring sale" };
  const [renamed, delivered, ended] = [{ name: "Renamed" }, { status: "sent" }, { status: "canceled" }];
  const undecided = { status: "needs_decision" };
  /** For more attempts than one read has. */
  const loggedOut = (hood: Simulator) => hood.fault({ match: isRead, times: 5, fault: { kind: "html", status: 200 } });
  const [sentMeanwhile, sentSince] = [meanwhile(delivered), meanwhile(delivered, LONG)];
  const words = answer(400, { message: "The reason is not acceptable." });
  const WORDS =
    /Can't cancel campaign \d+: HTTP 400 Bad request\. The reason is not acceptable\. \(trace_id[\s\S]*Hood rejected the call, and still shows campaign \d+ "Spring sale" \(running\)/;
  const SIX = ["GET", ...Array(6).fill(["POST", "GET", "GET"]).flat()];
  const OPEN_401 = /^It is unknown[\s\S]*HTTP 401/;
  const NO_READ = /^It is unknown[\s\S]*Can't .* campaign \d+: HTTP 500[^;\n]*\.\nRun/;
  const NO_REJECTION = /^It is unknown(?![\s\S]*Hood rejected the call)/;
  const SIX_FAILED = /^It is unknown[\s\S]*HTTP 500[\s\S]*trace_id[\s\S]*Hood still shows it as running/;
  const TOO_LONG = /again and again for 600 s[\s\S]*Nothing was done/;
  const RETRIED = ["GET", "POST", "GET", "POST"];
  const expired = [call(answer(500)), call(answer(401))];
  const always = { times: ALWAYS };
  const rows: Row[] = [
    // A call without an answer.
    ...effective.map(([what, fault]): Row => [`is seen to be done if ${what}`, [call(fault)], "canceled", SEEN]),
    ...silent.map(([what, fault]): Row => {
      return [`is sent again after two reads if ${what} and nothing was done`, [call(fault)], "canceled", AGAIN];
    }),
    ["is seen to be done under another name", [{ ...lost, before: become(renamed) }], "canceled", SEEN, expected],
    ["is seen to be done if old statuses show for 2 s", [lost], "canceled", [...SEEN, "GET"], {}, 2_000],
    ["has one effect if old statuses show for 5 s", [lost], "canceled", [...AGAIN, "GET", "GET"], {}, 5_000],
    ["is seen to be done once a login page is gone", [{ ...lost, before: loggedOut }], "canceled"],
    // A rejection.
    ["is the one of a person who was first", [meanwhile(ended)], "alreadyCanceled", SEEN],
    ["fails if the campaign was sent meanwhile", [sentMeanwhile], /"sent"/, SEEN],
    ["fails if the campaign waits for a decision meanwhile", [meanwhile(undecided)], /^Campaign .*"needs_dec/, SEEN],
    ["fails if it was sent meanwhile and the answer is lost", [meanwhile(delivered, { kind: "drop" })], /"sent"/, SEEN],
    ["isn't needed if it was sent meanwhile, and that is accepted", [sentMeanwhile], "notNeeded", SEEN, accept],
    ["gives Hood's words if the campaign is still cancelable", [call(words)], WORDS, [...SEEN, "GET"]],
    ["believes a rejection, read or not", [call(answer(400), { before: unread(500) })], /^Can't .*HTTP 500/],
    ["fails with an expired token", [call(answer(401))], /HTTP 401[\s\S]*hood:token/, ["GET", "POST"]],
    // A call whose effect isn't known: reads are tried three times as often as otherwise.
    [
      "is left open if no read succeeds",
      [{ ...lost, before: unread(500) }],
      NO_READ,
      [...SEEN, ...Array(17).fill("GET")],
    ],
    ["is left open if the token expires", [{ ...lost, before: unread(401) }], OPEN_401, SEEN],
    ["is left open if a second call may not be sent", expired, OPEN_401, AGAIN],
    ["is left open if a second call is rejected", [lost], NO_REJECTION, undefined, {}, 60_000],
    ["is left open if six calls have failed", [call(answer(500), always)], SIX_FAILED, SIX],
    // A call that is put off for longer than its read may be relied on.
    ["goes out after another read if it is put off", [call(LONG)], "canceled", RETRIED],
    [
      "goes out without one while the first is recent",
      [call(answer(429, { retryAfter: 50 }))],
      "canceled",
      RETRIED.toSpliced(2, 1),
    ],
    [
      "has one effect if it is put off again and again",
      [call(answer(429, { retryAfter: 7 }), { times: 3 })],
      "canceled",
      ["GET", ...Array(4).fill("POST")],
    ],
    ["isn't sent to what was renamed since", [meanwhile(renamed, LONG)], /"Renamed", not "Spring/, SEEN, expected],
    ["isn't sent to what was sent since", [sentSince], /its status is "sent"/, SEEN],
    ["isn't needed for what was sent since", [sentSince], "notNeeded", SEEN, accept],
    ["isn't sent to what was canceled since", [meanwhile(ended, LONG)], "alreadyCanceled", SEEN],
    ["turns out to be done by an earlier call", [dropped, meanwhile(ended, LONG)], "canceled", [...AGAIN, "GET"]],
    ["doesn't count among six calls if it is put off", [call(LONG, { times: 5 }), dropped], "canceled"],
    ["fails once its waits add up to what hood:maxWait allows", [call(LONG, always)], TOO_LONG],
  ];
  for (const [what, rules, outcome, methods, args, lag = 0] of rows) {
    it(what, async () => {
      if (lag > 0) await on.restart({ listLag: lag, pageLag: lag });
      const id = on.campaign("running");
      for (const rule of rules) on.fault(rule);
      const act = () => apply(id, args);
      if (outcome instanceof RegExp) {
        const { message, partial } = await failed(act);
        expect(message).to.match(outcome);
        const isOpen = UNKNOWN.test(message);
        if (isOpen) expect(message).to.contain("Run `pulumi up` again");
        expect(partial).to.deep.equal(isOpen ? { id, properties: begunOf(id), reasons: [message] } : undefined);
      } else {
        const { outs } = await act();
        const { status } = on.hood.campaign(id);
        expect(outs).to.include({ outcome, previousStatus: "running", status, ...args });
        expect(on.canceled).to.deep.equal(outcome === "canceled" && !what.includes("turns out") ? [id] : []);
      }
      expect(on.canceled.length).to.be.at.most(1);
      if (methods) expect(on.methods).to.deep.equal(methods);
    });
  }

  it("is sent again no sooner than both reads have shown that nothing was done", async () => {
    on.fault(dropped);
    await apply(on.campaign("running"));
    expect(on.hood.requests.map(({ at }) => at - START)).to.deep.equal([0, 0, 250, 3_750, 3_750]);
  });

  for (const [type, more] of [
    ["CampaignCancellation", {}],
    ["CampaignStatus", { status: "paused" }],
  ] as const) {
    it(`fails if the rate limit lets only one request through a minute, with nothing sent, for a ${type}`, async () => {
      const slow = on.another({ type, config: { rateLimit: "1/61s" } });
      const { message } = await failed(() => apply(on.campaign("running"), more, slow));
      expect(message).to.contain("within a minute after the campaign was read");
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("stands on a few lists if it is one of many that were put off, not on a single read for each", async () => {
    const ids = Array.from({ length: 60 }, () => on.campaign("running"));
    on.fault(call(LONG));
    const provider = off();
    await Promise.all(ids.map((campaignId) => provider.create({ campaignId, reason })));
    expect(on.canceled).to.have.members(ids);
    expect(on.methods.filter((method) => method === "GET").length).to.be.at.most(6);
  });

  for (const isDue of [false, true]) {
    it(`is left open if the campaign is renamed while the call may still come true, ${isDue ? "due again" : "new"}`, async () => {
      const id = on.campaign("running");
      on.fault(call(answer(504), { before: become(renamed) }));
      const inputs = { ...inputsOf(id), ...expected };
      const again = () => on.provider.update(id, { ...doneOf(id), ...inputs, status: "running" }, inputs);
      const { message, partial } = await failed(() => (isDue ? again() : apply(id, expected)));
      expect(message).to.match(
        /^It is unknown whether[\s\S]*now shows campaign .*, to which no further call is sent\./,
      );
      const begun = partial?.properties ?? {};
      expect(begun).to.deep.equal({ ...inputs, status: "unknown", ...(isDue && { canceledAt: NOW }) });
      on.hood.setStatus(id, "canceled");
      expect((await on.another().update(id, begun, inputs)).outs).to.include({ outcome: "canceled" });
      expect(on.calls).to.have.length(1);
    });
  }

  const begun = { status: "unknown" };
  const found = (status: string, outcome = "canceled") => ({ ...done, outcome, status });
  const next: [what: string, live: string, state: object, outs: object, calls: number][] = [
    ["that was begun, and that is canceled", "canceled", begun, { outcome: "canceled", canceledAt: NOW }, 0],
    ["that was begun, and is still to be done", "running", begun, { outcome: "canceled" }, 1],
    ...["canceled", "alreadyCanceled", "notNeeded"].map((outcome): (typeof next)[number] => {
      const outs = { outcome: "canceled", status: "canceled", canceledAt: new Date(START).toISOString() };
      return [`that was ${outcome}, of one that a refresh found paused`, "paused", found("paused", outcome), outs, 1];
    }),
    ["of one found running, and canceled by now", "canceled", found("running"), { outcome: "canceled" }, 0],
  ];
  for (const [what, live, state, outs, calls] of next) {
    it(`takes ${calls} calls in an update, ${what}`, async () => {
      const id = on.campaign(live);
      const updated = await on.another().update(id, { ...begunOf(id), ...state }, inputsOf(id));
      expect(updated.outs).to.include({ previousStatus: "running", ...outs });
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`, ...Array(calls).fill(`POST /campaigns/${id}/cancel`)]);
    });
  }
});
