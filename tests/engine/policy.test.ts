import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import type { Declared, Program } from "./program";
import { HOSTS, mustFail, mustSucceed, openStack, ROOT, type Stack, TOKEN } from "./stack";

const PACK = join(ROOT, "examples/policy");
/** Does what the language host does: the one here is older than packs that are started through it. */
const LAUNCHER = `#!/bin/sh
cd "${PACK}" && exec "${process.execPath}" "${ROOT}/node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js" "$1" .\n`;

const OPEN = {
  "end-needs-ticket": { pattern: "OPS-\\d+" },
  "protected-campaigns": { names: ["^Legal"] },
  "cap-on-ends": { max: 3 },
  "end-window": { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "00:00", to: "24:00" },
  "expected-name-in-production": { stacks: "^test$" },
};
const STRICT = {
  ...OPEN,
  "protected-campaigns": { names: ["^Offer 2"] },
  "cap-on-ends": { max: 1 },
  "end-window": { days: [] },
};

const status = (id: string, args: object): Declared => ({ type: "CampaignStatus", args: { campaignId: id, ...args } });
const program = (reason: string, guard: (id: string) => object): Program => ({
  sale: { type: "CampaignCancellation", args: { campaignId: "1", reason, ...guard("1") } },
  terms: status("2", { status: "canceled", reason, ...guard("2") }),
  pause: status("3", { status: "paused", reason }),
});
/** One of its ends is a status that only the update will know. */
const BAD: Program = {
  ...program("Budget cut", () => ({})),
  later: status("4", { status: `\${pause.currentStatus}`, reason: "Budget cut" }),
};
const GOOD = program("Budget cut, OPS-1234", (id) => ({ expectedName: `Offer ${id}` }));

for (const host of HOSTS) {
  describe(`examples/policy on the real engine, through the ${host}`, function () {
    this.timeout(120_000);
    let hood: Simulator;
    let stack: Stack;

    before(async () => {
      const campaigns = ["1", "2", "3", "4"].map((id) => ({ id, name: `Offer ${id}`, status: "running" }));
      hood = await startSimulator({ token: TOKEN, campaigns });
      stack = await openStack(host, { HOOD_ENDPOINT: hood.url });
      await writeFile(join(stack.folder, "pack.sh"), LAUNCHER, { mode: 0o755 });
    });
    after(async () => {
      await stack?.remove();
      await hood?.close();
    });

    /** A command with the pack in some configuration. */
    async function under(config: object, ...args: string[]) {
      await stack.write({ "config.json": JSON.stringify(config) });
      const pack = [
        "--policy-pack",
        join(stack.folder, "pack.sh"),
        "--policy-pack-config",
        join(stack.folder, "config.json"),
      ];
      return stack.run([...args, ...pack]);
    }
    const posts = () => hood.requests.filter(({ method }) => method === "POST");

    it("stops in the preview what each policy is there for, and nothing else", async () => {
      await stack.declare(BAD);
      const ran = await under(STRICT, "up", "--yes");
      await mustFail(ran);
      expect(ran.stdout)
        .to.contain('campaign 1 "Offer 1" for good, and its reason names no ticket')
        .and.contain('campaign 2 "Offer 2" for good, and it is protected')
        .and.contain('campaign 4 "Offer 4" for good')
        .and.contain("would end 3 campaigns for good, and 1 is all")
        .and.contain("Campaigns may end: never")
        .and.contain('Add expectedName, which is "Offer 2"')
        .and.not.contain('"Offer 3"');
      expect(posts()).to.deep.equal([]);
    });

    // The rules have both hosts' names in a table of their own: one of them shows what an update does.
    if (host === "plugin") {
      it("lets an update through that keeps to all of it, and has nothing against it later", async () => {
        await stack.declare(GOOD);
        await mustSucceed(under(OPEN, "up", "--yes", "--skip-preview"));
        expect(posts()).to.have.length(3);
        await stack.declare(GOOD, { changed: "yes" });
        await mustSucceed(under(STRICT, "up", "--yes", "--skip-preview"));
        expect(posts()).to.have.length(3);
      });

      it("takes the configuration that lies beside it, and no wrong one", async () => {
        const example: object = JSON.parse(await readFile(join(PACK, "policy-config.json"), "utf8"));
        await mustSucceed(under(example, "preview"));
        await mustFail(under({ ...example, "cap-on-ends": { max: "5" } }, "preview"));
      });
    }
  });
}
