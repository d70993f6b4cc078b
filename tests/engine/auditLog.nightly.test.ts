import { mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { HOSTS, mustSucceed, openStack, type Stack, TOKEN } from "./stack";

const program = { sale: { type: "CampaignCancellation", args: { campaignId: "1", reason: "Budget cut" } } } as const;

for (const host of HOSTS) {
  describe(`The audit log's path, through the ${host}`, function () {
    this.timeout(120_000);
    let hood: Simulator;
    let stack: Stack;
    let outside: string;

    before(async () => {
      const campaigns = [{ id: "1", name: "$(touch ran)", status: "running" }];
      hood = await startSimulator({ token: TOKEN, campaigns });
      stack = await openStack(host, { HOOD_ENDPOINT: hood.url });
      await stack.declare(program);
      outside = join(dirname(stack.folder), "outside");
      await mkdir(outside);
    });
    after(async () => {
      await stack?.remove();
      await hood?.close();
    });

    const isThere = (file: string) =>
      stat(file).then(
        () => true,
        () => false,
      );

    it("leads to no file of something else, which a name from outside would be appended to", async () => {
      const start = join(outside, ".profile");
      await writeFile(start, "true\n", { mode: 0o600 });
      await symlink(start, join(stack.folder, "link.jsonl"));
      await symlink(join(outside, "new"), join(stack.folder, "dangling.jsonl"));
      await symlink(outside, join(stack.folder, "logs"));
      for (const path of [start, "link.jsonl", "dangling.jsonl", "logs/new", "../outside/new"]) {
        await mustSucceed(stack.run(["config", "set", "hood:auditLog", path]));
        for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
          const { code, stdout, stderr } = await stack.run(command);
          expect(code, path).to.not.equal(0);
          expect(stdout + stderr).to.contain("can't be written");
        }
      }
      expect(await readFile(start, "utf8")).to.equal("true\n");
      expect(await isThere(join(outside, "new"))).to.equal(false);
      expect(hood.campaign("1").status).to.equal("running");
    });

    it("leads to a new file of the owner's alone, with two lines for a call", async () => {
      const file = join(stack.folder, "audit.jsonl");
      await mustSucceed(stack.run(["config", "set", "hood:auditLog", "audit.jsonl"]));
      await mustSucceed(stack.run(["preview"]));
      expect(await isThere(file)).to.equal(false);
      await mustSucceed(stack.run(["up", "--yes"]));
      expect((await stat(file)).mode & 0o777).to.equal(0o600);
      const text = await readFile(file, "utf8");
      const [first, second, ...others] = text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      expect(others).to.deep.equal([]);
      expect([first.outcome, second.outcome]).to.deep.equal(["started", "accepted"]);
      expect(second).to.include({ callId: first.callId, campaignName: "$(touch ran)" });
      expect(text).to.not.contain("$(").and.not.contain(TOKEN);
    });
  });
}
