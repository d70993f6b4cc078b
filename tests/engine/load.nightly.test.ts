import { expect } from "chai";
import { type Fault, type Simulator, startSimulator } from "../../simulator";
import { randomNumbers } from "../seed";
import { mustSucceed, openStack, type Stack, TOKEN } from "./stack";

/** The account's windows in small: the same shape as the real ones, in less time. */
const RATE_LIMIT = "60/1s,450/10s";

const program = (ids: readonly string[]) => `
for (const campaignId of ${JSON.stringify(ids)}) {
  new hood.CampaignCancellation("end-" + campaignId, { campaignId, reason: "Budget cut" });
}`;

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => String(from + index));

describe("Hundreds of cancellations on the real engine", function () {
  this.timeout(300_000);
  let hood: Simulator;
  const stacks: Stack[] = [];

  async function account(ids: readonly string[], rateLimit = RATE_LIMIT): Promise<void> {
    hood = await startSimulator({
      token: TOKEN,
      rateLimit,
      campaigns: ids.map((id) => ({ id, name: `Campaign ${id}`, status: "running" })),
    });
  }

  async function stack(ids: readonly string[], rateLimit = RATE_LIMIT): Promise<Stack> {
    const opened = await openStack("npm classes", {
      HOOD_ENDPOINT: hood.url,
      HOOD_RATE_LIMIT: rateLimit,
      HOOD_MAX_CANCELLATIONS: "500",
      HOOD_TIMEOUT: "2s",
    });
    stacks.push(opened);
    await opened.program(program(ids));
    return opened;
  }

  afterEach(async () => {
    await Promise.all(stacks.splice(0).map((each) => each.remove()));
    await hood.close();
  });

  const effects = () => hood.requests.flatMap(({ effect }) => (effect?.to === "canceled" ? [effect.campaignId] : []));
  const refused = () => hood.requests.filter(({ status }) => status === 429).length;

  async function expectAllRecorded(of: Stack, ids: readonly string[]): Promise<void> {
    const resources = await of.resources();
    expect(resources.map(({ id }) => id)).to.have.members(ids);
    for (const { outputs } of resources) expect(outputs).to.include({ status: "canceled" });
    await mustSucceed(of.run(["preview", "--expect-no-changes"]));
  }

  for (const parallel of [1, 8, 64]) {
    it(`come to the same with --parallel ${parallel}`, async () => {
      const ids = range(1_000, 40);
      await account(ids);
      const of = await stack(ids);
      await mustSucceed(of.run(["up", "--yes", "--skip-preview", "--parallel", String(parallel)]));
      expect(effects()).to.have.members(ids).and.have.length(ids.length);
      expect(hood.requests.filter(({ method }) => method === "POST")).to.have.length(ids.length);
      expect(refused()).to.equal(0);
      await expectAllRecorded(of, ids);
    });
  }

  it("go on where they stopped when the account was out of reach in between", async () => {
    const ids = range(1_000, 60);
    await account(ids);
    const of = await stack(ids);
    hood.fault({
      match: ({ method }) => method === "POST" && effects().length >= 20,
      times: Number.POSITIVE_INFINITY,
      fault: { kind: "status", status: 503 },
    });
    const stopped = await of.up();
    expect(stopped.code).to.not.equal(0);
    expect(stopped.stdout + stopped.stderr)
      .to.match(/HTTP 503/)
      .and.match(/Run .*pulumi up.* again/);
    const done = effects();
    const recorded = (await of.resources()).filter(({ outputs }) => outputs.status === "canceled");
    expect(recorded.map(({ id }) => id)).to.have.members(done);

    const { url } = hood;
    const restarted = await startSimulator({
      token: TOKEN,
      rateLimit: RATE_LIMIT,
      campaigns: ids.map((id) => ({ id, name: `Campaign ${id}`, status: hood.campaign(id).status })),
    });
    await hood.close();
    hood = restarted;
    expect(url).to.not.equal(hood.url);
    await mustSucceed(of.up({ env: { HOOD_ENDPOINT: hood.url } }));
    expect(effects()).to.have.members(ids.filter((id) => !done.includes(id)));
    expect((await of.resources()).map(({ id }) => id)).to.have.members(ids);
  });

  it("300 with every fault at 5 % each all end exactly once, with few updates and no storm of 429", async () => {
    const ids = range(1_000, 300);
    await account(ids);
    const of = await stack(ids);
    everyFault(hood, 0.05);
    let updates = 1;
    const up = ["up", "--yes", "--skip-preview", "--parallel", "32"];
    while ((await of.run(up)).code !== 0) expect(++updates).to.be.at.most(3);
    expect(effects()).to.have.members(ids).and.have.length(300);
    const resources = await of.resources();
    expect(resources).to.have.length(300);
    for (const { outputs } of resources) expect(outputs).to.include({ status: "canceled" });
    // Two of the faults are answers of 429 themselves: none comes on top of them but by chance.
    expect(refused()).to.be.below(hood.requests.length * 0.13);
    console.log(`      took ${updates} update(s), ${hood.requests.length} requests, ${refused()} of them answered 429`);
  });
});

/** Each kind of fault hits this share of all requests, the same ones in every run. */
function everyFault(hood: Simulator, share: number): void {
  const faults: Fault[] = [
    { kind: "drop" },
    { kind: "drop", processed: true },
    { kind: "stall" },
    { kind: "stall", processed: true },
    { kind: "reset" },
    { kind: "truncate" },
    { kind: "html", status: 200 },
    { kind: "status", status: 429, retryAfter: 1 },
    { kind: "status", status: 429, retryAfter: -1 },
    { kind: "status", status: 500, processed: true },
    { kind: "status", status: 502 },
    { kind: "status", status: 503 },
  ];
  const chance = randomNumbers(20_260_501);
  for (const fault of faults) {
    hood.fault({ match: () => chance() < share, times: Number.POSITIVE_INFINITY, fault });
  }
}
