import { expect } from "chai";
import { markIn, withMark, withoutMark } from "../../provider/hood/mark";
import type { Properties } from "../../provider/hosts/hosted";
import type { Fault, SimulatedCampaign, SimulatorOptions } from "../../simulator";
import { expectReadable } from "../support/accounts";
import { failed, hoursAgo, isCreate, isEdit, openInProcess, urnOf } from "../support/testAccount";

const args = { name: "Spring sale", labels: ["spring", "email"] };
const pair = { metadata: { key: "team", value: "crm" } };
const ends = { deletionPolicy: "cancel", scheduledTime: "2099-12-01T09:00:00Z" };
const policy = { deletionPolicy: "cancel" };
const late = { labels: ["late"] };
const started = { runImmediately: true };
const launch = { ...args, run_immediately: true, status: "running" };
const dropped: SimulatorOptions = { metadata: "dropped" };

/** What an update left that was killed after its create, and what the next update finds and does. */
interface Row {
  readonly account?: SimulatorOptions;
  /** Who made it. @default the resource itself */
  readonly by?: string | null;
  /** Arguments beside the usual ones, at first. */
  readonly declared?: object;
  /** What happened since. */
  readonly since?: (campaign: SimulatedCampaign) => void;
  /** The arguments now, if they are others. */
  readonly now?: object;
  /** What the account does to the edit that takes it over. */
  readonly fault?: Fault;
  /** What the edit that takes it over changes beside the mark. */
  readonly edit?: object;
  /** No edit takes it over. */
  readonly isLeft?: true;
}
type Outcome = "is taken over" | "stays beside a new one" | RegExp;
const [TAKEN, BESIDE] = ["is taken over", "stays beside a new one"] as const;

