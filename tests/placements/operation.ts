import type { Clock } from "../../provider/hood/clock";
import { type Transport, TransportError } from "../../provider/hood/transport";
import type { Properties } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import { EngineOperation } from "../../provider/operation";
import type { RequestRecord } from "../../simulator";
import { Died, type Provider, type Running, type Stored } from "../model/engine";
import { failing, type ResourceType, stored } from "../support/testAccount";
import type { VirtualClock } from "../support/virtualClock";

export const TOKEN = "canary-token-1234567890";
export const TIMEOUT = 30_000;
const CONFIG: Readonly<Record<string, string>> = { token: TOKEN, rateLimit: "1000/1s", endpoint: "http://127.0.0.1:9" };
/** What stops an update is nothing to a refresh, which sends nothing. */
const CONFIG_OF_REFRESH = { ...CONFIG, maxCancellations: "0", auditLog: "/no/such/folder/audit.jsonl" };

export type Kind = Running["operation"]["kind"];
/** The arguments of each resource, by its type and name: `CampaignStatus hold`. */
export type Program = Readonly<Record<string, Properties>>;

/** A request of an operation, as the account got it. */
export interface Sent {
  readonly by: Operation;
  readonly record: RequestRecord;
  /** What the operation got to read. */
  text?: string;
}

/** One operation of a stack: a provider process in this one, and what it says. */
export class Operation implements Running {
  readonly operation: { readonly kind: Kind; readonly parallel: number };
  readonly program: Running["program"];
  /** Results, failures, warnings: all that a person could read. */
  readonly said: string[] = [];
  /** When a line was shown. */
  readonly shown: number[] = [];
  /** Hood doesn't take its token any more. */
  isRefused = false;
  /** Nothing comes back from it any more: its process was killed. */
  isDead = false;
  readonly #engine: EngineOperation;
  readonly #died: Promise<never>;
  readonly #calls: Promise<unknown>[] = [];
  #isOver = false;
  #end: () => void = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });
  #die: (reason: Died) => void = () => {};

  constructor(
    readonly stack: string,
    kind: Kind,
    program: Program,
    /** What the state held when it began. */
    readonly before: ReadonlyMap<string, Stored>,
    clock: VirtualClock,
    send: (operation: Operation, ...request: Parameters<Transport>) => ReturnType<Transport>,
    settings: Readonly<Record<string, string>> = {},
  ) {
    this.operation = { kind, parallel: 4 };
    this.program = new Map(Object.entries(program));
    this.#died = new Promise((_, reject) => {
      this.#die = reject;
    });
    this.#died.catch(() => {});
    const engine = {
      warn: async (message: string) => void this.said.push(message),
      showProgress: async () => void this.shown.push(clock.now()),
      currentStack: async () => ({ project: "shop", stack }),
      isGone: async () => this.#isOver,
    };
    // A dead process sleeps for ever.
    const sleep: Clock["sleep"] = (milliseconds, cut) =>
      new Promise((resolve) => void clock.sleep(milliseconds, cut).then(() => this.isDead || resolve()));
    const { now, date, random } = clock;
    this.#engine = new EngineOperation(engine, { now, date, random, sleep }, (...request) => send(this, ...request));
    const config = { ...(kind === "refresh" ? CONFIG_OF_REFRESH : CONFIG), ...settings };
    this.#engine.configure((key) => config[key as keyof typeof config]);
  }

  /** Ends its command, and with it the process or not. */
  kill({ process }: { process: boolean }): void {
    this.isDead ||= process;
    if (process) this.#end();
    this.#isOver = true;
    this.#die(new Died());
  }

  get wasKilled(): boolean {
    return this.#isOver;
  }

  async call<T>(act: () => Promise<T>): Promise<T> {
    if (this.#isOver) throw new Died();
    const call = act();
    this.#calls.push(call.catch((error: Error) => void this.said.push(error.message)));
    return Promise.race([call, this.#died]);
  }

  /** Once a process that was left behind by its command has ended too. */
  async settled(): Promise<void> {
    await Promise.race([Promise.all(this.#calls), this.#ended]);
  }

  /** The provider of a resource. */
  of = (name: string): Provider => {
    const [type] = name.split(" ") as [ResourceType];
    const resource = resources[type];
    const on = this.#engine.on(`urn:pulumi:${this.stack}::shop::hood:index:${type}::${name}`);
    return {
      check: async (olds = {}, news) => {
        const { inputs, failures } = await resource.check(on, stored(olds), stored(news));
        return { inputs: stored(inputs), failures };
      },
      diff: (_, olds, news) => failing(() => resource.diff(on, stored(olds), stored(news))),
      create: async (inputs) => {
        const { id, outs } = await failing(() => resource.create(on, stored(inputs)));
        return { id, outs: stored(outs) };
      },
      read: async (id, props) => {
        const { inputs, ...found } = await failing(() => resource.read(on, id, stored(props)));
        return { id: found.id, props: stored(found.props), ...(inputs && { inputs: stored(inputs) }) };
      },
      update: async (_, olds, news) => ({
        outs: stored((await failing(() => resource.update(on, stored(olds), stored(news)))).outs),
      }),
      delete: (_, props) => failing(() => resource.delete(on, stored(props))),
    };
  };
}

export function broken(): TransportError {
  return new TransportError(true, "the connection broke before the answer was there (ECONNRESET)");
}

export function silent(): TransportError {
  return new TransportError(true, `no answer within ${TIMEOUT / 1_000} s`);
}
