// What a test sees of the simulated account.

/**
 * A campaign of the simulated account, in the shape of Hood's answers. Tests may change any field at any time, as
 * a person would in Hood's pages. Date-times are `YYYY-MM-DD HH:MM:SS`, GMT.
 *
 * A scheduled campaign is `running` from its `next_run_time` on; nothing else happens by itself. That shows when the campaign is
 * read from the simulator again. A time that had passed when the campaign became scheduled never comes.
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
  /** Its labels, always as an array here. */
  labels: string[];
  /** Free keys and values. */
  metadata: Record<string, unknown>;
  /** One of the eight that Hood names, or any other word that a test wants a client to meet. */
  status: string;
  /** Whether it has ever been running. */
  was_launched: boolean;
  scheduled_time: string | null;
  /** When a scheduled campaign runs next. */
  next_run_time: string | null;
  /** How often it ran. */
  run_counter: number;
  /** Each with a `channel`: push, email or sms. Ids that are missing are made up. */
  messages: Record<string, unknown>[];
  create_time: string;
  update_time: string;
  /** The reason of the last pause or cancel. Stored, and never shown in answers. */
  reason?: string;
  /** Whatever else a create or an edit brought: targeting, quiet_hours, recurrence, ... */
  [field: string]: unknown;
}

/** What shows campaigns: lists, and the pages of single ones. An account may serve the two from different places. */
export type Surface = "lists" | "pages";

/**
 * What goes wrong with a request. `processed: true` lets the request take its effect first, so that only the answer
 * is lost or wrong; the default is false. The kinds without it always take effect.
 */
export type Fault =
  /** Closes the connection without an answer. */
  | { kind: "drop"; processed?: boolean }
  /** Leaves the connection open and never answers. */
  | { kind: "stall"; processed?: boolean }
  /** Resets the connection in the middle of the answer's body. */
  | { kind: "reset" }
  /**
   * Answers this status in Hood's error envelope. `retryAfter` (seconds, -1 or an HTTP date) becomes the header. With a number,
   * `processed` takes effect so many ms later, as when a gateway gives up and the server behind it goes on.
   */
  | { kind: "status"; status: number; message?: string; retryAfter?: number | string; processed?: boolean | number }
  /** Answers a web page, as a proxy in between would. */
  | { kind: "html"; status: number; processed?: boolean }
  /** Answers 200 with JSON that ends too early. */
  | { kind: "truncate" }
  /** Answers 302 to this location. */
  | { kind: "redirect"; location: string; processed?: boolean }
  /** Answers 200 with this body (default `{}`) where Hood sends 204 without one. */
  | { kind: "body"; body?: string }
  /** Answers as ever, except for what this makes of the body: values in another style, a list that lies about its length. */
  | { kind: "changed"; change: (body: Record<string, unknown>) => unknown };

/** The part of a request that a fault rule can choose by. */
export interface FaultableRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** 1 for the first request of the simulator. */
  readonly number: number;
  /** The id in the path, whether the account has it or not. */
  readonly campaignId?: string;
}

/**
 * A fault for the requests that it matches. Rules are tried in the order in which they were set; requests that the
 * rate limit rejects use none up.
 *
 * @example { match: (request) => request.path.endsWith("/cancel"), fault: { kind: "drop", processed: true } }
 */
export interface FaultRule {
  /** @default every request */
  match?: (request: FaultableRequest) => boolean;
  /** For how many requests; Infinity for all. @default 1 */
  times?: number;
  /** Runs after the request was received and before it is processed: somebody else's change at that moment. @default nothing */
  before?: (simulator: Simulator) => void;
  /** Left out where the rule is there for `before` alone. */
  fault?: Fault;
}

/** What a request changed; what time brings is none. `from` and `to` are statuses; `from` is null for a create. */
export interface Effect {
  readonly campaignId: string;
  /** Its status before; `null` where it was made. */
  readonly from: string | null;
  /** Its status afterwards. */
  readonly to: string;
}

/** One request that reached the simulator, also a rejected or a faulted one. The token itself is never kept. */
export interface RequestRecord {
  /** 1 for the first request of the simulator; goes on counting after `clearRequests`. */
  readonly number: number;
  /** When it was received, by the account's clock, in ms since the epoch. */
  readonly at: number;
  readonly method: string;
  /** With the query, e.g. `/v1/hood/campaigns?page=1,100`. */
  readonly path: string;
  /** The body as it came; undefined if there was none. */
  body?: string;
  /** What the client got; `pending` while there is no answer yet. */
  status: number | "pending" | "dropped" | "reset" | "stalled";
  /** Set when this request changed a campaign, also if its answer was then lost. */
  effect?: Effect;
  /** Whether it bore a token that was valid when it was received. */
  readonly authorized: boolean;
  /** Whether the rate limit let it in. */
  counted: boolean;
}

/** A running Hood account on loopback. */
export interface Simulator {
  /** The base URL to configure a client with, e.g. `http://127.0.0.1:4010/v1/hood`. */
  readonly url: string;
  /** Every request since the start or the last `clearRequests`, also rejected and faulted ones. */
  readonly requests: readonly RequestRecord[];
  /**
   * The campaigns by id, as they are when this is read. Live: change or delete entries as a person would in Hood's
   * pages.
   */
  readonly campaigns: Map<string, SimulatedCampaign>;
  /** One campaign. @throws Error if the account does not have it. */
  campaign(id: string): SimulatedCampaign;
  /** Adds campaigns, completed with plausible values; returns them. @throws Error if an id is taken. */
  add(...campaigns: Partial<SimulatedCampaign>[]): SimulatedCampaign[];
  /** Sets a status as a person would in Hood's pages, from any to any; no time is set. @throws Error for an unknown id. */
  setStatus(id: string, status: string): void;
  /** Every token is rejected with 401 from now on, except the new one, if one is given (a rolled key). */
  expireTokens(replacement?: string): void;
  /** Makes coming requests go wrong. */
  fault(rule: FaultRule): void;
  /** For so many ms, lists (or the pages of single campaigns) show nothing of what requests change from now on. */
  freeze(surface: Surface, milliseconds: number): void;
  /** Empties the request log. */
  clearRequests(): void;
  /** Stops the account and breaks off what is still open. */
  close(): Promise<void>;
}
