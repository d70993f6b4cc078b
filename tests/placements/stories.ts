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

/** A story on an account with some campaigns. A program alone is an update with it. */
function story(
  campaigns: Story["campaigns"],
  steps: readonly (Step | Program)[],
  more: Omit<Story, "campaigns" | "steps"> = {},
): Story {
  const isStep = (step: Step | Program): step is Step => "up" in step || "refresh" in step || "act" in step;
  return { campaigns, steps: steps.map((step) => (isStep(step) ? step : { up: step })), ...more };
}

const unfinishedEnd = (then: (world: World) => void) =>
  story([running], [unfinished(cancellation(), then), cancellation(hers)], warns);
const refreshed: Step = { refresh: campaign() };
const [more, hers] = [campaign({ description: "More leaves" }), { expectedName: "Spring sale" }];
const warns = { warns: true } as const;
const become = (status: string): Step => ({
  act: ({ target, hood }) => void (target && hood.setStatus(target.id, status)),
});
const resumed: Step = {
  act: async ({ hood, clock }) => {
    await clock.sleep(60_000);
    hood.setStatus(ID, "running");
  },
};
const four = ["1", "2", "3", "4"].map((id) => ({ ...scheduled, id }));
const second = { campaignId: "1000249" };
const noAnswer: Fault = { kind: "drop", processed: true };
const draft = { name: "Flash sale", draft: true };

const told: Readonly<Record<string, Story>> = {
  "a cancellation": story([running], [cancellation(hers)]),
  "cancellations by name, with lists that lag behind a new name": story(four, [renamedBehindLists("4"), guarded], {
    fails: /Campaign 4 is called "Winter sale"/,
  }),
  "a cancellation by a status": story([running], [status("canceled")]),
  "a pause and a resume": story([running], [status("paused"), status("running")]),
  "a pause and an end": story([running], [status("paused"), status("canceled")]),
  "another time": story([scheduled], [status("scheduled", { scheduledTime: "2099-12-24T09:00:00Z" })]),
  "an unfinished cancellation of what is sent then": unfinishedEnd(sent),
  "an unfinished cancellation of what Hood forgets then": unfinishedEnd(forgotten),
  "an unfinished pause of what Hood forgets then": story(
    [running],
    [unfinished(status("paused"), forgotten), status("paused")],
    warns,
  ),
  "an unfinished end that a refresh at another account can't see": story(
    [running],
    [unfinished(status("canceled"), () => {}), refreshedElsewhere(status("canceled")), status("canceled")],
  ),
  "a create": story([], [campaign()]),
  "a create of what runs at once": story([], [flash]),
  "two creates alike": story([], [{ ...campaign(), "Campaign twin": autumn }]),
  "an edit": story([], [campaign(), more]),
  "an edit while pages lag, and which somebody takes back later": story(
    [],
    [campaign(), pagesLag(1.5), more, later, reverted, { refresh: more }, seen, {}],
  ),
  "an edit of unknown effect, which the program takes back": story(
    [],
    [campaign(), { act: (world) => failing(world, more, [noAnswer], "PATCH") }, campaign()],
  ),
  "a launch": story([], [campaign({ draft: true }), campaign()]),
  "a launch and its cancellation in one update": story(
    [{ ...scheduled, description: "Flowers", status: "draft" }],
    [imported("Campaign spring"), { ...spring, ...cancellation({ whenNotCancelable: "accept" }) }],
    { theirs: winter },
  ),
  "a launch of a draft that somebody has changed beyond the program": story(
    [],
    [campaign({ draft: true }), targeted, campaign()],
    { fails: /somebody has set targeting in Hood/ },
  ),
  "an edit and a removal in one update": story([], [{ ...campaign(), ...winter }, more]),
  "another name in the program": story([], [winter, { "Campaign other": snow }]),
  "an edit of what was canceled in Hood": story([], [campaign(), become("canceled"), more], {
    fails: /takes no edits: its status is "canceled"/,
  }),
  "a pause of what the program created": story([], [flash, { ...flash, ...status("paused") }]),
  "a cancellation of what the program created, and a removal of both": story(
    [],
    [winter, { ...winter, ...cancellation() }, {}],
  ),
  "a removal of a cancellation and of a status": story(
    [running, { ...running, id: second.campaignId }],
    [{ ...cancellation(), ...status("paused", second) }, {}],
  ),
  'a removal with "abandon"': story([], [campaign(), {}]),
  'a removal with "cancel"': story([], [ending, {}]),
  'a removal with "cancel" of what Hood has forgotten': story([running], [ending, later, forgetting, {}]),
  'a removal with "cancel" at another account, and then at its own': story(
    [{ ...running, name: "Theirs" }],
    [ending, later, removedElsewhere, {}],
  ),
  'a removal with "prevent"': story([], [campaign({ deletionPolicy: "prevent" }), {}], {
    fails: /isn't removed, since its deletionPolicy is "prevent"/,
  }),
  "a refresh while pages lag behind a create": story(
    [],
    [pagesLag(), campaign(), refreshed, later, refreshed, campaign()],
  ),
  "a refresh after an edit by hand": story([], [campaign(), renamed, refreshed, campaign()]),
  "another policy of what somebody has edited, and Hood has forgotten": story(
    [running],
    [campaign(), renamed, refreshed, later, forgetting, campaign({ deletionPolicy: "prevent" })],
    warns,
  ),
  "a cancellation beside what can't be put right": story(
    [running],
    [campaign(), renamed, become("sent"), refreshed, { ...campaign(), ...cancellation() }],
    warns,
  ),
  "a refresh that finds a canceled campaign running": story(
    [running],
    [cancellation(), resumed, { refresh: cancellation() }, cancellation()],
  ),
  "a create after one that was rejected, and whose answer without a mark was lost": story(
    [],
    [
      { act: (world) => failing(world, campaign(), [{ kind: "status", status: 400 }, noAnswer]) },
      someonesMark,
      campaign(),
    ],
    { fails: /an interrupted update may have made campaign/ },
  ),
  "an adoption": story([], [lose(campaign()), more]),
  "an adoption of a draft, which it launches": story([], [lose({ "Campaign flash": draft }), flash]),
  "an adoption of what runs": story([], [lose(flash), flash]),
  "an adoption of what ran until somebody paused it, and its end": story(
    [],
    [lose(flashEnding), become("paused"), flashEnding, {}],
  ),
  "an adoption beside a duplicate": story([], [lose(campaign()), duplicated, campaign()]),
  "a create beside a duplicate of what was canceled": story([], [ending, duplicated, {}, ending]),
  "a replacement": story([], replace(ending)),
  'a replacement by what declares "abandon"': story([], replace(ending, campaign())),
  'a replacement by what declares "prevent"': story([], replace(ending, campaign({ deletionPolicy: "prevent" }))),
  "a replacement by what declares other content": story([], replace(ending, more)),
  "a replacement of a draft, which it launches": story(
    [],
    replace({ "Campaign flash": { ...draft, deletionPolicy: "cancel" } }, flash),
  ),
  'a replacement of what runs by what declares "abandon" again': story([], replace([flash, flashEnding], flash)),
  'an import of a campaign, and a removal with "cancel"': story(
    [{ ...scheduled, description: "Flowers" }],
    [imported("Campaign spring"), spring, {}],
  ),
  "an import": story([running], [imported("CampaignStatus spring"), status("running")]),
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
