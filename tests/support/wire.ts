import { expect } from "chai";
import type { SimulatorOptions } from "../../simulator";
import { type EngineServer, startEngineServer } from "./engineServer";
import { type Properties, ProviderProcess, type Surroundings } from "./providerProcess";
import { TestAccount, USUAL } from "./testAccount";

const START = 30_000;

/** An account, and a provider process that is configured for it. */
export class Wire extends TestAccount {
  #engine: EngineServer | undefined;
  #provider: ProviderProcess | undefined;

  constructor(
    private readonly surroundings: Surroundings,
    options: SimulatorOptions,
  ) {
    super(options);
  }

  get provider(): ProviderProcess {
    if (!this.#provider) throw new Error("The provider process isn't started yet.");
    return this.#provider;
  }

  override async start(): Promise<void> {
    await super.start();
    this.#engine = await startEngineServer();
    this.#provider = await this.another();
  }

  /** One more provider process for the same account: the next operation. Whoever asks for it stops it. */
  another({ config, environment, ...others }: Surroundings = {}): Promise<ProviderProcess> {
    const usual = { engine: this.#engine?.address, ...this.surroundings };
    return ProviderProcess.start({
      ...usual,
      ...others,
      config: { ...USUAL, endpoint: this.hood.url, ...usual.config, ...config },
      environment: { ...usual.environment, ...environment },
    });
  }

  override async stop(): Promise<void> {
    await this.#provider?.stop();
    this.#engine?.close();
    await super.stop();
  }

  /** As an update does it: check, and then create with what check gave. */
  async apply(args: Properties, provider = this.provider): ReturnType<ProviderProcess["create"]> {
    const { inputs, failures } = await provider.check(undefined, args);
    expect(failures).to.deep.equal([]);
    return provider.create(inputs);
  }
}

/** Within a `describe`: an account and a provider process for its tests, with an empty request log before each. */
export function openWire(surroundings: Surroundings = {}, options: SimulatorOptions = {}): Wire {
  const wire = new Wire(surroundings, options);
  before(async function () {
    this.timeout(START);
    await wire.start();
  });
  beforeEach(() => wire.hood.clearRequests());
  after(() => wire.stop());
  return wire;
}
