import { expect } from "chai";
import { hosted, type Properties } from "../../provider/hosts/hosted";
import { EngineOperation } from "../../provider/operation";
import { campaign as resource } from "../../provider/resources/campaign/campaign";
import { type Fault, type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { silentEngine } from "../support/inProcess";
import type { VirtualClock } from "../support/virtualClock";
import { virtualTime, withVirtualClock } from "./inVirtualTime";

const campaign = hosted(resource);
const TOKEN = "canary-token-1234567890";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Five declarations, two of them alike, as one program has them. */
const program: Readonly<Record<string, Properties>> = {
  spring: { name: "Spring sale", labels: ["spring"] },
  twin: { name: "Spring sale", labels: ["spring"] },
  autumn: { name: "Autumn sale", metadata: { team: "crm" }, scheduledTime: "2099-12-01T09:00:00Z" },
  flash: { name: "Flash sale", runImmediately: true },
  winter: { name: "Winter  sale", description: "Snow", draft: true },
};

/** A stack of one program, and its state. */
class Stack {
  readonly states = new Map<string, Properties>();

  constructor(
    private readonly name: string,
    private readonly hood: Simulator,
    private readonly clock: VirtualClock,
  ) {}

  /** One update. @returns how many of its creates failed. */
  async up(): Promise<number> {
    const operation = new EngineOperation(silentEngine(), this.clock);
    const config: Record<string, string> = { endpoint: this.hood.url, token: TOKEN, rateLimit: "1000/1s" };
    operation.configure((key) => config[key]);
    const applied = Object.entries(program).map(async ([name, args]) => {
      const on = operation.on(`urn:pulumi:${this.name}::shop::hood:index:Campaign::${name}`);
      const state = this.states.get(name);
      const { inputs } = await campaign.check(on, state ? args : {}, args);
      if (state) return void (await campaign.diff(on, state, inputs));
      this.states.set(name, (await campaign.create(on, inputs)).outs);
    });
    return (await Promise.allSettled(applied)).filter(({ status }) => status === "rejected").length;
  }

  get ids(): string[] {
    return [...this.states.values()].map(({ campaignId }) => String(campaignId));
  }
}

const upper = (value: unknown) => (typeof value === "string" ? value.replace(/\s+/g, " ").trim().toUpperCase() : value);
const restyled = (fields: Record<string, unknown>) => ({
  ...fields,
  name: upper(fields.name),
  ...(fields.description !== undefined && { description: upper(fields.description) }),
});
/** A chance that is the same each time. */
function lottery(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** What an account is like, and whether a create that was interrupted is found again there by itself. */
const accounts: [string, SimulatorOptions & { ahead?: number }, boolean][] = [
  ["as documented", {}, true],
  ["with lists 5 s behind the truth, and pages 6 s behind the lists", { listLag: 5_000, pageLag: 11_000 }, true],
  ["that stores values in a way of its own", { stores: restyled }, true],
  ["whose clock is an hour ahead", { ahead: HOUR }, true],
  ["whose clock is an hour behind", { ahead: -HOUR }, true],
  ["that keeps one pair of metadata", { metadata: "pair" }, false],
  ["that rejects other metadata than one pair", { metadata: "pairOnly" }, false],
  ["that drops metadata", { metadata: "dropped" }, false],
];

/** What becomes of a create's answer. */
const answers: [string, Fault][] = [
  ["is lost before it arrives", { kind: "drop" }],
  ["is lost after it took effect", { kind: "drop", processed: true }],
  ["is a gateway's 504 while the server goes on for 40 s", { kind: "status", status: 504, processed: 40_000 }],
];

describe("Creates in virtual time", function () {
  this.timeout(60_000);
  virtualTime();

  for (const [what, { ahead = 0, ...options }, found] of accounts) {
    for (const [how, fault] of answers) {
      it(`make one campaign for each declaration if 7 of 10 times an answer ${how}, in an account ${what}`, () =>
        withVirtualClock(0, async (clock) => {
          for (let seed = 1; seed <= 4; seed++) await play(clock, seed, { ahead, ...options }, fault, found);
        }));
    }
  }

  async function play(
    clock: VirtualClock,
    seed: number,
    { ahead, ...options }: SimulatorOptions & { ahead: number },
    fault: Fault,
    found: boolean,
  ): Promise<void> {
    const hood = await startSimulator({
      token: TOKEN,
      rateLimit: "off",
      parallelLimit: "off",
      now: () => clock.now() + ahead,
      ...options,
    });
    try {
      const chance = lottery(seed);
      hood.fault({
        match: ({ method, path }) => method === "POST" && path.endsWith("/campaigns") && chance() < 0.7,
        times: Number.POSITIVE_INFINITY,
        fault,
      });
      const other = new Stack("prod", hood, clock);
      const stack = new Stack("dev", hood, clock);
      for (let up = 1; up <= 20; up++) {
        await other.up();
        await clock.sleep(MINUTE);
        const failed = await stack.up();
        await clock.sleep(MINUTE);
        // The first update is killed before Pulumi keeps anything of it.
        if (up === 1) stack.states.clear();
        else if (failed === 0 && other.states.size === 5) break;
      }
      const ids = [...stack.ids, ...other.ids];
      expect(new Set(ids).size, "no campaign belongs to two").to.equal(ids.length);
      expect(hood.campaigns.size, "none is made twice").to.be.at.most(10);
      if (!found) return;
      expect(stack.ids, "all of the stack").to.have.length(5);
      expect([...hood.campaigns.keys()].sort(), "each is in a state").to.deep.equal(ids.sort());
    } finally {
      await hood.close();
    }
  }
});
