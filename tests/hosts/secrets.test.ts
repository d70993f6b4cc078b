import { expect } from "chai";
import { json, type RawAnswer, type RawServer, startRawServer, text } from "../support/accounts";
import { AUTHORITY, askFor, connectTo, startConnectProxy, startSecureFront } from "../support/companyNetwork";
import type { ProviderError } from "../support/messages";
import { hosts, openProcesses, ProviderProcess, type Surroundings } from "../support/providerProcess";
import { TOKEN } from "../support/testAccount";

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

describe("An account behind a company's proxy, with a certificate of the company's own", function () {
  this.timeout(20_000);
  const on = openProcesses({ host: hosts.plugin });

  it("does what it is asked on one connection as long as that stands, and the proxy reads neither the token nor a campaign", async () => {
    const front = await startSecureFront(Number(new URL(on.hood.url).port));
    const proxy = await startConnectProxy(askFor("canary:secret", connectTo(front.port)));
    try {
      const process = await on.process({
        config: { endpoint: "https://hood.test/v1/hood" },
        environment: { NODE_EXTRA_CA_CERTS: AUTHORITY, HTTPS_PROXY: `http://canary:secret@${proxy.host}` },
      });
      const end = async () => on.apply({ campaignId: on.campaign("running"), reason: args.reason }, process);
      for (let n = 0; n < 2; n++) await end();
      expect(proxy.connects).to.have.length(1);
      proxy.cut();
      await end();
      // What is sent before the end of a connection is noticed goes out once more, on one of its own.
      expect(proxy.connects.length).to.be.within(2, 3);
      expect(new Set(proxy.connects.map(({ target }) => target))).to.deep.equal(new Set(["hood.test:443"]));
      expect(on.canceled).to.have.length(3);
      expect(on.hood.requests.every(({ authorized }) => authorized)).to.equal(true);
      for (const secret of [TOKEN, "Bearer", "campaigns", args.reason]) expect(proxy.seen).not.to.contain(secret);
      expect(process.output).to.match(/^\d+\n$/);
    } finally {
      await proxy.close();
      front.close();
    }
  });
});
