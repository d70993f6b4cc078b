import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { type Fault, type FaultableRequest, type Simulator, startSimulator } from "../../simulator";
import { randomNumbers } from "../seed";
import { type Descendant, descendantsOf, kill } from "../support/providerProcess";
import { type Host, mustSucceed, openStack, type Program, type Stack, type StoredResource, TOKEN } from "./stack";

/** What is killed, how its command is told (the CLI is at the root of all), and the hosts that a half of its kills each goes through. */
const TARGETS: readonly [what: string, command: RegExp | undefined, hosts: readonly [Host, Host]][] = [
  ["CLI", undefined, ["npm classes", "plugin"]],
  ["dynamic provider", /dynamic-provider\/index\.js/, ["npm classes", "npm classes"]],
  ["plugin", /hosts\/plugin\/main\.js/, ["plugin", "plugin"]],
  ["language host", /\/pulumi-language-/, ["npm classes", "plugin"]],
];
/** Kills of each that have to land while an update is under way. */
const KILLS = 15;
const SEED = 20_261_128;

/** Cancellations in each update, beside one create. */
const CANCELLATIONS = 4;
/** Requests of an update that nothing goes wrong with. */
const USUAL_REQUESTS = 9;
/** Updates that bring everything to its end after a kill. */
const MOST_UPDATES = 3;
/** A call that is done late is done so long after its answer, in milliseconds. */
const LATE = 1_000;
/** What README's minute after a kill is in the time of this account, in milliseconds: all that was on its way has arrived. */
const SETTLED = 2_000;

/** What goes wrong with any request; what comes over a create has an effect, or says that it has none: else it is looked for during a minute. */
const FAULTS: readonly Fault[] = [
  { kind: "drop", processed: true },
  { kind: "stall", processed: true },
  { kind: "status", status: 504, processed: LATE },
  { kind: "status", status: 500, processed: true },
  { kind: "status", status: 429, retryAfter: 1 },
];
/** What goes wrong with any but a create. */
const NOTHING_DONE: readonly Fault[] = [{ kind: "drop" }, { kind: "status", status: 500 }];

const NONE = { kills: 0, missed: 0, updates: 0, faults: 0, effects: 0, twice: 0, lost: 0 };
type Counts = typeof NONE;

const isCreate = ({ method, path }: Pick<FaultableRequest, "method" | "path">) =>
  method === "POST" && path.endsWith("/campaigns");

/** One stack and one account, in which updates are killed one after the other. */
class Lane {
  /** Share of requests that each fault comes over. */
  #share = 0;
  #kills = 0;
  /** What a killed update has left behind. */
  #orphans: readonly Descendant[] = [];

  private constructor(
    readonly hood: Simulator,
    readonly stack: Stack,
    readonly command: RegExp | undefined,
    readonly chance: () => number,
    readonly counts: Counts,
  ) {
    const disturb = (fault: Fault, match: (request: FaultableRequest) => boolean) =>
      hood.fault({
        match: (request) => match(request) && chance() < this.#share,
        times: Number.POSITIVE_INFINITY,
        before: () => void counts.faults++,
        fault,
      });
    for (const fault of FAULTS) disturb(fault, () => true);
    for (const fault of NOTHING_DONE) disturb(fault, (request) => !isCreate(request));
  }

  static async open(host: Host, command: RegExp | undefined, seed: number, counts: Counts): Promise<Lane> {
    const hood = await startSimulator({ token: TOKEN, rateLimit: "off" });
    const settings = { HOOD_ENDPOINT: hood.url, HOOD_RATE_LIMIT: "100/1s", HOOD_TIMEOUT: "2s" };
    return new Lane(hood, await openStack(host, settings), command, randomNumbers(seed), counts);
  }

  async close(): Promise<void> {
    kill(this.#orphans);
    await this.stack.remove();
    await this.hood.close();
  }

  /** One update that is killed, and what a person does then. The resources of the one before leave the program, which sends nothing. */
  async round(): Promise<void> {
    const { hood, stack, counts } = this;
    const name = `Sale ${++this.#kills}`;
    const ids = hood.add(...Array(CANCELLATIONS).fill({ status: "running" })).map(({ id }) => id);
    await stack.declare(programOf(name, ids));
    hood.clearRequests();

    this.#share = 0.06;
    const landed = await this.#killedUp();
    if (landed) counts.kills++;
    else counts.missed++;
    const before = await stack.resources();
    // Mostly the machine is gone, and all that ran on it. If not, what is left goes on beside the next update.
    if (this.chance() < 0.7) kill(this.#orphans);
    await pause(SETTLED);

    this.#share = 0.03;
    const killed = hood.requests.length;
    const said = await this.#recover();
    this.#share = 0;
    kill(this.#orphans);
    await this.#expectAgreement(name, ids, before, killed, said);
  }

  /** @returns whether an update was under way when the process was killed. */
  async #killedUp(): Promise<boolean> {
    const { hood, stack, command, chance } = this;
    let cli = 0;
    let isHit = false;
    const strike = () => {
      if (cli === 0) return;
      this.#orphans = descendantsOf(cli);
      const target = command && this.#orphans.findLast((each) => command.test(each.command));
      if (command && !target) return;
      process.kill(target?.id ?? cli, "SIGKILL");
      isHit = true;
    };
    const aim = this.#aim();
    let [seen, isOver] = [0, false];
    hood.fault({
      match: (request) => !isOver && aim.at(request, ++seen),
      before: () => (aim.delay === 0 ? strike() : setTimeout(strike, aim.delay)),
      ...(aim.fault && { fault: aim.fault }),
    });
    // A number of steps at a time that differs, so that the requests come in another order each time.
    const parallel = String(1 + Math.floor(chance() * 6));
    const up = ["up", "--yes", "--skip-preview", "--parallel", parallel];
    const { code } = await stack.run(up, { onStart: (id) => (cli = id) });
    [isOver, cli] = [true, 0];
    return isHit && code !== 0;
  }

  /** At one request or shortly after it; one kill of four comes while a create is looked for that got no answer, whether it was done or not. */
  #aim() {
    const { chance, command } = this;
    // Only a language host that is gone leaves a provider which would look on, for a minute.
    if (chance() < 0.25 && !command?.test("/pulumi-language-")) {
      const fault = { kind: "status", status: 500, processed: chance() < 0.5 } as const;
      return { at: isCreate, delay: 100 + chance() * 400, fault };
    }
    const nth = 1 + Math.floor(chance() * USUAL_REQUESTS);
    const delay = chance() < 0.5 ? 0 : chance() * 500;
    return { at: (_: FaultableRequest, seen: number) => seen === nth, delay };
  }

  /** What a person does after a kill. @returns what Pulumi said. */
  async #recover(): Promise<string> {
    const { stack, counts } = this;
    const said: string[] = [];
    // The lock of a CLI that was killed stays.
    if (!this.command) said.push((await stack.run(["cancel", "--yes"])).stderr);
    for (let updates = 1; ; updates++) {
      const { code, stdout, stderr } = await stack.up();
      counts.updates++;
      said.push(stdout, stderr);
      if (code === 0) break;
      expect(updates, said.join("\n")).to.be.below(MOST_UPDATES);
    }
    // As Pulumi says then, now that they aren't pending any more.
    if (said.join().includes("pending operations")) {
      const refresh = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates"];
      said.push((await mustSucceed(stack.run(refresh))).stdout);
    }
    return said.join("\n");
  }

