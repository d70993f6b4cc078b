import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../tools/package";
import { until } from "../support/testAccount";
import { cancellation, type Declared, HOSTS, mustFail, mustSucceed, onAccount, onStack, type Program } from "./stack";

const UP = ["up", "--yes", "--skip-preview"];
const ALL_AT_ONCE = [...UP, "--parallel", "200"];

describe("An update on the real engine", function () {
  this.timeout(120_000);
  const on = onAccount(afterEach);
  /** An account with these campaigns, which run. */
  const account = (ids: readonly string[], more: object = {}) =>
    on.account({ campaigns: ids.map((id) => ({ id, name: `Campaign ${id}`, status: "running" })), ...more });
  const posts = () => on.hood.requests.filter(({ method }) => method === "POST");
  const ended = () => posts().flatMap(({ effect }) => (effect?.to === "canceled" ? effect.campaignId : []));

  it("gives up at a Ctrl-C what waits, records all that happened, and the next one goes on from there", async () => {
    const ids = Array.from({ length: 40 }, (_, index) => String(index));
    await account(ids, { latency: 50, rateLimit: "10/1s" });
    const stack = await on.open("plugin", { HOOD_RATE_LIMIT: "10/1s" });
    await stack.declare(Object.fromEntries(ids.map((id) => [`end-${id}`, cancellation(id)])));
    let pid = 0;
    const up = stack.run(ALL_AT_ONCE, { onStart: (started) => (pid = started) });
    await until(() => ended().length >= 12);
    process.kill(pid, "SIGINT");
    const signalled = Date.now();
    const said = await mustFail(up);
    expect(said).to.contain("stopped before its turn came").and.contain("Run the same command again");
    // As many as may be on their way at once.
    expect(posts().filter(({ at }) => at > signalled).length).to.be.at.most(10);
    expect(ended().length).to.be.below(ids.length);
    expect((await stack.resources()).map(({ id }) => id)).to.have.members(ended());
    await mustSucceed(stack.run(ALL_AT_ONCE));
    expect(ended()).to.have.members(ids).and.have.length(ids.length);
  });

  it("that is held to the plan of a preview does that, or nothing", async () => {
    await account(["1", "2", "3"]);
    const stack = await on.open("plugin");
    const program: Program = {
      sale: cancellation("1"),
      terms: { type: "CampaignStatus", args: { campaignId: "2", status: "paused" } },
      made: { type: "Campaign", args: { name: "Made", draft: true } },
    };
    const upByPlan = () => stack.run(["up", "--yes", "--plan", "plan.json"]);
    await stack.declare(program);
    await mustSucceed(stack.run(["preview", "--save-plan", "plan.json"]));
    await stack.declare({ other: cancellation("3"), ...program });
    expect(await mustFail(upByPlan())).to.contain("create is not allowed by the plan");
    await stack.declare(program);
    on.hood.setStatus("1", "paused");
    const violated = /violates plan: properties changed: \+\+previousStatus\[\{running\}!=\{paused\}\]/;
    expect(await mustFail(upByPlan())).to.match(violated);
    expect(posts()).to.deep.equal([]);
    on.hood.setStatus("1", "running");
    await mustSucceed(upByPlan());
    expect(posts()).to.have.length(3);
  });
});

const TYPE = { "npm classes": "pulumi-nodejs:dynamic/hood:Campaign", plugin: "hood:index:Campaign" };
const OLD_STATE = { "npm classes": "state-0.1.0-dynamic.json", plugin: "state-0.1.0-plugin.json" };
const campaign = (name: string, more: object = {}): Declared => ({
  type: "Campaign",
  args: { name, scheduledTime: "2099-12-01T09:00:00Z", ...more },
});
const ending = (name: string) => campaign(name, { deletionPolicy: "cancel" });
const MESSAGES = [{ channel: "push", name: "Hello", push: { title: "Spring is here" } }];

