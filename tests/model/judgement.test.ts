import { expect } from "chai";
import { endsIn, type SeenResource } from "../../examples/policy/ends";
import { type Clock, systemClock } from "../../provider/hood/clock";
import type { Transport } from "../../provider/hood/transport";
import { type Properties, UNKNOWN } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import { knownStatuses } from "../../provider/lifecycle";
import { EngineOperation } from "../../provider/operation";
import { mayEnd } from "../../provider/resources/campaignStatus";
import { judge } from "../../report/judge";
import { providerTextOf } from "../../report/owner";
import { InputError, readStep } from "../../report/preview";
import type { Effect } from "../../simulator";
import { Account as SimulatedAccount } from "../../simulator/account";
import { resolveOptions } from "../../simulator/options";
import { process } from "../../simulator/routes";
import { silentEngine } from "../support/inProcess";

/*
 * Every resource, every step of the engine, every property known, unknown, secret, absent and of a wrong type: what the report, the
 * cap and the policies make of the preview is never milder than what an update then does. Behind a value that isn't shown there may
 * be any; each is played, in this process, on an account of its own.
 *
 * One thing is taken for granted, since Hood says so: what is seen to be canceled or sent stays so.
 */

/** How much an update does, the worst of it. */
const [NOTHING, SENT, LAUNCH, END, FAILED] = [0, 1, 2, 3, 4];
const SEVERITIES = {
  irreversible: END,
  launches: LAUNCH,
  reversible: SENT,
  removed: NOTHING,
  recorded: NOTHING,
  unchanged: NOTHING,
};

interface World {
  readonly type: keyof typeof resources;
  readonly op: string;
  /** Status of campaign 1 when the preview reads it, and when the update does. Campaign 2 is running. */
  readonly live: string;
  readonly args: Properties;
  readonly old?: { readonly inputs: Properties; readonly outputs?: Properties; readonly retained?: boolean };
}

/** What a preview shows of a world: the world that it was made for, with some values replaced on the way out. */
interface Shown {
  /** What the program gives to the preview: an argument may not be known yet. */
  readonly args: Properties;
  readonly mask: (place: "inputs" | "oldInputs" | "oldOutputs", values: Properties) => Properties;
  readonly retained?: unknown;
}

const CONFIG: Readonly<Record<string, string>> = {
  endpoint: "http://127.0.0.1:9/v1/hood",
  token: "simulator-token",
  rateLimit: "1000/1s",
};

/** What a preview makes of a world. */
interface Previewed {
  readonly inputs: Properties;
  /** How many ends the cap counts. */
  readonly counted: number;
  readonly foreseen?: Properties;
}

const TIME = "2099-12-01 09:00:00";
const LATER = "2099-12-02 09:00:00";
const CREATES = ["create", "create-replacement"];
const CHANGES = ["update", "transmute"];
const REMOVALS = ["delete", "delete-replaced"];
const READS = ["same", "read", "read-replacement", "refresh", "discard", "discard-replaced", "remove-pending-replace"];
const IMPORTS = ["import", "import-replacement"];
const OPS = [...CREATES, "update", "replace", ...REMOVALS, ...READS, ...IMPORTS, "transmute"];
/** What an edit changes that moves the moment at which people get messages. */
const MOVES = /"(?:scheduled_time|recurrence|run_immediately|end_time|send_in_profile_time_zone)"/;
/** The last is one that nobody documented. */
const STATUSES = [...knownStatuses, "archived"];
const OVER = ["canceled", "sent"];
const WRONG = [5, null, true, ["canceled"], [UNKNOWN], ""];

