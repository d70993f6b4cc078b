import { hoodTime } from "./time";
import { withoutUndefined } from "./undefined";

/** The statuses that Hood's pages name. The account's own table of what leads where is in `actions.ts`. */
export const knownStatuses = [
  "draft",
  "manual",
  "scheduled",
  "running",
  "paused",
  "canceled",
  "sent",
  "needs_decision",
] as const;

/**
 * A campaign of the simulated account, in the shape of Hood's answers. Tests may change any field at any time, as
 * a person would in Hood's pages. Date-times are `YYYY-MM-DD HH:MM:SS`, GMT.
 */
export interface SimulatedCampaign {
  /** Decimal digits; a string, because ids can exceed 2^53. */
  id: string;
  company_id: string;
  creator_id: string;
  /** The member who made the campaign; `status` is the member's own. */
  creator: { id: string; name: string; status: string; image: string | null };
  name: string;
  description: string | null;
  labels: string[];
  metadata: Record<string, unknown>;
  /** One of the eight that Hood names, or any other word that a test wants a client to meet. */
  status: string;
  was_launched: boolean;
  scheduled_time: string | null;
  next_run_time: string | null;
  run_counter: number;
  messages: Record<string, unknown>[];
  create_time: string;
  update_time: string;
  /** The reason of the last pause or cancel. Stored, and shown in answers only with the option `exposeReason`. */
  reason?: string;
  /** Whatever else a create or an edit brought: targeting, quiet_hours, utm_tracking, ... */
  [field: string]: unknown;
}

/** The fields that Hood's pages show somewhere; a request can ask for any of them. */
export const knownFields = new Set(
  (
    "id company_id creator_id creator name description labels metadata status send_strategy was_launched " +
    "scheduled_time next_run_time run_counter recurrence end_time ab_test messages utm_tracking quiet_hours targeting " +
    "send_in_profile_time_zone send_if_profile_time_passed deal_id financial_performance archived create_time " +
    "update_time adex email push"
  ).split(" "),
);

/** Campaign ids start here when none is given. */
const FIRST_ID = 1000248n;
const DAY = 86_400_000;
const launched = new Set(["running", "paused", "sent", "needs_decision"]);

/** The campaigns of the account, found by id, in the order in which they came. */
export class Campaigns {
  readonly byId = new Map<string, SimulatedCampaign>();
  private lastId = FIRST_ID - 1n;

  constructor(private readonly now: () => number) {}

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
    return campaign;
  }

  private complete(id: string, given: Partial<SimulatedCampaign>): SimulatedCampaign {
    const now = this.now();
    const status = given.status ?? "running";
    const start = given.scheduled_time ?? (status === "scheduled" ? hoodTime(now + DAY) : null);
    return {
      company_id: "1000000",
      creator_id: "1000223",
      creator: { id: "1000223", name: "Ana Kovac", status: "active", image: null },
      name: `Campaign ${id}`,
      description: null,
      labels: [],
      metadata: {},
      was_launched: launched.has(status),
      scheduled_time: start,
      next_run_time: status === "scheduled" ? start : null,
      run_counter: launched.has(status) ? 1 : 0,
      messages: [],
      create_time: hoodTime(now),
      update_time: hoodTime(now),
      ...withoutUndefined(structuredClone(given)),
      id,
      status,
    };
  }

  private freeId(): string {
    do this.lastId += 1n;
    while (this.byId.has(String(this.lastId)));
    return String(this.lastId);
  }
}
