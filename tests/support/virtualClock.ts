import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../provider/hood/clock";

/** Turns of the event loop without any sign of life after which everybody can only be waiting for time to pass. */
const QUIET_TURNS = 10;
/** What Node makes of a shorter timer; without it, a rest too small for the clock's digits would never pass. */
const SHORTEST_SLEEP = 1;
const SENT = "http.client.request.start";
const RECEIVED = "http.server.request.start";
const realTimeout = AbortSignal.timeout;

interface Timer {
  readonly at: number;
  readonly fire: () => void;
  /** Limits a request's time: it matters only while a request is open. */
  readonly limit: boolean;
}

/**
 * Time that passes only while nobody has anything else to do: no HTTP request of this process is on its way, and the
 * event loop has been quiet. Then the earliest sleepers wake. Requests that will never be answered don't hold it up, and
 * `AbortSignal.timeout` runs on it too, so that a silent server costs no real time.
 */
export class VirtualClock implements Clock {
  /** Every pause that was asked for, in milliseconds, in order. */
  readonly pauses: number[] = [];
  readonly #timers = new Set<Timer>();
  /** Requests on their way; true for those that nobody will answer. */
  readonly #open = new Map<ClientRequest, boolean>();
  /** The client's port of each request that was received, which tells one of several alike from the others. */
  readonly #received: (number | undefined)[] = [];
  #now: number;
  #signs = 0;
  #running = false;

  /** @param quietTurns fewer will do where no HTTP is on its way. */
  constructor(
    start: number,
    private readonly chance: number,
    private readonly quietTurns = QUIET_TURNS,
  ) {
    this.#now = start;
    subscribe(SENT, this.#sent);
    subscribe(RECEIVED, this.#take);
    AbortSignal.timeout = (milliseconds) => {
      const controller = new AbortController();
      this.#add(milliseconds, () => controller.abort(new DOMException("The time is over.", "TimeoutError")), true);
      return controller.signal;
    };
  }

  /** Gives real time back to the rest of the process. */
  dispose(): void {
    AbortSignal.timeout = realTimeout;
    unsubscribe(SENT, this.#sent);
    unsubscribe(RECEIVED, this.#take);
    this.#timers.clear();
  }

  random = () => this.chance;
  now = () => this.#now;
  date = () => this.#now;

  sleep = (milliseconds: number, cut?: AbortSignal) =>
    new Promise<void>((resolve) => {
      this.pauses.push(milliseconds);
      const end = () => {
        this.#timers.delete(timer);
        cut?.removeEventListener("abort", end);
        resolve();
      };
      const timer = this.#add(cut?.aborted ? 0 : milliseconds, end, false);
      cut?.addEventListener("abort", end);
    });

  /** The server won't answer the nth request that reached this process since the clock began; the first is 1. */
  silence(nth: number): void {
    const port = this.#received[nth - 1];
    for (const [request] of this.#open) if (request.socket?.localPort === port) this.#open.set(request, true);
  }

  #add(milliseconds: number, fire: () => void, limit: boolean): Timer {
    const timer = { at: this.#now + Math.max(SHORTEST_SLEEP, milliseconds), fire, limit };
    this.#timers.add(timer);
    this.#signs++;
    if (!this.#running) void this.#run();
    return timer;
  }

  #sent = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    this.#open.set(request, false);
    this.#signs++;
    request.once("close", () => {
      this.#open.delete(request);
      this.#signs++;
    });
  };

  #take = (message: unknown) => {
    this.#received.push((message as { socket: Socket }).socket.remotePort);
  };

  async #run(): Promise<void> {
    this.#running = true;
    let [signs, quiet] = [this.#signs, 0];
    while (this.#timers.size > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      const busy = this.#signs !== signs || [...this.#open.values()].includes(false);
      quiet = busy ? 0 : quiet + 1;
      signs = this.#signs;
      if (quiet < this.quietTurns) continue;
      quiet = 0;
      this.#wakeNext();
    }
    this.#running = false;
  }

  #wakeNext(): void {
    for (const timer of this.#timers) if (timer.limit && this.#open.size === 0) this.#timers.delete(timer);
    const earliest = Math.min(...[...this.#timers].map(({ at }) => at));
    for (const timer of this.#timers) {
      if (timer.at > earliest) continue;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, earliest);
      timer.fire();
    }
  }
}
