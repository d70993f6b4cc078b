import { expect } from "chai";
import fc from "fast-check";
import { startEngineServer } from "../support/engineServer";
import { type Host, hosts } from "../support/hosts";
import { ProviderProcess } from "../support/providerProcess";
import { histories } from "./arbitraries";
import { operate } from "./engine";
import type { History } from "./history";
import { play } from "./play";
import { CANARY, type Run } from "./run";
import type { Tier } from "./tier";

const RUNS = 15;
const SEED = 1_000_248;
const STEPS = 3;
/** Histories at the same time: each waits most of its time. */
const PARALLEL = 5;
/** Longer than any answer of the account takes, and short enough to wait for where none comes. */
const TIMEOUT = "400ms";

/** The provider in a process of its own for each operation, in real time. Nothing waits but the provider. */
class InProcesses implements Tier {
  readonly #processes = new Map<Run, ProviderProcess>();
  readonly #ends: Promise<void>[] = [];

  constructor(
    readonly engine: string,
    readonly preflight: string,
    readonly host: Host,
  ) {}

  now = () => Date.now();
  wait = async () => {};
  silence = () => {};

  perform: Tier["perform"] = async (run, state, endpoint) => {
    const base = { endpoint, preflight: this.preflight, timeout: TIMEOUT };
    // A refresh or a destroy that doesn't run the program gets the config of long ago: only the environment is new.
    const rotated = run.operation.kind === "refresh" || run.operation.kind === "destroy";
    const provider = await ProviderProcess.start({
      engine: this.engine,
      host: this.host,
      config: { ...base, token: rotated ? `${CANARY}-of-long-ago` : run.token },
      environment: rotated ? { HOOD_TOKEN: run.token } : {},
    });
    this.#processes.set(run, provider);
    try {
      return await operate(run, state, () => provider);
    } finally {
      this.#ends.push(this.#end(run, provider));
    }
  };

  bury = (run: Run) => {
    if (run.providerIsDead) void this.#processes.get(run)?.stop();
  };

  async close(): Promise<void> {
    await Promise.all(this.#ends);
  }

  async #end(run: Run, provider: ProviderProcess): Promise<void> {
    await run.settled();
    await provider.stop();
    expect(provider.output).not.to.contain(CANARY);
  }
}

async function playInProcesses(history: History, host: Host): Promise<void> {
  const engine = await startEngineServer();
  const tier = new InProcesses(engine.address, history.preflight, host);
  try {
    await play(history, tier);
    await tier.close();
    expect(JSON.stringify(engine.logs)).not.to.contain(CANARY);
  } finally {
    await tier.close();
    engine.close();
  }
}

describe(`${RUNS} histories with real provider processes`, function () {
  this.timeout(180_000);

  for (const host of Object.values(hosts)) it(`keep every promise (${host.name})`, () => keepPromises(host));

  async function keepPromises(host: Host): Promise<void> {
    const left = fc.sample(histories(STEPS), { numRuns: RUNS, seed: SEED });
    const lane = async () => {
      for (let history = left.pop(); history; history = left.pop()) await playInProcesses(history, host);
    };
    await Promise.all(Array.from({ length: PARALLEL }, lane));
  }
});
