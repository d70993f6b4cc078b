import { expect } from "chai";
import fc from "fast-check";
import { hosted, type Properties } from "../../provider/hosts/hosted";
import { isExplainedByTime, pathBetween } from "../../provider/lifecycle";
import { EngineOperation } from "../../provider/operation";
import { campaignStatus } from "../../provider/resources/campaignStatus";
import { type Simulator, startSimulator } from "../../simulator";
import { silentEngine } from "../support/inProcess";

const TOKEN = "canary-token-1234567890";
const STATUSES = ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent", "needs_decision"];
const DESIRED = ["running", "paused", "scheduled", "canceled"];
const resource = hosted(campaignStatus);

/** The program is edited, or the campaign moves without us: by time, or by somebody in Hood's pages. */
type Event = { readonly desired: string } | { readonly becomes: string };

const events = fc.array(
  fc.oneof(
    fc.record({ desired: fc.constantFrom(...DESIRED) }),
    fc.record({ becomes: fc.constantFrom(...STATUSES.filter((status) => status !== "canceled")) }),
  ),
  { minLength: 1, maxLength: 10 },
);

describe("a CampaignStatus in random histories", () => {
  let hood: Simulator;

  before(async () => {
    hood = await startSimulator({ token: TOKEN, rateLimit: "off" });
  });
  after(() => hood.close());

  it("previews what then happens, never leaves canceled, and finds drift only in what time can't explain", () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...STATUSES), events, (live, events) => new Life(hood, live).play(events)),
      { numRuns: 400, seed: 20261125 },
    )).timeout(60_000);
});

/** One resource over several operations, each of which reads the account again, as the engine runs them. */
class Life {
  readonly #id: string;
  #inputs: Properties | undefined;
  #outs: Properties = {};

  constructor(
    private readonly hood: Simulator,
    live: string,
  ) {
    const [campaign] = hood.add({ name: "Spring sale", status: live });
    this.#id = campaign?.id ?? "";
  }

  async play(events: readonly Event[]): Promise<void> {
    for (const event of events) {
      const canceled = this.#status === "canceled";
      if ("desired" in event) await this.#up(event.desired);
      else if (!canceled) await this.#refresh(event.becomes);
      if (canceled) expect(this.#status, "after a cancellation").to.equal("canceled");
    }
  }

  async #up(desired: string): Promise<void> {
    const before = this.#status;
    const first = this.hood.requests.length;
    const operation = this.#operation();
    const { inputs, failures } = await resource.check(operation, this.#inputs ?? {}, this.#argumentsFor(desired));
    if (failures.length > 0) return this.#expectUntouched(before, first);
    const acts = !this.#inputs || (await resource.diff(operation, this.#outs, inputs)).changes;
    const edited = this.#outs.status !== desired || this.#drifted;
    if (acts) await this.#apply(operation, inputs);
    this.#inputs = inputs;
    const calls = this.#callsSince(first);
    expect(calls).to.deep.equal(acts && edited ? inputs.plannedActions : []);
    if (calls.length > 0) expect(this.#status).to.equal(desired);
    // Right afterwards, the same program has nothing left to do.
    const again = await resource.check(this.#operation(), inputs, this.#argumentsFor(desired));
    expect(again).to.deep.equal({ inputs, failures: [] });
    expect((await resource.diff(this.#operation(), this.#outs, again.inputs)).changes).to.equal(false);
  }

  async #apply(operation: EngineOperation, inputs: Properties): Promise<void> {
    const { outs } = this.#inputs
      ? await resource.update(operation, this.#outs, inputs)
      : await resource.create(operation, inputs);
    this.#outs = outs;
  }

  async #refresh(becomes: string): Promise<void> {
    this.hood.setStatus(this.#id, becomes);
    if (!this.#inputs) return;
    const { props, inputs } = await resource.read(this.#operation(), this.#id, this.#outs);
    this.#outs = props;
    this.#inputs = inputs ?? this.#inputs;
    const { changes } = await resource.diff(this.#operation(), props, this.#inputs);
    expect(changes, `${props.status} found ${becomes}`).to.equal(this.#drifted);
  }

  get #drifted(): boolean {
    const [desired, current] = [String(this.#outs.status), String(this.#outs.currentStatus)];
    if (this.#inputs === undefined || isExplainedByTime(desired, current)) return false;
    return pathBetween(current, desired) !== undefined;
  }

  #expectUntouched(status: string, first: number): void {
    expect(this.#callsSince(first)).to.deep.equal([]);
    expect(this.#status).to.equal(status);
  }

  #callsSince(first: number): string[] {
    const calls = this.hood.requests.slice(first).filter(({ method }) => method !== "GET");
    return calls.map(({ path }) => path.split("/").at(-1) ?? "");
  }

  #argumentsFor(status: string): Properties {
    const time = status === "scheduled" ? { scheduledTime: "2099-12-01T09:00:00Z" } : {};
    return { campaignId: this.#id, status, reason: "Stock is short", ...time };
  }

  #operation(): EngineOperation {
    const operation = new EngineOperation(silentEngine());
    const config: Record<string, string> = { endpoint: this.hood.url, token: TOKEN, rateLimit: "1000/1s" };
    operation.configure((key) => config[key]);
    return operation;
  }

  get #status(): string {
    return this.hood.campaign(this.#id).status;
  }
}
