import { expect } from "chai";
import { expectReadable } from "../support/accounts";
import type { Declared, Program, StoredResource } from "./stack";
import { cancellation, HOSTS, mustFail, mustSucceed, onStack, TOKEN } from "./stack";

const ROTATED = "rotated-token-77";
const SECRET = "Known to the board only";
const QUIET = "Quiet launch of the X-99";
const URN = { "npm classes": "pulumi-nodejs:dynamic/hood:", plugin: "hood:index:" };

const program = {
  end: cancellation("1000248", { expectedName: "Spring sale" }),
  old: cancellation("1000249"),
  quiet: cancellation("1000252", { expectedName: { "fn::secret": QUIET } }),
  later: {
    type: "CampaignStatus",
    args: {
      campaignId: "1000250",
      status: "scheduled",
      scheduledTime: "2099-11-01T10:00:00+01:00",
      reason: { "fn::secret": SECRET },
    },
  },
  sale: {
    type: "Campaign",
    args: {
      name: "Autumn sale",
      description: "Flowers",
      labels: ["autumn"],
      scheduledTime: "2099-12-01T10:00:00+01:00",
      deletionPolicy: "cancel",
    },
  },
} as const satisfies Program;
/** A program that differs in some arguments. */
const edited = (edits: { readonly [name in keyof typeof program]?: object }): Program =>
  Object.fromEntries(
    Object.entries(program).map(([name, one]) => [
      name,
      { ...one, args: { ...one.args, ...edits[name as keyof typeof program] } },
    ]),
  );

const EDITS = {
  end: { whenNotCancelable: "accept", expectedName: undefined },
  sale: { labels: ["autumn", "eu"] },
};

