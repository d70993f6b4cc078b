import { hashOf, hashOfContent, newRecord, textOf } from "../../provider/hood/mark";
import type { Fault, SimulatedCampaign, Simulator } from "../../simulator";
import type { Stored } from "../model/engine";
import { type Program, TOKEN, type World } from "./world";

/** One step: the program is edited and applied, or refreshed, or something else happens. */
export type Step =
  | { readonly up: Program }
  | { readonly refresh: Program }
  | { readonly act: (world: World) => void | Promise<void> };

/** What a stack goes through, without any fault. */
export interface Story {
  readonly campaigns: readonly Partial<SimulatedCampaign>[];
  readonly steps: readonly Step[];
  /** What another stack declares; the same if it isn't given. */
  readonly theirs?: Program;
  /** The last step fails by what the program says itself, with these words. */
  readonly fails?: RegExp;
  /** Each update warns of what somebody has changed for good, and reads it for that. */
  readonly warns?: true;
  /** Settings other than the usual ones. */
  readonly config?: Readonly<Record<string, string>>;
}

const ID = "1000248";
const running = { id: ID, name: "Spring sale", status: "running" };
const scheduled = { id: ID, name: "Spring sale", status: "scheduled", scheduled_time: "2099-12-01 09:00:00" };

const cancellation = (more: object = {}): Program => ({
  "CampaignCancellation spring": { campaignId: ID, reason: "Budget cut", ...more },
});
const status = (status: string, more: object = {}): Program => ({
  "CampaignStatus spring": { campaignId: ID, status, reason: "Stock is short", ...more },
});
/** So many that they are read from lists. */
const guarded: Program = Object.fromEntries(
  ["1", "2", "3", "4"].map((campaignId) => {
    const args = { campaignId, reason: "Budget cut", expectedName: "Spring sale" };
    return [`CampaignCancellation ${campaignId}`, args];
  }),
);
const TIME = "2099-12-01T09:00:00Z";
const autumn = { name: "Autumn sale", description: "Leaves", scheduledTime: TIME };
const campaign = (more: object = {}): Program => ({ "Campaign autumn": { ...autumn, ...more } });
const ending = campaign({ deletionPolicy: "cancel" });
const spring: Program = {
  "Campaign spring": { name: "Spring sale", description: "Flowers", scheduledTime: TIME, deletionPolicy: "cancel" },
};
const snow = { name: "Winter sale", scheduledTime: TIME, deletionPolicy: "cancel" };
const winter: Program = { "Campaign winter": snow };
const flash: Program = { "Campaign flash": { name: "Flash sale", runImmediately: true } };
const flashEnding: Program = {
  "Campaign flash": { name: "Flash sale", runImmediately: true, deletionPolicy: "cancel" },
};

/** A command that is killed when Hood has created the campaign: nothing of it is in the state. */
const lose = (program: Program): Step => ({
  act: async (world) => {
    await world.operate("up", program);
    world.stateOf("dev").clear();
  },
});
/** A replacement: without an older state at hand, a create; then a process that knows of no newer state removes the older one. */
const replace = (programs: Program | readonly Program[], next = [programs].flat()[0] as Program): Step[] => {
  let older: ReadonlyMap<string, Stored> = new Map();
  return [
    ...[programs].flat().map((up) => ({ up })),
    {
      act: ({ stateOf }) => {
        older = new Map(stateOf("dev"));
        stateOf("dev").clear();
      },
    },
    { up: next },
    {
      act: async (world) => {
        const state = world.stateOf("dev");
        if (state.size > 0) return world.removeOlder(next, older);
        // What wasn't replaced stays.
        for (const [name, stored] of older) state.set(name, stored);
      },
    },
  ];
};
const renamed: Step = {
  act: ({ target, hood }) => {
    if (target) hood.campaign(target.id).name = "Winter sale";
  },
};

/** For so long, campaigns' own pages show nothing new. @param minutes an hour by default */
const pagesLag = (minutes = 60): Step => ({ act: ({ hood }) => hood.freeze("pages", minutes * 60_000) });
/** A command whose calls go wrong, and that can read nothing any more after the last one. */
const failing = async (world: World, program: Program, calls: readonly Fault[], method = "POST") => {
  let isOver = false;
  const of = (wanted: string) => ({
    match: ({ method }: { readonly method: string }) => method === wanted && !isOver,
  });
  const refuse = (hood: Simulator) =>
    hood.fault({ ...of("GET"), times: Number.POSITIVE_INFINITY, fault: { kind: "status", status: 401 } });
  for (const fault of calls) {
    world.hood.fault({ ...of(method), fault, ...(fault === calls.at(-1) && { before: refuse }) });
  }
  await world.operate("up", program);
  isOver = true;
};
/** A command whose call gets no answer. Then something happens to the campaign. */
const unfinished = (program: Program, then: (world: World) => void): Step => ({
  act: async (world) => {
    await failing(world, program, [{ kind: "drop" }]);
    if (world.stateOf("dev").size > 0) then(world);
  },
});
const sent = ({ hood }: World) => hood.setStatus(ID, "sent");
const forgotten = ({ hood }: World) => hood.campaigns.delete(ID);

