import { expect } from "chai";
import { expectReadable } from "../support/messages";
import type { ProviderError } from "../support/providerError";
import { type Properties, ProviderProcess, type Surroundings } from "../support/providerProcess";
import { json, type RawAnswer, type RawServer, startRawServer, text } from "../support/rawServer";
import { TOKEN } from "../support/testAccount";
import { openWire } from "../support/wire";

const args = { campaignId: "1000248", reason: "Budget cut" };

/** Everything that a process says in one life, whatever it says it with. */
async function everythingSaid(surroundings: Surroundings, record: Properties): Promise<string> {
  const provider = await ProviderProcess.start(surroundings);
  const said: unknown[] = [];
  const listen = (answer: Promise<unknown>) =>
    answer.catch((error: ProviderError) => [error.message, error.partial]).then((one) => said.push(one));
  await listen(provider.check(undefined, args));
  await listen(provider.create(args));
  await listen(provider.read("1000248", record));
  await listen(provider.diff("1000248", record, args));
  await listen(provider.update("1000248", { ...record, status: "running" }, args));
  await listen(provider.delete("1000248", record));
  await provider.stop();
  return `${JSON.stringify(said)}${provider.output}`;
}

describe("the token", function () {
  this.timeout(30_000);
  let server: RawServer;

  before(async () => {
    server = await startRawServer();
  });
  after(() => server.close());

  /** Answers with everything that was sent, as a careless server or proxy might. */
  const mirror =
    (status: number): RawAnswer =>
    (response, { headers }) =>
      response.writeHead(status).end(JSON.stringify({ title: headers.authorization, message: headers }));
  const campaign = (name: string, status = "running") =>
    json(200, { total: 1, items: [{ ...args, id: "1000248", name, status }] });

  const answers: [string, RawAnswer[]][] = [
    ["works", [campaign("Spring sale"), text(204), campaign("Spring sale", "canceled")]],
    ["is repeated in refusals", [mirror(400)]],
    ["is repeated in a 401", [mirror(401)]],
    ["is repeated in the name of a campaign", [campaign(`Bearer ${TOKEN}`), text(204), campaign(TOKEN, "canceled")]],
    ["is repeated in a status that nobody knows", [campaign("Spring sale", TOKEN)]],
    [
      "is repeated by a page",
      [(response, { headers }) => response.writeHead(200).end(`<p>${headers.authorization}</p>`)],
    ],
  ];
  const record = { ...args, status: "canceled", outcome: "canceled" };

  for (const [what, sequence] of answers) {
    it(`is never said when it ${what}`, async () => {
      server.answer(...sequence);
      const start = server.requests.length;
      const config = { token: TOKEN, endpoint: server.url, rateLimit: "1000/1s" };
      expect(await everythingSaid({ config }, record)).not.to.contain("canary");
      const sent = server.requests.slice(start).map(({ headers }) => headers.authorization);
      expect(new Set(sent)).to.deep.equal(new Set([`Bearer ${TOKEN}`]));
    });
  }

  it("is never said when it comes from the environment", async () => {
    server.answer(mirror(400));
    const environment = { HOOD_TOKEN: TOKEN, HOOD_ENDPOINT: server.url };
    const said = await everythingSaid({ environment }, record);
    expect(said).to.contain("Bearer [token]").and.not.contain("canary");
  });

  it("is never said when it can't be used", async () => {
    const said = await everythingSaid({ config: { token: `${TOKEN} ${TOKEN}`, endpoint: server.url } }, record);
    expect(said).to.contain("hood:token holds characters").and.not.contain("canary");
  });

  it("is never said when nobody is there", async () => {
    const provider = await ProviderProcess.start({ config: { token: TOKEN, endpoint: "http://127.0.0.1:1" } });
    try {
      const checked = await provider.check(undefined, args);
      const said = `${JSON.stringify(checked)}${provider.output}`;
      expect(said).to.contain("can't be reached").and.not.contain("canary");
    } finally {
      await provider.stop();
    }
  });

  it("goes nowhere but to the account", async () => {
    const stranger = await startRawServer(campaign("Spring sale"));
    try {
      server.answer(text(307, "", { location: `${stranger.url}/campaigns/1000248` }));
      await everythingSaid({ config: { token: TOKEN, endpoint: server.url } }, record);
      expect(stranger.requests).to.deep.equal([]);
    } finally {
      await stranger.close();
    }
  });
});

describe("the environment", () => {
  const stale = {
    token: "stale-token",
    endpoint: "http://127.0.0.1:1/v1/hood",
    maxCancellations: "0",
    preflight: "off",
  };
  const wire = openWire({ config: stale });

  it("wins over what the state still holds of the config", async () => {
    const environment = {
      HOOD_TOKEN: TOKEN,
      HOOD_ENDPOINT: wire.hood.url,
      HOOD_MAX_CANCELLATIONS: "1",
      HOOD_PREFLIGHT: "live",
    };
    const provider = await wire.another({ environment });
    try {
      const id = wire.campaign("running");
      const { inputs, failures } = await provider.check(undefined, { ...args, campaignId: id });
      expect(failures).to.deep.equal([]);
      expect(inputs).to.include({ previousStatus: "running" });
      expect((await provider.create(inputs)).outs).to.include({ outcome: "canceled" });
      const record = { ...inputs, status: "canceled", outcome: "canceled" };
      expect((await provider.read(id, record)).props).to.include({ status: "canceled" });
    } finally {
      await provider.stop();
    }
  });

  it("counts as not set where it is empty, as pipelines pass on what nobody set", async () => {
    const provider = await wire.another({
      config: { maxCancellations: "0" },
      environment: { HOOD_MAX_CANCELLATIONS: "" },
    });
    try {
      const { failures } = await provider.check(undefined, { ...args, campaignId: "1" });
      expect(failures).to.have.length(1);
      expect(failures[0]?.reason).to.contain("more than 0 campaigns");
      expectReadable(failures[0]?.reason ?? "");
    } finally {
      await provider.stop();
    }
  });
});
