import { expect } from "chai";
import type { SimulatorOptions } from "../../simulator";
import { type EngineServer, startEngineServer } from "./engineServer";
import { type Properties, ProviderProcess, type Surroundings } from "./providerProcess";
import { TestAccount, USUAL } from "./testAccount";

/** An account and an engine, and provider processes for both: each is one operation. */
export class Processes extends TestAccount {
  engine!: EngineServer;
  readonly #started: ProviderProcess[] = [];

  constructor(
    private readonly surroundings: Surroundings,
    options: SimulatorOptions,
  ) {
    super(options);
  }

  override async start(): Promise<void> {
    await super.start();
    this.engine = await startEngineServer({ project: "shop", stack: "prod" });
  }

  async process({ config, ...others }: Surroundings = {}): Promise<ProviderProcess> {
    const started = await ProviderProcess.start({
      engine: this.engine.address,
      ...this.surroundings,
      ...others,
      config: { ...USUAL, endpoint: this.hood.url, ...config },
    });
    this.#started.push(started);
    return started;
  }

  override async stop(): Promise<void> {
    for (const process of this.#started.splice(0)) await process.stop();
    this.engine.close();
    await super.stop();
  }

  /** As an update does it: check, and then create with what check gave. */
  async apply(args: Properties, process: ProviderProcess): ReturnType<ProviderProcess["create"]> {
    const { inputs, failures } = await process.check(undefined, args);
    expect(failures).to.deep.equal([]);
    return process.create(inputs);
  }
}

/** Within a `describe`: an account and an engine, new for each test. What its processes are, each test says. */
export function openProcesses(surroundings: Surroundings = {}, options: SimulatorOptions = {}): Processes {
  const processes = new Processes(surroundings, options);
  beforeEach(() => processes.start());
  afterEach(() => processes.stop());
  return processes;
}
