import { expect } from "chai";
import { HoodError } from "../../provider/hood/errors";
import type { Hosted, Properties } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import { explain } from "../../provider/messages";
import { EngineOperation, type Operation } from "../../provider/operation";
import { lookups } from "../../provider/resources/lookups";
import type { Fault, FaultRule } from "../../simulator";
import { isEdit, openInProcess, type SilentEngine, silentEngine, TOKEN } from "../support/testAccount";

const ID = "1000248";
const MAX_WAIT = 60_000;
/** What our own pace may add. */
const OWN_PACE = 1_000;
/** A line must be there by then. */
const SOON = 10_000;

type Act = (on: Operation) => Promise<unknown>;

const { Campaign, CampaignCancellation, CampaignStatus } = resources;
const paused = { campaignId: ID, status: "paused", reason: "Stock is short" };
const declared = { campaignId: ID, reason: "Budget cut" };
const many = Array.from({ length: 20 }, (_, index) => ({ ...declared, campaignId: String(2_000_000 + index) }));
const isCancel: FaultRule["match"] = ({ method }) => method === "POST";

/** A check, with its failures thrown as the engine would show them. */
async function check(resource: Hosted, on: Operation, news: Properties): Promise<void> {
  const { failures } = await resource.check(on, {}, news);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
}

/** A campaign's edit, as an update does it. */
const edit: Act = (on) => Campaign.update(on, { campaignId: "1000249", name: "Summer sale" }, { name: "August" });
const previewMany: Act = async (on) => {
  for (const each of many.slice(1)) await check(CampaignCancellation, on, each).catch(() => {});
  await check(CampaignCancellation, on, declared);
};
/** Throws what the last one fails by, once all have ended. */
const cancelMany: Act = async (on) => {
  const attempts = many.map((each) => CampaignCancellation.create(on, each));
  await Promise.allSettled(attempts);
  await attempts.at(-1);
};

/** What a user can ask for, and the first request that is held up for it: those before it are let through. */
const acts: [string, FaultRule["match"], Act][] = [
  ["a preview of a cancellation", undefined, (on) => check(CampaignCancellation, on, declared)],
  ["a preview of a status", undefined, (on) => check(CampaignStatus, on, paused)],
  ["a preview of many", undefined, previewMany],
  ["a cancellation", isCancel, (on) => CampaignCancellation.create(on, declared)],
  ["many cancellations", isCancel, cancelMany],
  ["a pause", isCancel, (on) => CampaignStatus.create(on, paused)],
  ["a create", isCancel, (on) => Campaign.create(on, { name: "Autumn sale" })],
  ["an edit", isEdit, edit],
  ["a refresh", undefined, (on) => CampaignCancellation.read(on, ID, { ...declared, outcome: "canceled" })],
  ["a lookup of one", undefined, (on) => lookups.getCampaign(on, { id: ID })],
  ["a lookup of many", undefined, (on) => lookups.getCampaigns(on, {})],
];

const busy = (retryAfter?: number | string): Fault => ({
  kind: "status",
  status: 429,
  ...(retryAfter && { retryAfter }),
});

/** How the account makes requests wait, and how long it may take until the wait is given up. */
const answers: [string, (now: number) => Fault, number][] = [
  ["asks to wait for an hour", () => busy(3_600), 0],
  ["asks to wait until a date", (now) => busy(new Date(now + 3_600_000).toUTCString()), 0],
  ["asks to wait for 7 s again and again", () => busy(7), MAX_WAIT],
  ["answers 429 without a time for ever", () => busy(), MAX_WAIT],
  ["has too many requests at once for ever", () => busy(-1), MAX_WAIT],
];

describe("an account that makes requests wait", function () {
  this.timeout(20_000);
  const on = openInProcess(
    {},
    {
      campaigns: [
        { id: ID, name: "Spring sale", status: "running" },
        { id: "1000249", name: "Summer sale", status: "scheduled" },
        ...many.map(({ campaignId: id }) => ({ id, name: `Campaign ${id}`, status: "running" })),
      ],
    },
  );
  let engine: SilentEngine;

  async function play(match: FaultRule["match"], fault: (now: number) => Fault, act: Act, times = Infinity) {
    const start = on.clock.now();
    let lineAfter = Infinity;
    engine = silentEngine();
    const { showProgress } = engine;
    engine.showProgress = (line, urn) => {
      lineAfter = Math.min(lineAfter, on.clock.now() - start);
      return showProgress(line, urn);
    };
    const operation = new EngineOperation(engine, on.clock);
    const config: Record<string, string> = { endpoint: on.hood.url, token: TOKEN, maxWait: `${MAX_WAIT}ms` };
    operation.configure((key) => config[key]);
    on.fault({
      match,
      times,
      get fault() {
        return fault(on.clock.now());
      },
    });
    const done = act(operation.on("urn:pulumi:dev::shop::hood:index:Campaign::spring"));
    const error = await done.then(
      () => "",
      (thrown: Error) => (thrown instanceof HoodError ? explain(thrown) : thrown.message),
    );
    return { error, took: on.clock.now() - start, lineAfter };
  }

  const slow: [what: string, fault: Fault, least: number, line: RegExp][] = [
    ["asks to wait by a 503", { kind: "status", status: 503, retryAfter: 20 }, 20_000, /^Waiting as the account asks/],
    ["doesn't answer", { kind: "stall" }, 0, /^Waiting for an answer for \d s, to read campaign 1000248$/],
  ];
  for (const [what, fault, least, line] of slow) {
    it(`shows a line if it ${what}, and waits`, async () => {
      const { error, took, lineAfter } = await play(
        undefined,
        () => fault,
        (on) => on.account().get(ID),
        1,
      );
      expect(error).to.equal("");
      expect(took).to.be.at.least(least);
      expect(lineAfter).to.be.at.most(SOON);
      expect(engine.progress[0]).to.match(line);
    });
  }

  it("sends a cancel call that is always one too many at once a few times only, and says what was answered", async () => {
    const { error } = await play(
      isCancel,
      () => busy(-1),
      (on) => CampaignCancellation.create(on, declared),
    );
    expect(error).to.contain("HTTP 429").and.contain("Retry-After: -1: too many requests on their way at once");
    expect(on.hood.requests.filter(isCancel)).to.have.length.within(5, 10);
    expect(engine.progress.join("\n")).to.contain("the account answers that too many requests are on their way");
  });

  for (const [what, match, act] of acts) {
    for (const [how, fault, most] of answers) {
      it(`ends ${what} within hood:maxWait, with a line by then, if it ${how}`, async () => {
        const { error, took, lineAfter } = await play(match, fault, act);
        expect(error).to.contain("HTTP 429").and.contain("hood:maxWait allows 60 s");
        expect(error).to.match(/(to wait until|attempt would be at) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
        expect(error).to.contain("Nothing was done").and.contain("Run the same command again after that time");
        expect(error.split("\n").length, error).to.be.at.most(3);
        expect(took, "how long it took").to.be.at.most(most + OWN_PACE);
        expect(lineAfter, "when the first line came").to.be.at.most(SOON);
        expect(on.hood.requests.filter(({ method, status }) => method !== "GET" && status !== 429)).to.deep.equal([]);
      });
    }
  }
});
