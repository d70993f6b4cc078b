import { invalidBody } from "./answers";
import { Campaigns, hoodTime, isObject, withoutUndefined } from "./campaigns";
import type { Effect, SimulatedCampaign, Surface } from "./types";
import { parseWindow, parseWindows, type RateWindow } from "./windows";

/** The state of the simulated account, and what its answers show of it. */
export class Account {
  readonly campaigns: Campaigns;
  /** What lists and pages don't show yet. */
  readonly lag: Lag;
  private readonly deadTokens = new Set<string>();
  readonly settings: Settings;
  private due: { at: number; act: () => void }[] = [];
  /** The moment of what is being caught up with. */
  private past: number | undefined;

  constructor(settings: Settings) {
    this.settings = { ...settings, now: () => this.past ?? settings.now() };
    this.campaigns = new Campaigns(this.settings.now);
    this.lag = new Lag(this.settings);
  }

  accepts(token: string): boolean {
    return this.settings.tokens.includes(token) && !this.deadTokens.has(token);
  }

  expireTokens(replacement?: string): void {
    for (const token of this.settings.tokens) this.deadTokens.add(token);
    if (replacement === undefined) return;
    this.deadTokens.delete(replacement);
    if (!this.settings.tokens.includes(replacement)) this.settings.tokens.push(replacement);
  }

  /** Lets something happen at a moment: nobody sees that it waits for the first request after it. */
  later(at: number, act: () => void): void {
    this.due.push({ at, act });
  }

  /** Lets happen what is due by now. */
  catchUp(): void {
    if (this.past !== undefined) return;
    const now = this.settings.now();
    const due = this.due.filter(({ at }) => at <= now);
    this.due = this.due.filter(({ at }) => at > now);
    for (const { at, act } of due.sort((a, b) => a.at - b.at)) {
      this.past = at;
      act();
    }
    this.past = undefined;
  }

  /** Makes a campaign on behalf of a request. */
  make(fields: Partial<SimulatedCampaign>): SimulatedCampaign {
    const campaign = this.campaigns.add(this.stored(fields));
    this.lag.note(campaign, undefined);
    return campaign;
  }

  /** Changes a campaign on behalf of a request. */
  change(campaign: SimulatedCampaign, changes: Partial<SimulatedCampaign>): Effect {
    const before = { ...campaign };
    Object.assign(campaign, this.stored(changes), { update_time: hoodTime(this.settings.now()) });
    this.campaigns.note(campaign);
    this.lag.note(campaign, before);
    return { campaignId: campaign.id, from: before.status, to: campaign.status };
  }

  /** A campaign as answers show it: all of it, or only the fields asked for. */
  view(campaign: SimulatedCampaign, fields?: readonly string[]): Record<string, unknown> {
    const { reason: _, ...visible } = campaign;
    const labels = this.settings.labelsAs === "string" ? campaign.labels.join(",") : campaign.labels;
    const whole: Record<string, unknown> = { ...visible, labels };
    return fields ? Object.fromEntries(fields.map((field) => [field, whole[field]])) : whole;
  }

  envelope(total: number, items: unknown[]): { total: number | string; items: unknown[] } {
    return { total: this.settings.totalAs === "string" ? String(total) : total, items };
  }

  /** What the account keeps of the fields of a create or an edit. @throws Rejection */
  private stored<T extends Partial<SimulatedCampaign>>(fields: T): T {
    const { metadata, stores } = this.settings;
    const kept = stores({ ...fields }) as T;
    if (metadata === "kept" || !isObject(kept.metadata)) return kept;
    if (metadata === "dropped") return { ...kept, metadata: {} };
    const others = Object.keys(kept.metadata).filter((name) => name !== "key" && name !== "value");
    if (metadata === "pairOnly" && others.length > 0) throw invalidBody();
    const { key, value } = kept.metadata;
    return { ...kept, metadata: key === undefined ? {} : { key, value } };
  }
}

/** A change that a request made. */
interface Change {
  readonly at: number;
  /** Which one it was, of all of the account. */
  readonly number: number;
  /** The campaign before it; undefined if it made the campaign. */
  readonly before: SimulatedCampaign | undefined;
}

/** Up to a moment, nothing shows that was changed after a change. */
interface Freeze {
  readonly until: number;
  readonly after: number;
}

/** Shows campaigns as they were, as long as a surface lags behind what requests have changed. */
class Lag {
  private readonly changes = new Map<SimulatedCampaign, Change[]>();
  private readonly freezes = new Map<Surface, Freeze>();
  private last = 0;

  constructor(private readonly settings: Pick<Settings, "now" | "listLag" | "pageLag">) {}

  note(campaign: SimulatedCampaign, before: SimulatedCampaign | undefined): void {
    this.last += 1;
    const changes = this.changes.get(campaign) ?? [];
    changes.push({ at: this.settings.now(), number: this.last, before });
    this.changes.set(campaign, changes);
  }

  freeze(surface: Surface, milliseconds: number): void {
    this.freezes.set(surface, { until: this.settings.now() + milliseconds, after: this.last });
  }

