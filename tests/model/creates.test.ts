import { expect } from "chai";
import type { Properties } from "../../provider/hosts/hosted";
import type { Fault, FaultRule, SimulatorOptions } from "../../simulator";
import { isCreate, openInProcess, urnOf } from "../support/testAccount";
import { operate, type Running, type State } from "./engine";
import { chance } from "./limiterModel";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Five declarations, two of them alike, as one program has them. */
const program = new Map<string, Properties>([
  ["spring", { name: "Spring sale", labels: ["spring"] }],
  ["twin", { name: "Spring sale", labels: ["spring"] }],
  ["autumn", { name: "Autumn sale", metadata: { team: "crm" }, scheduledTime: "2099-12-01T09:00:00Z" }],
  ["flash", { name: "Flash sale", runImmediately: true }],
  ["winter", { name: "Winter  sale", description: "Snow", draft: true }],
]);
const UP: Running = { operation: { kind: "up", parallel: program.size }, program, call: (act) => act() };

const upper = (value: unknown) => (typeof value === "string" ? value.replace(/\s+/g, " ").trim().toUpperCase() : value);
const restyled = (fields: Record<string, unknown>) => ({
  ...fields,
  name: upper(fields.name),
  ...(fields.description !== undefined && { description: upper(fields.description) }),
});

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
  const on = openInProcess({ type: "Campaign" });

  for (const [what, account, found] of accounts) {
    for (const [how, fault] of answers) {
      it(`make one campaign for each declaration if 7 of 10 times an answer ${how}, in an account ${what}`, async () => {
        for (let seed = 1; seed <= 4; seed++) await play(account, fault, found, chance(seed));
      });
    }
  }

  async function play(
    { ahead = 0, ...options }: SimulatorOptions & { ahead?: number },
    fault: Fault,
    found: boolean,
    random: () => number,
  ): Promise<void> {
    await on.restart({ parallelLimit: "off", now: () => on.clock.now() + ahead, ...options });
    const match: FaultRule["match"] = (request) => isCreate?.(request) === true && random() < 0.7;
    on.fault({ match, times: Number.POSITIVE_INFINITY, fault });
    const [states, others]: [State, State] = [new Map(), new Map()];
    const up = async (stack: string, state: State): Promise<number> => {
      const provider = on.another();
      const of = (name: string) => provider.as({ resource: urnOf("Campaign", name, `${stack}::shop`) });
      const { failures } = await operate(UP, state, of);
      await on.clock.sleep(MINUTE);
      return failures.length;
    };
    for (let time = 1; time <= 20; time++) {
      await up("prod", others);
      const failed = await up("dev", states);
      // The first update is killed before Pulumi keeps anything of it.
      if (time === 1) states.clear();
      else if (failed === 0 && others.size === program.size) break;
    }
    const own = [...states.values()].map(({ id }) => id);
    const ids = [...own, ...[...others.values()].map(({ id }) => id)];
    expect(new Set(ids).size, "no campaign belongs to two").to.equal(ids.length);
    expect(on.hood.campaigns.size, "none is made twice").to.be.at.most(2 * program.size);
    if (!found) return;
    expect(own, "all of the stack").to.have.length(program.size);
    expect([...on.hood.campaigns.keys()].sort(), "each is in a state").to.deep.equal(ids.sort());
  }
});
