import type { Campaign } from "./campaign";
import { Client } from "./client";
import { type Clock, systemClock } from "./clock";
import { createCampaign, type Endpoint, type ListQuery } from "./endpoints";
import { HoodError } from "./errors";
import { Limiter } from "./limiter";
import { newestCampaigns, type Recent } from "./newest";
import { Observation } from "./observation";
import { type Fields, search } from "./search";
import { httpTransport } from "./transport";
import type { Whole } from "./whole";
import type { Window } from "./window";

export interface AccountOptions {
  readonly endpoint: string;
  readonly token: string;
  readonly timeout: number;
  readonly maxParallel: number;
  readonly rateLimit: readonly Window[];
}

/**
 * What became of a call that changes something:
 * - `accepted`: Hood did it.
 * - `refused`: Hood said no; nothing happened.
 * - `unsure`: it may have happened or not; only a look can tell.
 * - `failed`: it can't have happened, and another attempt wouldn't change that.
 */
export type CallAnswer =
  | { readonly kind: "accepted"; readonly status: number; readonly body: unknown }
  | { readonly kind: "refused" | "unsure" | "failed"; readonly error: HoodError };

/** One Hood account, as far as this provider uses it. */
export interface Account {
  /** The live campaign, asked for now. @throws HoodError; kind `unknownCampaign` where Hood doesn't know the id. */
  look(id: string): Promise<Campaign>;
  /** The live campaign as it was within the last minute, with few requests where many are asked for. @throws as `look` does. */
  observe(id: string, statuses: readonly string[]): Promise<Campaign>;
  /** What was seen of this campaign within the last minute; undefined where nothing was. */
  recall(id: string): Campaign | undefined;
  /** Everything that Hood shows of a campaign, asked for now. @throws as `look` does. */
  view(id: string): Promise<Whole>;
  /** The newest campaigns: all up to an age (milliseconds), and maybe older ones. @throws HoodError */
  newest(age: number): Promise<readonly Recent[]>;
  /** The account's clock, in milliseconds since 1970. */
  time(): number;
  /** The campaigns that a query finds, or the first of them; undefined where the list never stood still. @throws HoodError */
  search(query: ListQuery, most?: number): Promise<Fields[] | undefined>;
  /**
   * One call that creates a campaign. It is repeated here only while it can't have reached Hood.
   *
   * @param ready is asked when the call's turn has come; a HoodError that it throws keeps the call from being sent.
   */
  create(body: object, ready?: (endpoint: Endpoint) => Promise<void>): Promise<CallAnswer>;
  /** One call that changes a campaign. It is repeated here only while it can't have reached Hood. @param ready as for `create`. */
  change(
    id: string,
    endpoint: Endpoint,
    body: object,
    ready?: (endpoint: Endpoint) => Promise<void>,
  ): Promise<CallAnswer>;
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds until the rate limit lets the next request through, as far as is known; 0 while it does. */
  wait(): number;
}

/** @param giveUp aborted when the operation is stopped: what waits is given up then, what is on its way ends. */
export function openAccount(options: AccountOptions, clock: Clock = systemClock, giveUp?: AbortSignal): Account {
  const limiter = new Limiter({ windows: options.rateLimit, maxParallel: options.maxParallel, clock });
  const client = new Client({ transport: httpTransport(options), limiter, clock, giveUp });
  const observation = new Observation(client, clock);
  return {
    look: (id) => observation.look(id),
    observe: (id, statuses) => observation.observe(id, statuses),
    recall: (id) => observation.recall(id),
    view: (id) => observation.view(id),
    newest: (age) => newestCampaigns(client, age),
    time: () => client.accountTime(),
    search: (query, most) => search(client, query, most),
    create: (body, ready) => send(client, createCampaign(), body, CREATED, ready),
    async change(id, endpoint, body, ready) {
      const answer = await send(client, endpoint, body, NO_CONTENT, ready);
      observation.forget(id);
      return answer;
    },
    sleep: (milliseconds) => clock.sleep(milliseconds, giveUp),
    wait: () => limiter.wait(),
  };
}

/** What Hood answers to a change that it made. */
const NO_CONTENT = [204];
/** What Hood answers to a create, by its newer and its older pages. */
const CREATED = [201, 200];

async function send(
  client: Client,
  endpoint: Endpoint,
  body: object,
  done: readonly number[],
  ready?: (endpoint: Endpoint) => Promise<void>,
): Promise<CallAnswer> {
  try {
    const reply = await client.call(endpoint, body, ready && (() => ready(endpoint)));
    if (done.includes(reply.status)) return { kind: "accepted", ...reply };
    const detail = `HTTP ${reply.status}, where only ${done.join(" or ")} means that it was done`;
    return { kind: "unsure", error: new HoodError("lost", endpoint, detail, reply.status) };
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    return { kind: meanings[error.kind], error };
  }
}

/** What each failure of a call means for what it should have changed. */
const meanings = {
  refused: "refused",
  unknownCampaign: "refused",
  lost: "unsure",
  notHood: "unsure",
  unauthorized: "failed",
  unreachable: "failed",
  givenUp: "failed",
} as const;
