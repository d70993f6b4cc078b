import { say } from "../text";
import { type Call, Client } from "./client";
import { type Clock, systemClock } from "./clock";
import { createCampaign, type Endpoint, type ListQuery } from "./endpoints";
import { HoodError } from "./errors";
import { type Fields, type RecentCampaign, recentCampaigns, search } from "./lists";
import type { Observed, ObservedDetails } from "./model";
import { Limiter } from "./rateLimit/limiter";
import { StaleError } from "./rateLimit/queue";
import { newTurn, type Turn } from "./rateLimit/turn";
import type { Window } from "./rateLimit/window";
import { CampaignReader } from "./reader";
import { httpTransport } from "./transport";
import type { Tell } from "./waits";

export interface AccountOptions {
  readonly endpoint: string;
  readonly token: string;
  readonly timeout: number;
  readonly maxParallel: number;
  readonly rateLimit: readonly Window[];
  readonly maxWait: number;
}

/** What an operation wants of its account. */
export interface Watching {
  /** Aborted when the operation is stopped: what waits is given up then, what is on its way ends. */
  readonly abort?: AbortSignal;
  /** Is told each second what is waited for. */
  readonly tell?: Tell;
}

/**
 * What became of a call that changes something. Hood's answers are values, never exceptions:
 * - `accepted`: Hood did it.
 * - `rejected`: Hood said no; nothing happened.
 * - `unknown`: it may have happened or not; only reading the campaign can tell, and before that it is never sent again.
 * - `notDone`: it can't have happened, and another attempt wouldn't change that.
 * - `stale`: nothing was sent. By the time its turn had come, what it stands on had been seen too long ago.
 */
export type WriteResult =
  | { readonly kind: "accepted"; readonly status: number; readonly body: unknown; readonly sentAt: number }
  | { readonly kind: "rejected" | "unknown" | "notDone"; readonly error: HoodError }
  | { readonly kind: "stale" };
/** A create stands on nothing that could be too old. */
export type CreateResult = Exclude<WriteResult, { readonly kind: "stale" }>;

/** One Hood account, as far as this provider uses it. */
export interface Account {
  /** The live campaign, asked for now. @throws HoodError; kind `unknownCampaign` where Hood doesn't know the id. */
  get(id: string): Promise<Observed>;
  /** The live campaign as it was within the last minute, with few requests where many are asked for. @throws as `get` does. */
  getRecent(id: string, statuses: readonly string[]): Promise<Observed>;
  /** What was seen of this campaign within the last minute; undefined where nothing was. */
  remembered(id: string): Observed | undefined;
  /** Everything that Hood shows of a campaign, asked for now. @param turn that of the call which will stand on it. @throws as `get` does. */
  details(id: string, turn?: Turn): Promise<ObservedDetails>;
  /** The newest campaigns: all up to an age (milliseconds), and maybe older ones. @throws HoodError */
  recentCampaigns(age: number): Promise<readonly RecentCampaign[]>;
  /** The account's clock, in milliseconds since 1970. */
  time(): number;
  /** The campaigns that a query finds, or the first of them; undefined where the list never stood still. @throws HoodError */
  search(query: ListQuery, most?: number): Promise<Fields[] | undefined>;
  /**
   * One call that creates a campaign. It is repeated here only while it can't have reached Hood.
   *
   * @param ready is asked when the call's turn has come; a HoodError that it throws keeps the call from being sent.
   */
  create(body: object, ready?: (endpoint: Endpoint) => Promise<void>): Promise<CreateResult>;
  /**
   * One call that changes a campaign. It is repeated here only while it can't have done anything.
   *
   * @param campaign what the call stands on.
   * @param how `turn`: the same one for all calls of one intention; `ready`: as for `create`.
   */
  write(
    campaign: Pick<Observed, "id" | "seenAt">,
    endpoint: Endpoint,
    body: object,
    how?: { readonly turn?: Turn; readonly ready?: (endpoint: Endpoint) => Promise<void> },
  ): Promise<WriteResult>;
  sleep(milliseconds: number): Promise<void>;
}

export function openAccount(
  options: AccountOptions,
  clock: Clock = systemClock,
  { abort, tell }: Watching = {},
): Account {
  const { rateLimit: windows, maxParallel, maxWait } = options;
  const limiter = new Limiter({ windows, maxParallel, clock, maxWait });
  const client = new Client({ transport: httpTransport(options), limiter, clock, abort, maxWait, tell });
  const observation = new CampaignReader(client, clock);
  /** Changes that had an answer. */
  let answered = 0;
  return {
    get: (id) => observation.get(id),
    getRecent: (id, statuses) => observation.getRecent(id, statuses),
    remembered: (id) => observation.remembered(id),
    details: (id, turn) => observation.details(id, turn),
    recentCampaigns: (age) => recentCampaigns(client, age),
    time: () => client.accountTime(),
    search: (query, most) => search(client, query, most),
    async create(body, ready) {
      const endpoint = createCampaign();
      return send(client, endpoint, CREATED, { body, ready: ready && (() => ready(endpoint)) });
    },
    async write(campaign, endpoint, body, { turn = newTurn(), ready } = {}) {
      const outdated = () => !observation.isFresh(campaign);
      try {
        const answer = await send(client, endpoint, NO_CONTENT, {
          body,
          turn,
          outdated,
          ready: ready && (() => ready(endpoint)),
        });
        answered++;
        observation.forget(campaign.id);
        return answer;
      } catch (error) {
        if (!(error instanceof StaleError)) throw error;
        // While others get through, it is only a matter of time; while it is refused, of what it may wait.
        const progress = answered + turn.waited;
        turn.idle = turn.progress === progress ? turn.idle + 1 : 0;
        turn.progress = progress;
        if (turn.idle < MOST_IDLE) return { kind: "stale" };
        const detail = say`the rate limit leaves no room for it within a minute after the campaign was read`;
        return { kind: "notDone", error: new HoodError("noRoom", endpoint, detail) };
      }
    },
    sleep: (milliseconds) => clock.sleep(milliseconds, abort),
  };
}

/** How often a call may come too late for its look, at the most, without any answer to a call in between. */
const MOST_IDLE = 3;
/** What Hood answers to a change that it made. */
const NO_CONTENT = [204];
/** What Hood answers to a create, by its newer and its older pages. */
const CREATED = [201, 200];

/** @throws StaleError */
async function send(client: Client, endpoint: Endpoint, done: readonly number[], call: Call): Promise<CreateResult> {
  try {
    const reply = await client.call(endpoint, call);
    if (done.includes(reply.status)) return { kind: "accepted", ...reply };
    const detail = say`HTTP ${reply.status}, where only ${done.join(" or ")} means that it was done`;
    return { kind: "unknown", error: new HoodError("noResponse", endpoint, detail, reply.status) };
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    return { kind: meanings[error.kind], error };
  }
}

/** What each failure of a call means for what it should have changed. */
const meanings = {
  rejected: "rejected",
  unknownCampaign: "rejected",
  noResponse: "unknown",
  unexpectedResponse: "unknown",
  unauthorized: "notDone",
  unreachable: "notDone",
  notYet: "notDone",
  tooLong: "notDone",
  noRoom: "notDone",
  aborted: "notDone",
} as const;
