import type { dynamic } from "@pulumi/pulumi";
import type { Properties, Resource } from "../context";
import { UnfinishedError } from "../errors";
import { plain } from "../plain";
import type { Operation } from "./operation";
import { shown } from "./shown";

/** Where the engine keeps the text that leads from a state to its provider. */
const PROVIDER = "__provider";

/** Stands a resource behind the door that Pulumi calls a dynamic provider. */
export function dynamicProvider(bare: Resource, operation: Operation): dynamic.ResourceProvider {
  const resource = shown(bare);
  return {
    // The engine's host doesn't wait for this before the first calls, so it only stores, at once.
    async configure({ config }) {
      operation.configure((key) => config.get(`hood:${key}`));
    },

    async check(olds: Properties, news: Properties) {
      const { inputs, failures } = await resource.check(operation, own(olds), own(news));
      return { inputs: plain(inputs), failures };
    },

    diff: (_id, olds: Properties, news: Properties) => resource.diff(operation, own(olds), own(news)),

    async create(inputs: Properties) {
      const { id, outs } = await recorded(inputs, () => resource.create(operation, own(inputs)));
      return { id, outs: plain(outs) };
    },

    async read(id, props: Properties = {}) {
      const { inputs, ...result } = await resource.read(operation, id, own(props));
      return { id: result.id, props: plain(result.props), ...(inputs && { inputs: plain(inputs) }) };
    },

    async update(_id, olds: Properties, news: Properties) {
      const { outs } = await recorded(news, () => resource.update(operation, own(olds), own(news)));
      return { outs: plain(outs) };
    },

    delete: (_id, props: Properties) => resource.delete(operation, own(props)),
  };
}

function own({ [PROVIDER]: _, ...properties }: Properties): Properties {
  return properties;
}

/** Turns what was begun but not finished into what the engine records as a partial failure. */
async function recorded<T>(inputs: Properties, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UnfinishedError)) throw error;
    const { message, id, properties } = error;
    // Without the way back to its provider, the record could never be updated or destroyed.
    const complete = { ...plain(properties), [PROVIDER]: inputs[PROVIDER] };
    throw Object.assign(error, { id, properties: complete, reasons: [message] });
  }
}