for (const host of HOSTS) {
  describe(`Campaigns from the first preview to the destroy, through the ${host}`, function () {
    this.timeout(120_000);
    const settings = { HOOD_TOKEN: "", HOOD_TIMEOUT: "5s" };
    const campaigns = [
      { id: "1000248", name: "Spring sale", status: "running" },
      { id: "1000249", name: "Old offer", status: "canceled" },
      { id: "1000250", name: "Teaser", status: "running" },
      { id: "1000251", name: "Late offer", status: "running" },
      { id: "1000252", name: QUIET, status: "running" },
    ];
    const on = onStack(host, { token: [TOKEN, ROTATED], campaigns }, settings);
    before(async () => {
      await mustSucceed(on.stack.run(["config", "set", "--secret", "hood:token", TOKEN]));
      await declare(program);
    });

    const declare = (resources: Program) => on.stack.declare(resources, { outcome: `\${end.outcome}` });
    /** What nobody may read who isn't told of a secret name. */
    const expectNoName = (...texts: string[]) => expect(texts.join("\n")).to.not.contain("X-99");
    const methods = () => new Set(on.hood.requests.map(({ method }) => method));
    const made = () => [...on.hood.campaigns.values()].find(({ name }) => name === "Autumn sale");
    const urn = (type: string, name: string) => `urn:pulumi:test::test::${URN[host]}${type}::${name}`;
    const stored = async (name: string): Promise<StoredResource> => {
      const found = (await on.stack.resources()).find((resource) => resource.urn.endsWith(`::${name}`));
      if (!found) throw new Error(`${name} isn't in the state.`);
      return found;
    };

    it("previews the live campaigns with GET requests only", async () => {
      const { stdout, stderr } = await mustSucceed(on.stack.run(["preview", "--diff"]));
      expect(stdout)
        .to.match(/campaignName\s*: "Spring sale"/)
        .and.match(/previousStatus\s*: "running"/)
        .and.match(/plannedActions\s*: \[\s*\[0\]: "pause"\s*\[1\]: "resume"/)
        .and.not.contain(SECRET);
      expectNoName(stdout, stderr);
      // Only the plugin is asked what an output will be.
      if (host === "plugin") expect(stdout).to.match(/outcome\s*: "canceled"/);
      expect(methods()).to.deep.equal(new Set(["GET"]));
    });

    it("records an effect that nobody can tell as unknown, and finishes it in the next up, with each call sent once", async () => {
      const lost = { kind: "drop", processed: true } as const;
      on.hood.fault({ match: ({ path }) => path.endsWith("/1000248/cancel"), fault: lost });
      on.hood.fault({ match: ({ method, path }) => method === "POST" && path.endsWith("/campaigns"), fault: lost });
      const sent = () => on.calls().includes("POST /1000248/cancel");
      on.hood.fault({
        match: ({ method, campaignId }) => method === "GET" && campaignId === "1000248" && sent(),
        fault: { kind: "status", status: 401 },
      });
      const verbose = ["--diff", "--logflow", "--logtostderr", "--verbose", "9"];
      const failed = await on.stack.run(["up", "--yes", "--skip-preview", ...verbose]);
      expect(failed.stdout + failed.stderr).to.contain("It is unknown whether campaign 1000248");
      for (const text of [failed.stdout, failed.stderr]) expect(text.includes(TOKEN)).to.equal(false);
      expect((await stored("end")).outputs)
        .to.include({ status: "unknown" })
        .and.not.have.property("outcome");

      await mustSucceed(on.stack.up());
      const moved = ["POST /1000250/pause", "POST /1000250/resume"];
      expect(on.calls()).to.have.members(["POST /1000248/cancel", "POST /1000252/cancel", ...moved, "POST "]);
      expect(on.hood.campaign("1000250")).to.include({ status: "scheduled", scheduled_time: "2099-11-01 09:00:00" });
      expect(made()).to.include({ status: "scheduled", scheduled_time: "2099-12-01 09:00:00" });
    });

    it("keeps in the state what was done, at most 1.2 KB for a cancellation, and neither code nor a token", async () => {
      const { id, type, inputs, outputs } = await stored("end");
      expect([id, type]).to.deep.equal(["1000248", `${URN[host]}CampaignCancellation`]);
      expect(outputs).to.include({
        ...program.end.args,
        campaignName: "Spring sale",
        previousStatus: "running",
        status: "canceled",
        outcome: "canceled",
      });
      expect(outputs.canceledAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      expect(JSON.stringify({ inputs, outputs }).length).to.be.below(1_200);
      expect(inputs.__provider).to.equal(
        host === "plugin"
          ? undefined
          : 'exports.handler=()=>require("pulumi-ocamba-hood/provider").campaignCancellation',
      );
      expect((await stored("old")).outputs).to.include({ outcome: "alreadyCanceled" });
      expect(await on.stack.outputs()).to.include({ outcome: "canceled" });
      const text = await on.stack.stateText();
      expect(text.includes(TOKEN) || text.includes(SECRET)).to.equal(false);
      expectNoName(text);
    });

    it("has no diff and sends nothing in the next up, also with another token", async () => {
      const env = { HOOD_TOKEN: ROTATED };
      const up = on.stack.run(["up", "--yes", "--skip-preview", "--expect-no-changes"], { env });
      const { stdout, stderr } = await mustSucceed(up);
      expectNoName(stdout, stderr);
      expect(on.hood.requests).to.deep.equal([]);
    });

    it("only reads in a refresh, which finds nothing to change", async () => {
      await mustSucceed(on.stack.run(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]));
      expect(methods()).to.deep.equal(new Set(["GET"]));
    });

    it("sends what an edit or a change in Hood calls for, in the order that the program gives, and nothing else", async () => {
      const { id = "" } = made() ?? {};
      Object.assign(made() ?? {}, { labels: ["winter"], status: "running" });
      on.hood.setStatus("1000250", "paused");
      const refresh = await mustSucceed(on.stack.run(["refresh", "--yes", "--skip-preview", "--diff"]));
      expect(refresh.stdout).to.contain("winter");
      // A campaign that runs takes no edits: the same update brings it to where it does.
      const halt: Declared = { type: "CampaignStatus", args: { campaignId: id, status: "paused" } };
      const { sale, ...others } = edited(EDITS);
      await declare({ halt, ...others, sale: { ...(sale as Declared), options: { dependsOn: ["halt"] } } });
      const steps = await on.stack.plan();
      const shown = ["create halt", "update end", "update later", "update sale"];
      expect(steps.map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)).to.have.members(shown);
      if (host === "plugin") {
        const diffs = Object.assign({}, ...steps.map(({ detailedDiff }) => detailedDiff));
        const kinds = Object.entries<{ kind: string }>(diffs).map(([property, { kind }]) => `${kind} ${property}`);
        const update = ["update currentStatus", "update labels"];
        expect(kinds).to.include.members([...update, "add whenNotCancelable", "delete expectedName"]);
      }
      expect(on.calls()).to.deep.equal([]);

      await mustSucceed(on.stack.up());
      expect(on.calls()).to.have.members(["POST /1000250/resume", `POST /${id}/pause`, `PATCH /${id}`]);
      expect(on.calls().indexOf(`PATCH /${id}`)).to.be.above(on.calls().indexOf(`POST /${id}/pause`));
      const patch = on.hood.requests.find(({ method }) => method === "PATCH")?.body;
      expect(JSON.parse(patch ?? "")).to.deep.equal({ labels: ["autumn", "eu"] });
      expect((await stored("end")).outputs).to.include({ whenNotCancelable: "accept", outcome: "canceled" });
    });

    it("rejects in the preview what would undo a cancellation, in a few words", async () => {
      await declare(edited({ ...EDITS, end: { ...EDITS.end, campaignId: "1000251" } }));
      const diagnostics = await mustFail(on.stack.preview());
      expect(diagnostics.match(/Cancellation is permanent/g), diagnostics).to.have.length(1);
      const [message = ""] = diagnostics.slice(diagnostics.indexOf("Cancellation is permanent")).split("\n\n");
      expectReadable(message);
      expect(message).to.contain('1000248 "Spring sale"');
      expect(on.hood.requests).to.deep.equal([]);
    });

    it("cancels and creates nothing in a forced replacement of what was canceled or was created today", async () => {
      await declare(edited(EDITS));
      const replace = ["--replace", urn("CampaignCancellation", "end"), "--replace", urn("Campaign", "sale")];
      await mustSucceed(on.stack.run(["up", "--yes", "--skip-preview", ...replace]));
      expect(on.calls().filter((call) => call.startsWith("POST"))).to.deep.equal([]);
      expect((await stored("end")).outputs).to.include({ outcome: "alreadyCanceled", status: "canceled" });
      expect(made()?.status).to.equal("paused");
    });

    if (host === "plugin") {
      it("imports campaigns as they are", async () => {
        const types = { CampaignCancellation: "1000249", CampaignStatus: "1000250", Campaign: "1000250" };
        const resources = Object.entries(types).map(([type, id]) => ({
          type: `hood:index:${type}`,
          id,
          name: `old${type}`,
        }));
        await on.stack.write({ "import.json": JSON.stringify({ resources }) });
        const options = ["--file", "import.json", "--yes", "--skip-preview", "--protect=false"];
        await mustSucceed(on.stack.run(["import", ...options]));
        const { inputs, outputs } = await stored("oldCampaignCancellation");
        expect(inputs).to.include({ campaignId: "1000249" });
        expect(outputs).to.include({ outcome: "alreadyCanceled" });
        expect((await stored("oldCampaignStatus")).inputs).to.include({ campaignId: "1000250", status: "scheduled" });
        expect((await stored("oldCampaign")).inputs).to.include({ name: "Teaser" });
        expect(on.calls()).to.deep.equal([]);
      });
    }

    it("ends in a destroy what is declared so, and says what stays", async () => {
      const { stdout, stderr } = await mustSucceed(on.stack.destroy());
      expectNoName(stdout, stderr);
      expect(stdout)
        .to.contain("Removed campaign 1000252 [secret]")
        .and.match(/\(end\):\n\s+warning: Removed campaign 1000248 "Spring sale" from the Pulumi state/);
      expect(on.calls()).to.deep.equal([`POST /${made()?.id}/cancel`]);
      expect(await on.stack.resources()).to.deep.equal([]);
    });
  });
}
