import type { AuditedCall } from "../../provider/auditLog";
import type { Context, Properties } from "../../provider/context";
import { type Account, openAccount } from "../../provider/hood/account";
import type { CampaignDetails } from "../../provider/hood/model";
import { createCampaign } from "../../provider/resources/campaign/create";
import { editCampaign } from "../../provider/resources/campaign/edit";
import { admitEdit } from "../../provider/resources/campaign/preflight";
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
  /** What came of each call. */
  audited: Omit<AuditedCall, "callId">[] = [];
  warnings: string[] = [];
  progress: string[] = [];
  /** The command that the operation belongs to has ended. */
  gone = false;
  plans = new Map<string, string>();

  async open(options: SimulatorOptions = {}): Promise<void> {
    await this.hood?.close();
    this.clock = instantClock();
    const now = () => START + this.clock.now();
    this.hood = await startSimulator({ token: TOKEN, rateLimit: "off", parallelLimit: "off", now, ...options });
    this.nextOperation();
  }

  /** What comes now is another update, which remembers nothing. */
  nextOperation(): void {
    const rateLimit = [{ limit: 10_000, length: 1_000 }];
    const settings = {
      endpoint: this.hood.url,
      token: TOKEN,
      timeout: 5_000,
      maxParallel: 10,
      maxWait: 600_000,
      rateLimit,
    };
    this.account = openAccount(settings, this.clock);
    this.plans = new Map();
    this.audited = [];
    this.warnings = [];
    this.progress = [];
    this.gone = false;
  }

  /** @param resource its name in the program, or its whole URN; null for a host that isn't told. */
  create(args: Properties, resource: string | null = "spring-sale"): Promise<CampaignDetails> {
    const urn = resource === null || resource.startsWith("urn:") ? resource : urnOf(resource);
    return createCampaign({ ...this.#context, ...(urn !== null && { urn }) }, args);
  }

  edit(id: string, olds: Properties, news: Properties): Promise<CampaignDetails> {
    return editCampaign(this.#context, id, olds, news);
  }

  /** The resource as its host has it, in this operation. */
  on(resource?: string): Context {
    return { ...this.#context, ...(resource !== undefined && { urn: urnOf(resource) }) };
  }

  /** What a preview makes of an edit. */
  admit(olds: Properties, news: Properties): Promise<void> {
    return admitEdit(this.#context, olds, news);
  }

  get calls(): RequestRecord[] {
    return this.hood.requests.filter(({ method }) => method !== "GET");
  }

  /** What the calls said to Hood. */
  get bodies(): Properties[] {
    return this.calls.map(({ body }) => JSON.parse(body ?? ""));
  }

  get #context(): Context {
    return {
      cancellations: new Set<string>(),
      claims: new Map<string, string>(),
      counted: (act) => act(),
      account: () => this.account,
      plans: this.plans,
      settings: () => readSettings(() => undefined, {}),
      audit: async ({ callId: _, ...call }: AuditedCall) => {
        if (call.outcome !== "started") this.audited.push(call);
      },
      warn: async (message: string) => {
        this.warnings.push(message);
      },
      progress: async (line: string) => {
        this.progress.push(line);
      },
      engineIsGone: async () => this.gone,
    };
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