/** A refresh with the token of another account, which hasn't the campaign, if a status is unfinished. */
const refreshedElsewhere = (program: Program): Step => ({
  act: async (world) => {
    if (![...world.stateOf("dev").values()].some(({ outputs }) => outputs.currentStatus === undefined)) return;
    const { campaigns } = world.hood;
    const own = campaigns.get(ID);
    campaigns.delete(ID);
    await world.operate("refresh", program);
    if (own) campaigns.set(ID, own);
  },
});

/** Another program creates a campaign, and the account shows its mark. */
const someonesMark: Step = {
  act: ({ hood }) => {
    const value = textOf({ owner: hashOf("another"), content: hashOfContent({}), record: newRecord() });
    hood.add({ name: "Winter sale", status: "manual", metadata: { key: "pulumi", value } });
  },
};

/** `pulumi import`, again if it failed. */
const imported = (name: string): Step => ({
  act: async (world) => {
    for (let attempts = 0; attempts < 3 && world.stateOf("dev").size === 0; attempts++) await world.import(name, ID);
  },
});

/** Hood shows what the stack has made no more. */
const forgetting: Step = { act: ({ target, hood }) => void hood.campaigns.delete(target?.id ?? "") };

/** Somebody chooses other recipients. */
const targeted: Step = {
  act: ({ target, hood }) => {
    if (target) hood.campaign(target.id).targeting = { segments: ["vip"] };
  },
};

/** Somebody duplicates what the stack has made, an hour later: Hood copies its metadata too. */
const duplicated: Step = {
  act: async (world) => {
    await world.clock.sleep(3_600_000);
    const original = structuredClone(world.target ?? {}) as SimulatedCampaign;
    const { id: _, create_time: __, update_time: ___, ...copy } = original;
    world.hood.add({ ...copy, name: "Ana's sale" });
  },
};

/** Somebody takes an edit back. */
const reverted: Step = {
  act: ({ target, hood }) => void (target && Object.assign(hood.campaign(target.id), { description: "Leaves" })),
};

/** A refresh has found what the campaign is like now, unless its page failed: a list doesn't tell. */
const seen: Step = {
  act: ({ target, stateOf, done, sent }) => {
    if (sent.filter(({ by }) => by === done.at(-1)?.operation).length > 1) return;
    const [stored] = stateOf("dev").values();
    const [is, was] = [stored?.outputs.description, target?.description].map((text) => String(text).toLowerCase());
    if (is !== was) throw new Error(`the state says "${is}", and Hood "${was}"`);
  },
};

/** A removal with the token of another account, which has campaigns of others alone. */
const removedElsewhere: Step = {
  act: async (world) => {
    const { campaigns } = world.hood;
    const own = [...campaigns.values()].filter(({ name }) => name !== "Theirs");
    for (const { id } of own) campaigns.delete(id);
    const { result } = await world.operate("up", {});
    if (result.failures.length === 0) throw new Error("nothing proves that it was the campaign's own account");
    for (const one of own) campaigns.set(one.id, one);
  },
};

/** Later than what was created a short time ago. */
const later: Step = { act: ({ clock }) => clock.sleep(1_200_000) };
/** Somebody renames a campaign, and no list shows it for an hour. */
const renamedBehindLists = (id: string): Step => ({
  act: async ({ hood }) => {
    hood.freeze("lists", 3_600_000);
    const body = async () => JSON.stringify({ name: "Winter sale" });
    const renaming = { method: "PATCH", path: `/v1/hood/campaigns/${id}`, authorization: `Bearer ${TOKEN}`, body };
    await hood.handle(renaming, Promise.resolve());
  },
});