describe("a campaign that an interrupted update created", () => {
  const on = openInProcess({ type: "Campaign" });
  /** With another moment in its mark. */
  const marked = (campaign: SimulatedCampaign, moment: number) => {
    const mark = markIn(campaign.metadata);
    if (mark) campaign.metadata = { ...(campaign.metadata as object), ...withMark({}, { ...mark, moment }) };
  };
  const old = (hours: number) => (campaign: SimulatedCampaign) => {
    campaign.create_time = hoursAgo(hours);
    marked(campaign, Date.parse(`${campaign.create_time}Z`));
  };
  const duplicated = (campaign: SimulatedCampaign, more: Partial<SimulatedCampaign> = {}) =>
    void on.hood.add({ ...structuredClone(campaign), id: "77", name: "Ana's sale", ...more });
  const become = (status: string) => (campaign: SimulatedCampaign) => void on.hood.setStatus(campaign.id, status);
  let ahead = 0;
  beforeEach(() => {
    ahead = 0;
  });
  const clock = (by: number) => ({ now: () => on.clock.now() + by * 3_600_000 });
  const cancel = become("canceled");
  const canceledAnd = (more: Partial<SimulatedCampaign>) => (campaign: SimulatedCampaign) => {
    duplicated(campaign, more);
    cancel(campaign);
  };
  const since = (fields: object) => ({ since: (campaign: SimulatedCampaign) => void Object.assign(campaign, fields) });
  const hourLater = { create_time: hoursAgo(-1) };
  const asIso = { create_time: `${hoursAgo(25).replace(" ", "T")}Z` };
  const forWeb = (fields: Properties) => ({ ...fields, name: String(fields.name).replace("&", "&amp;") });
  const listing = {
    stores: (fields: Properties) => ({ ...fields, metadata: [Object.entries(fields.metadata ?? {})] }),
  };
  const ancient = (campaign: SimulatedCampaign) => {
    campaign.create_time = hoursAgo(400 * 24);
    on.hood.add(...Array.from({ length: 120 }, () => ({ create_time: hoursAgo(30 * 24) })));
  };
  const twin = (campaign: SimulatedCampaign) => void on.hood.add({ ...campaign, id: "77" });
  const OTHERS = /with other arguments, and takes no edits now\.\n[\s\S]*give this resource another name/;
  const UNMARKED = /was made for this resource, and can't be marked as its own now.*\n.*pause it in Hood and run/;
  const DECIDING =
    /can't be marked as its own now.*\nTo keep it, import it \(with the plugin\)\. To have another campaign, give this/;
  const NESTED = /can't be marked as its own: Hood shows the mark in its metadata in another form.*\n.*import it/;
  const UNKNOWN_EDIT =
    /^It is unknown whether campaign \d+ .* was edited: .*no entry for it yet\.\nCan't edit campaign \d+: [\s\S]*it reads the campaign first, takes it over/;
  const UNKNOWN_MARK = /^It is unknown whether campaign \d+ .* was edited: [\s\S]*in 60 s no read showed the new mark/;
  const COPIED =
    /has the mark of this resource in its metadata, and it may be a duplicate.* much later .*\n.*import it.*take the mark out/;
  const REJECTED =
    /was made for this resource, and couldn't be taken over\. Can't edit campaign \d+: HTTP 400 .*\nSee Hood's words.*\nTo keep it, import it/;
  const UNCLEAR = /may have made campaign \d+ .*, created 2026-06-01 12:00 UTC\), and nothing shows who did/;
  const BY_HAND = /can't be launched: somebody has set audience_cap in Hood/;
  const NO_DRAFT = /couldn't be taken over\. draft can't be put on campaign "Spring sale" again/;
  const UNREAD = /can't be read yet: nothing was sent\. Run `pulumi up` again in a minute/;
  const TIMELESS = /campaign \d+ "Spring sale" \(manual\) was made for this resource, and Hood doesn't say when/;
  const TWO = /campaign 77 "Spring sale" .*, campaign \d+ "Spring sale" .* were all made for this resource/;
  const PREVENTED = /its deletionPolicy "prevent" keeps it from being replaced/;
  const [drop, lost]: Fault[] = [{ kind: "drop" }, { kind: "drop", processed: true }];
  const answer = (status: number): Fault => ({ kind: "status", status });
  const startedAndEnds = { declared: { ...started, ...policy } };
  const described = { description: "x", metadata: { team: "crm" } };
  const withoutThose = { description: null, labels: ["late"], metadata: { team: null } };
  const vips = { targeting: { segments: ["vip"] } };
  const more = { targeting: { segments: ["vip"], countries: ["AT"] } };
  const paused = { ...started, description: "x" };
  const draft = { draft: true };
  const launched = { declared: draft, now: started, edit: launch };

  const rows: [what: string, outcome: Outcome, row: Row][] = [
    ["as it was declared", TAKEN, {}],
    ["that starts at once", TAKEN, { declared: started, isLeft: true }],
    ["that starts at once, and that a removal cancels", UNMARKED, startedAndEnds],
    [
      "that waits for a decision, and that a removal cancels",
      DECIDING,
      { ...startedAndEnds, since: become("needs_decision") },
    ],
    ["as it runs, with another policy", OTHERS, { declared: started, now: { ...started, ...policy } }],
    ["with metadata", TAKEN, { declared: { metadata: { team: "crm" } } }],
    [
      "on an account that stores values in a way of its own",
      TAKEN,
      { account: { stores: restyled }, declared: { description: " A  b ", metadata: { Team: "CRM" } } },
    ],
    ["on an account that keeps one pair of metadata", TAKEN, { account: { metadata: "pair" } }],
    ["on an account that rejects other keys", TAKEN, { account: { metadata: "pairOnly" } }],
    ["on an account whose clock is an hour ahead", TAKEN, { account: clock(1) }],
    [
      "on an account whose answers say since then that it is a day later",
      TAKEN,
      {
        account: { now: () => on.clock.now() + ahead },
        since: () => {
          ahead = 25 * 3_600_000;
        },
      },
    ],
    ["on an account whose clock is an hour behind", TAKEN, { account: clock(-1) }],
    ["on an account that keeps the mark of the create for ever", UNKNOWN_MARK, { fault: answer(204) }],
    ["before the program declared what the account doesn't show", TAKEN, { now: vips, edit: vips }],
    [
      "with more inside a field than the program declares now",
      TAKEN,
      { declared: more, now: vips, edit: { targeting: { countries: null } } },
    ],
    ["not quite a day ago", TAKEN, { since: old(23.9) }],
    ["more than a day ago", BESIDE, { since: old(24.1) }],
    ["more than a day ago, as ISO 8601 says it", BESIDE, since(asIso)],
    ["and that was canceled", BESIDE, { since: cancel }],
    ["as an earlier version marked it", TAKEN, { since: (campaign) => marked(campaign, 0) }],
    ["and somebody duplicated", TAKEN, { since: (campaign) => duplicated(campaign, hourLater) }],
    ["and that was canceled, once somebody has duplicated it", BESIDE, { since: canceledAnd(hourLater) }],
    ["and that was canceled, once somebody has duplicated it at once", COPIED, { since: canceledAnd({}) }],
    ["of which only a duplicate is left", COPIED, since(hourLater)],
    [
      "a month ago, of which there is a duplicate",
      BESIDE,
      { since: (campaign) => marked(campaign, on.clock.now() - 30 * 86_400_000) },
    ],
    ["for another resource of the stack", BESIDE, { by: "twin" }],
    ["for this resource of another stack", BESIDE, { by: urnOf("Campaign", "Spring sale", "prod::unit") }],
    ["with other arguments", TAKEN, { declared: described, now: late, edit: withoutThose }],
    ["that wasn't to start", TAKEN, { now: started, edit: { run_immediately: true } }],
    [
      "and that somebody has paused",
      TAKEN,
      { declared: started, since: become("paused"), now: paused, edit: { description: "x" } },
    ],
    ...["running", "sent", "needs_decision"].map((status): (typeof rows)[number] => {
      return [`with other arguments, which is ${status}`, OTHERS, { since: become(status), now: late }];
    }),
    [
      "as it runs, with a policy that it would have had anyway",
      TAKEN,
      { declared: { ...started, deletionPolicy: "abandon" }, now: started, isLeft: true },
    ],
    ["as a draft with other arguments", TAKEN, { declared: draft, now: { ...draft, ...late }, edit: late }],
    ["as a draft that is to start now", TAKEN, launched],
    ["as a draft that is to start now, by an edit that gets no answer", TAKEN, { ...launched, fault: lost }],
    [
      "as a draft that is to start now, and that holds what nobody declares",
      BY_HAND,
      { declared: draft, now: started, ...since({ audience_cap: 5 }) },
    ],
    ["whose new mark's edit gets no answer", TAKEN, { declared: ends, fault: lost }],
    ["whose edit gets lost", UNKNOWN_EDIT, { now: late, fault: drop }],
    ["whose new mark gets lost", UNKNOWN_EDIT, { declared: ends, fault: drop }],
    ["whose new mark Hood rejects", REJECTED, { declared: ends, fault: answer(400) }],
    ["on an account that shows metadata as lists", TAKEN, { account: listing, isLeft: true }],
    ["as lists show it, which a removal cancels", NESTED, { account: listing, declared: ends }],
    ["as lists show it, with other arguments", NESTED, { account: listing, now: late }],
    ["which is to be a draft now", NO_DRAFT, { now: draft }],
    ["with other arguments, whose page can't be read yet", UNREAD, { account: { pageLag: 6_000 }, now: late }],
    ["at a time that Hood doesn't tell", TIMELESS, since({ create_time: null })],
    ["beside another one for this resource", TWO, { since: twin }],
    [
      "and that can't be removed, however long ago",
      PREVENTED,
      { declared: { deletionPolicy: "prevent" }, since: ancient },
    ],
    ["on an account that drops metadata", UNCLEAR, { account: dropped, ...since({ name: " spring  SALE " }) }],
    ["on an account that keeps the program's pair", UNCLEAR, { account: { metadata: "pair" }, declared: pair }],
    ["on an account that rejects a pair beside it", UNCLEAR, { account: { metadata: "pairOnly" }, declared: pair }],
    ["through a host that isn't told which resource it serves", UNCLEAR, { by: null }],
    [
      "under a name that the account writes for a web page",
      UNCLEAR,
      { account: { ...dropped, stores: forWeb }, declared: { name: "Spring & sale" } },
    ],
    ["under another name, by nobody knows whom", BESIDE, { account: dropped, ...since({ name: "Autumn sale" }) }],
    ["more than a day ago, by nobody knows whom", BESIDE, { account: dropped, since: old(25) }],
    ["and that was canceled, by nobody knows whom", BESIDE, { account: dropped, since: cancel }],
  ];
  for (const [what, outcome, { account, by, declared, since, now, fault, edit = {}, isLeft }] of rows) {
    it(`${what}: ${outcome instanceof RegExp ? "the create fails in words, and creates nothing" : `it ${outcome}`}`, async () => {
      if (account) await on.restart(account);
      const { id } = await on.apply({ ...args, ...declared }, on.another({ resource: by }));
      since?.(on.hood.campaign(id));
      on.hood.clearRequests();
      if (fault) on.fault({ match: isEdit, fault });
      const next = on.another(by === null ? { resource: null } : {});
      const create = () => on.apply({ ...args, ...(now ?? declared) }, next);
      if (outcome instanceof RegExp) {
        const { message } = await failed(create);
        expect(message).to.match(outcome);
        const told = next.engine.warnings.join();
        if (told && !fault && !account?.pageLag) expect(told).to.equal(`\`pulumi up\` would fail: ${message}`);
        return expect(on.calls).to.have.length(fault ? 1 : 0);
      }
      const created = await create();
      const { warnings } = next.engine;
      for (const warning of warnings) expectReadable(warning);
      if (outcome === "stays beside a new one") {
        expect(created.id).to.not.equal(id);
        return expect(warnings).to.deep.equal([]);
      }
      expect(created.id).to.equal(id);
      expect(warnings.join()).to.contain(`campaign ${id} `).and.contain("now manages it, and no second one");
      expect(on.methods).to.not.contain("POST");
      // One call takes it over, so that whoever finds the new mark knows that all of it was done.
      const changed = on.bodies.map(({ metadata, ...others }) => {
        expect(markIn(metadata)).to.not.equal(undefined);
        const own = withoutMark(metadata);
        return { ...others, ...(Object.keys(own as object).length > 0 && { metadata: own }) };
      });
      expect(changed).to.deep.equal(isLeft ? [] : [edit]);
    });
  }

  it("appears only in the next update, and is taken over then", async () => {
    on.fault({ match: isCreate, fault: { kind: "status", status: 504, processed: 90_000 } });
    await failed(() => on.apply(args));
    await on.clock.sleep(30_000);
    const { id } = await on.apply(args, on.another());
    expect([...on.hood.campaigns.keys()]).to.deep.equal([id]);
    expect(on.methods.filter((method) => method === "POST")).to.have.length(1);
  });

  it("is taken over though its time has passed meanwhile, which fails a new one", async () => {
    const timed = { ...args, scheduledTime: "2026-06-01T13:00:00Z" };
    const { id } = await on.apply(timed);
    await on.clock.sleep(2 * 3_600_000);
    const next = on.another();
    expect((await next.check(undefined, timed)).failures).to.deep.equal([]);
    expect((await on.apply(timed, next)).id).to.equal(id);
    const [failure] = (await on.another({ resource: "other" }).check(undefined, timed)).failures ?? [];
    expect(failure?.reason).to.contain("has passed");
  });

  describe("where nothing shows who made a campaign,", () => {
    const hosts: [what: string, options: SimulatorOptions, declared: object, resource?: null][] = [
      ["on an account that drops metadata", dropped, {}],
      ["on an account that keeps the program's pair only", { metadata: "pair" }, pair],
      ["on an account that rejects a second pair", { metadata: "pairOnly" }, pair],
      ["through a host that isn't told which resource it serves", {}, {}, null],
    ];
    for (const [what, options, declared, resource] of hosts) {
      it(`doesn't stop the second of two alike in one update, ${what}`, async () => {
        await on.restart(options);
        for (const twin of ["one", "two"]) {
          await on.apply({ ...args, ...declared }, on.provider.as({ resource: resource === null ? null : twin }));
        }
        expect(on.hood.campaigns.size).to.equal(2);
      });
    }

    it("ends the update without knowing when an answer is lost, and the next one sends nothing", async () => {
      await on.restart(dropped);
      on.fault({ match: isCreate, fault: { kind: "drop", processed: true } });
      expect((await failed(() => on.apply(args))).message).to.match(/^It is unknown whether/);
      await failed(() => on.apply(args, on.another()));
      expect(on.hood.campaigns.size).to.equal(1);
    });

    it("stops beside more metadata than the account was seen to give a mark back with", async () => {
      const metadata = { team: "crm", market: "eu" };
      const keeps = (fields: Properties) => Object.keys(fields.metadata ?? {}).length <= 2;
      await on.restart({ stores: (fields) => (keeps(fields) ? fields : { ...fields, metadata }) });
      await on.apply({ name: "Autumn sale", metadata: { team: "crm" } });
      await on.apply({ ...args, metadata });
      on.hood.clearRequests();
      await failed(() => on.apply({ ...args, metadata }, on.another()));
      expect(on.calls).to.deep.equal([]);
    });

    it("stops beside all but what was made between two creates that marks were given back of", async () => {
      const next = (name: string) => on.apply({ name }, on.another());
      await next("Autumn sale");
      await on.clock.sleep(60_000);
      on.hood.add({ name: args.name, status: "manual" });
      await failed(() => next(args.name));
      await on.clock.sleep(60_000);
      await next("Winter sale");
      await next(args.name);
      expect(on.hood.campaigns.size).to.equal(4);
    });
  });

  describe("which two could have,", () => {
    const timed = { name: "Shared sale", scheduledTime: "2099-12-01T09:00:00Z" };
    const expectWarning = (warning: string | undefined, ...parts: string[]) => {
      for (const part of parts) expect(warning).to.contain(part);
      expectReadable(warning ?? "");
    };

    it("is named by a preview, with a way to get another one", async () => {
      const { id } = await on.apply(timed);
      const next = on.another();
      await next.check(undefined, timed);
      const about = `campaign ${id} "Shared sale" (scheduled, created 2026-06-01 12:00 UTC)`;
      expectWarning(next.engine.warnings[0], about, "`pulumi up` takes it over", "give this resource another name");
      expect(next.engine.warnings).to.have.length(1);
    });

    it("stays with a resource that was renamed with an alias, as soon as that one is compared", async () => {
      const kept = await on.apply(timed);
      const next = on.another();
      on.faultRead(kept.id, { before: () => void on.preview(kept, { name: "Another name in the program" }, next) });
      expect((await on.apply(timed, next)).id).to.not.equal(kept.id);
      expect(on.hood.campaigns.size).to.equal(2);
      expect(next.engine.warnings).to.have.length(1);
    });

    it("is told of once two resources of the program have it", async () => {
      const kept = await on.apply(timed);
      const next = on.another();
      await on.apply(timed, next);
      const { warnings } = await on.preview(kept, {}, next);
      expectWarning(warnings.at(-1), `Two resources of this program have campaign ${kept.id} "Shared sale"`);
    });

    const taken: [what: string, resource: string, says: string][] = [
      ["a resource under its name before", "renamed", 'Another state has taken over campaign 1000248 "Shared sale"'],
      ["an update of its own resource, or its twin", timed.name, "`pulumi state delete` and then `pulumi up` take it"],
    ];
    for (const [what, resource, says] of taken) {
      it(`is told of by a refresh once ${what} has taken it over`, async () => {
        const kept = await on.apply(timed);
        await on.apply(timed, on.another());
        const next = on.another({ resource });
        await on.clock.sleep(60_000);
        expect((await on.refreshed(kept, next)).outs).to.deep.equal(kept.outs);
        expectWarning(next.engine.warnings[0], says);
      });
    }
  });
});

/** As servers do: blanks trimmed and folded, keys and values in other letters. */
function restyled(fields: Properties): Properties {
  const styled = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(/\s+/g, " ").trim().toUpperCase();
    if (Array.isArray(value)) return value.map(styled);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toUpperCase(), styled(inner)]));
  };
  const restyles = ["name", "description", "labels", "metadata"];
  const styledFields = Object.entries(fields).map(([name, value]) => [
    name,
    restyles.includes(name) ? styled(value) : value,
  ]);
  return Object.fromEntries(styledFields);
}
