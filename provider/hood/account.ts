import { type Campaign, campaignsIn } from "./campaign";
import { Client } from "./client";
import { type Clock, systemClock } from "./clock";
import { cancelCampaign, viewCampaign } from "./endpoints";
import { HoodError } from "./errors";
import { Limiter } from "./limiter";
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
 */
export type CancelAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused" | "unsure"; readonly error: HoodError };

/** One Hood account, as far as this provider uses it. */
export interface Account {
  /** The live campaign, asked for now. @throws HoodError; kind `unknownCampaign` where Hood doesn't know the id. */
  look(id: string): Promise<Campaign>;
  /** What the last look at this campaign showed; undefined where there was none yet. */
  recall(id: string): Campaign | undefined;
  /** One cancel call, never repeated here. @throws HoodError where it can't have happened and won't by trying again. */
  cancel(id: string, reason: string): Promise<CancelAnswer>;
  sleep(milliseconds: number): Promise<void>;
}

export function openAccount(options: AccountOptions, clock: Clock = systemClock): Account {
  const limiter = new Limiter({ windows: options.rateLimit, maxParallel: options.maxParallel, clock });
  const client = new Client({ transport: httpTransport(options), limiter, clock });
  const seen = new Map<string, Campaign>();
  return {
    look: async (id) => {
      seen.delete(id);
      const campaign = await look(client, id);
      seen.set(id, campaign);
      return campaign;
    },
    recall: (id) => seen.get(id),
    cancel: (id, reason) => cancel(client, id, reason),
    sleep: (milliseconds) => clock.sleep(milliseconds),
  };
}

async function look(client: Client, id: string): Promise<Campaign> {
  const endpoint = viewCampaign(id);
  try {
    const { status, body } = await client.call(endpoint);
    const campaign = campaignsIn(body).find((candidate) => candidate.id === id);
    if (campaign) return campaign;
    throw new HoodError("unknownCampaign", endpoint, `HTTP ${status} without this campaign in it`, status);
  } catch (error) {
    // Hood answers an unknown id with 400, as it does elsewhere in its API; 404 is what others would answer.
    if (error instanceof HoodError && error.kind === "refused" && (error.status === 400 || error.status === 404)) {
      throw new HoodError("unknownCampaign", endpoint, error.detail, error.status);
    }
    throw error;
  }
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
    if (error.kind === "refused") return { kind: "refused", error };
    if (error.kind === "lost" || error.kind === "notHood") return { kind: "unsure", error };
    throw error;
  }
}
