import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { type Fault, type FaultableRequest, startSimulator } from "../../simulator";
import { randomNumbers } from "../seed";
import { type Descendant, descendantsOf, kill } from "../support/providerProcess";
import { cancellation, type Host, mustSucceed, openStack, TOKEN } from "./stack";

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

const isCreate = ({ method, path }: FaultableRequest) => method === "POST" && path.endsWith("/campaigns");
/** What goes wrong, and with what; what comes over a create has an effect, or says that it has none: else it is looked for during a minute. */
const FAULTS: readonly [Fault, (request: FaultableRequest) => boolean][] = [
  [{ kind: "drop", processed: true }, () => true],
  [{ kind: "stall", processed: true }, () => true],
  [{ kind: "status", status: 504, processed: LATE }, () => true],
  [{ kind: "status", status: 500, processed: true }, () => true],
  [{ kind: "status", status: 429, retryAfter: 1 }, () => true],
  [{ kind: "drop" }, (request) => !isCreate(request)],
  [{ kind: "status", status: 500 }, (request) => !isCreate(request)],
];
type Counts = Record<"kills" | "missed" | "updates" | "faults" | "effects" | "twice" | "lost", number>;

/** One stack and one account, in which updates are killed one after the other. */
async function openLane(host: Host, command: RegExp | undefined, chance: () => number, counts: Counts) {
  const hood = await startSimulator({ token: TOKEN, rateLimit: "off" });
  const settings = { HOOD_ENDPOINT: hood.url, HOOD_RATE_LIMIT: "100/1s", HOOD_TIMEOUT: "2s" };
  const stack = await openStack(host, settings);
  /** The share of requests that each fault comes over. */
  let share = 0;
  let rounds = 0;
  /** What a killed update has left behind. */
  let orphans: readonly Descendant[] = [];
  for (const [fault, comesOver] of FAULTS) {
    const match = (request: FaultableRequest) => comesOver(request) && chance() < share;
    hood.fault({ match, times: Number.POSITIVE_INFINITY, before: () => void counts.faults++, fault });
  }

  /**
   * One update, and a kill at one request or shortly after it. One kill of four comes while a create is looked for that got no answer,
   * whether it was done or not. @returns whether an update was under way when the process was killed.
   */
  async function killedUp(): Promise<boolean> {
    // Only a language host that is gone leaves a provider which would look on, for a minute.
    const isLookedFor = chance() < 0.25 && !command?.test("/pulumi-language-");
    const nth = 1 + Math.floor(chance() * USUAL_REQUESTS);
    const delay = isLookedFor ? 100 + chance() * 400 : chance() < 0.5 ? 0 : chance() * 500;
    let [cli, seen, isHit, isOver] = [0, 0, false, false];
    const strike = () => {
      if (cli === 0) return;
      orphans = descendantsOf(cli);
      const target = command && orphans.findLast((each) => command.test(each.command));
      if (command && !target) return;
      process.kill(target?.id ?? cli, "SIGKILL");
      isHit = true;
    };
    hood.fault({
      match: (request) => !isOver && (isLookedFor ? isCreate(request) : ++seen === nth),
      before: () => (delay === 0 ? strike() : setTimeout(strike, delay)),
      ...(isLookedFor && { fault: { kind: "status", status: 500, processed: chance() < 0.5 } }),
    });
    // A number of steps at a time that differs, so that the requests come in another order each time.
    const parallel = String(1 + Math.floor(chance() * 6));
    const up = ["up", "--yes", "--skip-preview", "--parallel", parallel];
    const { code } = await stack.run(up, { onStart: (id) => (cli = id) });
    [isOver, cli] = [true, 0];
    return isHit && code !== 0;
  }

  /** What a person does after a kill. @returns what Pulumi said. */
  async function recover(): Promise<string> {
    const said: string[] = [];
    // The lock of a CLI that was killed stays.
    if (!command) said.push((await stack.run(["cancel", "--yes"])).stderr);
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

  /** One update that is killed, and what a person does then. The resources of the one before leave the program, which sends nothing. */
  async function round(): Promise<void> {
    const name = `Sale ${++rounds}`;
    const ids = hood.add(...Array(CANCELLATIONS).fill({ status: "running" })).map(({ id }) => id);
    const made = { type: "Campaign", args: { name, scheduledTime: "2099-12-01T09:00:00Z" } } as const;
    const ends = ids.map((id) => [`end-${id}`, cancellation(id)]);
    await stack.declare({ [`sale-${rounds}`]: made, ...Object.fromEntries(ends) });
    hood.clearRequests();
    share = 0.06;
    counts[(await killedUp()) ? "kills" : "missed"]++;
    const kept = (await stack.resources()).map(({ id }) => id);
    // Mostly the machine is gone, and all that ran on it. If not, what is left goes on beside the next update.
    if (chance() < 0.7) kill(orphans);
    await pause(SETTLED);
    share = 0.03;
    const killed = hood.requests.length;
    const said = await recover();
    share = 0;
    kill(orphans);

    // The account's own log, the state and what was said come to the same. A campaign that is taken over gets another mark: that is an
    // effect too, and nobody's twice.
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
    expect(created, why).to.have.length(1);
    for (const there of [effects.map(({ campaignId }) => campaignId), resources.map(({ id }) => id)])
      expect(there, why).to.have.members(all);
    for (const { id, outputs } of resources.filter(({ id }) => ids.includes(id))) {
      expect(outputs, why).to.include({ status: "canceled" });
      if (outputs.outcome !== "canceled") expect(said).to.match(new RegExp(`Found campaign ${id} .*interrupted`), why);
    }
    const isLeft =
      effects.some(({ from, isKilled }) => from === null && isKilled) && !kept.includes(created[0]?.id ?? "");
    if (isLeft) expect(said, why).to.match(/interrupted update had already created/);

    hood.clearRequests();
    const next = await stack.run(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
    expect(next.code, `${why}\n${next.stdout}${next.stderr}`).to.equal(0);
    expect(next.stdout, why).to.not.contain("pending operations");
    expect(hood.requests, why).to.deep.equal([]);
  }

  async function close(): Promise<void> {
    kill(orphans);
    await stack.remove();
    await hood.close();
  }
  return { round, close };
}

describe("An update on the real engine, with answers that get lost", function () {
  this.timeout(600_000);

  for (const [index, [what, command, hosts]] of TARGETS.entries()) {
    it(`cancels and creates each campaign once although its ${what} is killed, ${KILLS} times`, async () => {
      const counts = { kills: 0, missed: 0, updates: 0, faults: 0, effects: 0, twice: 0, lost: 0 };
      const chanceOf = (lane: number) => randomNumbers(SEED + 10 * index + lane);
      const lanes = await Promise.all(hosts.map((host, lane) => openLane(host, command, chanceOf(lane), counts)));
      let started = 0;
      const work = async ({ round }: (typeof lanes)[number]) => {
        for (; started - counts.missed < KILLS; await round()) started++;
      };
      try {
        await Promise.all(lanes.map(work));
      } finally {
        await Promise.all(lanes.map(({ close }) => close()));
        const { kills, missed, updates, faults, effects, twice, lost } = counts;
        const after = `${updates} updates after them, ${faults} faults beside them`;
        const came = `${effects} effects, ${twice} twice, ${lost} lost`;
        console.log(`      ${what}: ${kills} kills under way (${missed} came too late), ${after}: ${came}`);
      }
    });
  }
});
