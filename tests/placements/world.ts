import type { Endpoint } from "../../provider/hood/endpoints";
import type { Answer } from "../../provider/hood/transport";
import type { RequestRecord, SimulatedCampaign } from "../../simulator";
import type { Reply } from "../../simulator/answers";
import { Simulation } from "../../simulator/simulation";
import { operate, type Result, type State, type Stored } from "../model/engine";
import type { VirtualClock } from "../support/virtualClock";
import { type Blow, blowOf, type Schedule } from "./faults";
import { broken, type Kind, Operation, type Program, type Sent, silent, TIMEOUT, TOKEN } from "./operation";
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
