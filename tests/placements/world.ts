import type { Clock } from "../../provider/hood/clock";
import type { Endpoint } from "../../provider/hood/endpoints";
import { type Answer, type Transport, TransportError } from "../../provider/hood/transport";
import type { Properties } from "../../provider/hosts/hosted";
import { resources } from "../../provider/hosts/resources";
import { EngineOperation } from "../../provider/operation";
import type { RequestRecord, SimulatedCampaign } from "../../simulator";
import type { Reply } from "../../simulator/answers";
import { Simulation } from "../../simulator/simulation";
import { Died, operate, type Provider, type Result, type Running, type State, type Stored } from "../model/engine";
import { CalledResource, type ResourceType } from "../support/testAccount";
import type { VirtualClock } from "../support/virtualClock";
import { type Blow, blowOf, type Schedule } from "./faults";
import type { Story } from "./stories";

/** The stack that a schedule is about. */
export const OURS = "dev";
const THEIRS = "prod";
const MINUTE = 60_000;

/** An operation, and what came of it. */
export interface Done {
  readonly operation: Operation;
  readonly result: Result;
  readonly after: State;
  readonly began: number;
  readonly ended: number;
  /** Something came over its requests. */
  readonly isBlown: boolean;
  /** A preview just before it. */
  readonly previewed?: Done | undefined;
}

/** An account without a socket, two stacks on it, and all that went on between them. */
export class World {
  readonly hood: Simulation;
  readonly sent: Sent[] = [];
  readonly done: Done[] = [];
  /** Requests of our stack so far, as a schedule counts them. */
  readonly ours: string[] = [];
  /** What came over them, by their number, and had something to change. */
  readonly blows = new Map<number, string>();
  /** The story is over: what follows shows what came of it. */
  isOver = false;
  readonly #states = new Map<string, State>();
  #program: Program = {};
  #isLocked = false;

  constructor(
    readonly clock: VirtualClock,
    readonly schedule: Schedule,
    readonly story: Pick<Story, "campaigns" | "theirs" | "config">,
  ) {
    this.hood = new Simulation({
      token: TOKEN,
      rateLimit: "off",
      parallelLimit: "off",
      now: clock.now,
      campaigns: story.campaigns.map((campaign) => ({ ...campaign })),
    });
  }

  stateOf = (stack: string): State => {
    const state = this.#states.get(stack) ?? new Map();
    this.#states.set(stack, state);
    return state;
  };

  /** The campaign that a person would lay hands on: the first of the account, or the last that our stack has made. */
  get target(): SimulatedCampaign | undefined {
    const made = this.sent.findLast(({ by, record }) => by.stack === OURS && record.effect?.from === null);
    const { campaigns } = this.hood;
    return made?.record.effect ? campaigns.get(made.record.effect.campaignId) : campaigns.values().next().value;
  }

  /** One operation of our stack, a minute after what was before. @param isForeseen a preview comes just before it, but for many faults. */
  async operate(kind: Kind, program: Program, isForeseen = false): Promise<Done> {
    this.#program = program;
    await this.clock.sleep(MINUTE);
    const isPreviewed = isForeseen && kind === "up" && this.schedule.length < 2;
    const previewed = isPreviewed ? await this.#run(OURS, "preview", program) : undefined;
    return this.#run(OURS, kind, program, previewed);
  }