const told: Readonly<Record<string, Story>> = {
  "a cancellation": { campaigns: [running], steps: [{ up: cancellation({ expectedName: "Spring sale" }) }] },
  "cancellations by name, with lists that lag behind a new name": {
    campaigns: ["1", "2", "3", "4"].map((id) => ({ ...scheduled, id })),
    steps: [renamedBehindLists("4"), { up: guarded }],
    fails: /Campaign 4 is called "Winter sale"/,
  },
  "a cancellation by a status": { campaigns: [running], steps: [{ up: status("canceled") }] },
  "a pause and a resume": { campaigns: [running], steps: [{ up: status("paused") }, { up: status("running") }] },
  "a pause and an end": { campaigns: [running], steps: [{ up: status("paused") }, { up: status("canceled") }] },
  "another time": {
    campaigns: [scheduled],
    steps: [{ up: status("scheduled", { scheduledTime: "2099-12-24T09:00:00Z" }) }],
  },
  "an unfinished cancellation of what is sent then": {
    campaigns: [running],
    steps: [unfinished(cancellation(), sent), { up: cancellation({ expectedName: "Spring sale" }) }],
    warns: true,
  },
  "an unfinished cancellation of what Hood forgets then": {
    campaigns: [running],
    steps: [unfinished(cancellation(), forgotten), { up: cancellation({ expectedName: "Spring sale" }) }],
    warns: true,
  },
  "an unfinished pause of what Hood forgets then": {
    campaigns: [running],
    steps: [unfinished(status("paused"), forgotten), { up: status("paused") }],
    warns: true,
  },
  "an unfinished end that a refresh at another account can't see": {
    campaigns: [running],
    steps: [
      unfinished(status("canceled"), () => {}),
      refreshedElsewhere(status("canceled")),
      { up: status("canceled") },
    ],
  },
  "a create": { campaigns: [], steps: [{ up: campaign() }] },
  "a create of what runs at once": { campaigns: [], steps: [{ up: flash }] },
  "two creates alike": { campaigns: [], steps: [{ up: { ...campaign(), "Campaign twin": autumn } }] },
  "an edit": { campaigns: [], steps: [{ up: campaign() }, { up: campaign({ description: "More leaves" }) }] },
  "an edit while pages lag, and which somebody takes back later": {
    campaigns: [],
    steps: [
      { up: campaign() },
      pagesLag(1.5),
      { up: campaign({ description: "More leaves" }) },
      later,
      reverted,
      { refresh: campaign({ description: "More leaves" }) },
      seen,
      { up: {} },
    ],
  },
  "an edit of unknown effect, which the program takes back": {
    campaigns: [],
    steps: [
      { up: campaign() },
      {
        act: (world) =>
          failing(world, campaign({ description: "More leaves" }), [{ kind: "drop", processed: true }], "PATCH"),
      },
      { up: campaign() },
    ],
  },
  "a launch": { campaigns: [], steps: [{ up: campaign({ draft: true }) }, { up: campaign() }] },
  "a launch of a draft that somebody has changed beyond the program": {
    campaigns: [],
    steps: [{ up: campaign({ draft: true }) }, targeted, { up: campaign() }],
    fails: /somebody has set targeting in Hood/,
  },
  "an edit and a removal in one update": {
    campaigns: [],
    steps: [{ up: { ...campaign(), ...winter } }, { up: campaign({ description: "More leaves" }) }],
  },
  "another name in the program": { campaigns: [], steps: [{ up: winter }, { up: { "Campaign other": snow } }] },
  "an edit of what was canceled in Hood": {
    campaigns: [],
    steps: [
      { up: campaign() },
      { act: ({ target, hood }) => target && hood.setStatus(target.id, "canceled") },
      { up: campaign({ description: "More leaves" }) },
    ],
    fails: /takes no edits: its status is "canceled"/,
  },
  "a pause of what the program created": {
    campaigns: [],
    steps: [{ up: flash }, { up: { ...flash, ...status("paused") } }],
  },
  "a cancellation of what the program created, and a removal of both": {
    campaigns: [],
    steps: [{ up: winter }, { up: { ...winter, ...cancellation() } }, { up: {} }],
  },
  "a launch and its cancellation in one update": {
    campaigns: [{ ...scheduled, description: "Flowers", status: "draft" }],
    steps: [imported("Campaign spring"), { up: { ...spring, ...cancellation({ whenNotCancelable: "accept" }) } }],
    theirs: winter,
  },
  "a removal of a cancellation and of a status": {
    campaigns: [running, { ...running, id: "1000249" }],
    steps: [{ up: { ...cancellation(), ...status("paused", { campaignId: "1000249" }) } }, { up: {} }],
  },
  'a removal with "abandon"': { campaigns: [], steps: [{ up: campaign() }, { up: {} }] },
  'a removal with "cancel"': { campaigns: [], steps: [{ up: campaign({ deletionPolicy: "cancel" }) }, { up: {} }] },
  'a removal with "cancel" of what Hood has forgotten': {
    campaigns: [running],
    steps: [{ up: ending }, later, forgetting, { up: {} }],
  },
  'a removal with "cancel" at another account, and then at its own': {
    campaigns: [{ ...running, name: "Theirs" }],
    steps: [{ up: ending }, later, removedElsewhere, { up: {} }],
  },
  'a removal with "prevent"': {
    campaigns: [],
    steps: [{ up: campaign({ deletionPolicy: "prevent" }) }, { up: {} }],
    fails: /isn't removed, since its deletionPolicy is "prevent"/,
  },
  "a refresh while pages lag behind a create": {
    campaigns: [],
    steps: [
      pagesLag(),
      { up: campaign() },
      { refresh: campaign() },
      later,
      { refresh: campaign() },
      { up: campaign() },
    ],
  },
  "a refresh after an edit by hand": {
    campaigns: [],
    steps: [{ up: campaign() }, renamed, { refresh: campaign() }, { up: campaign() }],
  },
  "another policy of what somebody has edited, and Hood has forgotten": {
    campaigns: [running],
    steps: [
      { up: campaign() },
      renamed,
      { refresh: campaign() },
      later,
      forgetting,
      { up: campaign({ deletionPolicy: "prevent" }) },
    ],
    warns: true,
  },
  "a cancellation beside what can't be put right": {
    campaigns: [running],
    steps: [
      { up: campaign() },
      renamed,
      { act: ({ target, hood }) => target && hood.setStatus(target.id, "sent") },
      { refresh: campaign() },
      { up: { ...campaign(), ...cancellation() } },
    ],
    warns: true,
  },
  "a refresh that finds a canceled campaign running": {
    campaigns: [running],
    steps: [
      { up: cancellation() },
      {
        act: async ({ hood, clock }) => {
          await clock.sleep(60_000);
          hood.setStatus(ID, "running");
        },
      },
      { refresh: cancellation() },
      { up: cancellation() },
    ],
  },
  "a create after one that was rejected, and whose answer without a mark was lost": {
    campaigns: [],
    steps: [
      {
        act: (world) =>
          failing(world, campaign(), [
            { kind: "status", status: 400 },
            { kind: "drop", processed: true },
          ]),
      },
      someonesMark,
      { up: campaign() },
    ],
    fails: /an interrupted update may have made campaign/,
  },
  "an adoption": { campaigns: [], steps: [lose(campaign()), { up: campaign({ description: "More leaves" }) }] },
  "an adoption of a draft, which it launches": {
    campaigns: [],
    steps: [lose({ "Campaign flash": { name: "Flash sale", draft: true } }), { up: flash }],
  },
  "an adoption of what runs": { campaigns: [], steps: [lose(flash), { up: flash }] },
  "an adoption of what ran until somebody paused it, and its end": {
    campaigns: [],
    steps: [
      lose(flashEnding),
      { act: ({ target, hood }) => void (target && hood.setStatus(target.id, "paused")) },
      { up: flashEnding },
      { up: {} },
    ],
  },
  "an adoption beside a duplicate": { campaigns: [], steps: [lose(campaign()), duplicated, { up: campaign() }] },
  "a create beside a duplicate of what was canceled": {
    campaigns: [],
    steps: [{ up: ending }, duplicated, { up: {} }, { up: ending }],
  },
  "a replacement": { campaigns: [], steps: replace(ending) },
  'a replacement by what declares "abandon"': { campaigns: [], steps: replace(ending, campaign()) },
  'a replacement by what declares "prevent"': {
    campaigns: [],
    steps: replace(ending, campaign({ deletionPolicy: "prevent" })),
  },
  "a replacement by what declares other content": {
    campaigns: [],
    steps: replace(ending, campaign({ description: "More leaves" })),
  },
  "a replacement of a draft, which it launches": {
    campaigns: [],
    steps: replace(
      { "Campaign flash": { name: "Flash sale", draft: true, deletionPolicy: "cancel" } },
      { "Campaign flash": { name: "Flash sale", runImmediately: true } },
    ),
  },
  'a replacement of what runs by what declares "abandon" again': {
    campaigns: [],
    steps: replace([flash, flashEnding], flash),
  },
  'an import of a campaign, and a removal with "cancel"': {
    campaigns: [{ ...scheduled, description: "Flowers" }],
    steps: [imported("Campaign spring"), { up: spring }, { up: {} }],
  },
  "an import": {
    campaigns: [running],
    steps: [imported("CampaignStatus spring"), { up: status("running") }],
  },
};

/** What can't be done any more, or is done by now: a preview that doesn't ask knows of it by what the update before has found. */
const unasked = [
  "an unfinished cancellation of what is sent then",
  "a refresh after an edit by hand",
  "another policy of what somebody has edited, and Hood has forgotten",
  "a cancellation beside what can't be put right",
  "a refresh that finds a canceled campaign running",
].map((name) => [`${name}, without a preflight`, { ...told[name], config: { preflight: "off" } } as Story]);

export const stories: Readonly<Record<string, Story>> = { ...told, ...Object.fromEntries(unasked) };
