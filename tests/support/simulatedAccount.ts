import { type Account, openAccount } from "../../provider/hood/account";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { type InstantClock, instantClock } from "./instantClock";

const TOKEN = "canary-token-1234567890";
/** When the account's clock begins. */
export const START = Date.parse("2026-05-01T12:00:00Z");

/** An account at the simulator, on a clock that never waits. */
export class SimulatedAccount {
  hood!: Simulator;
  clock!: InstantClock;
  account!: Account;

  async open(options: SimulatorOptions = {}): Promise<void> {
    await this.hood?.close();
    this.clock = instantClock();
    const now = () => START + this.clock.now();
    this.hood = await startSimulator({ token: TOKEN, rateLimit: "off", parallelLimit: "off", now, ...options });
    const rateLimit = [{ limit: 1_000_000, length: 1_000 }];
    const settings = { endpoint: this.hood.url, token: TOKEN, timeout: 5_000, maxParallel: 10, maxWait: 600_000 };
    this.account = openAccount({ ...settings, rateLimit }, this.clock);
  }
}

/** Within a `describe`: a fresh account for each test. */
export function openSimulatedAccount(): SimulatedAccount {
  const simulated = new SimulatedAccount();
  beforeEach(() => simulated.open());
  afterEach(() => simulated.hood.close());
  return simulated;
}
