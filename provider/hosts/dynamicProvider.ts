import type { dynamic } from "@pulumi/pulumi";
import { UnfinishedError } from "../errors";
import type { EngineOperation, Operation } from "../operation";
import { discreet, encoded, type Hosted, isCompared, type Properties, withoutShown } from "./hosted";

/** Where the engine keeps the text that leads from a state to its provider. */
const PROVIDER = "__provider";
/** Where the classes say which resource it is, since the engine doesn't tell a dynamic provider. A state of 0.1.0 has neither. */
const IDENTITY = ["__urn", "__organization"] as const;
/** Where it stands that the expected name is a secret: the engine doesn't tell that either, so a check finds it out. */
const SECRET_NAME = "__secretName";

/** A resource as a dynamic provider, for the classes of `sdk/`. */
export function dynamicProvider(resource: Hosted, operation: EngineOperation): dynamic.ResourceProvider {
  const of = ({ [SECRET_NAME]: isSecret }: Properties) => (isSecret === true ? discreet(resource) : resource);
  return {
    // The engine's host doesn't wait for this before the first calls, so it only stores, at once.
    async configure({ config }) {
      operation.configure((key) => config.get(`hood:${key}`));
    },

    async check(olds: Properties, news: Properties) {
      const isSecret = isCompared(own(news));
      const declared = isSecret ? withoutShown(own(news)) : own(news);
      const hidden = { ...identityIn(news), [SECRET_NAME]: isSecret || undefined };
      const { inputs, failures } = await of(hidden).check(on(operation, news), own(olds), declared);
      return { inputs: encoded({ ...inputs, ...hidden }), failures: [...failures] };
    },

    async diff(_id, olds: Properties, news: Properties) {
      const { changes } = await of(news).diff(on(operation, news), own(olds), own(news));
      return { changes };
    },

    async create(inputs: Properties) {
      const { id, outs } = await recorded(inputs, () => of(inputs).create(on(operation, inputs), own(inputs)));
      return { id, outs: encoded({ ...outs, ...identityIn(inputs) }) };
    },

    async read(id, props: Properties = {}) {
      const { inputs, ...result } = await of(props).read(on(operation, props), id, own(props));
      const identity = identityIn(props);
      return {
        id: result.id,
        props: encoded({ ...result.props, ...identity }),
        ...(inputs && { inputs: encoded({ ...inputs, ...identity }) }),
      };
    },

    async update(_id, olds: Properties, news: Properties) {
      const { outs } = await recorded(news, () => of(news).update(on(operation, news), own(olds), own(news)));
      return { outs: encoded({ ...outs, ...identityIn(news) }) };
    },

    delete: (_id, props: Properties) => of(props).delete(on(operation, props), own(props)),
  };
}

/** The operation for the resource that some properties belong to, if they say which one it is. */
function on(operation: EngineOperation, { __urn: urn, __organization: organization }: Properties): Operation {
  if (typeof urn !== "string") return operation;
  return operation.on(urn, typeof organization === "string" ? organization : undefined);
}

function own(properties: Properties): Properties {
  const hidden: readonly string[] = [PROVIDER, SECRET_NAME, ...IDENTITY];
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !hidden.includes(name)));
}

function identityIn(properties: Properties): Properties {
  return Object.fromEntries([...IDENTITY, SECRET_NAME].map((name) => [name, properties[name]]));
}

/** Turns what was begun but not finished into what the engine records as a partial failure. */
async function recorded<T>(inputs: Properties, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UnfinishedError)) throw error;
    const { message, id, state } = error;
    // Without the way back to its provider, the state could never be updated or destroyed.
    const complete = { ...encoded({ ...state, ...identityIn(inputs) }), [PROVIDER]: inputs[PROVIDER] };
    throw Object.assign(error, { id, properties: complete, reasons: [message] });
  }
}
