import { expect } from "chai";
import { UnfinishedError, UserError } from "../../provider/errors";
import type { Account } from "../../provider/hood/account";
import type { Clock } from "../../provider/hood/clock";
import type { Engine } from "../../provider/hosts/engine";
import { encoded, type Hosted, type Properties } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import { EngineOperation, type Operation } from "../../provider/operation";
import {
  type FaultRule,
  type SimulatedCampaign,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from "../../simulator";
import { expectReadable, ProviderError, START, thrown } from "./accounts";
import { VirtualClock } from "./virtualClock";

export { START };

/** No test's output may hold it, whatever goes wrong. */
export const TOKEN = "canary-token-1234567890";

// Nothing here is about the pace or the cap, unless a test says so.
export const USUAL = { token: TOKEN, rateLimit: "1000/1s", maxCancellations: "1000", timeout: "3s" };

export const isCreate: FaultRule["match"] = ({ method, path }) => method === "POST" && path.endsWith("/campaigns");
export const isList: FaultRule["match"] = ({ method, campaignId }) => method === "GET" && campaignId === undefined;
export const isView: FaultRule["match"] = ({ method, campaignId }) => method === "GET" && campaignId !== undefined;
export const isEdit: FaultRule["match"] = ({ method }) => method === "PATCH";

/** A moment as Hood writes it, so many hours before the account's clock begins. */
export function hoursAgo(hours: number): string {
  return new Date(START - hours * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}

/** An account, and what it was asked. */
export class TestAccount {
  #hood: Simulator | undefined;

  constructor(private readonly options: SimulatorOptions) {}

  get hood(): Simulator {
    if (!this.#hood) throw new Error("The account isn't started yet.");
    return this.#hood;
  }

  async start(more: SimulatorOptions = {}): Promise<void> {
    this.#hood = await startSimulator({ token: TOKEN, rateLimit: "off", ...more, ...this.options });
  }

  async stop(): Promise<void> {
    await this.#hood?.close();
  }

  /** A new campaign; its id. */
  campaign(status: string, more: Partial<SimulatedCampaign> = {}): string {
    const [campaign] = this.hood.add({ name: "Spring sale", ...more, status });
    return campaign?.id ?? "";
  }

  /** Makes coming requests go wrong. */
  fault(rule: FaultRule): void {
    this.hood.fault(rule);
  }

  /** Makes the next cancel call for a campaign go wrong. */
  faultCancel(id: string, rule: Omit<FaultRule, "match">): void {
    this.fault({ ...rule, match: ({ method, campaignId }) => method === "POST" && campaignId === id });
  }

  /** Makes reads of a campaign go wrong. */
  faultRead(id: string, rule: Omit<FaultRule, "match">): void {
    this.fault({ ...rule, match: ({ method, campaignId }) => method === "GET" && campaignId === id });
  }

  /** Every request so far, such as `GET /campaigns/1000248`. */
  get sent(): string[] {
    return this.hood.requests.map(({ method, path }) => `${method} ${path.replace("/v1/hood", "")}`);
  }

  /** Those that could change something. How campaigns are read, singly or in lists, is another matter. */
  get calls(): string[] {
    return this.sent.filter((request) => !request.startsWith("GET "));
  }

  /** Their methods, and those of reads. */
  get methods(): string[] {
    return this.hood.requests.map(({ method }) => method);
  }

  /** What calls said to Hood. */
  get bodies(): Record<string, unknown>[] {
    return this.hood.requests.flatMap(({ body }) => (body ? JSON.parse(body) : []));
  }

  /** Campaigns that a request really canceled, in order. */
  get canceled(): string[] {
    return this.hood.requests.flatMap(({ effect }) => (effect?.to === "canceled" ? effect.campaignId : []));
  }
}

/** An account, and the provider in this process, on one clock that nobody waits for. */
export class InProcess extends TestAccount {
  clock!: VirtualClock;
  provider!: InProcessProvider;

  constructor(
    private readonly setup: Setup,
    options: SimulatorOptions,
  ) {
    super(options);
  }

  override async start(more: SimulatorOptions = {}): Promise<void> {
    this.clock = new VirtualClock(START, 0);
    await super.start({ now: () => this.clock.now(), ...more });
    this.provider = this.another();
  }

  /** Another account in place of this one. */
  async restart(options: SimulatorOptions): Promise<void> {
    await this.stop();
    await this.start(options);
  }

  override async stop(): Promise<void> {
    this.clock.dispose();
    await super.stop();
  }

  /** The next operation on the same account. */
  another({ config, ...setup }: Setup = {}): InProcessProvider {
    const { config: usual } = this.setup;
    const settings = { ...USUAL, endpoint: this.hood.url, ...usual, ...config };
    return new InProcessProvider({ ...this.setup, ...setup, config: settings }, this.clock);
  }

  /** No time passes while an answer is to come. One that never comes is told of, so that it can be given up. */
  override fault(rule: FaultRule): void {
    super.fault(rule.fault?.kind === "stall" ? this.#silenced(rule) : rule);
  }

  #silenced(rule: FaultRule): FaultRule {
    let last = 0;
    return {
      ...rule,
      match: (request) => {
        last = request.number;
        return rule.match?.(request) ?? true;
      },
      before: (hood) => {
        rule.before?.(hood);
        this.clock.silence(last);
      },
    };
  }

  /** What a check finds wrong, in words that a user can bear. */
  async failures(args: object, olds?: object, provider = this.provider) {
    const { failures } = await provider.check(olds && { ...olds }, { ...args });
    for (const { reason } of failures) expectReadable(reason);
    return failures;
  }

  /** As an update does it: check, and then create with what check gave. */
  async apply(args: object, provider = this.provider): Promise<Kept> {
    const { inputs, failures } = await provider.check(undefined, { ...args });
    expect(failures).to.deep.equal([]);
    return { args: { ...args }, inputs, ...(await provider.create(inputs)) };
  }

  /** The same, when nothing of it counts. */
  async declared(args: object, provider = this.provider): Promise<Kept> {
    const kept = await this.apply(args, provider);
    this.hood.clearRequests();
    return kept;
  }

  /** As a refresh finds it. */
  async refreshed(kept: Kept, provider = this.another()): Promise<Kept> {
    const { props, inputs = kept.inputs } = await provider.read(kept.id, kept.outs);
    return { ...kept, inputs, outs: props };
  }

  /** What a preview makes of it, and of other arguments if there are any: the check passes, and the comparison is told. */
  async preview(kept: Kept, edit: object = {}, provider = this.another()) {
    const { inputs, failures } = await provider.check(kept.inputs, { ...kept.args, ...edit });
    expect(failures).to.deep.equal([]);
    const { changes } = await provider.diff(kept.id, kept.outs, inputs);
    const { warnings } = provider.engine;
    for (const warning of warnings) expectReadable(warning);
    return { changes, inputs, warnings };
  }
}

/** A resource between two operations: its arguments in the program, and what Pulumi keeps of it. */
export interface Kept {
  readonly id: string;
  readonly args: Properties;
  readonly inputs: Properties;
  readonly outs: Properties;
}

/** Within a `describe`: an account and a provider, new for each test. */
export function openInProcess(setup: Setup = {}, options: SimulatorOptions = {}): InProcess {
  const account = new InProcess(setup, options);
  beforeEach(() => account.start());
  afterEach(() => account.stop());
  return account;
}

/** How a call fails, in words that a user can bear. */
export async function failed(act: () => Promise<unknown>): Promise<ProviderError> {
  const error = await thrown(ProviderError, act);
  expectReadable(error.message);
  return error;
}

/** Until something has happened that nobody tells of. The test's timeout bounds it. */
export async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export type ResourceType = keyof typeof resources;

export interface Setup {
  /** The `hood` config namespace, without the prefix. */
  readonly config?: Record<string, string>;
  /** The resource type that is spoken to. @default CampaignCancellation */
  readonly type?: ResourceType;
  /** Project and stack, if the engine knows them. */
  readonly stack?: { readonly project: string; readonly stack: string };
  /** Name of the resource, or its whole URN; null for a host that isn't told. @default the name of its campaign */
  readonly resource?: string | null;
}

export interface SilentEngine extends Engine {
  readonly warnings: readonly string[];
  readonly progress: readonly string[];
}

/** An engine that keeps to itself what a provider tells it. */
export function silentEngine(stack: { project?: string; stack?: string } = {}): SilentEngine {
  const warnings: string[] = [];
  const progress: string[] = [];
  return {
    warnings,
    progress,
    warn: async (message) => {
      warnings.push(message);
    },
    showProgress: async (line) => {
      progress.push(line);
    },
    currentStack: async () => stack,
    isGone: async () => false,
  };
}

/** A resource in this process, called as an engine calls it: all that it gets and gives was stored in between. */
export class CalledResource {
  constructor(
    protected readonly resource: Hosted,
    protected readonly operation: Operation,
  ) {}

  protected on(_: Properties): Operation {
    return this.operation;
  }

  /** A resource that isn't in the state yet has no old inputs. */
  async check(olds: Properties | undefined, news: Properties) {
    const { inputs, failures } = await this.resource.check(this.on(news), stored(olds ?? {}), stored(news));
    return { inputs: stored(inputs), failures };
  }

  async diff(_id: string, olds: Properties, news: Properties) {
    const { changes } = await failing(() => this.resource.diff(this.on(news), stored(olds), stored(news)));
    return { changes, replaces: [] as string[] };
  }

  async create(inputs: Properties) {
    const { id, outs } = await failing(() => this.resource.create(this.on(inputs), stored(inputs)));
    return { id, outs: stored(outs) };
  }

  async read(id: string, props: Properties) {
    const { inputs, ...found } = await failing(() => this.resource.read(this.on(props), id, stored(props)));
    return { id: found.id, props: stored(found.props), ...(inputs && { inputs: stored(inputs) }) };
  }

  async update(_id: string, olds: Properties, news: Properties) {
    const { outs } = await failing(() => this.resource.update(this.on(news), stored(olds), stored(news)));
    return { outs: stored(outs) };
  }

  async delete(_id: string, props: Properties): Promise<void> {
    await failing(() => this.resource.delete(this.on(props), stored(props)));
  }
}

/** The resources of one operation. */
export class InProcessProvider extends CalledResource {
  readonly engine: SilentEngine;
  readonly #operation: EngineOperation;

  /** @param same the operation that this resource is another one of. */
  constructor(
    private readonly setup: Setup,
    private readonly clock: Clock,
    same?: InProcessProvider,
  ) {
    const { config = {}, type = "CampaignCancellation", stack } = setup;
    const engine = same?.engine ?? silentEngine(stack);
    const operation = same ? same.#operation : new EngineOperation(engine, clock);
    if (!same) operation.configure((key) => config[key]);
    super(resources[type], operation);
    this.engine = engine;
    this.#operation = operation;
  }

  /** The same operation, for another resource. */
  as(resource: Pick<Setup, "type" | "resource">): InProcessProvider {
    return new InProcessProvider({ ...this.setup, ...resource }, this.clock, this);
  }

  previewOutputs(inputs: Properties, olds?: Properties): Properties {
    return this.resource.previewOutputs(stored(inputs), olds && stored(olds));
  }

  /** The account as the operation has it. */
  get account(): Account {
    return this.#operation.account();
  }

  /** What the engine says when the user stops the operation. */
  cancel(): void {
    this.#operation.stop();
  }

  protected override on({ name = "spring-sale" }: Properties): Operation {
    const { resource = String(name) } = this.setup;
    const urn = resource?.startsWith("urn:") ? resource : urnOf(this.resource.type, String(resource));
    return resource === null ? this.#operation : this.#operation.on(urn);
  }
}

/** @param where project and stack. */
export function urnOf(type: string, resource: string, where = "test::unit"): string {
  return `urn:pulumi:${where}::hood:index:${type}::${resource}`;
}

/** Properties as the engine keeps them. */
export function stored(properties: Properties): Properties {
  return encoded(properties);
}

/** An error as the engine reads it. A defect goes on as it is. */
export async function failing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!(error instanceof UnfinishedError)) throw new ProviderError(error.message);
    const { id, message, state } = error;
    throw new ProviderError(message, { id, properties: stored(state), reasons: [message] });
  }
}
