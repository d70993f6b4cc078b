import type { Campaign } from "./campaign";
import { Client } from "./client";
import { type Clock, systemClock } from "./clock";
import { cancelCampaign } from "./endpoints";
import { HoodError } from "./errors";
import { Limiter } from "./limiter";
import { Observation } from "./observation";
import { httpTransport } from "./transport";
import type { Window } from "./window";

export interface AccountOptions {
  readonly endpoint: string;
  readonly token: string;
  readonly timeout: number;
  readonly maxParallel: number;
  readonly rateLimit: readonly Window[];
}

/**
 * What became of a cancel call:
 * - `accepted`: Hood cancelled the campaign.
 * - `refused`: Hood said no; nothing happened.
 * - `unsure`: it may have happened or not; only a look can tell.
 * - `failed`: it can't have happened, and another attempt wouldn't change that.
 */
export type CancelAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused" | "unsure" | "failed"; readonly error: HoodError };

/** One Hood account, as far as this provider uses it. */
export interface Account {
  /** The live campaign, asked for now. @throws HoodError; kind `unknownCampaign` where Hood doesn't know the id. */
  look(id: string): Promise<Campaign>;
  /** The live campaign as it was within the last minute, with few requests where many are asked for. @throws as `look` does. */
  observe(id: string, statuses: readonly string[]): Promise<Campaign>;
  /** What was seen of this campaign within the last minute; undefined where nothing was. */
  recall(id: string): Campaign | undefined;
  /** One cancel call. It is repeated here only while it can't have reached Hood. */
  cancel(id: string, reason: string): Promise<CancelAnswer>;
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds until the rate limit lets the next request through, as far as is known; 0 while it does. */
  wait(): number;
}

export function openAccount(options: AccountOptions, clock: Clock = systemClock): Account {
  const limiter = new Limiter({ windows: options.rateLimit, maxParallel: options.maxParallel, clock });
  const client = new Client({ transport: httpTransport(options), limiter, clock });
  const observation = new Observation(client, clock);
  return {
    look: (id) => observation.look(id),
    observe: (id, statuses) => observation.observe(id, statuses),
    recall: (id) => observation.recall(id),
    cancel: (id, reason) => cancel(client, id, reason),
    sleep: (milliseconds) => clock.sleep(milliseconds),
    wait: () => limiter.wait(),
  };
}

async function cancel(client: Client, id: string, reason: string): Promise<CancelAnswer> {
  const endpoint = cancelCampaign(id);
  try {
    const { status } = await client.call(endpoint, { reason });
    if (status === 204) return { kind: "accepted" };
    const error = new HoodError("lost", endpoint, `HTTP ${status}, where only 204 means that it was done`, status);
    return { kind: "unsure", error };
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    return { kind: meanings[error.kind], error };
  }
}

/** What each failure of a cancel call means for the campaign. */
const meanings = {
  refused: "refused",
  unknownCampaign: "refused",
  lost: "unsure",
  notHood: "unsure",
  unauthorized: "failed",
  unreachable: "failed",
} as const;
