import { expect } from "chai";
import {
  type FaultRule,
  type SimulatedCampaign,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../simulator";
import { type EngineServer, startEngineServer } from "./engineServer";
import { type Properties, ProviderProcess, type Surroundings } from "./providerProcess";

/** No test's output may hold it, whatever goes wrong. */
export const TOKEN = "canary-token-1234567890";

const START = 30_000;

/** An account, and a provider process that is configured for it. */
export class Wire {
  readonly #surroundings: Surroundings;
  readonly #account: SimulatorOptions;
  #hood: Simulator | undefined;
  #engine: EngineServer | undefined;
  #provider: ProviderProcess | undefined;

  constructor(surroundings: Surroundings, account: SimulatorOptions) {
    this.#surroundings = surroundings;
    this.#account = account;
  }

  get hood(): Simulator {
    if (!this.#hood) throw new Error("The account isn't started yet.");
    return this.#hood;
  }

  get provider(): ProviderProcess {
    if (!this.#provider) throw new Error("The provider process isn't started yet.");
    return this.#provider;
  }

  async start(): Promise<void> {
    this.#hood = await startSimulator({ token: TOKEN, rateLimit: "off", ...this.#account });
    this.#engine = await startEngineServer();
    this.#provider = await this.another();
  }

  /** One more provider process for the same account: the next operation. Whoever asks for it stops it. */
  another({ config, environment, engine, provider, configured }: Surroundings = {}): Promise<ProviderProcess> {
    return ProviderProcess.start({
      engine: this.#engine?.address,
      ...this.#surroundings,
      config: { ...usual, endpoint: this.hood.url, ...this.#surroundings.config, ...config },
      environment: { ...this.#surroundings.environment, ...environment },
      ...(engine !== undefined && { engine }),
      ...(configured !== undefined && { configured }),
      ...(provider && { provider }),
    });
  }

  async stop(): Promise<void> {
    await this.#provider?.stop();
    this.#engine?.close();
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

  /** Makes looks at a campaign go wrong. */
  faultLook(id: string, rule: Omit<FaultRule, "match">): void {
    this.hood.fault({ ...rule, match: ({ method, campaignId }) => method === "GET" && campaignId === id });
  }

  /** As an update does it: check, and then create with what check gave. */
  async apply(args: Properties, provider = this.provider): ReturnType<ProviderProcess["create"]> {
    const { inputs, failures } = await provider.check(undefined, args);
    expect(failures).to.deep.equal([]);
    return provider.create(inputs);
  }

  /** Every request so far, such as `GET /campaigns/1000248`. */
  get sent(): string[] {
    return this.hood.requests.map(({ method, path }) => `${method} ${path.replace("/v1/hood", "")}`);
  }

  /** Those that could change something. How campaigns are looked at, singly or in lists, is another matter. */
  get calls(): string[] {
    return this.sent.filter((request) => !request.startsWith("GET "));
  }

  /** Campaigns that a request really cancelled, in order. */
  get canceled(): string[] {
    return this.hood.requests.flatMap(({ effect }) => (effect?.to === "canceled" ? effect.campaignId : []));
  }
}

// Nothing here is about the pace or the cap, unless a test says so.
const usual = { token: TOKEN, rateLimit: "1000/1s", maxCancellations: "1000", timeout: "3s" };

/** Within a `describe`: an account and a provider process for its tests, with an empty request log before each. */
export function openWire(surroundings: Surroundings = {}, account: SimulatorOptions = {}): Wire {
  const wire = new Wire(surroundings, account);
  before(async function () {
    this.timeout(START);
    await wire.start();
  });
  beforeEach(() => wire.hood.clearRequests());
  after(() => wire.stop());
  return wire;
}

/** Until something has happened that nobody tells of. The test's timeout bounds it. */
export async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 5));
}
