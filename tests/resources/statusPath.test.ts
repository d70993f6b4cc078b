import { expect } from "chai";
import type { FaultRule } from "../../simulator";
import { failed, openInProcess } from "../support/testAccount";

const STATUSES = ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent", "needs_decision"];
const DESIRED = ["running", "paused", "scheduled", "canceled"];
const scheduled = { status: "scheduled", scheduledTime: "2099-12-01T09:00:00Z" };

describe("the path to every status that can be declared, from every status", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  const argumentsFor = (campaignId: string, status: string) => ({
    campaignId,
    status,
    reason: "Stock is short",
    ...(status === "scheduled" && { scheduledTime: scheduled.scheduledTime }),
  });

  /** What is canceled stays so; what can be canceled can be brought to all of them. */
  const isReachable = (live: string, desired: string) =>
    live === "canceled" ? desired === live : ["scheduled", "running", "paused"].includes(live);

  for (const live of [...STATUSES, "archived"]) {
    for (const desired of DESIRED) {
      it(`${desired} from ${live}: takes the calls that the preview shows, or fails before anything is sent`, async () => {
        const id = on.campaign(live);
        const { inputs, failures } = await on.provider.check(undefined, argumentsFor(id, desired));
        expect(on.calls).to.deep.equal([]);
        expect(failures.length === 0).to.equal(isReachable(live, desired));
        if (failures.length > 0) {
          expect(inputs.plannedActions ?? []).to.deep.equal([]);
          const { message } = await failed(() => on.provider.create(inputs));
          expect(message).to.equal(failures[0]?.reason);
          expect(on.calls).to.deep.equal([]);
          expect(on.hood.campaign(id).status).to.equal(live);
          return;
        }
        const { outs } = await on.provider.create(inputs);
        const planned = inputs.plannedActions as string[];
        expect(on.calls).to.deep.equal(planned.map((action) => `POST /campaigns/${id}/${action}`));
        expect(on.hood.campaign(id).status).to.equal(desired);
        expect(outs).to.include({ status: desired, previousStatus: live, currentStatus: desired });
      });
    }
  }

  it("has no calls for a campaign that is scheduled already, if no other time is declared", async () => {
    const args = { campaignId: on.campaign("scheduled"), status: "scheduled" };
    expect((await on.provider.check(undefined, args)).inputs.plannedActions).to.deep.equal([]);
  });
});

