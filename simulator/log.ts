import type { RateWindow } from "./windows";
import { windowStart } from "./windows";

/** What a request changed; what time brings is none. `from` and `to` are statuses; `from` is null for a create. */
export interface Effect {
  /** The campaign that was made or changed. */
  readonly campaignId: string;
  /** Its status before; `null` where it was made. */
  readonly from: string | null;
  /** Its status afterwards. */
  readonly to: string;
}

/** One request that reached the simulator, also a refused or a faulted one. The token itself is never kept. */
export interface RequestRecord {
  /** 1 for the first request of the simulator; goes on counting after `clearRequests`. */
  readonly number: number;
  /** When it was received, by the account's clock, in ms since the epoch. */
  readonly at: number;
  /** Such as `GET`. */
  readonly method: string;
  /** With the query, e.g. `/v1/hood/campaigns?page=1,100`. */
  readonly path: string;
  /** The body as it came; undefined if there was none. */
  body?: string;
  /** What the client got; `pending` while there is no answer yet. */
  status: number | "pending" | "dropped" | "reset" | "stalled";
  /** Set when this request changed a campaign, also if its answer was then lost. */
  effect?: Effect;
  /** `token 1` for the first of the configured tokens, and so on; undefined for any other. */
  readonly tokenName?: string;
  /** Whether it bore a token that was valid when it was received. */
  readonly authorized: boolean;
  /** Whether the rate limit let it in. */
  counted: boolean;
  /** Whether it was refused because too many requests were in flight. */
  readonly tooParallel: boolean;
}

/** How many requests one aligned window let in and refused; those refused as too many in parallel are in neither. */
export interface WindowUse extends RateWindow {
  /** When the window began, in ms since the epoch. */
  readonly start: number;
  /** Requests that were let in. */
  readonly accepted: number;
  /** Requests that were answered with 429. */
  readonly refused: number;
}

/** The use of every window that saw a request, the shortest kind first, each kind in order of time. */
export function windowUse(requests: readonly RequestRecord[], windows: RateWindow[], offset: number): WindowUse[] {
  return windows.flatMap(({ limit, length }) => {
    const starts = new Map<number, { accepted: number; refused: number }>();
    for (const request of requests) {
      if (request.tooParallel) continue;
      const start = windowStart(request.at, length, offset);
      const use = starts.get(start) ?? { accepted: 0, refused: 0 };
      use[request.counted ? "accepted" : "refused"] += 1;
      starts.set(start, use);
    }
    return [...starts].sort(([a], [b]) => a - b).map(([start, use]) => ({ limit, length, start, ...use }));
  });
}