  /** A campaign as a surface shows it now; undefined if it doesn't show it yet. */
  seen(surface: Surface, campaign: SimulatedCampaign): SimulatedCampaign | undefined {
    const hidden = this.changes.get(campaign)?.find((change) => this.isHidden(surface, change));
    return hidden ? hidden.before : campaign;
  }

  private isHidden(surface: Surface, { at, number }: Change): boolean {
    const { now, listLag, pageLag } = this.settings;
    const freeze = this.freezes.get(surface);
    if (freeze && now() < freeze.until && number > freeze.after) return true;
    return now() < at + (surface === "lists" ? listLag : pageLag);
  }
}

/** Where Hood's pages leave a point open, the behaviour is an option, and the default is the likelier or the stricter reading. */
const defaults = {
  /** TCP port on 127.0.0.1; 0 takes a free one. @default 0 */
  port: 0,
  /** The campaigns there at the start. A missing id is made up, a missing status is `running`. @default [] */
  campaigns: [] as Partial<SimulatedCampaign>[],
  /** The bearer tokens of the account; all share its rate limit. @default "simulator-token" */
  token: "simulator-token" as string | string[],
  /** The account's clock, in ms since the epoch. @default Date.now */
  now: Date.now as () => number,
  /** Waits this many ms before each request is processed, also if its client has given up by then. @default 0 */
  latency: 0,

  /**
   * Fixed windows as `requests/length`, length in s, m, h or d, comma-separated; or `off`. Every request counts,
   * whatever its token and whether it succeeds. @default "10/1s,150/60s"
   */
  rateLimit: "10/1s,150/60s",
  /** Windows begin at multiples of their length since the epoch, plus this many ms. @default 0 */
  windowOffset: 0,
  /** The window that the X-RateLimit headers describe: the one with less left, or the one after the shortest. @default "tighter" */
  headerWindow: "tighter" as "tighter" | "steady",
  /** More requests in flight than this are rejected with 429 and `Retry-After: -1`; or `off`. @default 10 */
  parallelLimit: 10 as number | "off",
  /** Another client of the account, evenly spaced, written like one window of `rateLimit` (`50/60s`); or `off`. @default "off" */
  otherClient: "off",

  /** Status for a campaign id that the account does not have. @default 400 */
  unknownId: 400 as 400 | 404,
  /** Status of a successful create. @default 201 */
  createStatus: 201 as 201 | 200,

  /** How answers write `labels`: an array, or one comma-joined string. @default "array" */
  labelsAs: "array" as "array" | "string",
  /** How answers write `total`. @default "number" */
  totalAs: "number" as "number" | "string",
  /** For this many ms, lists don't show what a request has created, changed or ended. @default 0 */
  listLag: 0,
  /** The same for a campaign's own page: for one that was created, it answers as for an unknown id. @default 0 */
  pageLag: 0,
  /** What becomes of `metadata`: kept; of one pair only, other keys are left out; other keys are rejected; nothing is kept. @default "kept" */
  metadata: "kept" as "kept" | "pair" | "pairOnly" | "dropped",
  /** The fields of a create or an edit as the account stores them. @default as they are */
  stores: (fields: Record<string, unknown>) => fields,

  /** Largest page size. @default 100 */
  maxPageSize: 100,
  /** A larger page size than that: gets the largest, or a 400. @default "clamp" */
  overMaxPageSize: "clamp" as "clamp" | "reject",
  /** A page past the end: no items and the true total, or a 400. @default "empty" */
  pastTheEnd: "empty" as "empty" | "reject",
  /** A query part the account cannot follow (field, operator, page): a 400, or as if it were not there. @default "reject" */
  badQuery: "reject" as "reject" | "ignore",
  /** Fields that a list can be filtered by. @default ["status"] */
  filterable: ["status"],
};

/**
 * What the simulated account is like.
 *
 * @example { campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }], rateLimit: "off" }
 */
export type SimulatorOptions = { [Name in keyof typeof defaults]?: (typeof defaults)[Name] | undefined };

/** The options with every default filled in and the notations read. */
export type Settings = Omit<typeof defaults, "campaigns" | "token" | "rateLimit" | "parallelLimit" | "otherClient"> & {
  tokens: string[];
  windows: RateWindow[];
  parallelLimit: number;
  otherClient: RateWindow | undefined;
};

/** @throws Error that names the option, its value and what is expected. */
export function resolveOptions(given: SimulatorOptions): Settings {
  const {
    campaigns: _,
    token,
    rateLimit,
    otherClient,
    parallelLimit,
    ...rest
  } = { ...defaults, ...withoutUndefined(given) };
  return {
    ...rest,
    tokens: [token].flat(),
    windows: parseWindows(rateLimit, "rateLimit"),
    otherClient: otherClient === "off" ? undefined : parseWindow(otherClient, "otherClient"),
    parallelLimit: parallelLimit === "off" ? Infinity : parallelLimit,
  };
}