/** What each property may turn out to be. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  campaignId: ["1", "2", "99"],
  campaignName: ["Spring sale", "Other"],
  name: ["Spring sale", "Other"],
  reason: ["Budget cut", " "],
  expectedName: ["Spring sale", "Other"],
  whenNotCancelable: ["fail", "accept"],
  previousStatus: STATUSES,
  currentStatus: [...STATUSES, "unknown"],
  plannedActions: [[], ["pause"], ["resume"], ["pause", "resume"], ["cancel"]],
  outcome: ["canceled", "alreadyCanceled", "notNeeded"],
  canceledAt: ["2026-05-01T12:00:00Z"],
  scheduledTime: [TIME, LATER],
  deletionPolicy: ["abandon", "cancel", "prevent"],
  draft: [true, false],
  runImmediately: [true, false],
  recurrence: [{ type: "daily" }],
  labels: [["a"], ["b"]],
  endTime: [TIME, LATER],
  sendInProfileTimeZone: [true, false],
};

const CANCELLATION = ["campaignId", "reason", "expectedName", "whenNotCancelable"];
const CAMPAIGN = ["name", "draft", "runImmediately", "scheduledTime", "recurrence", "deletionPolicy"];
const parts: Readonly<
  Record<World["type"], Readonly<Record<"lives" | "arguments" | "seen" | "outputs" | "status", readonly string[]>>>
> = {
  CampaignCancellation: {
    lives: ["running", "draft", "canceled"],
    arguments: CANCELLATION,
    seen: ["campaignName", "previousStatus"],
    outputs: ["campaignId", "campaignName", "previousStatus", "status", "outcome", "canceledAt"],
    status: [...STATUSES, "unknown"],
  },
  CampaignStatus: {
    lives: ["running", "paused", "canceled", "needs_decision"],
    arguments: [...CANCELLATION, "status", "scheduledTime"],
    seen: ["campaignName", "previousStatus", "plannedActions"],
    outputs: [
      "campaignId",
      "status",
      "scheduledTime",
      "campaignName",
      "previousStatus",
      "plannedActions",
      "currentStatus",
    ],
    status: ["running", "paused", "scheduled", "canceled"],
  },
  Campaign: {
    lives: ["scheduled", "draft", "canceled"],
    arguments: [...CAMPAIGN, "endTime", "sendInProfileTimeZone", "labels"],
    seen: [],
    outputs: [...CAMPAIGN, "campaignId", "status"],
    status: STATUSES,
  },
};

describe("What a preview is judged to do, beside what the update does", function () {
  this.timeout(120_000);
  /** Pauses are over at the next turn of the event loop; what waits beside them for a longer time gets its turns too. */
  const sleep: Clock["sleep"] = () => new Promise((resolve) => setImmediate(resolve));
  const clock: Clock = { ...systemClock, sleep, random: () => 0 };
  const hood = new SimulatedAccount(resolveOptions({ rateLimit: "off", parallelLimit: "off" }));
  /** What was sent since the last world was opened. */
  const sent: { method: string; body: string; effect?: Effect }[] = [];
  /** Without a socket: it is asked ten thousand times. */
  const transport: Transport = async ({ method, path }, content) => {
    const body = content === undefined ? "" : JSON.stringify(content);
    const url = new URL(`${CONFIG.endpoint}${path}`);
    const { answer, effect } = process(hood, { method, url, body, authorized: true });
    sent.push({ method, body, effect });
    return { status: answer.status, header: (name) => answer.headers?.[name] ?? null, text: answer.body ?? "" };
  };

  /** The account as a world has it, and an operation on it. */
  function open({ live }: World): EngineOperation {
    hood.campaigns.all().clear();
    const at = { scheduled_time: live === "scheduled" ? TIME : null };
    const created = { create_time: "2020-05-01 12:00:00" };
    hood.campaigns.add({ id: "1", name: "Spring sale", status: live, ...at, ...created });
    hood.campaigns.add({ id: "2", name: "Other", status: "running" });
    sent.length = 0;
    const operation = new EngineOperation(silentEngine(), clock, transport);
    operation.configure((key) => CONFIG[key]);
    return operation;
  }

  /** The worst that has happened to the account. */
  function effects(): number {
    const all = sent.map(({ method, effect, body }) => {
      if (method === "GET" || !effect) return NOTHING;
      if (effect.to === "canceled" && effect.from !== "canceled") return END;
      if (effect.to !== effect.from && ["running", "scheduled"].includes(String(effect.to))) return LAUNCH;
      const isMoved = method === "PATCH" && effect.to !== "draft" && MOVES.test(body);
      return isMoved ? LAUNCH : SENT;
    });
    return Math.max(NOTHING, ...all);
  }

  /** What an update does: the worst of its creates and edits, and of all. */
  async function update(world: World): Promise<{ applied: number; all: number }> {
    const { type, op, args, old } = world;
    if (READS.includes(op)) return { applied: NOTHING, all: NOTHING };
    const resource = resources[type];
    const on = open(world).on(`urn:pulumi:test::test::hood:index:${type}::it`);
    const attempt = async (act: () => Promise<unknown>) =>
      act().then(
        () => true,
        () => false,
      );
    const checked = async (olds: Properties) => {
      const { inputs, failures } = await resource.check(on, structuredClone(olds), structuredClone(args));
      if (failures.length > 0) throw new Error(failures[0]?.reason);
      return inputs;
    };
    const create = () => attempt(async () => resource.create(on, await checked({})));
    const change = () =>
      attempt(async () => {
        const inputs = await checked(old?.inputs ?? {});
        const outputs = structuredClone(old?.outputs ?? {});
        await resource.diff(on, outputs, inputs);
        await resource.update(on, outputs, inputs);
      });
    const remove = async () => {
      if (!old?.retained) await attempt(() => resource.delete(on, structuredClone(old?.outputs ?? {})));
    };
    const isCreated = CREATES.includes(op) || op === "replace" ? await create() : false;
    if (CHANGES.includes(op)) await change();
    if (IMPORTS.includes(op)) await attempt(() => resource.read(on, "1", {}));
    const applied = op === "replace" && !isCreated ? NOTHING : effects();
    if (REMOVALS.includes(op) || op === "transmute" || (op === "replace" && isCreated)) await remove();
    return { applied, all: effects() };
  }

  /** The checked inputs of a preview, how many ends the cap counts, and the outputs that it foresees; undefined if it fails. */
  async function preview(world: World, args: Properties): Promise<Previewed | undefined> {
    const { type, op, old } = world;
    const resource = resources[type];
    const operation = open(world);
    const isChange = CHANGES.includes(op);
    const [inputs, outputs] = structuredClone(isChange ? [old?.inputs ?? {}, old?.outputs ?? {}] : [{}, {}]);
    try {
      const checked = await resource.check(operation, inputs, structuredClone(args));
      if (checked.failures.length > 0) return undefined;
      if (isChange) await resource.diff(operation, outputs, checked.inputs);
      const foreseen = resource.previewOutputs(checked.inputs, isChange ? outputs : undefined);
      return { inputs: checked.inputs, counted: operation.memory.cancellations.size, foreseen };
    } catch {
      return undefined;
    }
  }

  const memory = new Map<string, unknown>();
  /** Plays each thing once. One after the other: there is one account. */
  async function once<T>(key: unknown, play: () => Promise<T>): Promise<T> {
    const text = JSON.stringify(key);
    if (!memory.has(text)) memory.set(text, await play());
    return memory.get(text) as T;
  }

  const found = { ends: 0, launches: 0, foreseen: 0 };
  const milder: string[] = [];

  function severityOf(step: Properties): number {
    try {
      const severities = judge(readStep(JSON.parse(JSON.stringify(step)))).map(({ list }) => SEVERITIES[list]);
      // What is taken for nobody's, nobody would see.
      return Math.max(NOTHING, ...severities);
    } catch (error) {
      if (error instanceof InputError) return FAILED;
      throw error;
    }
  }

  async function compare(world: World, what: string, shown: Shown): Promise<void> {
    const { type, op, old } = world;
    const { args, mask, retained = old?.retained } = shown;
    const previewed = takesArguments(op)
      ? await once(["preview", relevant(world), args], () => preview(world, args))
      : { inputs: args, counted: 0 };
    if (!previewed) return;
    const done = await once(["update", relevant(world)], () => update(world));
    const foreseen = previewed.foreseen ? severityForeseen(type, previewed.foreseen, old?.outputs) : NOTHING;
    if (done.all === END) found.ends += 1;
    if (done.all === LAUNCH) found.launches += 1;
    if (foreseen >= LAUNCH) found.foreseen += 1;
    const token = `pulumi-nodejs:dynamic/hood:${type}`;
    const urn = `urn:pulumi:test::test::${token}::it`;
    const own = { __provider: providerTextOf(type) };
    const inputs = mask("inputs", previewed.inputs);
    const oldState = old && {
      urn,
      custom: true,
      id: "1",
      inputs: { ...mask("oldInputs", old.inputs), ...own },
      outputs: old.outputs && { ...mask("oldOutputs", old.outputs), ...own },
      retainOnDelete: retained,
    };
    const newState = REMOVALS.includes(op) ? undefined : { urn, custom: true, inputs: { ...inputs, ...own } };
    const say = (whose: string) =>
      void milder.push(`${whose}: ${type} ${op}, ${what}, campaign ${world.live}: ${JSON.stringify({ inputs, old })}`);
    const judged = severityOf({ op, urn, oldState, newState });
    if (judged < done.all) say("report");
    if (judged < foreseen) say("report, beside the outputs that the preview foresees");
    if (done.applied < END || op === "transmute") return;
    if (previewed.counted === 0) say("cap");
    // A policy isn't shown the state. It can't know that a campaign has moved on since a refresh, in an unfinished update.
    const { outcome, status } = old?.outputs ?? {};
    if (type === "CampaignCancellation" && old && outcome === undefined && status !== "unknown") return;
    const outputs = resources[type].previewOutputs(previewed.inputs, op === "update" ? old?.outputs : undefined);
    for (const props of [previewed.inputs, outputs]) {
      if (endsIn([{ type: token, urn, name: "it", props: asPolicySees(props) }]).length === 0) say("policy");
    }
  }

  /** Reading what isn't known throws, for a policy. */
  function asPolicySees(props: Properties): SeenResource["props"] {
    const seen = {};
    for (const [name, value] of Object.entries(props)) {
      const get = () => {
        if (value === UNKNOWN) throw new Error(`${name} can't be known during preview`);
        return value;
      };
      Object.defineProperty(seen, name, { get, enumerable: true });
    }
    return seen;
  }

  for (const type of ["CampaignCancellation", "CampaignStatus", "Campaign"] as const) {
    for (const op of OPS) {
      it(`${type}, ${op}: never milder`, async () => {
        const before = milder.length;
        for (const world of worldsOf(type, op)) {
          for (const [what, alike, shown] of formsOf(world)) {
            if (isConsistent(alike)) await compare(alike, what, shown);
          }
        }
        expect(milder.slice(before, before + 5)).to.deep.equal([]);
      });
    }
  }

  it("is compared in many cases, of which many are ends and launches", () => {
    const { ends, launches, foreseen } = found;
    expect(milder).to.deep.equal([]);
    expect(ends).to.be.greaterThan(2_500);
    expect(launches).to.be.greaterThan(2_500);
    expect(foreseen).to.be.greaterThan(2_500);
  });
});

