import type { AuditedCall } from "../../provider/auditLog";
import { type Account, openAccount } from "../../provider/hood/account";
import type { CampaignDetails } from "../../provider/hood/model";
import { type Operation, OperationMemory } from "../../provider/operation";
import type { CampaignArgs } from "../../provider/resources/campaign/args";
import { createCampaign } from "../../provider/resources/campaign/create";
import { editCampaign } from "../../provider/resources/campaign/edit";
import { readSettings } from "../../provider/settings";
import {
  type FaultRule,
  type RequestRecord,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../simulator";
import { type InstantClock, instantClock } from "./instantClock";

const TOKEN = "canary-token-1234567890";
/** When the account's clock begins. */
export const START = Date.parse("2026-05-01T12:00:00Z");

export const isCreate: FaultRule["match"] = ({ method, path }) => method === "POST" && path.endsWith("/campaigns");
export const isList: FaultRule["match"] = ({ method, campaignId }) => method === "GET" && campaignId === undefined;
export const isView: FaultRule["match"] = ({ method, campaignId }) => method === "GET" && campaignId !== undefined;
export const isEdit: FaultRule["match"] = ({ method }) => method === "PATCH";

/** An account, and operations on its campaigns that never wait. */
export class CampaignAccount {
  hood!: Simulator;
  clock!: InstantClock;
  account!: Account;
  memory!: OperationMemory;
  /** What came of each call. */
  audited: Omit<AuditedCall, "callId">[] = [];
  warnings: string[] = [];
  progress: string[] = [];
  /** The command that the operation belongs to has ended. */
  gone = false;

  async open(options: SimulatorOptions = {}): Promise<void> {
    await this.hood?.close();
    this.clock = instantClock();
    this.hood = await startSimulator({
      token: TOKEN,
      rateLimit: "off",
      parallelLimit: "off",
      now: () => this.#now(),
      ...options,
    });
    this.nextOperation();
  }

  /** What comes now is another update, which remembers nothing. */
  nextOperation(): void {
    const settings = {
      endpoint: this.hood.url,
      token: TOKEN,
      timeout: 5_000,
      maxParallel: 10,
      maxWait: 600_000,
      rateLimit: [{ limit: 10_000, length: 1_000 }],
    };
    this.account = openAccount(settings, this.clock);
    this.memory = new OperationMemory();
    this.audited = [];
    this.warnings = [];
    this.progress = [];
    this.gone = false;
  }

  /** @param resource its name in the program, or its whole URN; null for a host that isn't told. */
  create(args: CampaignArgs, resource: string | null = "spring-sale"): Promise<CampaignDetails> {
    return createCampaign(this.on(resource), args);
  }

  edit(id: string, olds: CampaignArgs, news: CampaignArgs): Promise<CampaignDetails> {
    return editCampaign(this.on(null), id, olds, news);
  }

  /** This operation for a resource. @param resource its name in the program, or its whole URN; null for a host that isn't told. */
  on(resource: string | null): Operation {
    return {
      ...(resource !== null && { urn: resource.startsWith("urn:") ? resource : urnOf(resource) }),
      memory: this.memory,
      account: () => this.account,
      settings: () => readSettings(() => undefined, {}),
      now: () => this.#now(),
      counted: (act) => act(),
      audit: async ({ callId: _, ...call }) => {
        if (call.outcome !== "started") this.audited.push(call);
      },
      warn: async (message) => void this.warnings.push(message),
      progress: async (line) => void this.progress.push(line),
      engineIsGone: async () => this.gone,
    };
  }

  get calls(): RequestRecord[] {
    return this.hood.requests.filter(({ method }) => method !== "GET");
  }

  /** What the calls said to Hood. */
  get bodies(): Record<string, unknown>[] {
    return this.calls.map(({ body }) => JSON.parse(body ?? ""));
  }

  #now(): number {
    return START + this.clock.now();
  }
}

export function urnOf(resource: string, stack = "dev"): string {
  return `urn:pulumi:${stack}::shop::hood:index:Campaign::${resource}`;
}

/** Within a `describe`: a fresh account for each test. */
export function openCampaignAccount(): CampaignAccount {
  const campaigns = new CampaignAccount();
  beforeEach(() => campaigns.open());
  afterEach(() => campaigns.hood.close());
  return campaigns;
}
