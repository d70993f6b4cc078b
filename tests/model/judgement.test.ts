import { expect } from "chai";
import { endsIn, type SeenResource } from "../../examples/policy/ends";
import type { Properties, Resource } from "../../provider/context";
import { type Clock, systemClock } from "../../provider/hood/clock";
import type { Engine } from "../../provider/hosts/engine";
import { Operation } from "../../provider/hosts/operation";
import { campaign } from "../../provider/resources/campaign/campaign";
import { campaignCancellation } from "../../provider/resources/campaignCancellation";
import { campaignStatus } from "../../provider/resources/campaignStatus";
import { isUnknown, UNKNOWN } from "../../provider/unknown";
import { judge } from "../../report/judge";
import { providerTextOf } from "../../report/owner";
import { InputError, readStep } from "../../report/preview";
import { type Simulator, startSimulator } from "../../simulator";

/*
 * Every resource, every step of the engine, every property known, unknown, secret, absent and of a wrong type: what the report, the
 * cap and the policies make of the preview is never milder than what an update then does. Behind a value that isn't shown there may
 * be any; each is played, in this process, on an account of its own.
 *
 * One thing is taken for granted, since Hood says so: what is seen to be canceled or sent stays so.
 */

/** How much an update does, the worst of it. */
const [NOTHING, SENT, LAUNCH, END, REFUSED] = [0, 1, 2, 3, 4];
const SEVERITIES = {
  irreversible: END,
  launches: LAUNCH,
  reversible: SENT,
  removed: NOTHING,
  recorded: NOTHING,
  unchanged: NOTHING,
};

interface World {
  readonly type: "CampaignCancellation" | "CampaignStatus" | "Campaign";
  readonly op: string;
  /** Status of campaign 1 when the preview looks, and when the update does. Campaign 2 is running. */
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

const resources: Record<World["type"], Resource> = {
  CampaignCancellation: campaignCancellation,
  CampaignStatus: campaignStatus,
  Campaign: campaign,
};
/** Pauses are over at the next turn of the event loop; what waits beside them for a longer time gets its turns too. */
const hurried: Clock = {
  ...systemClock,
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
  random: () => 0,
};
const TIME = "2099-12-01 09:00:00";
const LATER = "2099-12-02 09:00:00";
const CREATES = ["create", "create-replacement"];
const REMOVALS = ["delete", "delete-replaced"];
const READS = ["same", "read", "read-replacement", "refresh", "discard", "discard-replaced", "remove-pending-replace"];
const IMPORTS = ["import", "import-replacement"];
const OPS = [...CREATES, "update", "replace", ...REMOVALS, ...READS, ...IMPORTS, "transmute"];
const STATUSES = [
  "running",
  "paused",
  "scheduled",
  "draft",
  "manual",
  "canceled",
  "sent",
  "needs_decision",
  "archived",
];
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
};

const parts = {
  CampaignCancellation: {
    lives: ["running", "draft", "canceled"],
    arguments: ["campaignId", "reason", "expectedName", "whenNotCancelable"],
    seen: ["campaignName", "previousStatus"],
    outputs: ["campaignId", "campaignName", "previousStatus", "status", "outcome", "canceledAt"],
    status: [...STATUSES, "unknown"],
  },
  CampaignStatus: {
    lives: ["running", "paused", "canceled", "needs_decision"],
    arguments: ["campaignId", "status", "reason", "scheduledTime", "expectedName", "whenNotCancelable"],
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
    arguments: ["name", "draft", "runImmediately", "scheduledTime", "recurrence", "labels", "deletionPolicy"],
    seen: [],
    outputs: [
      "campaignId",
      "name",
      "status",
      "draft",
      "runImmediately",
      "scheduledTime",
      "recurrence",
      "deletionPolicy",
    ],
    status: STATUSES,
  },
} as const;