/** The worst that the outputs which a preview foresees can mean; what they don't tell, the update tells. */
function severityForeseen(type: World["type"], outputs: Properties, old?: Properties): number {
  const { campaignId, status, outcome, canceledAt, currentStatus } = outputs;
  switch (type) {
    case "CampaignCancellation":
      return outcome === UNKNOWN || (outcome === "canceled" && canceledAt === UNKNOWN) ? END : NOTHING;
    case "CampaignStatus":
      if (currentStatus !== UNKNOWN) return NOTHING;
      if (mayEnd(status)) return END;
      return status === "paused" ? SENT : LAUNCH;
    case "Campaign":
      // A new or edited one always has a status that isn't known. Only a draft is launched by an edit.
      if (status !== UNKNOWN || campaignId === UNKNOWN) return NOTHING;
      return old?.status === "draft" && outputs.draft !== true ? LAUNCH : SENT;
  }
}

/** What a preview and an update of a world depend on. */
function relevant({ type, op, live, args, old }: World): unknown[] {
  if (CREATES.includes(op)) return [type, "create", live, args];
  if (IMPORTS.includes(op)) return [type, "import", live];
  if (REMOVALS.includes(op)) return [type, "delete", live, old?.outputs, old?.retained];
  return [type, op, live, args, old];
}

