import { expect } from "chai";
import type { Fault } from "../../simulator";
import { expectReadable, thrown } from "../support/messages";
import { ProviderError } from "../support/providerError";
import { openInProcess, START } from "../support/testAccount";

const reason = "Budget cut";
const NOW = "2026-06-01T12:00:00Z";

/** What a check leaves for the create. */
const inputsOf = (campaignId: string) => ({
  campaignId,
  reason,
  campaignName: "Spring sale",
  previousStatus: "running",
});
/** The state of a create whose call went out, and whose effect isn't known. */
const begunOf = (campaignId: string) => ({ ...inputsOf(campaignId), status: "unknown" });
/** The state of a cancellation that is done. */
const doneOf = (campaignId: string) => ({
  ...inputsOf(campaignId),
  status: "canceled",
  outcome: "canceled",
  canceledAt: NOW,
});

describe("canceling a campaign", () => {
  const on = openInProcess();
  const apply = (campaignId: string, more: object = {}) => on.apply({ campaignId, reason, ...more });
  const update = (olds: ReturnType<typeof begunOf> & { outcome?: string }, more: object = {}) =>
    on.provider.update(olds.campaignId, olds, { ...inputsOf(olds.campaignId), ...more });
  /** The same without a read by the check. */
  const create = (campaignId: string, more: object = {}) =>
    on.another({ config: { preflight: "off" } }).create({ campaignId, reason, ...more });
  const methods = () => on.hood.requests.map(({ method }) => method);
  const calls = () => on.hood.requests.filter(({ method }) => method === "POST");

  /** A failure after which nothing is in the state. */
  async function failed(act: () => Promise<unknown>): Promise<string> {
    const { message, partial } = await thrown(ProviderError, act);
    expectReadable(message);
    expect(partial).to.equal(undefined);
    return message;
  }

  /** A failure that leaves it open whether the campaign was canceled. */
  async function unknown(id: string, act: () => Promise<unknown>): Promise<string> {
    const { message, partial } = await thrown(ProviderError, act);
    expectReadable(message);
    expect(message).to.match(/^It is unknown whether campaign \d+ "Spring sale" was canceled/);
    expect(message).to.contain("Run `pulumi up` again");
    expect(partial).to.deep.equal({ id, properties: begunOf(id), reasons: [message] });
    return message;
  }

  describe("for the first time", () => {
    for (const status of ["scheduled", "running", "paused"]) {
      it(`takes one read and one call if it is ${status}`, async () => {
        const id = on.campaign(status);
        const outs = { ...doneOf(id), previousStatus: status, canceledAt: new Date(START).toISOString() };
        expect(await apply(id)).to.deep.equal({ id, outs });
        expect(on.sent).to.deep.equal([`GET /campaigns/${id}`, `POST /campaigns/${id}/cancel`]);
        expect(on.hood.campaign(id)).to.include({ status: "canceled", reason });
      });
    }

    it("sends an id and a reason as they are", async () => {
      const id = on.campaign("running", { id: "12345678901234567891" });
      const text = 'Q4 "cut" – 予算\r\nOPS-1\r\n';
      await apply(id, { reason: text });
      expect(calls()[0]?.path).to.equal(`/v1/hood/campaigns/${id}/cancel`);
      expect(JSON.parse(calls()[0]?.body ?? "")).to.deep.equal({ reason: text });
    });

    it("takes one call for each of many at once", async () => {
      const ids = Array.from({ length: 40 }, () => on.campaign("running"));
      const results = await Promise.all(ids.map((id) => apply(id)));
      expect(results.map(({ outs }) => outs.outcome)).to.deep.equal(ids.map(() => "canceled"));
      expect(on.canceled).to.have.members(ids);
      expect(on.calls).to.have.length(40);
    });
  });

  describe("sends nothing", () => {
    const accept = { whenNotCancelable: "accept" };
    const rows: [status: string, args: object, outcome: object | RegExp][] = [
      ["canceled", {}, { outcome: "alreadyCanceled", previousStatus: "canceled", status: "canceled", canceledAt: NOW }],
      ["sent", {}, /"Spring sale" .*"sent".*\n.*whenNotCancelable/],
      ["sent", accept, { outcome: "notNeeded", previousStatus: "sent", status: "sent" }],
      ["archived", accept, /is left alone: its status is "archived"/],
      ["running", { expectedName: "Summer sale" }, /called "Spring sale", not "Summer sale"/],
    ];
    for (const [status, args, outcome] of rows) {
      const result = outcome instanceof RegExp ? "fails" : "says so";
      it(`to one that is ${status}, and ${result}, with ${JSON.stringify(args)}`, async () => {
        const id = on.campaign(status);
        if (outcome instanceof RegExp) expect(await failed(() => create(id, args))).to.match(outcome);
        else expect((await create(id, args)).outs).to.deep.equal({ ...inputsOf(id), ...args, ...outcome });
        expect(on.sent).to.deep.equal([`GET /campaigns/${id}`]);
      });
    }

    for (const [age, warns] of [
      ["a minute", true],
      ["two days", false],
    ] as const) {
      it(`to one that was canceled ${age} ago, and ${warns ? "says whose call that may have been" : "is silent"}`, async () => {
        const then = new Date(on.clock.now() - (warns ? 60_000 : 48 * 3_600_000));
        const id = on.campaign("canceled", { update_time: then.toISOString().slice(0, 19).replace("T", " ") });
        await apply(id);
        const { warnings } = on.provider.engine;
        expect(warnings).to.have.length(warns ? 1 : 0);
        if (warns)
          expect(warnings[0]).to.match(
            /^Found campaign .* canceled already, at 20.*: by somebody else, or by an update/,
          );
      });
    }

    it("if the token has expired by the time of the call", async () => {
      const id = on.campaign("running");
      const { inputs } = await on.provider.check(undefined, { campaignId: id, reason });
      on.hood.expireTokens();
      expect(await failed(() => on.provider.create(inputs)))
        .to.contain("HTTP 401")
        .and.contain("hood:token");
      expect(on.canceled).to.deep.equal([]);
    });

    it("if the campaign can't be read", async () => {
      const id = on.campaign("running");
      on.faultRead(id, { times: Infinity, fault: { kind: "status", status: 500 } });
      expect(await failed(() => create(id))).to.contain("HTTP 500");
      expect(on.calls).to.deep.equal([]);
    });
  });

  describe("finds out that a call took effect whose answer was lost", () => {
    const faults: Record<string, Fault> = {
      "the connection ends": { kind: "drop", processed: true },
      "it answers 500": { kind: "status", status: 500, processed: true },
      "it answers 503 with words": { kind: "status", status: 503, message: "Busy.", processed: true },
      "a gateway's page comes": { kind: "html", status: 502, processed: true },
      "a login page comes": { kind: "html", status: 200, processed: true },
      "a redirect comes": { kind: "redirect", location: "https://login.example/", processed: true },
      "JSON is cut off": { kind: "truncate" },
      "200 with a body comes instead of 204": { kind: "body" },
      "the answer breaks in the middle": { kind: "reset" },
      "no answer comes in time": { kind: "stall", processed: true },
    };
    for (const [what, fault] of Object.entries(faults)) {
      it(`(${what})`, async () => {
        const id = on.campaign("running");
        on.faultCancel(id, { fault });
        expect((await apply(id)).outs).to.deep.equal(doneOf(id));
        expect(methods()).to.deep.equal(["GET", "POST", "GET"]);
        expect(on.canceled).to.deep.equal([id]);
      });
    }

    it("although the campaign has another name by then", async () => {
      const id = on.campaign("running");
      on.faultCancel(id, {
        before: (hood) => Object.assign(hood.campaign(id), { name: "Summer sale" }),
        fault: { kind: "drop", processed: true },
      });
      expect((await apply(id, { expectedName: "Spring sale" })).outs).to.include({ outcome: "canceled" });
      expect(on.canceled).to.deep.equal([id]);
    });

    for (const [staleFor, sends] of [
      [2_000, ["GET", "POST", "GET", "GET"]],
      [5_000, ["GET", "POST", "GET", "GET", "POST", "GET", "GET"]],
    ] as const) {
      it(`although Hood shows the status before it for ${staleFor} ms, with one effect`, async () => {
        await on.restart({ staleFor });
        const id = on.campaign("running");
        on.faultCancel(id, { fault: { kind: "drop", processed: true } });
        expect((await apply(id)).outs).to.include({ outcome: "canceled" });
        expect(methods()).to.deep.equal(sends);
        expect(on.canceled).to.deep.equal([id]);
      });
    }
  });

  describe("sends a call again that took no effect, but only after two reads", () => {
    const faults: Record<string, Fault> = {
      "the connection ends": { kind: "drop" },
      "it answers 500": { kind: "status", status: 500 },
      "a gateway's page comes": { kind: "html", status: 502 },
      "a redirect comes": { kind: "redirect", location: "https://login.example/" },
    };
    for (const [what, fault] of Object.entries(faults)) {
      it(`(${what})`, async () => {
        const id = on.campaign("running");
        on.faultCancel(id, { fault });
        expect((await apply(id)).outs).to.include({ outcome: "canceled", previousStatus: "running" });
        expect(methods()).to.deep.equal(["GET", "POST", "GET", "GET", "POST"]);
        expect(on.hood.requests.map(({ at }) => at - START)).to.deep.equal([0, 0, 250, 3_750, 3_750]);
        expect(on.canceled).to.deep.equal([id]);
      });
    }
  });

  describe("believes Hood when it rejects the call", () => {
    const meanwhile = (id: string, status: string, fault?: Fault) =>
      on.faultCancel(id, { before: (hood) => hood.setStatus(id, status), ...(fault && { fault }) });

    it("and adopts the cancellation of a person who was first", async () => {
      const id = on.campaign("running");
      meanwhile(id, "canceled");
      const outs = { outcome: "alreadyCanceled", previousStatus: "running", status: "canceled" };
      expect((await apply(id)).outs).to.include(outs);
      expect(calls().map(({ status }) => status)).to.deep.equal([400]);
      expect(on.canceled).to.deep.equal([]);
    });

    for (const fault of [undefined, { kind: "drop" }] as const) {
      it(`and judges one that was sent meanwhile by whenNotCancelable${fault ? ", also if the answer is lost" : ""}`, async () => {
        const [first, second] = [on.campaign("running"), on.campaign("running")];
        meanwhile(first, "sent", fault);
        expect(await failed(() => apply(first)))
          .to.contain('"sent"')
          .and.contain(first);
        meanwhile(second, "sent", fault);
        const outs = { outcome: "notNeeded", status: "sent", previousStatus: "running" };
        expect((await apply(second, { whenNotCancelable: "accept" })).outs).to.include(outs);
        expect(on.calls).to.have.length(2);
      });
    }

    it("and gives its words if the campaign is still cancelable, without another call", async () => {
      const id = on.campaign("running");
      on.faultCancel(id, { fault: { kind: "status", status: 400, message: "The reason is not acceptable." } });
      expect(await failed(() => apply(id)))
        .to.contain(`Can't cancel campaign ${id}: HTTP 400 Bad request. The reason is not acceptable. (trace_id`)
        .and.contain(`That call did nothing: it is still campaign ${id} "Spring sale" (running)`);
      expect(on.calls).to.have.length(1);
    });
  });

  it("believes Hood when it rejects the call, also if the campaign can't be read afterwards", async () => {
    const id = on.campaign("running");
    const { inputs } = await on.provider.check(undefined, { campaignId: id, reason });
    on.faultCancel(id, { fault: { kind: "status", status: 400 } });
    on.faultRead(id, { times: Infinity, fault: { kind: "status", status: 500 } });
    expect(await failed(() => on.provider.create(inputs))).to.contain("HTTP 500");
    expect(on.calls).to.have.length(1);
  });

  describe("leaves it open, for the next update,", () => {
    const lose = (id: string) => on.faultCancel(id, { fault: { kind: "drop", processed: true } });

    it("if no read succeeds after the call, although it is tried three times as often as otherwise", async () => {
      const id = on.campaign("running");
      lose(id);
      const { inputs } = await on.provider.check(undefined, { campaignId: id, reason });
      on.faultRead(id, { times: Infinity, fault: { kind: "status", status: 500 } });
      expect(await unknown(id, () => on.provider.create(inputs))).to.match(/Can't .* campaign \d+: HTTP 500/);
      expect(methods()).to.deep.equal(["GET", "POST", ...Array(3 * 6).fill("GET")]);
    });

    it("if the token expires after the call", async () => {
      const id = on.campaign("running");
      lose(id);
      const { inputs } = await on.provider.check(undefined, { campaignId: id, reason });
      on.faultRead(id, { before: (hood) => hood.expireTokens() });
      expect(await unknown(id, () => on.provider.create(inputs))).to.contain("HTTP 401");
      expect(on.calls).to.have.length(1);
    });

    it("if the token expires between two calls", async () => {
      const id = on.campaign("running");
      for (const status of [500, 401]) on.faultCancel(id, { fault: { kind: "status", status } });
      expect(await unknown(id, () => apply(id))).to.contain("HTTP 401");
      expect(on.calls).to.have.length(2);
    });

    it("if Hood rejects a second call while it still shows the time before the first", async () => {
      await on.restart({ staleFor: 60_000 });
      const id = on.campaign("running");
      lose(id);
      expect(await unknown(id, () => apply(id))).not.to.contain("did nothing");
      expect(on.canceled).to.deep.equal([id]);
    });

    it("if six calls have failed", async () => {
      const id = on.campaign("running");
      on.faultCancel(id, { times: Infinity, fault: { kind: "status", status: 500 } });
      expect(await unknown(id, () => apply(id)))
        .to.contain("HTTP 500")
        .and.contain("trace_id")
        .and.contain("Hood still shows it as running");
      expect(on.calls).to.have.length(6);
      expect(on.canceled).to.deep.equal([]);
    });

    for (const [what, change] of [
      ["is renamed", { name: "Renamed" }],
      ["has a status that isn't known", { status: "canceling" }],
    ] as const) {
      it(`if the campaign ${what} while the call may still come true, be it new or due again`, async () => {
        for (const isDue of [false, true]) {
          const id = on.campaign("running");
          on.faultCancel(id, {
            fault: { kind: "status", status: 504 },
            before: (hood) => Object.assign(hood.campaign(id), change),
          });
          const inputs = { ...inputsOf(id), expectedName: "Spring sale" };
          const { message, partial } = await thrown(ProviderError, () =>
            isDue
              ? on.provider.update(id, { ...doneOf(id), ...inputs, status: "running" }, inputs)
              : apply(id, { expectedName: "Spring sale" }),
          );
          expectReadable(message);
          expect(message)
            .to.match(/^It is unknown whether/)
            .and.match(/now shows campaign .*, to which no further call is sent\./);
          expect(partial?.properties)
            .to.deep.include({ ...inputs, status: "unknown" })
            .and.not.have.property("outcome");
          on.hood.setStatus(id, "canceled");
          const { outs } = await on.another().update(id, partial?.properties ?? {}, inputs);
          expect(outs).to.include({ outcome: "canceled" });
        }
        expect(on.calls).to.have.length(2);
      });
    }

    it("which finds the same inputs, something to do, and what became of the call", async () => {
      const id = on.campaign("running");
      lose(id);
      const { inputs } = await on.provider.check(undefined, { campaignId: id, reason });
      on.faultRead(id, { fault: { kind: "status", status: 401 } });
      await unknown(id, () => on.provider.create(inputs));
      const next = on.another();
      expect(await next.check(inputs, { campaignId: id, reason })).to.deep.equal({ inputs, failures: [] });
      expect((await next.diff(id, begunOf(id), inputs)).changes).to.equal(true);
      expect((await next.update(id, begunOf(id), inputs)).outs).to.deep.equal(doneOf(id));
      expect(on.calls).to.have.length(1);
    });
  });

  describe("that an earlier update has begun", () => {
    it("takes a canceled campaign for its own, whatever was seen before, and sends nothing", async () => {
      const id = on.campaign("running");
      await on.provider.read(id, begunOf(id));
      on.hood.setStatus(id, "canceled");
      expect((await update(begunOf(id))).outs).to.deep.equal(doneOf(id));
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`, `GET /campaigns/${id}`]);
    });

    it("cancels one that is still cancelable", async () => {
      const id = on.campaign("running");
      expect((await update(begunOf(id))).outs).to.include({ outcome: "canceled", previousStatus: "running" });
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`, `POST /campaigns/${id}/cancel`]);
    });

    it("stays open if the campaign can't be read", async () => {
      const id = on.campaign("canceled");
      on.faultRead(id, { fault: { kind: "status", status: 401 } });
      await unknown(id, () => update(begunOf(id)));
      expect((await update(begunOf(id))).outs).to.include({ outcome: "canceled" });
    });
  });

  describe("that a refresh found cancelable", () => {
    for (const outcome of ["canceled", "alreadyCanceled", "notNeeded"]) {
      it(`cancels it after ${outcome}`, async () => {
        const id = on.campaign("paused");
        const { outs } = await update({ ...doneOf(id), outcome, status: "paused" });
        expect(outs).to.include({ outcome: "canceled", status: "canceled", previousStatus: "running" });
        expect(on.calls).to.deep.equal([`POST /campaigns/${id}/cancel`]);
      });
    }

    it("sends nothing if it is canceled by now", async () => {
      const id = on.campaign("canceled");
      expect((await update({ ...doneOf(id), status: "running" })).outs).to.include({ outcome: "canceled" });
      expect(on.sent).to.deep.equal([`GET /campaigns/${id}`]);
    });

    it("goes by the guards as they are now", async () => {
      const id = on.campaign("running");
      const act = () => update({ ...doneOf(id), status: "running" }, { expectedName: "Summer sale" });
      expect(await failed(act)).to.contain('"Summer sale"');
      expect(on.canceled).to.deep.equal([]);
    });
  });

  describe("in an account that asks to wait", () => {
    it("waits as 429 asks, and has one effect", async () => {
      const id = on.campaign("running");
      on.faultCancel(id, { times: 3, fault: { kind: "status", status: 429, retryAfter: 7 } });
      expect((await apply(id)).outs).to.include({ outcome: "canceled" });
      expect(on.calls).to.have.length(4);
      expect(on.clock.now() - START).to.be.at.least(21_000);
      expect(on.canceled).to.deep.equal([id]);
    });

    it("shows a live line, and waits for no longer than hood:maxWait", async () => {
      const provider = on.another({ config: { maxWait: "5s" } });
      on.fault({ times: Infinity, fault: { kind: "status", status: 429, retryAfter: 2 } });
      const { failures } = await provider.check(undefined, { campaignId: on.campaign("running"), reason });
      expect(failures).to.have.length(1);
      expect(failures[0]?.reason)
        .to.contain("HTTP 429 Too many requests.")
        .and.contain("again and again for 4 s")
        .and.contain("hood:maxWait allows 5 s")
        .and.contain("Run the same command again");
      expectReadable(failures[0]?.reason ?? "");
      const [line] = provider.engine.progress;
      expect(line).to.match(/^Waiting for the account's rate limit until \d\d:\d\d:\d\d UTC \(\d s\)$/);
      expect(on.clock.now() - START).to.be.below(5_500);
    });
  });
});
