import { expect } from "chai";
import fc from "fast-check";
import type { Properties } from "../../provider/context";
import { Operation } from "../../provider/hosts/operation";
import { isExplainedByTime } from "../../provider/lifecycle";
import { campaignStatus } from "../../provider/resources/campaignStatus";
import { type Simulator, startSimulator } from "../../simulator";
import { silentEngine } from "../support/silentEngine";

const TOKEN = "canary-token-1234567890";
const STATUSES = ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent", "needs_decision"];
const WISHES = ["running", "paused", "scheduled", "canceled"];

/** The program is edited, or the campaign moves without us: by time, or by somebody in Hood's pages. */
type Event = { readonly wish: string } | { readonly becomes: string };

const events = fc.array(
  fc.oneof(
    fc.record({ wish: fc.constantFrom(...WISHES) }),
    fc.record({ becomes: fc.constantFrom(...STATUSES.filter((status) => status !== "canceled")) }),
  ),
  { minLength: 1, maxLength: 10 },
);

describe("the life of a CampaignStatus, by chance", () => {
  let hood: Simulator;

  before(async () => {
    hood = await startSimulator({ token: TOKEN, rateLimit: "off" });
  });
  after(() => hood.close());

  it("plans what then happens, never leaves canceled, and takes for a difference only what time can't explain", () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...STATUSES), events, (live, events) => new Life(hood, live).play(events)),
      { numRuns: 400, seed: 20261125 },
    )).timeout(60_000);
});

/** One resource over several operations, each with a fresh view of the account, as the engine runs them. */
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
      if ("wish" in event) await this.#up(event.wish);
      else if (!canceled) await this.#refresh(event.becomes);
      if (canceled) expect(this.#status, "after a cancellation").to.equal("canceled");
    }
  }

  async #up(wish: string): Promise<void> {
    const before = this.#status;
    const first = this.hood.requests.length;
    const operation = this.#operation();
    const { inputs, failures } = await campaignStatus.check(operation, this.#inputs ?? {}, this.#argumentsFor(wish));
    if (failures.length > 0) return this.#expectUntouched(before, first);
    const acts = !this.#inputs || (await campaignStatus.diff(operation, this.#outs, inputs)).changes;
    const edited = this.#outs.status !== wish || this.#drifted;
    if (acts) await this.#apply(operation, inputs);
    this.#inputs = inputs;
    const calls = this.#callsSince(first);
    expect(calls).to.deep.equal(acts && edited ? inputs.plannedActions : []);
    if (calls.length > 0) expect(this.#status).to.equal(wish);
    // Right afterwards, the same program has nothing left to do.
    const again = await campaignStatus.check(this.#operation(), inputs, this.#argumentsFor(wish));
    expect(again).to.deep.equal({ inputs, failures: [] });
    expect(await campaignStatus.diff(this.#operation(), this.#outs, again.inputs)).to.deep.equal({ changes: false });
  }

  async #apply(operation: Operation, inputs: Properties): Promise<void> {
    const { outs } = this.#inputs
      ? await campaignStatus.update(operation, this.#outs, inputs)
      : await campaignStatus.create(operation, inputs);
    this.#outs = outs;
  }

  async #refresh(becomes: string): Promise<void> {
    this.hood.setStatus(this.#id, becomes);
    if (!this.#inputs) return;
    const { props, inputs } = await campaignStatus.read(this.#operation(), this.#id, this.#outs);
    this.#outs = props;
    this.#inputs = inputs ?? this.#inputs;
    const { changes } = await campaignStatus.diff(this.#operation(), props, this.#inputs);
    expect(changes, `${props.status} found ${becomes}`).to.equal(this.#drifted);
  }

  get #drifted(): boolean {
    return (
      this.#inputs !== undefined && !isExplainedByTime(String(this.#outs.status), String(this.#outs.currentStatus))
    );
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

  #operation(): Operation {
    const operation = new Operation(silentEngine());
    const config: Record<string, string> = { endpoint: this.hood.url, token: TOKEN, rateLimit: "1000/1s" };
    operation.configure((key) => config[key]);
    return operation;
  }

  get #status(): string {
    return this.hood.campaign(this.#id).status;
  }
}
