import { expect } from "chai";
import { textOf } from "../../provider/hood/mark";
import type { Properties } from "../../provider/hosts/hosted";
import type { FaultRule, SimulatorOptions } from "../../simulator";
import { expectReadable } from "../support/accounts";
import {
  failed,
  hoursAgo,
  type InProcessProvider,
  isCreate,
  isEdit,
  isList,
  isView,
  openInProcess,
  urnOf,
} from "../support/testAccount";

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
  const autumn = { ...sale, name: "Autumn sale" };
  const always = { times: Number.POSITIVE_INFINITY };
  const unlisted = (status: number) => on.fault({ ...always, match: isList, fault: { kind: "status", status } });
  const lostUnlisted: Happened = () => {
    const change = (body: Properties) => ({ ...body, items: [{ ...live(), metadata }] });
    const { metadata } = live();
    on.fault({ ...always, match: isList, fault: { kind: "changed", change } });
    loseMark();
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
    ["has lost its mark, which a list shows still", lostUnlisted, UNMARKED],
    ["is older than another one", () => create(autumn).then(() => {}), ENDED],
    ["a list can't be read of", () => unlisted(400), ENDED],
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

  it("blocks no stack if \"prevent\" couldn't keep a replacement back, since the create didn't find the campaign", async () => {
    const prevented = { ...sale, deletionPolicy: "prevent" };
    const state = await create(prevented, on.another({ resource: "old" }));
    const provider = on.another({ resource: "new" });
    const made = await create(prevented, provider);
    expect(made.campaignId).not.to.equal(state.campaignId);
    expect(await remove(state, provider))
      .to.contain("although its deletionPolicy")
      .and.contain("both go on");
    expect((await failed(() => remove(made, provider))).message).to.contain("isn't removed");
    expect(on.canceled).to.deep.equal([]);
  });

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
    ["is in a list that may not be read", [{ match: isList, fault: { kind: "status", status: 401 } }], NO_TOKEN],
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

  const { deletionPolicy: _, ...others } = sale;
  const nested = { stores: (fields: Properties) => ({ ...fields, metadata: [Object.entries(fields.metadata ?? {})] }) };
  type Since = (state: Properties) => Properties | undefined;
  const is =
    (status: string): Since =>
    () =>
      void on.hood.setStatus(live().id, status);
  const newer: Since = (state) => ({
    ...state,
    __provenance: { ...Object(state.__provenance), record: olderMark.record, mark: textOf(olderMark) },
  });
  const olderMark = { owner: "a".repeat(20), content: "b".repeat(12), record: "c".repeat(16) };
  const UNENDABLE =
    /^Hood takes no new mark of campaign .* won't cancel it.*\nIf it is to end, declare a CampaignCancellation/;
  const [DOUBT, DAY] = ["so another state may have it", 86_400_000];
  /** What the campaign is when its policy becomes "cancel", whether it gets a new mark, what is said, and what a removal says then. */
  const changes: [
    what: string,
    since: Since,
    age: number,
    marks: boolean,
    removal: string,
    account?: SimulatorOptions,
  ][] = [
    ["waits for its time", () => undefined, 0, true, ENDED],
    ["runs", is("running"), 0, false, DOUBT],
    ["has run for exactly a day", is("running"), DAY, false, DOUBT],
    ["has run for more than a day", is("running"), DAY + 3_600_000, false, ENDED],
    ["has lost its mark", unmarked, 0, false, UNMARKED],
    ["has another mark than the state", newer, 0, false, "belongs to a newer state of this resource"],
    ["shows its mark in another form", () => undefined, 0, false, DOUBT, nested],
    ["is of 0.1.0", legacy, 0, false, ANY_STATE],
  ];
  for (const [what, since, age, marks, removal, account] of changes) {
    it(`${removal === ENDED ? "cancels" : "doesn't cancel"} a campaign whose policy became "cancel" when it was one that ${what}`, async () => {
      if (account) await on.restart(account);
      const before = await create(others);
      const state = since(before) ?? before;
      await on.clock.sleep(age);
      on.hood.clearRequests();
      const next = on.another();
      const { outs } = await next.update(live().id, state, sale);
      expect(on.calls).to.have.length(marks ? 1 : 0);
      if (what === "is of 0.1.0") expect(on.sent).to.deep.equal([]);
      expect(next.engine.warnings.join()).to.match(removal === DOUBT ? UNENDABLE : /^$/);
      let kept = outs;
      if (marks) {
        // A create that finds it knows what it was made for, and an edit needs no other mark.
        on.hood.setStatus(live().id, "running");
        expect((await failed(() => create())).message).to.contain("can't be marked as its own now");
        on.hood.setStatus(live().id, "scheduled");
        await on.clock.sleep(60_000);
        on.hood.clearRequests();
        kept = (await on.another().update(live().id, outs, { ...sale, description: "x" })).outs;
        expect(on.methods).to.deep.equal(["GET", "PATCH", "GET"]);
      }
      expect(await remove(kept)).to.contain(removal);
      expect(live().status === "canceled").to.equal(removal === ENDED);
    });
  }

  const marking: [what: string, match: FaultRule["match"], status: number, says?: string][] = [
    ["its mark is answered", isEdit, 401, "HTTP 401"],
    ["its mark is answered", isEdit, 403, "HTTP 403"],
    ["its mark is answered", isEdit, 503, "HTTP 503"],
    ["its mark is answered", isEdit, 400],
    ["its page is answered", isView, 401, "HTTP 401"],
    ["its page is answered", isView, 500, "HTTP 500"],
  ];
  for (const [what, match, status, says] of marking) {
    it(`${says ? "fails an update, which can be done again," : "leaves a campaign alone"} whose policy becomes "cancel" if ${what} ${status}`, async () => {
      const state = await create(others);
      let isOn = true;
      on.fault({ ...always, match: (request) => isOn && match?.(request) === true, fault: { kind: "status", status } });
      const next = on.another();
      const update = () => next.update(live().id, state, sale);
      if (says) expect((await failed(update)).message).to.contain(says);
      const first = says ? undefined : await update();
      isOn = false;
      const { outs } = first ?? (await on.another().update(live().id, state, sale));
      expect(next.engine.warnings.join()).to.match(says ? /^$/ : UNENDABLE);
      expect(await remove(outs)).to.contain(says ? ENDED : DOUBT);
    });
  }

  it("fails if Hood has forgotten the campaign, and nothing else shows whose account it is", async () => {
    const kept = await create({ ...sale, deletionPolicy: "abandon" });
    const gone = live();
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
    // Hood shows it again.
    on.hood.add(gone);
    expect(await remove(state)).to.contain(DOUBT);
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
      const match = ({ path }: { path: string }) =>
        path.includes(hours === 1 ? "fields=id,name,status&" : "-create_time");
      const change = (body: object) => ({ ...body, total: 0, items: [] });
      on.fault({ match, times: Number.POSITIVE_INFINITY, fault: { kind: "changed", change } });
      const { message } = await failed(() => remove(state));
      expect(message).to.contain("in its list, and not on its own page").and.contain('set deletionPolicy to "abandon"');
      expect(on.canceled).to.deep.equal([]);
    });
  }

  it("fails if Hood doesn't show the campaign, and its list of all never stands still", async () => {
    const state = await create();
    await on.clock.sleep(600_000);
    on.hood.campaigns.clear();
    on.hood.add(...Array.from({ length: 501 }, () => ({ create_time: hoursAgo(48) })));
    const match = ({ path }: { path: string }) => path.includes("fields=id,name,status&");
    on.fault({ ...always, match, before: (hood) => hood.add({}) });
    expect((await failed(() => remove(state))).message).to.match(
      /^Nothing shows whether campaign \d+ is there: .* Nothing was sent/,
    );
  });

  it("fails while the page lags behind a newer state's mark, for either state", async () => {
    const older = await create();
    await on.clock.sleep(60_000);
    on.hood.freeze("pages", 480_000);
    const newer = await create();
    expect(newer.campaignId).to.equal(older.campaignId);
    for (const state of [older, newer]) {
      expect((await failed(() => remove(state))).message).to.contain("another one in its list: one of them lags");
    }
    const next = on.another();
    expect((await next.read(String(newer.campaignId), newer)).props).to.deep.equal(newer);
    expect(next.engine.warnings.join()).to.contain("doesn't show the last edit of campaign");
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

  /** Another campaign of the stack, which a refresh has found. */
  const another = async (provider: InProcessProvider) => {
    const state = await create(autumn);
    await other(provider).read(String(state.campaignId), state);
    return String(state.campaignId);
  };
  const gone = async (provider: InProcessProvider) => on.hood.campaigns.delete(await another(provider));
  const moved = () => create(sale, on.another({ resource: "old" }));
  const othersStack = () => create(sale, on.another({ resource: urnOf("Campaign", "x", "prod") }));
  /** What else the operation knows, and the account shows, beside a campaign that it doesn't show. */
  const accounts: [
    what: string,
    isProven: boolean,
    known: (provider: InProcessProvider) => unknown,
    make?: () => Promise<Properties>,
  ][] = [
    ["another campaign of the stack", true, another],
    ["one that the same operation has made", false, (provider) => on.apply(autumn, other(provider))],
    ["the campaign of a CampaignStatus of the program", false, declareStatus],
    ["another campaign with this resource's mark", true, () => create()],
    ["another stack's campaign", false, othersStack],
    ["none of the stack's", false, gone],
    ["none of the stack's, and the state is of 0.1.0", false, gone, async () => legacy(await create())],
    ["one of the resource that it was moved from", true, moved, moved],
  ];
  for (const [what, isProven, known, make = create] of accounts) {
    it(`${isProven ? "ends without a call" : "fails"} if Hood doesn't show the campaign, and the account shows ${what}`, async () => {
      const state = await make();
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
