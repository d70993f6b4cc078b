import type { SimulatedCampaign } from "./types";

/** The statuses that Hood's pages name. */
export const statuses = [
  "draft",
  "manual",
  "scheduled",
  "running",
  "paused",
  "canceled",
  "sent",
  "needs_decision",
] as const;

/** From which statuses a request is possible. Anything else changes a status only by time, or by a person in Hood's pages. */
export const startsFrom = {
  edit: ["draft", "manual", "scheduled", "paused"],
  pause: ["scheduled", "running"],
  resume: ["paused"],
  cancel: ["scheduled", "running", "paused"],
} as const satisfies Record<string, readonly (typeof statuses)[number][]>;

const launched = new Set(["running", "paused", "sent", "needs_decision"]);

/** Whether a campaign with this status has ever been running. */
export function wasLaunched(status: string): boolean {
  return launched.has(status);
}

/** A status with what follows from it: only a scheduled campaign has a next run, and one that runs was launched. */
export function arrival(status: string, nextRun: string | null = null) {
  const next_run_time = status === "scheduled" ? nextRun : null;
  return status === "running" ? { status, next_run_time, was_launched: true } : { status, next_run_time };
}

const isText = (value: unknown) => typeof value === "string";
const isTime = (value: unknown) => parseHoodTime(value) !== undefined;
const listOf = (isOne: (value: unknown) => boolean) => (value: unknown) => Array.isArray(value) && value.every(isOne);
const shapes: Readonly<Record<string, (value: unknown) => boolean>> = {
  description: isText,
  labels: listOf(isText),
  metadata: isObject,
  creator: isObject,
  recurrence: isObject,
  ab_test: isObject,
  messages: listOf(isObject),
  end_time: isTime,
  scheduled_time: isTime,
  next_run_time: isTime,
  create_time: isTime,
  update_time: isTime,
};

/** A field that isn't what it has to be if it is given, other than as null. Fields that nobody knows may be anything. */
export function misshapen(fields: JsonObject): string | undefined {
  return Object.keys(shapes).find((field) => fields[field] != null && !shapes[field]?.(fields[field]));
}

/** Ids start here if none is given. */
const FIRST_ID = 1000248n;
const FIRST_MESSAGE = 1024;

/** The campaigns of the account, found by id, in the order in which they came. */
export class Campaigns {
  private readonly byId = new Map<string, SimulatedCampaign>();
  /** Since when scheduled campaigns are scheduled. */
  private readonly since = new WeakMap<SimulatedCampaign, number>();
  private lastId = FIRST_ID - 1n;
  private messages = 0;

  constructor(private readonly now: () => number) {}

  get(id: string): SimulatedCampaign | undefined {
    const campaign = this.byId.get(id);
    if (campaign) this.start(campaign);
    return campaign;
  }

  all(): Map<string, SimulatedCampaign> {
    for (const campaign of this.byId.values()) this.start(campaign);
    return this.byId;
  }

  /** Completes a campaign with plausible values and stores it. @throws Error if its id is taken. */
  add(given: Partial<SimulatedCampaign>): SimulatedCampaign {
    const id = given.id ?? this.freeId();
    if (this.byId.has(id)) {
      throw new Error(
        `Could not add campaign ${id} to the simulator: it already has one with this id. Use another id.`,
      );
    }
    const campaign = this.complete(id, given);
    this.byId.set(id, campaign);
    this.note(campaign);
    return campaign;
  }

  /** Notes that a campaign may have become scheduled now. */
  note(campaign: SimulatedCampaign): void {
    this.since.set(campaign, this.now());
  }

  /** Messages with an id, and with whose they are. */
  completeMessages(messages: readonly JsonObject[], { id, company_id }: Pick<SimulatedCampaign, "id" | "company_id">) {
    return messages.map((message) => ({
      company_id,
      campaign_id: id,
      ...message,
      id: message.id ?? String(FIRST_MESSAGE + this.messages++),
    }));
  }

  /** No timer runs: what is due by now happens when somebody looks. */
  private start(campaign: SimulatedCampaign): void {
    if (campaign.status !== "scheduled") {
      this.since.delete(campaign);
      return;
    }
    // A test may have written the status itself.
    const since = this.since.get(campaign) ?? this.now();
    this.since.set(campaign, since);
    const due = parseHoodTime(campaign.next_run_time ?? campaign.scheduled_time) ?? 0;
    if (due <= since || due > this.now()) return;
    Object.assign(campaign, arrival("running"), { update_time: hoodTime(due) });
  }

  private complete(id: string, given: Partial<SimulatedCampaign>): SimulatedCampaign {
    const now = this.now();
    const status = given.status ?? "running";
    const later = status === "scheduled" && !isObject(given.recurrence) ? hoodTime(now + DAY) : null;
    const scheduled_time = given.scheduled_time ?? later;
    const campaign: SimulatedCampaign = {
      company_id: "1000000",
      creator_id: "1000223",
      creator: { id: "1000223", name: "Ana Kovac", status: "active", image: null },
      name: `Campaign ${id}`,
      description: null,
      labels: [],
      metadata: {},
      was_launched: wasLaunched(status),
      next_run_time: status === "scheduled" ? nextRun({ ...given, scheduled_time }, now) : null,
      run_counter: wasLaunched(status) ? 1 : 0,
      messages: [],
      create_time: hoodTime(now),
      update_time: hoodTime(now),
      ...withoutUndefined(structuredClone(given)),
      id,
      status,
      scheduled_time,
    };
    campaign.messages = this.completeMessages(campaign.messages, campaign);
    return campaign;
  }

  private freeId(): string {
    do this.lastId += 1n;
    while (this.byId.has(String(this.lastId)));
    return String(this.lastId);
  }
}

/** When a campaign that becomes scheduled now runs next. Hood's pages don't show what `recurrence` holds: here it is daily. */
export function nextRun({ scheduled_time, recurrence }: JsonObject, now: number): string | null {
  if (parseHoodTime(scheduled_time) !== undefined) return scheduled_time as string;
  return isObject(recurrence) ? hoodTime(now + DAY) : null;
}

export type JsonObject = Record<string, unknown>;

/** In ms. */
export const DAY = 86_400_000;

const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Leaves out what is given as undefined, so that spreading the rest over defaults keeps them. */
export function withoutUndefined<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/**
 * Applies a JSON merge patch (RFC 7386): what the patch leaves out stays, null removes, objects merge, and anything
 * else, arrays included, replaces. Neither argument is changed.
 */
export function mergePatch(target: unknown, patch: JsonObject): JsonObject {
  // A Map takes every name, also those that mean something to an object, such as `__proto__`.
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, isObject(value) ? mergePatch(merged.get(name), value) : value);
  }
  return Object.fromEntries(merged);
}

/** Writes a moment (ms since the epoch) as Hood does: `YYYY-MM-DD HH:MM:SS`, GMT. */
export function hoodTime(moment: number): string {
  return new Date(moment).toISOString().slice(0, 19).replace("T", " ");
}

/** Reads Hood's `YYYY-MM-DD HH:MM:SS` (GMT) into ms since the epoch; undefined if it is no such date-time. */
export function parseHoodTime(text: unknown): number | undefined {
  if (typeof text !== "string" || !TIME.test(text)) return undefined;
  const moment = Date.parse(`${text.replace(" ", "T")}Z`);
  // Date.parse takes some times for the next day (24:00:00): only what reads back the same counts.
  return Number.isNaN(moment) || hoodTime(moment) !== text ? undefined : moment;
}
