import type { Observed } from "./campaign";
import { type Call, Client } from "./client";
import { type Clock, systemClock } from "./clock";
import { createCampaign, type Endpoint, type ListQuery } from "./endpoints";
import { HoodError } from "./errors";
import { Limiter } from "./limiter";
import { Outdated } from "./limiter/queue";
import { newTurn, type Turn } from "./limiter/turn";
import { newestCampaigns, type Recent } from "./newest";
import { Observation } from "./observation";
import { type Fields, search } from "./search";
import { httpTransport } from "./transport";
import type { Tell } from "./waits";
import type { Viewed } from "./whole";
import type { Window } from "./window";

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
  readonly giveUp?: AbortSignal;
  /** Is told each second what is waited for. */
  readonly tell?: Tell;
}

/**
 * What became of a call that changes something:
 * - `accepted`: Hood did it.
 * - `refused`: Hood said no; nothing happened.
 * - `unsure`: it may have happened or not; only a look can tell.
 * - `failed`: it can't have happened, and another attempt wouldn't change that.
 */
export type CallAnswer =
  | { readonly kind: "accepted"; readonly status: number; readonly body: unknown; readonly sentAt: number }
  | { readonly kind: "refused" | "unsure" | "failed"; readonly error: HoodError };

/** Nothing was sent: by the time its turn had come, what the call stands on had been seen too long ago. */
export interface OutdatedCall {
  readonly kind: "outdated";
}

/** One Hood account, as far as this provider uses it. */
export interface Account {
  /** The live campaign, asked for now. @throws HoodError; kind `unknownCampaign` where Hood doesn't know the id. */
  look(id: string): Promise<Observed>;
  /** The live campaign as it was within the last minute, with few requests where many are asked for. @throws as `look` does. */
  observe(id: string, statuses: readonly string[]): Promise<Observed>;
  /** What was seen of this campaign within the last minute; undefined where nothing was. */
  recall(id: string): Observed | undefined;
  /** Everything that Hood shows of a campaign, asked for now. @param turn that of the call which will stand on it. @throws as `look` does. */
  view(id: string, turn?: Turn): Promise<Viewed>;
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
  /**
   * One call that changes a campaign. It is repeated here only while it can't have done anything.
   *
   * @param campaign what the call stands on.
   * @param how `turn`: the same one for all calls of one intention; `ready`: as for `create`.
   */
  change(
    campaign: Pick<Observed, "id" | "seenAt">,
    endpoint: Endpoint,
    body: object,
    how?: { readonly turn?: Turn; readonly ready?: (endpoint: Endpoint) => Promise<void> },
  ): Promise<CallAnswer | OutdatedCall>;
  sleep(milliseconds: number): Promise<void>;
}

export function openAccount(
  options: AccountOptions,
  clock: Clock = systemClock,
  { giveUp, tell }: Watching = {},
): Account {
  const { rateLimit: windows, maxParallel, maxWait } = options;
  const limiter = new Limiter({ windows, maxParallel, clock, maxWait });
  const client = new Client({ transport: httpTransport(options), limiter, clock, giveUp, maxWait, tell });
  const observation = new Observation(client, clock);
  /** Changes that had an answer. */
  let answered = 0;
  return {
    look: (id) => observation.look(id),
    observe: (id, statuses) => observation.observe(id, statuses),
    recall: (id) => observation.recall(id),
    view: (id, turn) => observation.view(id, turn),
    newest: (age) => newestCampaigns(client, age),
    time: () => client.accountTime(),
    search: (query, most) => search(client, query, most),
    async create(body, ready) {
      const endpoint = createCampaign();
      return send(client, endpoint, CREATED, { body, ready: ready && (() => ready(endpoint)) });
    },
    async change(campaign, endpoint, body, { turn = newTurn(), ready } = {}) {
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
        if (!(error instanceof Outdated)) throw error;
        // While others get through, it is only a matter of time; while it is refused, of what it may wait.
        const progress = answered + turn.waited;
        turn.idle = turn.progress === progress ? turn.idle + 1 : 0;
        turn.progress = progress;
        if (turn.idle < MOST_IDLE) return { kind: "outdated" };
        const detail = "the rate limit leaves no room for it within a minute after a look";
        return { kind: "failed", error: new HoodError("noRoom", endpoint, detail) };
      }
    },
    sleep: (milliseconds) => clock.sleep(milliseconds, giveUp),
  };
}

/** How often a call may come too late for its look, at the most, without any answer to a call in between. */
const MOST_IDLE = 3;
/** What Hood answers to a change that it made. */
const NO_CONTENT = [204];
/** What Hood answers to a create, by its newer and its older pages. */
const CREATED = [201, 200];

/** @throws Outdated */
async function send(client: Client, endpoint: Endpoint, done: readonly number[], call: Call): Promise<CallAnswer> {
  try {
    const reply = await client.call(endpoint, call);
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
  notYet: "failed",
  tooLong: "failed",
  noRoom: "failed",
  givenUp: "failed",
} as const;
