import { expect } from "chai";
import {
  type FaultRule,
  type SimulatedCampaign,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../simulator";
import { InProcessProvider, type Setup } from "./inProcess";

/** No test's output may hold it, whatever goes wrong. */
export const TOKEN = "canary-token-1234567890";

// Nothing here is about the pace or the cap, unless a test says so.
export const USUAL = { token: TOKEN, rateLimit: "1000/1s", maxCancellations: "1000", timeout: "3s" };

/** An account, and what it was asked. */
export class TestAccount {
  #hood: Simulator | undefined;

  constructor(private readonly options: SimulatorOptions) {}

  get hood(): Simulator {
    if (!this.#hood) throw new Error("The account isn't started yet.");
    return this.#hood;
  }

  async start(): Promise<void> {
    this.#hood = await startSimulator({ token: TOKEN, rateLimit: "off", ...this.options });
  }

  async stop(): Promise<void> {
    await this.#hood?.close();
  }

  /** A new campaign; its id. */
  campaign(status: string, more: Partial<SimulatedCampaign> = {}): string {
    const [campaign] = this.hood.add({ name: "Spring sale", ...more, status });
    return campaign?.id ?? "";
  }

  /** Makes the next cancel call for a campaign go wrong. */
  faultCancel(id: string, rule: Omit<FaultRule, "match">): void {
    this.hood.fault({ ...rule, match: ({ method, campaignId }) => method === "POST" && campaignId === id });
  }

  /** Makes reads of a campaign go wrong. */
  faultRead(id: string, rule: Omit<FaultRule, "match">): void {
    this.hood.fault({ ...rule, match: ({ method, campaignId }) => method === "GET" && campaignId === id });
  }

  /** Every request so far, such as `GET /campaigns/1000248`. */
  get sent(): string[] {
    return this.hood.requests.map(({ method, path }) => `${method} ${path.replace("/v1/hood", "")}`);
  }

  /** Those that could change something. How campaigns are read, singly or in lists, is another matter. */
  get calls(): string[] {
    return this.sent.filter((request) => !request.startsWith("GET "));
  }

  /** Campaigns that a request really canceled, in order. */
  get canceled(): string[] {
    return this.hood.requests.flatMap(({ effect }) => (effect?.to === "canceled" ? effect.campaignId : []));
  }
}

/** An account, and the provider in this process. */
export class InProcess extends TestAccount {
  provider!: InProcessProvider;

  constructor(
    private readonly setup: Setup,
    options: SimulatorOptions,
  ) {
    super(options);
  }

  override async start(): Promise<void> {
    await super.start();
    this.provider = this.another();
  }

  /** The next operation on the same account. */
  another({ config, ...setup }: Setup = {}): InProcessProvider {
    const { config: usual } = this.setup;
    return new InProcessProvider({
      ...this.setup,
      ...setup,
      config: { ...USUAL, endpoint: this.hood.url, ...usual, ...config },
    });
  }

  /** As an update does it: check, and then create with what check gave. */
  async apply(
    args: Record<string, unknown>,
    provider = this.provider,
  ): Promise<Awaited<ReturnType<InProcessProvider["create"]>>> {
    const { inputs, failures } = await provider.check(undefined, args);
    expect(failures).to.deep.equal([]);
    return provider.create(inputs);
  }
}

/** Within a `describe`: an account and a provider for its tests, with an empty request log before each. */
export function openInProcess(setup: Setup = {}, options: SimulatorOptions = {}): InProcess {
  const account = new InProcess(setup, options);
  before(() => account.start());
  beforeEach(() => account.hood.clearRequests());
  after(() => account.stop());
  return account;
}

/** Until something has happened that nobody tells of. The test's timeout bounds it. */
export async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 5));
}
