import { UnfinishedError, UserError } from "../../provider/errors";
import type { Clock } from "../../provider/hood/clock";
import type { Engine } from "../../provider/hosts/engine";
import { encoded, type Hosted, type Properties } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import { EngineOperation, type Operation } from "../../provider/operation";
import { ProviderError } from "./messages";

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

/** The resources of one operation, called as a host calls them, in this process. */
export class InProcessProvider {
  readonly engine: SilentEngine;
  readonly #operation: EngineOperation;
  readonly #resource: Hosted;

  /** @param same the operation that this resource is another one of. */
  constructor(
    private readonly setup: Setup,
    private readonly clock: Clock,
    same?: InProcessProvider,
  ) {
    const { config = {}, type = "CampaignCancellation", stack } = setup;
    this.engine = same?.engine ?? silentEngine(stack);
    this.#operation = same ? same.#operation : new EngineOperation(this.engine, clock);
    if (!same) this.#operation.configure((key) => config[key]);
    this.#resource = resources[type];
  }

  /** The same operation, for another resource. */
  as(resource: Pick<Setup, "type" | "resource">): InProcessProvider {
    return new InProcessProvider({ ...this.setup, ...resource }, this.clock, this);
  }

  /** A resource that isn't in the state yet has no old inputs. */
  async check(olds: Properties | undefined, news: Properties) {
    const { inputs, failures } = await this.#resource.check(this.#on(news), stored(olds ?? {}), stored(news));
    return { inputs: stored(inputs), failures };
  }

  async diff(_id: string, olds: Properties, news: Properties) {
    const { changes } = await failing(() => this.#resource.diff(this.#on(news), stored(olds), stored(news)));
    return { changes, replaces: [] as string[] };
  }

  async create(inputs: Properties) {
    const { id, outs } = await failing(() => this.#resource.create(this.#on(inputs), stored(inputs)));
    return { id, outs: stored(outs) };
  }

  async read(id: string, props: Properties) {
    const { inputs, ...found } = await failing(() => this.#resource.read(this.#on(props), id, stored(props)));
    return { id: found.id, props: stored(found.props), ...(inputs && { inputs: stored(inputs) }) };
  }

  async update(_id: string, olds: Properties, news: Properties) {
    const { outs } = await failing(() => this.#resource.update(this.#on(news), stored(olds), stored(news)));
    return { outs: stored(outs) };
  }

  async delete(_id: string, props: Properties): Promise<void> {
    await failing(() => this.#resource.delete(this.#on(props), stored(props)));
  }

  previewOutputs(inputs: Properties, olds?: Properties): Properties {
    return this.#resource.previewOutputs(stored(inputs), olds && stored(olds));
  }

  /** What the engine says when the user stops the operation. */
  cancel(): void {
    this.#operation.stop();
  }

  #on({ name = "spring-sale" }: Properties): Operation {
    const { resource = String(name) } = this.setup;
    const urn = resource?.startsWith("urn:") ? resource : urnOf(this.#resource.type, String(resource));
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
