import type { dynamic } from "@pulumi/pulumi";
import type { Clock } from "../../provider/hood/clock";
import { dynamicProvider } from "../../provider/hosts/dynamicProvider";
import type { Engine } from "../../provider/hosts/engine";
import { resources } from "../../provider/hosts/resources";
import { EngineOperation } from "../../provider/operation";
import type { ProviderError } from "../support/messages";
import type { Properties, Provider } from "./provider";
import type { Run } from "./run";

const __provider = "the way back";

/** The provider in this process; a new one for each operation. `config` is the stack's, by whole keys. */
export function openInProcess(run: Run, clock: Clock, config: Record<string, string>): Provider {
  const engine: Engine = {
    warn: async (message) => void run.said.push(message),
    showProgress: async (line) => void run.said.push(line),
    isGone: async () => false,
    currentStack: async () => ({ project: "model", stack: run.operation.pipeline }),
  };
  // A dead process sleeps for ever.
  const sleep: Clock["sleep"] = (milliseconds, cut) =>
    new Promise((resolve) => void clock.sleep(milliseconds, cut).then(() => run.providerIsDead || resolve()));
  const operation = new EngineOperation(engine, {
    now: () => clock.now(),
    date: () => clock.date(),
    random: () => clock.random(),
    sleep,
  });
  const host = dynamicProvider(resources.CampaignCancellation, operation) as Required<dynamic.ResourceProvider>;
  const get = (key: string) => config[key];
  void host.configure({ config: { get } as dynamic.Config });

  return {
    check: async (olds, news) => {
      const { inputs, failures = [] } = await carried(() => host.check(olds ? stored(olds) : {}, stored(news)));
      return { inputs: own(inputs), failures };
    },
    diff: async (id, olds, news) => {
      const { changes, replaces = [] } = await carried(() => host.diff(id, stored(olds), stored(news)));
      if (replaces.length > 0) throw new Error("A replacement would be a second call that can't be undone.");
      return { changes: changes === true };
    },
    create: async (inputs) => {
      const { id, outs } = await carried(() => host.create(stored(inputs)));
      return { id, outs: own(outs) };
    },
    read: async (id, props) => {
      const result = await carried(() => host.read(id, stored(props)));
      return { id: result.id ?? "", props: own(result.props) };
    },
    update: async (id, olds, news) => {
      const { outs } = await carried(() => host.update(id, stored(olds), stored(news)));
      return { outs: own(outs) };
    },
    delete: (id, props) => carried(() => host.delete(id, stored(props))),
  };
}

function stored(properties: Properties): Properties {
  return { ...structuredClone(properties), __provider };
}

/** What the engine's host can store: it fails on what JSON doesn't hold. */
function own(properties: Properties | undefined): Properties {
  const { __provider: _, ...others } = properties ?? {};
  const kept = JSON.parse(JSON.stringify(others));
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined || !(name in kept)) throw new Error(`The host can't store what ${name} holds.`);
  }
  return kept;
}

/** An error of the provider as the host passes it on: what it carries for the state stands apart. */
async function carried<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { id, properties, reasons } = error as Partial<NonNullable<ProviderError["partial"]>>;
    if (id === undefined || !properties) throw error;
    if (properties.__provider !== __provider) throw new Error("The state doesn't lead back to its provider.");
    Object.assign(error as Error, { partial: { id, properties: own(properties), reasons } });
    throw error;
  }
}
