import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import { failed, type Kept, openInProcess } from "../support/testAccount";

type Type = "CampaignCancellation" | "CampaignStatus";
const both = ["CampaignCancellation", "CampaignStatus"] as const;
const accept = { whenNotCancelable: "accept" };
const guard = { expectedName: "Spring sale" };
const off = { config: { preflight: "off" } };
const GOES_ON = "and the rest goes on";
const CALLED = 'is called "X", not';

describe("what a program declares, that nobody edited, and that can't be met", () => {
  const on = openInProcess({ type: "CampaignStatus" });
  const cancel = (id: string) => [`POST /campaigns/${id}/cancel`];

  const soon = "2026-06-01T12:00:30Z";
  type Since = Properties | undefined;
  /** What a refresh found, and what has become of the campaign since; without anything, Hood doesn't show it any more. */
  const refreshed: [what: string, args: Properties, found: string, since: Since, says: string][] = [
    ["was delivered", { status: "paused" }, "running", { status: "sent" }, 'can\'t become "paused"'],
    ["was renamed", { status: "paused", ...guard }, "running", { name: "X" }, CALLED],
    ["has missed its time", { status: "scheduled", scheduledTime: soon }, "paused", {}, "has passed"],
    ["was resumed and renamed", { status: "canceled", reason: "x", ...guard }, "running", { name: "X" }, CALLED],
    ["is gone", { status: "paused" }, "running", undefined, "any more: nothing is sent for it"],
  ];
  for (const [what, more, found, since, says] of refreshed) {
    it(`blocks nothing: a status, of a campaign that ${what} since a refresh`, async () => {
      const id = on.campaign("scheduled", { scheduled_time: "2026-06-01 12:00:30" });
      const before = await on.declared({ campaignId: id, ...more });
      on.hood.setStatus(id, found);
      const next = on.another();
      const kept = await on.refreshed(before, next);
      if (since) Object.assign(on.hood.campaign(id), since);
      else on.hood.campaigns.delete(id);
      await on.clock.sleep(60_000);
      const { changes, inputs, warnings } = await on.preview(kept, {}, next);
      expect(changes).to.equal(false);
      // No calls that won't be made.
      expect(inputs).to.deep.equal(before.inputs);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.contain(says);
      if (since) expect(warnings[0]).to.contain(`nothing is sent for it, ${GOES_ON}`);
      const { outs } = await next.update(id, kept.outs, { ...inputs, ...accept });
      expect(outs).to.include({ ...accept, currentStatus: since ? on.hood.campaign(id).status : "unknown" });
      expect(on.calls).to.deep.equal([]);
      // Another refresh makes it known.
      if (!since) expect(await on.preview(await on.refreshed(kept))).to.deep.include({ changes: false, warnings: [] });
    });
  }

  /** What a program declares that is to end a campaign, as Pulumi keeps it. */
  const ending = (type: Type, campaignId: string, state: Properties = {}, more: object = {}): Kept => {
    const args = {
      campaignId,
      reason: "Budget cut",
      ...guard,
      ...(type === "CampaignStatus" && { status: "canceled" }),
    };
    const inputs = { ...args, campaignName: "Spring sale", previousStatus: "running" };
    return {
      id: campaignId,
      args: { ...args, ...more },
      inputs: { ...inputs, ...more },
      outs: { ...inputs, ...more, ...state },
    };
  };
  /** As a refresh finds it that was done, and that somebody in Hood has undone. */
  const due = async (type: Type) => {
    const declared = await on.declared(ending(type, on.campaign("scheduled")).args, on.another({ type }));
    on.hood.setStatus(declared.id, "running");
    return on.refreshed(declared, on.another({ type }));
  };

  for (const type of both) {
    it(`fails no preview, and no other resource's update, if the campaign of a ${type} can't be read`, async () => {
      const kept = await due(type);
      const unreadable = { times: Number.POSITIVE_INFINITY, fault: { kind: "status", status: 500 } } as const;
      on.fault({ match: ({ method }) => method === "GET", ...unreadable });
      on.hood.clearRequests();
      const next = on.another({ type });
      const { changes, inputs, warnings } = await on.preview(kept, {}, next);
      expect(changes).to.equal(true);
      // As the refresh found it.
      const found = { campaignName: "Spring sale", previousStatus: "running", plannedActions: ["cancel"] };
      if (type === "CampaignStatus") expect(inputs).to.deep.include(found);
      expect(warnings).to.have.length(2);
      expect(warnings[0]).to.match(
        /^Can't read campaign .*HTTP 500.*\nNobody edited this in the program, so the rest goes on/,
      );
      expect(warnings[1]).to.contain("cancels it for good");
      const { message } = await failed(() => next.update(kept.id, kept.outs, inputs));
      expect(message).to.contain("Can't read campaign").and.contain("HTTP 500");
      expect(on.calls).to.deep.equal([]);
    });

    it(`is done once the program is corrected, though the same operation's refresh would leave it: a ${type}`, async () => {
      const provider = on.another({ type });
      const before = await due(type);
      on.hood.campaign(before.id).name = "X";
      const kept = await on.refreshed(before, provider);
      expect((await provider.diff(kept.id, kept.outs, kept.inputs)).changes).to.equal(false);
      const { changes, inputs } = await on.preview(kept, { expectedName: "X" }, provider);
      expect(changes).to.equal(true);
      on.hood.clearRequests();
      await provider.update(kept.id, kept.outs, inputs);
      expect(on.calls).to.deep.equal(cancel(kept.id));
    });
  }

  const Y = 'is called "Spring sale", not "Y": nothing is sent.';
  const edits: [what: string, live: string, edit: Properties, says: string, updates: boolean][] = [
    ["a wrong name", "running", { expectedName: "Y" }, Y, false],
    ["what accepts the status that it has by now", "sent", accept, "(sent): `pulumi up` records that", true],
    ["what accepts a decision", "needs_decision", accept, "(needs_decision): `pulumi up` records that", true],
  ];
  for (const type of both) {
    for (const [what, live, edit, says, updates] of edits) {
      it(`is previewed as the update will do it, once ${what} is declared: a ${type}`, async () => {
        const kept = await due(type);
        on.hood.setStatus(kept.id, live);
        on.hood.clearRequests();
        const next = on.another({ type });
        const { inputs, failures } = await next.check(kept.inputs, { ...kept.args, ...edit });
        expect(failures).to.deep.equal([]);
        const preview = next.diff(kept.id, kept.outs, inputs);
        const message = String(
          await (updates ? preview.then(() => next.engine.warnings.join()) : failed(() => preview)),
        );
        expect(message).to.contain(says).and.not.contain("cancels it for good");
        const update = () => next.update(kept.id, kept.outs, inputs);
        if (updates) expect(Object.values((await update()).outs)).to.include(live);
        else expect((await failed(update)).message).to.contain(says);
        expect(on.calls).to.deep.equal([]);
      });
    }
  }

  const [C, S] = both;
  /** Somebody in Hood has undone what was done; it is unknown what a call did. */
  const undone = { [C]: { status: "running", outcome: "canceled" }, [S]: { currentStatus: "running" } };
  const begun = { [C]: { status: "unknown" }, [S]: {} };
  const launched = { status: "running", outcome: "notNeeded" };
  const [pause, atSent] = [{ more: { status: "paused" } }, { currentStatus: "sent" }];
  const [running, sent, renamed] = [{ status: "running" }, { status: "sent" }, { status: "running", name: "X" }];
  const undecided = { status: "needs_decision" };
  const [GONE, LATE, NO_PAUSE] = ["any more: nothing is sent for it", "can't be canceled", 'can\'t become "paused"'];
  type Live = { readonly status: string } | undefined;
  interface How {
    /** What the program declares besides. */
    readonly more?: object;
    readonly config?: { readonly preflight: string };
    /** What the campaign becomes after a preview that found something to do. */
    readonly later?: string;
  }
  /** Of what Hood has, or doesn't show, a preview knows only what it reads, or what the update before has seen. */
  const rows: [what: string, type: Type, state: Properties, live: Live, how: How, says: string, outs: object][] = [
    ["was launched and renamed", C, launched, renamed, { more: accept }, CALLED, { ...launched, campaignName: "X" }],
    ["was renamed", C, undone[C], renamed, {}, CALLED, { ...undone[C], campaignName: "X" }],
    ["was renamed", S, undone[S], renamed, {}, CALLED, { ...undone[S], campaignName: "X" }],
    ["was delivered while a call for it was lost", C, begun[C], sent, {}, LATE, sent],
    ["was delivered while a pause was lost", S, begun[S], sent, pause, NO_PAUSE, atSent],
    ["was delivered after the preview", C, undone[C], running, { later: "sent" }, LATE, sent],
    ["was delivered after the preview", S, undone[S], running, { ...pause, later: "sent" }, NO_PAUSE, atSent],
    ["waits for a decision after the preview", C, begun[C], running, { later: "needs_decision" }, LATE, undecided],
    ["was delivered after the preview", S, begun[S], running, { ...pause, later: "sent" }, NO_PAUSE, atSent],
    ["Hood has forgotten, without a preflight,", C, begun[C], undefined, off, GONE, begun[C]],
    ["Hood has forgotten, without a preflight,", S, begun[S], undefined, off, GONE, begun[S]],
  ];
  for (const [what, type, state, live, { more, config, later }, says, outs] of rows) {
    it(`blocks nothing: a ${type} that is due, of a campaign that ${what}`, async () => {
      const kept = ending(type, live ? on.campaign(live.status, live) : "77", state, more);
      const another = () => on.another({ type, ...(config && { config }) });
      const provider = another();
      const { changes, inputs, warnings } = await on.preview(kept, {}, provider);
      expect(changes).to.equal(later !== undefined || live === undefined);
      if (later) on.hood.setStatus(kept.id, later);
      expect(warnings).to.have.length(1);
      if (!changes) expect(warnings[0]).to.contain(says).and.contain(GOES_ON);
      if (!live)
        expect(warnings[0]).to.match(/^It is unknown whether .* cancels it (for good )?if that is still to be done/);
      const updating = later ? another() : provider;
      const updated = (await updating.update(kept.id, kept.outs, inputs)).outs;
      expect(updating.engine.warnings.at(-1)).to.contain(says).and.contain(GOES_ON);
      expect(updated).to.deep.equal({ ...kept.outs, ...outs });
      // The next preview knows that, without a preflight too, and it doesn't count for the cap.
      const unasked = on.another({ type, config: { preflight: "off", maxCancellations: "0" } });
      if (live) expect((await on.preview({ ...kept, outs: updated }, {}, unasked)).changes).to.equal(false);
      if (says === CALLED) expect(unasked.engine.warnings.join()).to.contain(GOES_ON);
      expect(on.calls).to.deep.equal([]);
    });
  }

  it("is done without a preflight if the name is corrected to one that no refresh has seen", async () => {
    const kept = ending(C, on.campaign("running", renamed), undone[C]);
    const provider = on.another({ type: C, ...off });
    const { changes, inputs } = await on.preview(kept, { expectedName: "X" }, provider);
    expect(changes).to.equal(true);
    await provider.update(kept.id, kept.outs, inputs);
    expect(on.calls).to.deep.equal(cancel(kept.id));
  });
});
