import { DOCTOR } from "../errors";
import { concat, type Message, say } from "../text";
import { type Call, Client, type ClientOptions, type Ready } from "./client";
import { type Clock, systemClock } from "./clock";
import { createCampaign, type Endpoint, type ListQuery, listCampaigns } from "./endpoints";
import { failures, HoodError } from "./errors";
import { type Fields, type RecentCampaign, recentCampaigns, search } from "./lists";
import type { Observed, ObservedDetails } from "./model";
import { expectList } from "./pages";
import type { OtherWindow, Window } from "./rateLimit/headers";
import { Limiter, newTurn, StaleError, type Turn } from "./rateLimit/limiter";
import { CampaignReader } from "./reader";
import { httpTransport, type TransportOptions } from "./transport";

export interface AccountOptions extends TransportOptions {
  readonly rateLimit: readonly Window[];
  readonly maxWait: number;
}

/**
 * What became of a call that changes something. Hood's answers are values, never exceptions:
 * - `accepted`: Hood did it.
 * - `rejected`: Hood said no; nothing happened.
 * - `unknown`: it may have happened or not; only reading the campaign can tell, and before that it is never sent again.
 * - `notDone`: it can't have happened, and another attempt wouldn't change that.
 * - `stale`: nothing was sent. When its turn came, the read that it stands on was too long ago.
 */
export type WriteResult =
  | { readonly kind: "accepted"; readonly status: number; readonly body: unknown; readonly sentAt: number }
  | { readonly kind: "rejected" | "unknown" | "notDone"; readonly error: HoodError }
  | { readonly kind: "stale" };
/** A create stands on no read that could be too old. */
export type CreateResult = Exclude<WriteResult, { readonly kind: "stale" }>;

/** One Hood account, as far as this provider uses it. */
export interface Account {
  /** The live campaign, read now. @throws HoodError; kind `unknownCampaign` if Hood doesn't know the id */
  get(id: string): Promise<Observed>;
  /** The live campaign as it was within the last minute, with few requests if many are asked for. @throws as `get` does */
  getRecent(id: string, statuses: readonly string[]): Promise<Observed>;
  /** The same, by nothing that can lag behind the campaign's own page. @param turn that of the call which will stand on it. @throws as `get` does */
  getCertain(id: string, statuses: readonly string[], turn: Turn): Promise<Observed>;
  /** What was read of this campaign within the last minute; undefined if nothing was. */
  remembered(id: string): Observed | undefined;
  /** Everything that Hood shows of a campaign, read now. @param turn that of the call which will stand on it. @throws as `get` does */
  details(id: string, turn?: Turn): Promise<ObservedDetails>;
  /** The newest campaigns: all up to an age (milliseconds), and maybe older ones. @throws HoodError */
  recentCampaigns(age: number): Promise<readonly RecentCampaign[]>;
  /** Makes sure that it is an account that answers, and not something else that knows no campaign at all. @throws HoodError */
  expectList(): Promise<void>;
  /** The ids of all campaigns, read once; undefined if the list never stood still. @throws HoodError */
  everyId(): Promise<ReadonlySet<string> | undefined>;
  /** The account's clock, in milliseconds since 1970. */
  time(): number;
  /** The same, or this machine's if that is earlier: one of them may be wrong, and what was created a short time ago must not be taken for old. */
  earliestTime(): number;
  /** The campaigns that a query finds, or the first of them; undefined if the list never stood still. @throws HoodError */
  search(query: ListQuery, most?: number): Promise<Fields[] | undefined>;
  /** One call that creates a campaign. It is repeated here only while it can't have done anything. A HoodError of `ready` keeps it back. */
  create(body: object, ready?: Ready): Promise<CreateResult>;
  /**
   * One call that changes a campaign. It is repeated here only while it can't have done anything.
   *
   * @param campaign what the call stands on. @param how `turn`: the same one for all calls of one intention
   */
  write(
    campaign: Pick<Observed, "id" | "seenAt" | "updateTime" | "isListed">,
    endpoint: Endpoint,
    body: object,
    how?: { readonly turn?: Turn; readonly ready?: Ready },
  ): Promise<WriteResult>;
  sleep(milliseconds: number): Promise<void>;
  /** Milliseconds of this process's clock, which nothing sets back. */
  now(): number;
  /** Waits for what all resources read together, such as a list: that goes on if this one gives up. @throws HoodError */
  shared<T>(reading: Promise<T>): Promise<T>;
  /** The same account, which gives up waiting at the signal too. Its reason says why. */
  until(signal: AbortSignal): Account;
}

