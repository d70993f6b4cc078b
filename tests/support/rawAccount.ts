import { type Account, openAccount } from "../../provider/hood/account";
import { type InstantClock, instantClock } from "./instantClock";
import { type RawServer, startRawServer, text } from "./rawServer";

/** How Hood shows a campaign. */
export const shown = { id: "1000248", name: "Spring sale", status: "running", update_time: "2026-05-01 12:00:00" };
/** How Hood rejects a request. */
export const rejection = { code: 400, title: "Bad request.", message: "The request is not valid.", trace_id: "6f1c" };
/** What a proxy says in Hood's place. */
export const page = text(200, "<!doctype html><title>Log in</title>", { "content-type": "text/html" });

/** An account at a server that answers as it is told, on a clock that never waits. */
export class RawAccount {
  server!: RawServer;
  clock!: InstantClock;
  account!: Account;

  async open(): Promise<void> {
    this.server = await startRawServer();
    this.clock = instantClock();
    const rateLimit = [{ limit: 1_000, length: 1_000 }];
    const settings = {
      endpoint: this.server.url,
      token: "canary-token-1234567890",
      timeout: 5_000,
      maxParallel: 10,
      maxWait: 600_000,
    };
    this.account = openAccount({ ...settings, rateLimit }, this.clock);
  }
}

/** Within a `describe`: a fresh server and account for each test. */
export function openRawAccount(): RawAccount {
  const raw = new RawAccount();
  beforeEach(() => raw.open());
  afterEach(() => raw.server.close());
  return raw;
}
