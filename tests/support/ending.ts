import { expect } from "chai";
import type { AuditedCall } from "../../provider/auditLog";
import { type Account, openAccount } from "../../provider/hood/account";
import { cancelCampaign } from "../../provider/resources/cancellation/end";
import {
  type Effect,
  type FaultRule,
  type RequestRecord,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../simulator";
import { type InstantClock, instantClock } from "./instantClock";

export const ID = "1000248";
const TOKEN = "canary-token-1234567890";
/** When the account's clock begins. */
const START = Date.parse("2026-05-01T12:00:00Z");

export const isCancel: FaultRule["match"] = ({ method }) => method === "POST";
export const isLook: FaultRule["match"] = ({ method }) => method === "GET";

/** An account with one running campaign, and what it takes to end it without waiting. */
export class Ending {
  hood!: Simulator;
  clock!: InstantClock;
  account!: Account;
  /** What came of each call. */
  audited: Omit<AuditedCall, "callId">[] = [];

  async open(options: SimulatorOptions = {}, rateLimit = [{ limit: 1_000, length: 1_000 }]): Promise<void> {
    await this.close();
    this.audited = [];
    this.clock = instantClock();
    this.hood = await startSimulator({
      token: TOKEN,
      rateLimit: "off",
      now: () => START + this.clock.now(),
      campaigns: [{ id: ID, name: "Spring sale", status: "running" }],
      ...options,
    });
    const settings = {
      endpoint: this.hood.url,
      token: TOKEN,
      timeout: 5_000,
      maxParallel: 10,
      maxWait: 600_000,
      rateLimit,
    };
    this.account = openAccount(settings, this.clock);
  }

  async close(): Promise<void> {
    await this.hood?.close();
  }

  end(more: object = {}, calledBefore = false): ReturnType<typeof cancelCampaign> {
    const audit = async ({ callId: _, ...call }: AuditedCall) => {
      if (call.outcome !== "started") this.audited.push(call);
    };
    const args = { campaignId: ID, reason: "Budget cut", ...more };
    return cancelCampaign({ account: () => this.account, audit }, args, { calledBefore });
  }

  get methods(): string[] {
    return this.hood.requests.map(({ method }) => method);
  }

  get posts(): RequestRecord[] {
    return this.hood.requests.filter(({ method }) => method === "POST");
  }

  get effects(): Effect[] {
    return this.hood.requests.flatMap(({ effect }) => effect ?? []);
  }

  expectOneEffect(): void {
    expect(this.effects).to.deep.equal([{ campaignId: ID, from: "running", to: "canceled" }]);
  }
}

/** Within a `describe`: a fresh account for each test. */
export function openEnding(): Ending {
  const ending = new Ending();
  beforeEach(() => ending.open());
  afterEach(() => ending.close());
  return ending;
}
