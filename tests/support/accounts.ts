import { type Account, openAccount } from "../../provider/hood/account";
import type { Clock } from "../../provider/hood/clock";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { type RawServer, startRawServer, text } from "./rawServer";

const TOKEN = "canary-token-1234567890";
/** When the clock begins. */
export const START = Date.parse("2026-05-01T12:00:00Z");

/** How Hood shows a campaign. */
export const shown = { id: "1000248", name: "Spring sale", status: "running", update_time: "2026-05-01 12:00:00" };
/** How Hood rejects a request. */
export const rejection = { code: 400, title: "Bad request.", message: "The request is not valid.", trace_id: "6f1c" };
/** What a proxy says in Hood's place. */
export const page = text(200, "<!doctype html><title>Log in</title>", { "content-type": "text/html" });

export interface InstantClock extends Clock {
  /** Every pause that was asked for, in milliseconds, in order. */
  readonly pauses: readonly number[];
}

/** A clock on which every pause is over at once, as if it had been waited for. Chance always falls on its lowest value. */
export function instantClock(): InstantClock {
  const pauses: number[] = [];
  let now = 0;
  return {
    pauses,
    now: () => now,
    date: () => START + now,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
    random: () => 0,
  };
}

function accountAt(endpoint: string, clock: Clock): Account {
  const settings = { endpoint, token: TOKEN, timeout: 5_000, maxParallel: 10, maxWait: 600_000 };
  return openAccount({ ...settings, rateLimit: [{ limit: 1_000_000, length: 1_000 }] }, clock);
}

/** An account at a server that answers as it is told. */
class RawAccount {
  server!: RawServer;
  clock!: InstantClock;
  account!: Account;

  async open(): Promise<void> {
    this.clock = instantClock();
    this.server = await startRawServer();
    this.account = accountAt(this.server.url, this.clock);
  }
}

/** An account at the simulator. */
class SimulatedAccount {
  hood!: Simulator;
  clock!: InstantClock;
  account!: Account;

  async open(options: SimulatorOptions = {}): Promise<void> {
    await this.hood?.close();
    this.clock = instantClock();
    const now = () => START + this.clock.now();
    this.hood = await startSimulator({ token: TOKEN, rateLimit: "off", parallelLimit: "off", now, ...options });
    this.account = accountAt(this.hood.url, this.clock);
  }
}

/** Within a `describe`: a fresh server and account for each test. */
export function openRawAccount(): RawAccount {
  const raw = new RawAccount();
  beforeEach(() => raw.open());
  afterEach(() => raw.server.close());
  return raw;
}

/** Within a `describe`: a fresh account for each test. */
export function openSimulatedAccount(): SimulatedAccount {
  const simulated = new SimulatedAccount();
  beforeEach(() => simulated.open());
  afterEach(() => simulated.hood.close());
  return simulated;
}