/** What was seen to be over is over. */
function isConsistent({ live, old }: World): boolean {
  const { inputs = {}, outputs = {} } = old ?? {};
  const said = [outputs.status, outputs.currentStatus, outputs.previousStatus, inputs.previousStatus];
  const actual = outputs.campaignId === "2" ? "running" : live;
  return said.every((status) => typeof status !== "string" || !OVER.includes(status) || status === actual);
}

function worldsOf(type: World["type"], op: string): World[] {
  const isNew = CREATES.includes(op) || op === "import";
  const [first, ...others] = argumentsFor(type);
  // What is replaced comes down to what is created and what is removed.
  const all = op === "create" || op === "update" ? [first, ...others] : [first, others.at(-1)];
  const { lives } = parts[type];
  const few = lives.slice(0, op === "create" || op === "delete" ? lives.length : op === "update" ? 2 : 1);
  return few.flatMap((live) =>
    all.flatMap((args = {}) => {
      const olds = isNew ? [undefined] : statesFor(type, args, live);
      return (op === "update" ? olds : olds.slice(0, 1)).map((old): World => ({ type, op, live, args, old }));
    }),
  );
}

function takesArguments(op: string): boolean {
  return ["update", "replace", "transmute", ...CREATES].includes(op);
}

function argumentsFor(type: World["type"]): Properties[] {
  const one = { campaignId: "1", reason: "Budget cut" };
  switch (type) {
    case "CampaignCancellation":
      return [one, { ...one, expectedName: "Spring sale", whenNotCancelable: "accept" }];
    case "CampaignStatus":
      return [
        { ...one, status: "running" },
        { ...one, status: "paused" },
        { ...one, status: "scheduled", scheduledTime: TIME },
        { ...one, status: "canceled", whenNotCancelable: "accept" },
      ];
    case "Campaign":
      return [
        { name: "Spring sale" },
        { name: "Spring sale", draft: true },
        { name: "Spring sale", scheduledTime: TIME },
      ];
  }
}