for (const host of HOSTS) {
  describe(`Campaigns of updates that go wrong, through the ${host}`, function () {
    this.timeout(120_000);
    const on = onStack(host, { rateLimit: "off" });
    const apply = async (program: Program) => {
      await on.stack.declare(program);
      await mustSucceed(on.stack.up());
    };
    /** Name and status of each campaign that was created. */
    const created = () => {
      return [...on.hood.campaigns.values()].map(({ name, status }) => `${name} ${status}`).sort();
    };

    it("are renamed, replaced, or left as they are, although the first update fails half-way", async () => {
      const others = { sale: ending("Replaced"), kept: campaign("Kept", { deletionPolicy: "prevent" }) };
      await apply({ old: ending("Renamed"), ...others });
      const after = { new: ending("Renamed"), ...others };
      const replacing = (name: string) =>
        on.stack.run([...UP, "--replace", `urn:pulumi:test::test::${TYPE[host]}::${name}`]);
      await on.stack.declare({ ...after, failing: cancellation("99", {}, Object.keys(after)) });
      await mustFail(replacing("sale"));
      const half = ["Kept scheduled", "Renamed scheduled", "Renamed scheduled", "Replaced scheduled"];
      expect(created()).to.deep.equal(half);

      await apply(after);
      const done = ["Kept scheduled", "Renamed canceled", "Renamed scheduled", "Replaced scheduled"];
      expect(created()).to.deep.equal(done);
      // The classes remove it first, which it prevents; the plugin's takes over what there is.
      await (host === "npm classes" ? mustFail : mustSucceed)(replacing("kept"));
      expect(created()).to.deep.equal(done);
      await mustSucceed(on.stack.run([...UP, "--expect-no-changes"]));
      expect(created()).to.deep.equal(done);
    });

    it("end with a destroy that runs the program, as their deletionPolicy says", async () => {
      await apply({ new: ending("Renamed"), sale: ending("Replaced"), kept: campaign("Kept") });
      await mustSucceed(on.stack.run(["destroy", "--yes", "--skip-preview", "--run-program"]));
      expect(created()).to.deep.equal(["Kept scheduled", "Renamed canceled", "Renamed canceled", "Replaced canceled"]);
    });
  });

  describe(`A state of 0.1.0, through the ${host},`, function () {
    this.timeout(60_000);
    const on = onStack(host, {
      campaigns: [
        { id: "501", name: "Ended sale", status: "canceled" },
        { id: "502", name: "Paused sale", status: "paused" },
        {
          id: "1000248",
          name: "Spring sale",
          description: "Flowers",
          labels: ["spring", "eu"],
          metadata: { team: "crm" },
          status: "scheduled",
          scheduled_time: "2099-12-01 09:00:00",
          messages: MESSAGES,
        },
      ],
    });
    const declared = (labels: string[]): Program => ({
      definition: campaign("Spring sale", {
        description: "Flowers",
        labels,
        metadata: { team: "crm" },
        scheduledTime: "2099-12-01T10:00:00+01:00",
        messages: MESSAGES,
        deletionPolicy: "cancel",
      }),
      end: cancellation("501", { expectedName: "Ended sale" }),
      pause: { type: "CampaignStatus", args: { campaignId: "502", status: "paused", reason: "Stock is short" } },
    });

    it("is read, edited and destroyed without another diff", async () => {
      await on.stack.declare(declared(["spring", "eu"]));
      await on.stack.write({ "state.json": await readFile(join(ROOT, "tests/data", OLD_STATE[host]), "utf8") });
      await mustSucceed(on.stack.run(["stack", "import", "--file", "state.json"]));
      await mustSucceed(on.stack.run([...UP, "--expect-no-changes"]));
      expect(on.hood.requests).to.deep.equal([]);
      await mustSucceed(on.stack.run(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]));
      expect(on.calls()).to.deep.equal([]);
      await on.stack.declare(declared(["spring"]));
      await mustSucceed(on.stack.up());
      expect(on.calls()).to.deep.equal(["PATCH /1000248"]);
      await mustSucceed(on.stack.destroy());
      expect(on.calls()).to.deep.equal(["PATCH /1000248", "POST /1000248/cancel"]);
    });
  });
}