export function openAccount(
  options: AccountOptions,
  clock: Clock = systemClock,
  {
    abort,
    tell,
    warn = () => {},
    transport = httpTransport(options),
  }: Partial<Pick<ClientOptions, "abort" | "tell" | "transport">> & { readonly warn?: (message: Message) => void } = {},
): Account {
  const { rateLimit: windows, maxParallel, maxWait } = options;
  const differs = (other: OtherWindow) => warn(describeOtherWindow(other, windows));
  // doctor/assumptions.ts: shortWindow, longWindow, oneCounter, parallel
  const limiter = new Limiter({ windows, maxParallel, clock, maxWait, differs });
  const client = new Client({ transport, limiter, clock, abort, maxWait, tell });
  const reader = new CampaignReader(client, clock);
  let list: Promise<void> | undefined;
  let everyId: Promise<ReadonlySet<string> | undefined> | undefined;
  /** Changes that had an answer. */
  let answered = 0;
  const using = (abort: AbortSignal | undefined): Account => ({
    get: (id) => reader.get(id, { abort }),
    getRecent: (id, statuses) => reader.getRecent(id, statuses, { abort }),
    getCertain: (id, statuses, turn) => reader.getCertain(id, statuses, { turn, abort }),
    remembered: (id) => reader.remembered(id),
    details: (id, turn) => reader.details(id, { turn, abort }),
    recentCampaigns: (age) => recentCampaigns(client, age),
    async expectList() {
      list ??= expectList(client).catch((error) => {
        list = undefined;
        throw error;
      });
      await this.shared(list);
    },
    everyId() {
      const query = { fields: ["id", "name", "status"], sort: "create_time" };
      everyId ??= search(client, query).then((found) => found && new Set(found.map(({ id }) => id)));
      return this.shared(everyId);
    },
    shared: (reading) => (abort ? orAborted(reading, abort) : reading),
    time: () => client.accountTime(),
    earliestTime: () => client.earliestTime(),
    search: (query, most) => search(client, query, most),
    create: (body, ready) => send(client, createCampaign(), CREATED, { body, ready, abort }),
    async write(campaign, endpoint, body, { turn = newTurn(), ready } = {}) {
      const outdated = () => !reader.isFresh(campaign);
      try {
        const result = await send(client, endpoint, NO_CONTENT, { body, turn, outdated, ready, abort });
        answered++;
        reader.forget(campaign.id);
        if (result.kind === "accepted") reader.noteChange(campaign);
        return result;
      } catch (error) {
        if (!(error instanceof StaleError)) throw error;
        return isStuck(turn, answered) ? { kind: "notDone", error: noRoom(endpoint) } : { kind: "stale" };
      }
    },
    now: () => clock.now(),
    sleep: (milliseconds) => clock.sleep(milliseconds, abort),
    until: (signal) => using(abort ? AbortSignal.any([abort, signal]) : signal),
  });
  return using(abort);
}

/** What all resources read together is a list. */
const ANY_LIST = listCampaigns({ sort: "create_time" }, 1, 1);

function orAborted<T>(reading: Promise<T>, abort: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new HoodError("aborted", ANY_LIST, say`${String(abort.reason)}`));
    if (abort.aborted) stop();
    abort.addEventListener("abort", stop);
    reading.then(resolve, reject).finally(() => abort.removeEventListener("abort", stop));
  });
}

/** How often in a row a call may come too late for its read without any sign of progress. */
const MOST_IDLE = 3;

/** True if a call came too late once more, and nothing tells that another read and another wait would change that. */
function isStuck(turn: Turn, answered: number): boolean {
  // While others get through, it is only a matter of time; while the account asks to wait, hood:maxWait ends it.
  const progress = answered + turn.waited;
  turn.idle = turn.progress === progress ? turn.idle + 1 : 0;
  turn.progress = progress;
  return turn.idle >= MOST_IDLE;
}

function noRoom(endpoint: Endpoint): HoodError {
  const detail = say`the rate limit doesn't let it through within a minute after the campaign was read`;
  return new HoodError("noRoom", endpoint, detail);
}

/** The account's windows aren't those of the settings: what to set instead. */
function describeOtherWindow({ limit, configured }: OtherWindow, windows: readonly Window[]): Message {
  const setting = windows
    .map((window) => (window === configured ? { ...window, limit } : window))
    .map((window) => `${window.limit}/${window.length / 1_000}s`)
    .join(",");
  const said = say`This account allows ${limit} requests in ${configured.length / 1_000} s, and hood:rateLimit says ${configured.limit}: set HOOD_RATE_LIMIT (or hood:rateLimit) to ${setting}. ${DOCTOR} tells more of them.`;
  return limit > configured.limit ? said : concat(said, say` The rest of this run keeps to ${limit}.`);
}

/** What Hood answers to a change that it made. */
const NO_CONTENT = [204];
/** What Hood answers to a create, by its newer and its older pages. */
const CREATED = [201, 200];

/** @throws StaleError */
async function send(client: Client, endpoint: Endpoint, done: readonly number[], call: Call): Promise<CreateResult> {
  try {
    const reply = await client.call(endpoint, call);
    if (done.includes(reply.status)) return { kind: "accepted", ...reply };
    const detail = say`HTTP ${reply.status}, though only ${done.join(" or ")} means that it was done`;
    return { kind: "unknown", error: new HoodError("noResponse", endpoint, detail, reply.status) };
  } catch (error) {
    if (!(error instanceof HoodError)) throw error;
    return { kind: failures[error.kind].effect, error };
  }
}