/** What the state may be when a program gives such arguments. */
function statesFor(type: World["type"], args: Properties, live: string): NonNullable<World["old"]>[] {
  const seen = { campaignName: "Spring sale", previousStatus: "running" };
  switch (type) {
    case "CampaignCancellation": {
      const inputs = { ...args, ...seen };
      const canceledAt = "2026-05-01T12:00:00Z";
      const states = [{ status: live, outcome: "canceled", canceledAt }, { status: "unknown" }];
      return states.map((state) => ({ inputs, outputs: { ...inputs, ...state } }));
    }
    case "CampaignStatus": {
      const inputs = { ...args, ...seen, plannedActions: ["pause"] };
      const drifted = { ...inputs, currentStatus: live };
      const other = { ...inputs, status: "paused", scheduledTime: undefined };
      return [
        { inputs, outputs: { ...inputs, currentStatus: live } },
        { inputs: drifted, outputs: drifted },
        { inputs: other, outputs: { ...other, currentStatus: "paused" } },
        { inputs, outputs: inputs },
      ];
    }
    case "Campaign": {
      const base = { name: "Spring sale", deletionPolicy: "cancel" };
      const states = [{ draft: true }, { scheduledTime: LATER }].map((more) => {
        const inputs = { ...base, ...more };
        return { inputs, outputs: { ...inputs, campaignId: "1", status: live } };
      });
      // An edit that was interrupted left its inputs, and the outputs of before.
      return [...states, { inputs: { ...base, ...args }, outputs: { ...base, campaignId: "1", status: live } }];
    }
  }
}