  /** Another stack, with its own program or the same, at the same time. Pulumi lets no two updates of one stack run at once. */
  async another(): Promise<void> {
    if (this.#isLocked) return;
    this.#isLocked = true;
    await this.#run(THEIRS, "up", this.story.theirs ?? this.#program);
    this.#isLocked = false;
  }

  /** `pulumi import`. */
  async import(name: string, id: string): Promise<void> {
    await this.#during(OURS, "refresh", {}, async (operation, state) => {
      const read = () => operation.of(name).read(id, {});
      try {
        const { props: outputs, inputs = {} } = await operation.call(read);
        state.set(name, { id, inputs, outputs });
        return { changes: [name], failures: [] };
      } catch (error) {
        return { changes: [], failures: [(error as Error).message] };
      }
    });
  }

  /** An update in which a process removes older states of what the program declares, and sees nothing else. */
  async removeOlder(program: Program, older: ReadonlyMap<string, Stored>): Promise<void> {
    await this.clock.sleep(MINUTE);
    await this.#during(OURS, "up", program, async (operation) => {
      const remove = ([name, { id, outputs }]: [string, Stored]) =>
        operation.call(() => operation.of(name).delete(id, outputs));
      const removed = await Promise.allSettled([...older].map(remove));
      const failures = removed.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
      return { changes: [], failures };
    });
  }

  #run(stack: string, kind: Kind, program: Program, previewed?: Done): Promise<Done> {
    const act = (operation: Operation, state: State) => operate(operation, state, operation.of);
    return this.#during(stack, kind, program, act, previewed);
  }

  async #during(
    stack: string,
    kind: Kind,
    program: Program,
    act: (operation: Operation, state: State) => Promise<Result>,
    previewed?: Done,
  ): Promise<Done> {
    const state = this.stateOf(stack);
    const operation = new Operation(stack, kind, program, new Map(state), this.clock, this.#send, this.story.config);
    const [began, blows] = [this.clock.now(), this.blows.size];
    const result = await act(operation, state);
    operation.said.push(...result.failures);
    const [ended, isBlown] = [this.clock.now(), this.blows.size > blows];
    const done = { operation, result, after: new Map(state), began, ended, isBlown, previewed };
    this.done.push(done);
    return done;
  }

  #send = async (operation: Operation, endpoint: Endpoint, body?: object): Promise<Answer> => {
    if (operation.isDead) return new Promise(() => {});
    const { method, path } = endpoint;
    const { lost, before, after, fault } =
      operation.stack === OURS && operation.operation.kind !== "preview" && !this.isOver
        ? this.#blowFor(operation, endpoint)
        : {};
    await before?.();
    if (lost) return new Promise(() => {});
    const number = this.hood.requests.length + 1;
    if (fault) this.hood.fault({ fault, match: (request) => request.number === number });
    const handled = this.hood.handle(
      {
        method,
        path: `/v1/hood${path}`,
        authorization: `Bearer ${operation.isRefused ? "rolled" : TOKEN}`,
        body: async () => (body === undefined ? "" : JSON.stringify(body)),
      },
      Promise.resolve(),
    );
    const sent: Sent = { by: operation, record: this.hood.requests[number - 1] as RequestRecord };
    this.sent.push(sent);
    const reply = await handled;
    after?.();
    if (operation.isDead) return new Promise(() => {});
    const answer = await this.#answer(reply);
    sent.text = answer.text;
    return answer;
  };

  #blowFor(operation: Operation, { method, path }: Endpoint): Blow {
    const number = this.ours.push(`${method} ${path.split("?")[0]}`);
    const placement = this.schedule.find(({ at }) => at === number);
    const blow = placement && blowOf(placement.fault, { world: this, operation, method, path });
    if (placement && blow) this.blows.set(number, placement.fault);
    return blow ?? {};
  }

  async #answer(reply: Reply): Promise<Answer> {
    if (reply.kind === "stalled") {
      await this.clock.sleep(TIMEOUT);
      throw silent();
    }
    if (reply.kind !== "answer") throw broken();
    const { status, headers = {}, body = "" } = reply.answer;
    return { status, header: (name) => headers[name] ?? null, text: body };
  }
}

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
    this.#engine = new EngineOperation(
      engine,
      { now, date, random, sleep },
      { transport: (...request) => send(this, ...request) },
    );
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
    const on = this.#engine.on(`urn:pulumi:${this.stack}::shop::hood:index:${type}::${name}`);
    return new CalledResource(resources[type], on);
  };
}

export function broken(): TransportError {
  return new TransportError(true, "the connection broke before the answer was there (ECONNRESET)");
}

export function silent(): TransportError {
  return new TransportError(true, `no answer within ${TIMEOUT / 1_000} s`);
}
