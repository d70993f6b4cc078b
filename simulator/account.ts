import { invalidBody } from "./answers";
import { Campaigns } from "./campaigns";
import type { Settings } from "./options";
import type { Effect, SimulatedCampaign, Surface } from "./types";
import { hoodTime, isObject } from "./values";

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
export class Lag {
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
