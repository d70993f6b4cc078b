import type { Settings } from "./options";
import type { SimulatedCampaign, Surface } from "./types";

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

  constructor(private readonly settings: Pick<Settings, "now" | "staleFor" | "listLag" | "pageLag">) {}

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

  private isHidden(surface: Surface, { at, number, before }: Change): boolean {
    const { now, staleFor, listLag, pageLag } = this.settings;
    const lag = surface === "lists" ? listLag : pageLag;
    const freeze = this.freezes.get(surface);
    if (freeze && now() < freeze.until && number > freeze.after) return true;
    return now() < at + (before ? Math.max(lag, staleFor) : lag);
  }
}
