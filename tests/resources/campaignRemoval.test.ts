import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import type { FaultRule, SimulatorOptions } from "../../simulator";
import { expectReadable } from "../support/accounts";
import { failed, type InProcessProvider, isCreate, openInProcess, urnOf } from "../support/testAccount";

const sale = { name: "Spring sale", scheduledTime: "2099-12-01T09:00:00Z", deletionPolicy: "cancel" };
const legacy = ({ __provenance: _, ...state }: Properties) => state;
const unshown = (state: Properties) => {
  const { mark: _, ...provenance } = state.__provenance as Properties;
  return { ...state, __provenance: provenance };
};
const ofAnother = (state: Properties) => ({ ...state, __provenance: { record: "another" } });
const isEnd: FaultRule["match"] = ({ path }) => path.endsWith("/cancel");

describe("removing the resource of a campaign", () => {
  const on = openInProcess({ type: "Campaign" });
  const live = () => on.hood.campaign([...on.hood.campaigns.keys()][0] ?? "");
  const loseMark = () => void Object.assign(live(), { metadata: {} });
  const unmarked = (state: Properties) => {
    loseMark();
    return state;
  };
  const create = async (declared: Properties = sale, provider = on.another()) =>
    (await on.apply(declared, provider)).outs;
  /** @returns what the user is told. */
  const remove = async (state: Properties, provider = on.another()) => {
    await provider.delete(String(state.campaignId), state);
    for (const message of provider.engine.warnings) expectReadable(message);
    return provider.engine.warnings.at(-1);
  };
  /** As an update does it: a check, and then the comparison. */
  const compare = async (provider: InProcessProvider, state: Properties) => {
    const { inputs } = await provider.check(sale, sale);
    await provider.diff(live().id, state, inputs);
  };

  /** What happened before the removal, in the operation of the removal; the state that is removed, if it is another one. */
  type Happened = (state: Properties, provider: InProcessProvider) => unknown;
  const ENDED = "canceled the campaign for good";
  const MANAGED = "another resource of this program manages the campaign, so it goes on";
  const STATUS_MANAGED = "not canceled: another resource of this program manages its status";
  const ANY_STATE = "that a state of this resource created it, and not that it was this one";
  const ANOTHER = "its metadata says that another resource created it";
  const UNMARKED = "doesn't say any more that this resource created it";
  const inHood = (fields: object) => () => void Object.assign(live(), fields);
  const other = (provider: InProcessProvider) => provider.as({ resource: "other" });
  const declareStatus = (provider: InProcessProvider) =>
    provider.as({ type: "CampaignStatus" }).check(undefined, { campaignId: live().id, status: "scheduled" });
  const comparedUnchecked: Happened = async (state, provider) => {
    loseMark();
    await provider.diff(live().id, legacy(state), { ...sale, labels: ["x"] });
    return legacy(state);
  };
  const takenOver: Happened = (state) => create().then(() => unshown(state));
  const ofOldOther: Happened = (state, provider) => compare(other(provider), legacy(state)).then(() => legacy(state));
  const othersMark: Happened = async (state) => {
    const another = await create({ ...sale, name: "Autumn sale" });
    live().metadata = on.hood.campaign(String(another.campaignId)).metadata;
    return legacy(state);
  };
  const imported: Happened = (state) => ({ ...state, __provenance: { record: "own", imported: true } });
  const withTeam = () => void Object.assign(live().metadata as object, { team: "crm" });
  const ends: [what: string, happened: Happened, says: string, options?: SimulatorOptions][] = [
    ["was created by it", () => {}, ENDED],
    ["was compared in the same operation", (state, provider) => compare(provider, state), ENDED],
    ["another was refreshed for", (state, provider) => other(provider).read(live().id, ofAnother(state)), ENDED],
    ["a refresh compared without a check", comparedUnchecked, ENDED],
    ["has the resource's mark, although the state doesn't say so", legacy, ANY_STATE],
    ["was created with an answer that didn't show its mark", unshown, ENDED],
    ["was created with such an answer, and that a newer state has taken over", takenOver, ANY_STATE],
    ["has no mark, and a state of 0.1.0 that tells of none", (state) => unmarked(legacy(state)), ENDED],
    ["is in an account that drops metadata", () => {}, ENDED, { metadata: "dropped" }],
    ["has other metadata by now", withTeam, ENDED],
    ["another was compared for", (state, provider) => compare(other(provider), ofAnother(state)), MANAGED],
    ["another of 0.1.0 was compared for", ofOldOther, MANAGED],
    ["a create of the same operation took over", (_, provider) => create(sale, provider).then(() => {}), MANAGED],
    ["a CampaignStatus declares the status of", (_, provider) => declareStatus(provider), STATUS_MANAGED],
    ["was imported", imported, "it was imported"],
    ["has lost its mark", (state) => unmarked(state), UNMARKED],
    ["another resource's mark is on", othersMark, ANOTHER],
    ["was delivered, whatever its mark is", inHood({ metadata: {}, status: "sent" }), "Nothing was left to cancel"],
  ];
  for (const [what, happened, says, options] of ends) {
    it(`${says === ENDED ? "cancels" : "doesn't cancel"} a campaign that ${what}, and says so`, async () => {
      if (options) await on.restart(options);
      const state = await create();
      const provider = on.another();
      const changed = await happened(state, provider);
      on.hood.clearRequests();
      const removed = changed && typeof changed === "object" && "name" in changed ? changed : state;
      expect(await remove(removed as Properties, provider))
        .to.contain(says)
        .and.contain(live().id);
      expect(on.methods.filter((method) => method !== "GET")).to.deep.equal(says === ENDED ? ["POST"] : []);
      expect(live().status === "canceled").to.equal(says === ENDED);
    });
  }

  it("cancels a campaign that was moved to another stack with its state", async () => {
    const state = await create();
    await remove(state, on.another({ resource: "elsewhere" }));
    expect(live().status).to.equal("canceled");
    expect(on.bodies.at(-1)).to.deep.equal({ reason: "Removed from the Pulumi program" });
  });

  const stateOf = (campaignId: string, deletionPolicy?: string) => {
    return { name: "Spring sale", campaignId, status: "running", ...(deletionPolicy && { deletionPolicy }) };
  };
  const STAYS =
    /^Removed campaign \d+ "Spring sale" from the Pulumi state\. Nothing was sent to Hood: the campaign stays as it is/;
  const policies: [policy: string | undefined, status: string, says: RegExp, ends: boolean][] = [
    [undefined, "running", STAYS, false],
    ["abandon", "running", STAYS, false],
    ...["scheduled", "running", "paused"].map((status): (typeof policies)[number] => {
      return ["cancel", status, /and canceled the campaign for good, as its deletionPolicy says/, true];
    }),
    ...["draft", "manual", "sent", "needs_decision", "canceled"].map((status): (typeof policies)[number] => {
      return ["cancel", status, new RegExp(`Nothing was left to cancel: the campaign is "${status}"`), false];
    }),
  ];
  for (const [policy, status, says, isEnd] of policies) {
    it(`${isEnd ? "cancels" : "sends nothing to"} a campaign of 0.1.0 that is ${status}, with the policy ${policy}`, async () => {
      const id = on.campaign(status);
      expect(await remove(stateOf(id, policy))).to.match(says);
      expect(on.canceled).to.deep.equal(isEnd ? [id] : []);
      if (policy !== "cancel") expect(on.sent).to.deep.equal([]);
    });
  }

  it('fails with the policy "prevent", and says what to do', async () => {
    const { message } = await failed(() => remove(stateOf(on.campaign("running"), "prevent")));
    expect(message).to.match(/^The resource of campaign \d+ "Spring sale" isn't removed/);
    expect(message).to.contain('set deletionPolicy to "abandon"').and.contain("`pulumi up`");
    expect(on.sent).to.deep.equal([]);
  });

  it("keeps to the cap on cancellations, for which what is over doesn't count", async () => {
    const capped = on.another({ config: { maxCancellations: "1" } });
    const [first, second, sent] = [on.campaign("running"), on.campaign("running"), on.campaign("sent")];
    await remove(stateOf(first, "cancel"), capped);
    expect((await failed(() => remove(stateOf(second, "cancel"), capped))).message).to.contain("hood:maxCancellations");
    await remove(stateOf(sent, "cancel"), capped);
    expect(on.canceled).to.deep.equal([first]);
  });

  const answer = (status: number, more: object = {}): FaultRule => {
    return { match: isEnd, fault: { kind: "status", status, ...more } };
  };
  const waits = { ...answer(429, { retryAfter: 75 }), before: loseMark };
  const unreadable: FaultRule = { match: ({ method }) => method === "GET", fault: { kind: "status", status: 401 } };
  const unseen: FaultRule = {
    match: isEnd,
    fault: { kind: "drop", processed: true },
    before: (hood) => hood.fault(unreadable),
  };
  const AFTER = /^It is unknown whether campaign .* was canceled.*\n.*doesn't say any more that this/;
  const NO_TOKEN =
    /HTTP 401[\s\S]*\nTo remove the resource without canceling the campaign, set deletionPolicy to "abandon"/;
  const STAYS_IN =
    /^It is unknown whether.* its resource stays in the Pulumi state\.\n.*; put a valid token into HOOD_TOKEN \(or hood:/;
  const faults: [what: string, rules: FaultRule[], fails: RegExp | undefined][] = [
    ["loses its mark while the call waits for over a minute", [waits], undefined],
    ["loses its mark when a call may have gone out already", [answer(504), waits], AFTER],
    ["may not be canceled with this token", [answer(401)], NO_TOKEN],
    ["can't be read after a lost answer", [unseen], STAYS_IN],
  ];
  for (const [what, rules, fails] of faults) {
    it(`${fails ? "fails, and can be done again," : "ends without a call"} if the campaign ${what}`, async () => {
      const state = await create();
      for (const rule of rules) on.fault(rule);
      const provider = on.another();
      if (!fails) return expect(await remove(state, provider)).to.contain(UNMARKED);
      expect((await failed(() => remove(state, provider))).message).to.match(fails);
      expect(provider.engine.warnings).to.deep.equal([]);
      await remove(state);
      expect(on.canceled.length).to.be.at.most(1);
    });
  }

  const changes: [status: string, age: number, marks: boolean, ends: boolean][] = [
    ["scheduled", 0, true, true],
    ["running", 0, false, false],
    ["running", 25 * 3_600_000, false, true],
  ];
  for (const [status, age, marks, ends] of changes) {
    it(`${ends ? "cancels" : "doesn't cancel"} a campaign whose policy became "cancel" when it was ${status}, ${age} ms old`, async () => {
      const { deletionPolicy: _, ...kept } = sale;
      const state = await create(kept);
      on.hood.setStatus(live().id, status);
      await on.clock.sleep(age);
      const next = on.another();
      const { outs } = await next.update(live().id, state, sale);
      expect(on.methods.filter((method) => method === "PATCH")).to.have.length(marks ? 1 : 0);
      expect(next.engine.warnings.join()).to.match(
        ends ? /^$/ : /^Hood takes no new mark of campaign .* won't cancel it/,
      );
      expect(await remove(outs)).to.contain(ends ? ENDED : "so another state may have it");
      expect(live().status === "canceled").to.equal(ends);
    });
  }

  for (const status of [401, 403, 503]) {
    it(`fails an update whose policy becomes "cancel" if the mark is answered ${status}, and can be done again`, async () => {
      const { deletionPolicy: _, ...kept } = sale;
      const state = await create(kept);
      let isOn = true;
      const match = ({ method }: { method: string }) => isOn && method === "PATCH";
      on.fault({ match, times: Number.POSITIVE_INFINITY, fault: { kind: "status", status } });
      await failed(() => on.another().update(live().id, state, sale));
      isOn = false;
      const { outs } = await on.another().update(live().id, state, sale);
      expect(await remove(outs)).to.contain(ENDED);
    });
  }

  it("fails if Hood has forgotten the campaign, and nothing else shows whose account it is", async () => {
    const kept = await create({ ...sale, deletionPolicy: "abandon" });
    on.hood.campaigns.clear();
    const end = () => on.another().update(String(kept.campaignId), kept, sale);
    const { createTime: _, ...ageless } = kept;
    for (const act of [end, ...[kept, ageless].map((state) => () => remove({ ...state, deletionPolicy: "cancel" }))]) {
      expect((await failed(act)).message)
        .to.contain("Hood doesn't show")
        .and.contain("in a few minutes");
    }
    await on.clock.sleep(600_000);
    const state = (await end()).outs;
    const { message } = await failed(() => remove(state));
    expect(message).to.contain("check that HOOD_ENDPOINT and HOOD_TOKEN").and.contain("`pulumi state delete`");
    expect(on.canceled).to.deep.equal([]);
  });

  for (const [lists, hours] of [
    ["the list of all campaigns", 72],
    ["a list of the last day", 1],
  ] as const) {
    it(`fails if only ${lists} shows the campaign, however long its own page doesn't`, async () => {
      const state = await create();
      await on.clock.sleep(hours * 3_600_000);
      const fault = { kind: "status", status: 400 } as const;
      on.faultRead(String(state.campaignId), { times: Number.POSITIVE_INFINITY, fault });
      const match = ({ path }: { path: string }) => hours === 1 && path.includes("fields=id,name,status&");
      const change = (body: object) => ({ ...body, total: 0, items: [] });
      on.fault({ match, times: Number.POSITIVE_INFINITY, fault: { kind: "changed", change } });
      const { message } = await failed(() => remove(state));
      expect(message).to.contain("in its list, and not on its own page").and.contain('set deletionPolicy to "abandon"');
      expect(on.canceled).to.deep.equal([]);
    });
  }

  it("fails while the page lags behind a newer state's mark, for either state", async () => {
    const older = await create();
    on.hood.freeze("pages", 480_000);
    const newer = await create();
    expect(newer.campaignId).to.equal(older.campaignId);
    for (const state of [older, newer]) {
      expect((await failed(() => remove(state))).message).to.contain("another one in its list: one of them lags");
    }
    await on.clock.sleep(480_000);
    expect(await remove(older)).to.contain("belongs to a newer state of this resource");
    expect(await remove(newer)).to.contain(ENDED);
  });

  for (const fault of [undefined, { kind: "drop", processed: true } as const]) {
    it(`fails while the page lags behind a launch${fault ? " whose answer was lost" : ""}, and cancels it then`, async () => {
      const draft = await create({ ...sale, draft: true });
      on.hood.freeze("pages", 300_000);
      if (fault) on.fault({ match: ({ method }) => method === "PATCH", times: 2, fault });
      const launch = on.another().update(String(draft.campaignId), draft, sale);
      const { outs } = fault ? { outs: (await failed(() => launch)).partial?.properties ?? {} } : await launch;
      expect((await failed(() => remove(outs))).message).to.contain("doesn't show the last edit");
      await on.clock.sleep(600_000);
      expect(await remove(outs)).to.contain(ENDED);
    });
  }

  const autumn = { ...sale, name: "Autumn sale" };
  /** Another campaign of the stack, which a refresh has found. */
  const another = async (provider: InProcessProvider) => {
    const state = await create(autumn);
    await other(provider).read(String(state.campaignId), state);
    return String(state.campaignId);
  };
  const gone = async (provider: InProcessProvider) => on.hood.campaigns.delete(await another(provider));
  const othersStack = () => create(sale, on.another({ resource: urnOf("Campaign", "x", "prod") }));
  /** What else the operation knows, and the account shows, beside a campaign that it doesn't show. */
  const accounts: [what: string, isProven: boolean, known: (provider: InProcessProvider) => unknown][] = [
    ["another campaign of the stack", true, another],
    ["one that the same operation has made", false, (provider) => on.apply(autumn, other(provider))],
    ["the campaign of a CampaignStatus of the program", false, declareStatus],
    ["another campaign with this resource's mark", true, () => create()],
    ["another stack's campaign", false, othersStack],
    ["none of the stack's", false, gone],
  ];
  for (const [what, isProven, known] of accounts) {
    it(`${isProven ? "ends without a call" : "fails"} if Hood doesn't show the campaign, and the account shows ${what}`, async () => {
      const state = await create();
      await on.clock.sleep(600_000);
      on.hood.campaigns.clear();
      on.campaign("running", { name: "Theirs" });
      const provider = on.another();
      await known(provider);
      const end = remove(state, provider).catch((error) => error.message);
      expect(await end).to.contain(isProven ? "get it back with `pulumi import`" : "known to be this stack's");
      expect(on.canceled).to.deep.equal([]);
    });
  }

  it("fails with all of a stack at another account, one after the other or at once", async () => {
    const states = [await create(), await create({ ...sale, name: "Autumn sale" })];
    await on.clock.sleep(600_000);
    on.hood.campaigns.clear();
    on.campaign("running");
    const provider = on.another();
    for (const state of states) await failed(() => remove(state, provider));
    const again = on.another();
    const ends = await Promise.allSettled(states.map((state) => remove(state, again)));
    expect(ends.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
  });

  it("fails as long as it is unknown what a create of the same resource did", async () => {
    const state = await create();
    live().status = "canceled";
    on.fault({ match: isCreate, fault: { kind: "drop" } });
    const provider = on.another();
    await failed(() => create(sale, provider));
    live().status = "scheduled";
    expect((await failed(() => remove(state, provider))).message).to.contain("Can't remove");
    expect(live().status).to.equal("scheduled");
  });

  it("cancels the campaign if a replacement left it and another one was created", async () => {
    const state = await create();
    const provider = on.another();
    await compare(provider, state);
    expect((await create(sale, provider)).campaignId).to.not.equal(state.campaignId);
    await remove(state, provider);
    expect([...on.hood.campaigns.values()].map(({ status }) => status)).to.deep.equal(["canceled", "scheduled"]);
  });

  it("isn't in the way of a twin in an account that drops metadata, once a refresh has read the campaign", async () => {
    await on.restart({ metadata: "dropped" });
    const state = await create();
    const provider = on.another();
    await provider.read(live().id, state);
    const twin = await create(sale, provider.as({ resource: "twin" }));
    expect(twin.campaignId).to.not.equal(state.campaignId);
  });
});