  /** The account's own log, the state and what was said come to the same, and nothing is left to be done. */
  async #expectAgreement(
    name: string,
    ids: readonly string[],
    before: readonly StoredResource[],
    killed: number,
    said: string,
  ): Promise<void> {
    const { hood, stack, counts } = this;
    // A campaign that is taken over gets another mark: that is an effect too, and nobody's twice.
    const effects = hood.requests.flatMap(({ effect }, index) =>
      effect && (effect.from === null || effect.to === "canceled") ? [{ ...effect, isKilled: index < killed }] : [],
    );
    const created = [...hood.campaigns.values()].filter((campaign) => campaign.name === name);
    const resources = await stack.resources();
    counts.effects += effects.length;
    const ended = ids.map((id) => effects.filter(({ campaignId }) => campaignId === id).length);
    for (const done of [created.length, ...ended]) {
      counts.twice += Math.max(0, done - 1);
      counts.lost += Math.max(0, 1 - done);
    }
    const log = hood.requests.map(
      ({ method, path, status, effect }) => `${method} ${path} ${status} ${effect?.to ?? ""}`,
    );
    const why = `${name}\n${said}\n${log.join("\n")}`;
    const all = [...ids, ...created.map(({ id }) => id)];
    const affected = effects.map(({ campaignId }) => campaignId);
    const stored = resources.map(({ id }) => id);
    expect(affected, why).to.have.members(all);
    expect(created, why).to.have.length(1);
    expect(stored, why).to.have.members(all);
    for (const { id, outputs } of resources.filter(({ id }) => ids.includes(id))) {
      expect(outputs, why).to.include({ status: "canceled" });
      if (outputs.outcome !== "canceled") expect(said).to.match(new RegExp(`Found campaign ${id} .*interrupted`), why);
    }
    const wasKept = before.some(({ id }) => id === created[0]?.id);
    const isLeft = effects.some(({ from, isKilled }) => from === null && isKilled) && !wasKept;
    if (isLeft) expect(said, why).to.match(/interrupted update had already created/);

    hood.clearRequests();
    const next = await stack.run(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
    expect(next.code, `${why}\n${next.stdout}${next.stderr}`).to.equal(0);
    expect(next.stdout, why).to.not.contain("pending operations");
    expect(hood.requests, why).to.deep.equal([]);
  }
}

function programOf(name: string, ids: readonly string[]): Program {
  const args = { name, scheduledTime: "2099-12-01T09:00:00Z" };
  const cancellations = ids.map((campaignId) => [
    `end-${campaignId}`,
    { type: "CampaignCancellation", args: { campaignId, reason: "Budget cut" } } as const,
  ]);
  return { [name.toLowerCase().replace(" ", "-")]: { type: "Campaign", args }, ...Object.fromEntries(cancellations) };
}

describe("An update on the real engine, with answers that get lost", function () {
  this.timeout(600_000);

  for (const [index, [what, command, hosts]] of TARGETS.entries()) {
    it(`cancels and creates each campaign once although its ${what} is killed, ${KILLS} times`, async () => {
      const counts: Counts = { ...NONE };
      const seeds = hosts.map((_, lane) => SEED + 10 * index + lane);
      const lanes = await Promise.all(hosts.map((host, lane) => Lane.open(host, command, seeds[lane] ?? 0, counts)));
      let started = 0;
      try {
        await Promise.all(
          lanes.map(async (lane) => {
            while (started - counts.missed < KILLS) {
              started++;
              await lane.round();
            }
          }),
        );
      } finally {
        await Promise.all(lanes.map((lane) => lane.close()));
        print(what, counts);
      }
    });
  }
});

function print(what: string, { kills, missed, updates, faults, effects, twice, lost }: Counts): void {
  const after = `${updates} updates after them, ${faults} faults beside them`;
  const came = `${effects} effects, ${twice} twice, ${lost} lost`;
  console.log(`      ${what}: ${kills} kills under way (${missed} came too late), ${after}: ${came}`);
}
