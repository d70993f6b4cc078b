import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { expect } from "chai";
import { json, ProviderError, type RawAnswer, type RawServer, startRawServer, text, thrown } from "../support/accounts";
import { type Host, hosts, openProcesses, ProviderProcess, type Surroundings } from "../support/providerProcess";
import { TOKEN, until } from "../support/testAccount";

const reason = "Budget cut";
const NAME = 'Quiet "launch" of the X-99';
/** The first line is the port, which the engine waits for. */
const NOTHING_ELSE = /^\d+\n$/;

/** What a program's secret comes to at the host: the plugin is told of it, and the classes tell the dynamic provider. */
const secretName = (host: Host, name: string) =>
  host.name === "plugin" ? { expectedName: host.secret(name) } : { expectedName: name, campaignName: name };

for (const host of Object.values(hosts)) {
  describe(`through the ${host.name} host`, function () {
    this.timeout(30_000);
    const on = openProcesses({ host });

    it("a process that is killed between a call and its answer leaves the call in the audit log, and the next one finds it", async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), "hood-audit-"));
      try {
        const auditLog = path.join(folder, "audit.jsonl");
        const killed = await on.process({ config: { auditLog, maxParallel: "1" } });
        const inputs = ["Spring sale", "Summer sale"].map((name) => ({
          campaignId: on.campaign("running", { name }),
          reason,
        }));
        const [first = ""] = inputs.map(({ campaignId }) => campaignId);
        for (const news of inputs) await killed.check(undefined, news);
        const ends: Promise<void>[] = [];
        on.faultCancel(first, { before: () => ends.push(killed.stop("SIGKILL")) });
        const calls = inputs.map((news) => killed.create(news).catch(() => undefined));
        await until(() => ends.length > 0);
        await Promise.all([...ends, ...calls]);
        expect(on.canceled).to.deep.equal([first]);
        const [line = "", ...others] = (await readFile(auditLog, "utf8")).trimEnd().split("\n");
        expect(JSON.parse(line)).to.include({ campaignId: first, outcome: "started", project: "shop", stack: "prod" });
        expect(others).to.deep.equal([]);

        const next = await on.process();
        const { outs } = await on.apply({ campaignId: first, reason }, next);
        expect(outs).to.include({ outcome: "alreadyCanceled", status: "canceled" });
        expect(on.calls).to.deep.equal([`POST /campaigns/${first}/cancel`]);
        expect(next.output).to.match(NOTHING_ELSE);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it("warnings and progress reach the engine", async () => {
      const process = await on.process({ config: { maxWait: "1s" } });
      const campaignId = on.campaign("canceled", { update_time: "2026-01-01 12:00:00" });
      const { id, outs } = await on.apply({ campaignId, reason }, process);
      await process.delete(id, outs);
      on.fault({ fault: { kind: "status", status: 429, retryAfter: 60 } });
      await process.check(undefined, { campaignId: on.campaign("running"), reason });
      const said = on.engine.logs.map(({ severity, message }) => `${severity} ${message}`);
      expect(said).to.have.length(2);
      expect(said[0]).to.match(/^WARNING Removed campaign/);
      expect(said[1]).to.match(/^INFO The account asks to wait until .*, longer than hood:maxWait allows$/);
    });

    it("a removal needs neither a token, an account nor an engine", async () => {
      const config = { token: "", endpoint: "http://127.0.0.1:1/v1/hood" };
      const bare = await on.process({ engine: "127.0.0.1:1", config });
      await bare.delete("7", { campaignId: "7", reason, status: "canceled", outcome: "canceled" });
    });

    it("a secret expectedName is in nothing that a check or an error says, nor is the live name", async () => {
      const campaignId = on.campaign("running", { name: NAME });
      const process = await on.process();
      const check = (name: string) => process.check(undefined, { campaignId, reason, ...secretName(host, name) });
      const { failures } = await check(`${NAME}s`);
      const text = `Campaign ${campaignId} is called [secret], not [secret]: nothing is sent.`;
      expect(failures[0]?.reason).to.contain(text);
      const { inputs } = await check(NAME);
      on.hood.setStatus(campaignId, "sent");
      on.fault({ fault: { kind: "status", status: 400 } });
      const { message } = await thrown(ProviderError, () => process.create(inputs));
      expect(message).to.contain("[secret]");
      const said = JSON.stringify([failures, message, on.engine.logs]);
      expect(said).to.not.contain("Quiet").and.not.contain("X-99");
    });
  });
}

const args = { campaignId: "1000248", reason: "Budget cut" };
const state = { ...args, status: "canceled", outcome: "canceled" };

/** Everything that a process says in one life, whatever it says it with. @param inTurn if each call's answer is another one */
async function everythingSaid(surroundings: Surroundings, inTurn = false): Promise<string> {
  const provider = await ProviderProcess.start(surroundings);
  const calls: (() => Promise<unknown>)[] = [
    () => provider.check(undefined, args),
    () => provider.create(args),
    () => provider.read("1000248", state),
    () => provider.diff("1000248", state, args),
    () => provider.update("1000248", { ...state, status: "running" }, args),
    () => provider.delete("1000248", state),
  ];
  const said: Promise<unknown>[] = [];
  for (const call of calls) {
    said.push(call().catch((error: ProviderError) => [error.message, error.partial]));
    if (inTurn) await said.at(-1);
  }
  const all = JSON.stringify(await Promise.all(said));
  await provider.stop();
  return `${all}${provider.output}`;
}

/** Answers with everything that was sent, as a careless server or proxy might. */
const mirror =
  (status: number): RawAnswer =>
  (response, { headers }) =>
    response.writeHead(status).end(JSON.stringify({ title: headers.authorization, message: headers }));
const campaign = (name: string, status = "running") =>
  json(200, { total: 1, items: [{ id: "1000248", name, status }] });

for (const host of Object.values(hosts)) {
  describe(`the token, through the ${host.name} host,`, function () {
    this.timeout(30_000);
    let server: RawServer;

    before(async () => {
      server = await startRawServer();
    });
    after(() => server.close());

    const rows: [what: string, answers: RawAnswer[], says?: string, surroundings?: () => Surroundings][] = [
      ["works", [campaign("Spring sale"), text(204), campaign("Spring sale", "canceled")]],
      ["is repeated in rejections", [mirror(400)]],
      ["is repeated in a campaign's name", [campaign(`Bearer ${TOKEN}`), text(204), campaign(TOKEN, "canceled")]],
      [
        "comes from the environment",
        [mirror(400)],
        "Bearer [token]",
        () => ({ environment: { HOOD_TOKEN: TOKEN, HOOD_ENDPOINT: server.url } }),
      ],
      [
        "can't be used",
        [],
        "hood:token holds characters",
        () => ({ config: { token: `${TOKEN} ${TOKEN}`, endpoint: server.url } }),
      ],
      ["meets nobody", [], "can't be reached", () => ({ config: { token: TOKEN, endpoint: "http://127.0.0.1:1" } })],
    ];
    for (const [what, answers, says = "", surroundings] of rows) {
      it(`is never said if it ${what}`, async () => {
        server.answer(...answers);
        const before = server.requests.length;
        const config = { token: TOKEN, endpoint: server.url, rateLimit: "1000/1s" };
        const said = await everythingSaid({ host, ...(surroundings?.() ?? { config }) }, answers.length > 1);
        expect(said).to.contain(says).and.not.contain("canary");
        const sent = server.requests.slice(before).map(({ headers }) => headers.authorization);
        expect(new Set(sent)).to.deep.equal(new Set(answers.length > 0 ? [`Bearer ${TOKEN}`] : []));
      });
    }
  });
}