type Form = readonly [what: string, world: World, shown: Shown];

/** Every property in every form: what the preview shows, and each world that may be behind it. */
function formsOf(world: World): Form[] {
  const { arguments: names, seen, outputs, status } = parts[world.type];
  const possible = (name: string, place: "new" | "old") =>
    name === "status" ? status : (values[name] ?? [place]).concat(world.type === "Campaign" ? [undefined] : []);
  const forms: Form[] = [["as it is", world, { args: world.args, mask: (_, shown) => shown }]];
  const add = (what: string, alike: World, shown: Partial<Shown> = {}) =>
    forms.push([what, alike, { args: alike.args, mask: (_, values) => values, ...shown }]);

  for (const name of takesArguments(world.op) ? names : []) {
    const given = (value: unknown): World => ({ ...world, args: withValue(world.args, name, value) });
    for (const value of [...possible(name, "new"), undefined]) {
      const what = `${name} ${JSON.stringify(value)}`;
      add(what, given(value));
      add(`${what}, not known yet`, given(value), { args: withValue(world.args, name, UNKNOWN) });
      if (value !== undefined) add(`${what}, secret`, given(value), { mask: masking("inputs", name, "[secret]") });
    }
    for (const value of WRONG) add(`${name} wrongly ${JSON.stringify(value)}`, given(value));
  }
  for (const name of takesArguments(world.op) ? seen : []) {
    for (const value of [UNKNOWN, "[secret]", undefined, ...WRONG]) {
      add(`${name} shown as ${JSON.stringify(value)}`, world, { mask: masking("inputs", name, value) });
    }
  }
  const { old } = world;
  if (!old) return forms;
  for (const name of outputs) {
    const recorded = (value: unknown): World => ({
      ...world,
      old: {
        ...old,
        inputs: name in old.inputs ? withValue(old.inputs, name, value) : old.inputs,
        outputs: withValue(old.outputs ?? {}, name, value),
      },
    });
    for (const value of [...possible(name, "old"), undefined]) {
      const what = `recorded ${name} ${JSON.stringify(value)}`;
      add(what, recorded(value));
      if (value === undefined) continue;
      for (const hidden of [UNKNOWN, "[secret]"]) {
        const mask: Shown["mask"] = (place, shown) =>
          place !== "inputs" && name in shown ? { ...shown, [name]: hidden } : shown;
        add(`${what}, shown as ${hidden}`, recorded(value), { mask });
      }
    }
    for (const value of WRONG) add(`recorded ${name} wrongly ${JSON.stringify(value)}`, recorded(value));
  }
  add("without outputs", { ...world, old: { ...old, outputs: undefined } });
  for (const retained of [true, false]) add(`retained ${retained}`, { ...world, old: { ...old, retained } });
  for (const retained of ["true", 1, UNKNOWN, "[secret]"]) add(`retained wrongly ${retained}`, world, { retained });
  return forms;
}

function withValue(properties: Properties, name: string, value: unknown): Properties {
  const { [name]: _, ...others } = properties;
  return value === undefined ? others : { ...others, [name]: value };
}

function masking(where: string, name: string, value: unknown): Shown["mask"] {
  return (place, shown) => (place === where ? withValue(shown, name, value) : shown);
}
