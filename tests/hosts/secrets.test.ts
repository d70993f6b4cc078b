import { expect } from "chai";
import type { ProviderError } from "../support/messages";
import { hosts, ProviderProcess, type Surroundings } from "../support/providerProcess";
import { json, type RawAnswer, type RawServer, startRawServer, text } from "../support/rawServer";
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
const mirroringPage: RawAnswer = (response, { headers }) =>
  response.writeHead(200).end(`<p>${headers.authorization}</p>`);
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
      ["is repeated in a 401", [mirror(401)]],
      ["is repeated in a campaign's name", [campaign(`Bearer ${TOKEN}`), text(204), campaign(TOKEN, "canceled")]],
      ["is repeated in a status that nobody knows", [campaign("Spring sale", TOKEN)]],
      ["is repeated by a page", [mirroringPage]],
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

    it("goes nowhere but to the account", async () => {
      const other = await startRawServer(campaign("Spring sale"));
      try {
        server.answer(text(307, "", { location: `${other.url}/campaigns/1000248` }));
        await everythingSaid({ host, config: { token: TOKEN, endpoint: server.url } });
        expect(other.requests).to.deep.equal([]);
      } finally {
        await other.close();
      }
    });
  });
}