describe("What a preview is judged to do, beside what the update does", function () {
  this.timeout(120_000);
  let hood: Simulator;
  before(async () => {
    hood = await startSimulator({ rateLimit: "off", parallelLimit: "off" });
  });
  after(() => hood?.close());

  const engine: Engine = {
    warn: async () => {},
    showProgress: async () => {},
    isGone: async () => false,
    currentStack: async () => ({}),
  };

  /** The account as a world has it, and an operation on it. */
  function open({ live }: World): Operation {
    hood.campaigns.clear();
    const at = { scheduled_time: live === "scheduled" ? TIME : null };
    const created = { create_time: "2020-05-01 12:00:00" };
    hood.add(
      { id: "1", name: "Spring sale", status: live, ...at, ...created },
      { id: "2", name: "Other", status: "running" },
    );
    hood.clearRequests();
    const operation = new Operation(engine, hurried);
    const config: Record<string, string> = { endpoint: hood.url, token: "simulator-token", rateLimit: "100000/1s" };
    operation.configure((key) => config[key]);
    return operation;
  }

  /** The worst that has happened to the account. */
  function effects(): number {
    const all = hood.requests.map(({ method, effect, body }) => {
      if (method === "GET" || !effect) return NOTHING;
      if (effect.to === "canceled" && effect.from !== "canceled") return END;
      if (effect.to !== effect.from && ["running", "scheduled"].includes(String(effect.to))) return LAUNCH;
      const moved = /"(?:scheduled_time|recurrence|run_immediately)"/.test(body ?? "") && method === "PATCH";
      return moved && effect.to !== "draft" ? LAUNCH : SENT;
    });
    return Math.max(NOTHING, ...all);
  }

  /** What an update does: the worst of its creates and edits, and of all. */
  async function update(world: World): Promise<{ applied: number; all: number }> {
    const { type, args, old } = world;
    const resource = resources[type];
    const operation = open(world);
    const on = operation.on(`urn:pulumi:test::test::hood:index:${type}::it`);
    const attempt = async (act: () => Promise<unknown>) =>
      act().then(
        () => true,
        () => false,
      );
    const remove = async () => {
      if (!old?.retained) await attempt(() => resource.delete(on, structuredClone(old?.outputs ?? {})));
    };
    const create = () =>
      attempt(async () => {
        const { inputs, failures } = await resource.check(on, {}, structuredClone(args));
        if (failures.length > 0) throw new Error(failures[0]?.reason);
        await resource.create(on, inputs);
      });
    const change = () =>
      attempt(async () => {
        const [inputs, outputs] = structuredClone([old?.inputs ?? {}, old?.outputs ?? {}]);
        const checked = await resource.check(on, inputs, structuredClone(args));
        if (checked.failures.length > 0) throw new Error(checked.failures[0]?.reason);
        await resource.diff(on, outputs, checked.inputs);
        await resource.update(on, outputs, checked.inputs);
      });
    let applied = NOTHING;
    if (CREATES.includes(world.op)) await create();
    else if (world.op === "update") await change();
    else if (REMOVALS.includes(world.op)) await remove();
    else if (world.op === "replace" && (await create())) {
      applied = effects();
      await remove();
    } else if (world.op === "transmute") {
      await change();
      await remove();
    } else if (IMPORTS.includes(world.op)) await attempt(() => resource.read(on, "1", {}));
    const all = effects();
    return { applied: world.op === "replace" ? applied : REMOVALS.includes(world.op) ? NOTHING : all, all };
  }

  /** The checked inputs of a preview, and how many ends the cap counts; undefined if the preview fails. */
  async function preview(world: World, args: Properties): Promise<{ inputs: Properties; counted: number } | undefined> {
    const { type, op, old } = world;
    const resource = resources[type];
    const operation = open(world);
    const updates = op === "update" || op === "transmute";
    const [inputs, outputs] = structuredClone(updates ? [old?.inputs ?? {}, old?.outputs ?? {}] : [{}, {}]);
    try {
      const checked = await resource.check(operation, inputs, structuredClone(args));
      if (checked.failures.length > 0) return undefined;
      if (updates) await resource.diff(operation, outputs, checked.inputs);
      return { inputs: checked.inputs, counted: operation.cancellations.size };
    } catch {
      return undefined;
    }
  }

  const memory = new Map<string, Promise<unknown>>();
  /** Plays each thing once. One after the other: there is one account. */
  function once<T>(key: unknown, play: () => Promise<T>): Promise<T> {
    const text = JSON.stringify(key);
    const played = (memory.get(text) as Promise<T> | undefined) ?? play();
    memory.set(text, played);
    return played;
  }

  const found = { cases: 0, refused: 0, ends: 0, launches: 0 };
  const milder: string[] = [];

  function severityOf(step: Properties): number {
    try {
      const severities = judge(readStep(JSON.parse(JSON.stringify(step)))).map(({ kind }) => SEVERITIES[kind]);
      // What is taken for nobody's, nobody would see.
      return severities.length === 0 ? NOTHING : Math.max(...severities);
    } catch (error) {
      if (error instanceof InputError) return REFUSED;
      throw error;
    }
  }

  async function compare(
    world: World,
    what: string,
    { args, mask, retained = world.old?.retained }: Shown,
  ): Promise<void> {
    const { type, op, old } = world;
    const planned = takesArguments(op)
      ? await once(["preview", world, args], () => preview(world, args))
      : { inputs: args, counted: 0 };
    found.cases += 1;
    if (!planned) {
      found.refused += 1;
      return;
    }
    const done = await once(["update", world], () => update(world));
    if (done.all === END) found.ends += 1;
    if (done.all === LAUNCH) found.launches += 1;
    const token = `pulumi-nodejs:dynamic/hood:${type}`;
    const urn = `urn:pulumi:test::test::${token}::it`;
    const own = { __provider: providerTextOf(type) };
    const inputs = mask("inputs", planned.inputs);
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
    if (severityOf({ op, urn, oldState, newState }) < done.all) say("report");
    if (done.applied < END || op === "transmute") return;
    if (planned.counted === 0) say("cap");
    // A policy isn't shown the record. It can't know that a campaign has moved on since a refresh, in an unfinished update.
    if (
      old?.outputs?.outcome === undefined &&
      old?.outputs?.status !== "unknown" &&
      type === "CampaignCancellation" &&
      old
    )
      return;
    for (const props of [
      planned.inputs,
      resources[type].planned(planned.inputs, op === "update" ? old?.outputs : undefined),
    ]) {
      if (endsIn([{ type: token, urn, name: "it", props: asPolicySees(props) }]).length === 0) say("policy");
    }
  }

  /** Reading what isn't known throws, for a policy. */
  function asPolicySees(props: Properties): SeenResource["props"] {
    const seen = {};
    for (const [name, value] of Object.entries(props)) {
      const get = () => {
        if (isUnknown(value)) throw new Error(`${name} can't be known during preview`);
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
    const { cases, refused, ends, launches } = found;
    console.log(
      `      ${cases} cases (${ends} ends, ${launches} launches; ${refused} previews fail), ${milder.length} judged milder`,
    );
    expect(milder).to.deep.equal([]);
    expect(ends).to.be.greaterThan(500);
    expect(launches).to.be.greaterThan(300);
  });
});

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

/** What may be on record when a program gives such arguments. */
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
    case "Campaign":
      return [{ draft: true }, { scheduledTime: LATER }].map((more) => {
        const inputs = { name: "Spring sale", deletionPolicy: "cancel", ...more };
        return { inputs, outputs: { ...inputs, campaignId: "1", status: live } };
      });
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