describe("the path to a status, under faults", () => {
  const on = openInProcess({ type: "CampaignStatus" });

  const taken = () => on.hood.requests.flatMap(({ effect }) => (effect ? `${effect.from} ${effect.to}` : []));
  const sent = () => on.calls.map((call) => call.split("/").at(-1));

  /** Makes the next call of this kind go wrong. */
  function faultCall(action: string, rule: Omit<FaultRule, "match">): void {
    on.fault({ times: 1, ...rule, match: ({ path }) => path.endsWith(`/${action}`) });
  }

  const OLD = "2026-05-31 12:00:00";
  it("a pause that got lost is sent once more after a minute, if nothing has changed the campaign since", async () => {
    const campaignId = on.campaign("running", { update_time: OLD });
    faultCall("pause", { fault: { kind: "drop" } });
    const start = on.clock.now();
    await on.apply({ campaignId, status: "paused" });
    expect(on.clock.now() - start).to.be.within(60_000, 62_000);
    expect(on.provider.engine.progress[1]).to.equal(
      `No answer says whether campaign ${campaignId} "Spring sale" was paused: looking for it, 0.5 of 60 s`,
    );
    expect(taken()).to.deep.equal(["running paused"]);
    expect(sent()).to.deep.equal(["pause", "pause"]);
  });

  const CHANGED =
    "60 s later Hood still shows it as running. The call isn't sent again, because something may have changed the campaign";
  const doubts: [what: string, update_time: string, says: string][] = [
    ["somebody has changed the campaign since", "2026-06-01 12:00:00", CHANGED],
    ["somebody has, by a clock that is ten seconds behind", "2026-06-01 11:59:50", CHANGED],
    ["nobody can tell whether somebody has", "", CHANGED],
    [
      "the command has ended",
      OLD,
      "Hood still shows it as running. The call isn't sent again, because the Pulumi command has ended.",
    ],
  ];
  for (const [what, update_time, says] of doubts) {
    it(`a pause that got lost isn't sent again if ${what}, and the next update finishes it`, async () => {
      const campaignId = on.campaign("running", { update_time: OLD });
      const before = () => Object.assign(on.hood.campaign(campaignId), { update_time });
      faultCall("pause", { fault: { kind: "drop" }, before });
      const { inputs } = await on.provider.check(undefined, { campaignId, status: "paused", reason: "Stock is short" });
      on.provider.engine.isGone = async () => update_time === OLD;
      const { message, partial } = await failed(() => on.provider.create(inputs));
      expect(message)
        .to.match(/^It is unknown whether/)
        .and.contain(says);
      expect(sent()).to.deep.equal(["pause"]);
      const { outs } = await on.another().update(campaignId, partial?.properties ?? {}, inputs);
      expect(outs).to.include({ currentStatus: "paused" });
      expect(sent()).to.deep.equal(["pause", "pause"]);
    });
  }

  it("reaches a status that time moved the campaign on from, after a lost answer to the resume", async () => {
    const campaignId = on.campaign("paused");
    on.fault({
      match: ({ method }) => method === "GET",
      times: 9,
      before: (hood) => hood.campaign(campaignId).status === "running" && hood.setStatus(campaignId, "sent"),
    });
    faultCall("resume", { fault: { kind: "drop", processed: true } });
    const { outs } = await on.apply({ campaignId, status: "running" });
    expect(outs).to.include({ status: "running", currentStatus: "sent" });
    expect(sent()).to.deep.equal(["resume"]);
  });

  it("keeps what was begun if it fails between the two steps, and the next update goes on from there", async () => {
    const campaignId = on.campaign("running");
    faultCall("resume", { fault: { kind: "status", status: 401 } });
    const { inputs } = await on.provider.check(undefined, { campaignId, ...scheduled });
    const { message, partial } = await failed(() => on.provider.create(inputs));
    expect(message).to.contain(`campaign ${campaignId} "Spring sale"`).and.contain("only part of the way");
    expect(message).to.contain("401").and.contain("Run `pulumi up` again");
    const begun = partial?.properties ?? {};
    expect(begun).to.deep.equal(inputs);

    const next = on.another();
    const args = { campaignId, ...scheduled };
    expect(await next.check(inputs, args)).to.deep.equal({ inputs, failures: [] });
    expect((await next.diff(campaignId, begun, inputs)).changes).to.equal(true);
    expect((await next.update(campaignId, begun, inputs)).outs).to.include({ currentStatus: "scheduled" });
    expect(taken()).to.deep.equal(["running paused", "paused scheduled"]);
  });

  it("keeps nothing if nothing was done", async () => {
    const campaignId = on.campaign("running");
    faultCall("pause", { fault: { kind: "status", status: 401 } });
    const { message, partial } = await failed(() => on.apply({ campaignId, status: "paused" }));
    expect(partial).to.equal(undefined);
    expect(message).to.contain("Can't pause campaign").and.contain("401");
  });

  it("stops if somebody else moves the campaign back all the time", async () => {
    const campaignId = on.campaign("running");
    on.fault({
      match: ({ path }) => path.endsWith("/resume"),
      fault: { kind: "drop", processed: false },
      before: (hood) => hood.setStatus(campaignId, "running"),
      times: 100,
    });
    const { inputs } = await on.provider.check(undefined, { campaignId, ...scheduled });
    const { message, partial } = await failed(() => on.provider.create(inputs));
    expect(message).to.contain("It is unknown whether");
    expect(partial?.id).to.equal(campaignId);
    expect(on.calls.length).to.be.at.most(6);
  });

  it("begins where somebody else has brought the campaign meanwhile", async () => {
    const campaignId = on.campaign("running");
    const { inputs } = await on.provider.check(undefined, { campaignId, status: "paused" });
    on.hood.setStatus(campaignId, "paused");
    const outs = [await on.provider.create(inputs), await on.another().create(inputs)].map((created) => created.outs);
    // A process of its own has read it in this moment, and knows no other status.
    expect(outs.map(({ previousStatus }) => previousStatus)).to.deep.equal(["running", "paused"]);
    for (const { currentStatus } of outs) expect(currentStatus).to.equal("paused");
    expect(taken()).to.deep.equal([]);
  });

  for (const [action, taken] of [
    ["pause", []],
    ["resume", ["pause"]],
  ] as const) {
    it(`sends no ${action} to a campaign that was renamed while the call waited for more than a minute`, async () => {
      const campaignId = on.campaign("running");
      const rename = () => {
        on.hood.campaign(campaignId).name = "Renamed";
      };
      faultCall(action, { before: rename, fault: { kind: "status", status: 429, retryAfter: 75 } });
      const args = { campaignId, ...scheduled, expectedName: "Spring sale" };
      const { message } = await failed(() => on.apply(args));
      expect(message).to.contain('"Renamed"');
      const accepted = on.hood.requests.filter(({ method, status }) => method === "POST" && status !== 429);
      expect(accepted.map(({ path }) => path.split("/").at(-1))).to.deep.equal(taken);
    });
  }
});
