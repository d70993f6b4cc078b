import type { Clock } from "./clock";
import { Messages } from "./messages";
import { firstRun, recurs } from "./recurrence";
import { DAY, hoodTime } from "./time";
import { withoutUndefined } from "./undefined";

/**
 * A campaign of the simulated account, in the shape of Hood's answers. Tests may change any field at any time, as
 * a person would in Hood's pages. Date-times are `YYYY-MM-DD HH:MM:SS`, GMT.
 *
 * What time brings (see `runsFor` and `startsOnTime`) shows when the campaign is read from the simulator anew. A
 * `status` that a test writes here counts from the next such read or request; `setStatus` counts at once.
 */
export interface SimulatedCampaign {
  /** Decimal digits; a string, because ids can exceed 2^53. */
  id: string;
  /** The company that it belongs to. */
  company_id: string;
  /** The member who made it. */
  creator_id: string;
  /** The member who made the campaign; `status` is the member's own. */
  creator: { id: string; name: string; status: string; image: string | null };
  /** Its name. */
  name: string;
  /** What it is for. */
  description: string | null;
  /** Its labels, always as an array here. */
  labels: string[];
  /** Free keys and values. */
  metadata: Record<string, unknown>;
  /** One of the eight that Hood names, or any other word that a test wants a client to meet. */
  status: string;
  /** Whether it has ever been running. */
  was_launched: boolean;
  /** When it is to start. */
  scheduled_time: string | null;
  /** When a scheduled campaign runs next. */
  next_run_time: string | null;
  /** One more whenever a run ends. */
  run_counter: number;
  /** Each with a `channel`: push, email or sms. Ids that are missing are made up. */
  messages: Record<string, unknown>[];
  /** When it was made. */
  create_time: string;
  /** When it was last changed. */
  update_time: string;
  /** The reason of the last pause or cancel. Stored, and shown in answers only with the option `exposeReason`. */
  reason?: string;
  /**
   * Whatever else a create or an edit brought: targeting, quiet_hours, utm_tracking, ... The account itself looks at
   *
   * - `recurrence`: a campaign that has this object runs again and again: `{ every: "1D 2H 30M" }` from the beginning
   *   of one run to the next, a day if it says nothing readable. Hood's pages do not show what it holds; this is the
   *   simulator's own notation.
   * - `end_time`: when the runs of such a campaign are over; it is then `sent`.
   * - `ab_test`: with `winner_delivery_mode: "manual"`, the campaign becomes `needs_decision` when its delivery ends.
   */
  [field: string]: unknown;
}

/** Campaign ids start here when none is given. */
const FIRST_ID = 1000248n;
const launched = new Set(["running", "paused", "sent", "needs_decision"]);

/** The campaigns of the account, found by id, in the order in which they came. */
export class Campaigns {
  readonly messages = new Messages();
  private readonly byId = new Map<string, SimulatedCampaign>();
  private lastId = FIRST_ID - 1n;

  constructor(
    private readonly now: () => number,
    private readonly clock: Clock,
  ) {}

  get(id: string): SimulatedCampaign | undefined {
    const campaign = this.byId.get(id);
    if (campaign) this.clock.catchUp(campaign);
    return campaign;
  }

  all(): Map<string, SimulatedCampaign> {
    for (const campaign of this.byId.values()) this.clock.catchUp(campaign);
    return this.byId;
  }

  /** Completes a campaign with plausible values and stores it. An id that is taken is a mistake of the caller. */
  add(given: Partial<SimulatedCampaign>): SimulatedCampaign {
    const id = given.id ?? this.freeId();
    if (this.byId.has(id)) {
      throw new Error(
        `Could not add campaign ${id} to the simulator: it already has one with this id. Use another id.`,
      );
    }
    const campaign = this.complete(id, given);
    this.byId.set(id, campaign);
    this.clock.note(campaign);
    return campaign;
  }

  private complete(id: string, given: Partial<SimulatedCampaign>): SimulatedCampaign {
    const now = this.now();
    const status = given.status ?? "running";
    const scheduled_time =
      given.scheduled_time ?? (status === "scheduled" && !recurs(given) ? hoodTime(now + DAY) : null);
    const campaign = {
      company_id: "1000000",
      creator_id: "1000223",
      creator: { id: "1000223", name: "Ana Kovac", status: "active", image: null },
      name: `Campaign ${id}`,
      description: null,
      labels: [],
      metadata: {},
      was_launched: launched.has(status),
      next_run_time: status === "scheduled" ? firstRun({ ...given, scheduled_time }, now) : null,
      run_counter: launched.has(status) ? 1 : 0,
      messages: [],
      create_time: hoodTime(now),
      update_time: hoodTime(now),
      ...withoutUndefined(structuredClone(given)),
      id,
      status,
      scheduled_time,
    };
    campaign.messages = this.messages.complete(campaign.messages, campaign);
    return campaign;
  }

  private freeId(): string {
    do this.lastId += 1n;
    while (this.byId.has(String(this.lastId)));
    return String(this.lastId);
  }
}
