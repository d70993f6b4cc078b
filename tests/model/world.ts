import { type Fault, type FaultableRequest, type Simulator, startSimulator } from "../../simulator";
import { faultOf } from "./faults";
import { type Change, type History, idOf, nameOf, type Operation, type PipelineName, type Step } from "./history";
import type { Result, State } from "./provider";
import { Run, tokenOf, type Wanted } from "./run";
import type { Exchange, Shown, Tier } from "./tier";

/** More operations than any history has, those that end it included. */
const MOST_OPERATIONS = 64;

export interface Pipeline {
  program: Map<string, Wanted & { unknownAtPreview?: boolean }>;
  state: State;
}

/** The account, the pipelines that work on it, and all that went on between them. */
export class World {
  readonly runs: Run[] = [];
  readonly exchanges: Exchange[] = [];
  readonly pipelines: Record<PipelineName, Pipeline> = {
    A: { program: new Map(), state: new Map() },
    B: { program: new Map(), state: new Map() },
  };

  private constructor(
    readonly history: History,
    readonly tier: Tier,
    readonly hood: Simulator,
  ) {}

  static async open(history: History, tier: Tier): Promise<World> {
    const { campaigns, staleFor, windowOffset } = history;
    const hood = await startSimulator({
      token: Array.from({ length: MOST_OPERATIONS }, (_, index) => tokenOf(index)),
      now: () => tier.now(),
      staleFor,
      windowOffset,
      campaigns: campaigns.map((status, index) => ({ id: idOf(index), name: nameOf(index, "first"), status })),
    });
    const world = new World(history, tier, hood);
    let asked: FaultableRequest;
    let fault: Fault | undefined;
    hood.fault({
      times: Number.POSITIVE_INFINITY,
      match: (request) => {
        asked = request;
        return true;
      },
      before: () => {
        fault = world.meet(asked);
      },
      // The account asks for it right after `before`, with nothing in between.
      get fault() {
        return fault;
      },
    });
    return world;
  }

  async take(step: Step): Promise<readonly Result[]> {
    switch (step.do) {
      case "declare": {
        const { campaign, reason, expectedName, whenNotCancelable, unknownAtPreview } = step;
        const guards = {
          ...(expectedName && { expectedName: nameOf(campaign, expectedName) }),
          ...(whenNotCancelable && { whenNotCancelable }),
        };
        const wanted = { campaignId: idOf(campaign), reason, ...guards, unknownAtPreview };
        this.pipelines[step.pipeline].program.set(step.resource, wanted);
        return [];
      }
      case "remove":
        this.pipelines[step.pipeline].program.delete(step.resource);
        return [];
      case "change":
        this.change(step.change);
        return [];
      case "wait":
        await this.tier.wait(step.seconds * 1_000);
        return [];
      case "operate":
        return Promise.all(step.operations.map((operation) => this.operate(operation)));
    }
  }

  async operate(operation: Operation): Promise<Result> {
    const { program, state } = this.pipelines[operation.pipeline];
    // The engine starts no provider for nothing.
    if (program.size + state.size === 0) return { changes: [], failures: [] };
    const run = new Run(this.runs.length, operation, new Map(program));
    this.runs.push(run);
    const result = await this.tier.perform(run, state, this.hood.url);
    run.recorded = [...state.values()];
    return result;
  }

  /** Calls that a dead CLI left behind have ended. */
  async settle(): Promise<void> {
    for (const run of this.runs) await run.settled();
  }

  change({ campaign, to }: Change): void {
    const live = this.hood.campaigns.get(idOf(campaign));
    if (!live) return;
    if ("name" in to) live.name = nameOf(campaign, to.name);
    else if (live.status !== "canceled") live.status = to.status;
  }

  private meet(request: FaultableRequest): Fault | undefined {
    const { number, method, path, campaignId } = request;
    const record = this.hood.requests[number - 1];
    const run = this.runs.find((_, index) => record?.tokenName === `token ${index + 1}`);
    if (!record || !run) throw new Error(`${method} ${path} belongs to no operation.`);
    const kind = method === "POST" ? "cancel" : campaignId === undefined ? "list" : "look";
    const { providerIsDead: wasDead } = run;
    const { mishap, changes } = run.meet(kind);
    for (const change of changes) this.change(change);
    // What a dead process sends is only an artefact of how its death is played.
    if (!wasDead) this.exchanges.push({ run, kind, campaignId, record, mishap, shown: this.shownBy(request) });
    const fault = mishap && faultOf(mishap, run.token, this.tier.now());
    if (fault?.kind === "stall") this.tier.silence(request);
    return fault;
  }

  /** What the account's answer to a request shows, with its lag. */
  private shownBy({ path, campaignId }: FaultableRequest): Map<string, Shown> {
    const statuses = /status=in:([^&]*)/.exec(path)?.[1]?.split(",");
    const all = [...this.hood.campaigns.values()].map(({ id, name }) => ({ id, name, status: this.shownStatus(id) }));
    const shown = all.filter(({ id, status }) => (statuses ? statuses.includes(status) : id === campaignId));
    return new Map(shown.map(({ id, ...rest }) => [id, rest]));
  }

  private shownStatus(id: string): string {
    const last = this.hood.requests.findLast(({ effect }) => effect?.campaignId === id);
    const stale = last && this.tier.now() < last.at + this.history.staleFor;
    return (stale && last.effect?.from) || this.hood.campaign(id).status;
  }
}
