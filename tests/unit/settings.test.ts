import { expect } from "chai";
import { readSettings, type Settings, SettingsError, withToken } from "../../provider/settings";
import { expectReadable, thrown } from "../support/messages";

type Key = keyof Settings;

/** Every setting: its variable, a right value of each source, and what they mean. */
const table: { key: Key; variable: string; config: string; environment: string; means: [unknown, unknown] }[] = [
  { key: "token", variable: "HOOD_TOKEN", config: "token-a", environment: "token-b", means: ["token-a", "token-b"] },
  {
    key: "endpoint",
    variable: "HOOD_ENDPOINT",
    config: "https://a.example/v1/hood",
    environment: "https://b.example/v1/hood",
    means: ["https://a.example/v1/hood", "https://b.example/v1/hood"],
  },
  { key: "preflight", variable: "HOOD_PREFLIGHT", config: "live", environment: "off", means: ["live", "off"] },
  { key: "maxCancellations", variable: "HOOD_MAX_CANCELLATIONS", config: "0", environment: "500", means: [0, 500] },
  {
    key: "rateLimit",
    variable: "HOOD_RATE_LIMIT",
    config: "75/1s,700/60s",
    environment: "1/2s",
    means: [
      [
        { limit: 75, length: 1_000 },
        { limit: 700, length: 60_000 },
      ],
      [{ limit: 1, length: 2_000 }],
    ],
  },
  { key: "maxParallel", variable: "HOOD_MAX_PARALLEL", config: "1", environment: "20", means: [1, 20] },
  { key: "timeout", variable: "HOOD_TIMEOUT", config: "500ms", environment: "2m", means: [500, 120_000] },
  { key: "maxWait", variable: "HOOD_MAX_WAIT", config: "10s", environment: "1m", means: [10_000, 60_000] },
  {
    key: "auditLog",
    variable: "HOOD_AUDIT_LOG",
    config: "a/b.jsonl",
    environment: "/c.jsonl",
    means: ["a/b.jsonl", "/c.jsonl"],
  },
];

const read = (config: Partial<Record<Key, string>> = {}, environment: NodeJS.ProcessEnv = {}) =>
  readSettings((key) => config[key], environment);

async function failure(config: Partial<Record<Key, string>>, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { message } = await thrown(SettingsError, () => read(config, environment));
  return message;
}

describe("settings", () => {
  it("have defaults", () => {
    expect(read()).to.deep.equal({
      token: undefined,
      endpoint: "https://api.ocamba.com/v1/hood",
      preflight: "live",
      maxCancellations: 50,
      rateLimit: [
        { limit: 10, length: 1_000 },
        { limit: 150, length: 60_000 },
      ],
      maxParallel: 10,
      timeout: 30_000,
      maxWait: 600_000,
      auditLog: undefined,
    });
  });

  for (const { key, variable, config, environment, means } of table) {
    describe(`hood:${key}`, () => {
      it("is read from config", () => expect(read({ [key]: config })[key]).to.deep.equal(means[0]));

      it(`is read from ${variable}, which wins`, () => {
        expect(read({}, { [variable]: environment })[key]).to.deep.equal(means[1]);
        expect(read({ [key]: config }, { [variable]: environment })[key]).to.deep.equal(means[1]);
        const explicit = readSettings((name) => ({ [key]: config })[name], { [variable]: environment }, "config");
        expect(explicit[key], "of a provider that a program declares").to.deep.equal(means[0]);
      });

      it("counts as not set when it is blank, in either place", () => {
        for (const blank of ["", " ", "\n"]) {
          expect(read({ [key]: blank })[key]).to.deep.equal(read()[key]);
          expect(read({ [key]: config }, { [variable]: blank })[key]).to.deep.equal(means[0]);
        }
      });

      it("is taken without blanks around it", () => {
        expect(read({ [key]: ` ${config}\n` })[key]).to.deep.equal(means[0]);
      });
    });
  }

  describe("that can't be used", () => {
    const wrong: [Key, string, string][] = [
      ["endpoint", "api.ocamba.com/v1/hood", "URL"],
      ["endpoint", "/v1/hood", "URL"],
      ["endpoint", "http://api.ocamba.com/v1/hood", "https://"],
      ["endpoint", "http://127.0.0.1.evil.com/v1/hood", "https://"],
      ["endpoint", "http://localhost.evil.com/v1/hood", "https://"],
      ["endpoint", "http://10.0.0.1/v1/hood", "https://"],
      ["endpoint", "http://localhost./v1/hood", "https://"],
      ["endpoint", "http://127.0.0.1.5/v1/hood", "URL"],
      ["endpoint", "http://[::2]/v1/hood", "https://"],
      ["endpoint", "ftp://127.0.0.1/v1/hood", "https://"],
      ["endpoint", "file:///etc/passwd", "https://"],
      ["endpoint", "https://user:secret-word@api.ocamba.com/v1/hood", "user or password"],
      ["endpoint", "https://user@api.ocamba.com/v1/hood", "user or password"],
      ["endpoint", "http://localhost:x@evil.com/v1/hood", "user or password"],
      ["endpoint", "https://api.ocamba.com/v1/hood?x=1", "base URL"],
      ["endpoint", "https://api.ocamba.com/v1/hood#x", "base URL"],
      ["preflight", "on", '"live" or "off"'],
      ["preflight", "LIVE", '"live" or "off"'],
      ["preflight", "false", '"live" or "off"'],
      ["preflight", "livе", 'it looks like "live"'],
      ["preflight", "оff", 'it looks like "off"'],
      ["maxCancellations", "-1", "whole number of at least 0"],
      ["maxCancellations", "1.5", "whole number of at least 0"],
      ["maxCancellations", "many", "whole number of at least 0"],
      ["maxCancellations", "1e3", "whole number of at least 0"],
      ["maxCancellations", "Infinity", "whole number of at least 0"],
      ["maxParallel", "0", "whole number of at least 1"],
      ["maxParallel", "ten", "whole number of at least 1"],
      ["rateLimit", "10 per second", "10/1s,150/60s"],
      ["rateLimit", "0/1s", "10/1s,150/60s"],
      ["timeout", "30", "30s"],
      ["timeout", "0s", "30s"],
      ["timeout", "-1s", "30s"],
      ["timeout", "1h", "30s"],
      ["timeout", "soon", "30s"],
      ["timeout", "30s or so", "such as 30s"],
      ["timeout", "40000m", "at most 1440m, which is a day"],
      ["maxWait", "1441m", "at most 1440m"],
      ["rateLimit", "150/0m", "10/1s,150/60s"],
      ["rateLimit", "150/m", "10/1s,150/60s"],
      ["rateLimit", "150/1min", "10/1s,150/60s"],
    ];
    for (const [key, value, says] of wrong) {
      it(`fails for ${key} ${JSON.stringify(value)}`, async () => {
        const message = await failure({ [key]: value });
        expect(message).to.contain(`hood:${key} `).and.contain(says).and.contain("pulumi config set");
        expect(message).not.to.contain("secret-word");
        expectReadable(message);
      });
    }

    it("are named by their variable when they come from there", async () => {
      const message = await failure({ timeout: "30s" }, { HOOD_TIMEOUT: "soon" });
      expect(message).to.contain("HOOD_TIMEOUT ").and.not.contain("hood:timeout");
    });

    it("are all named at once", async () => {
      const message = await failure({ timeout: "soon", preflight: "on" });
      expect(message).to.match(/hood:preflight .*; hood:timeout /);
      expectReadable(message);
    });

    it("stay readable, however many and however long", async () => {
      const wild = `x\u202e${"y\n".repeat(5_000)}`;
      // Any text is a path.
      const keys = table.map(({ key }) => key).filter((key) => key !== "auditLog");
      const message = await failure(Object.fromEntries(keys.map((key) => [key, wild])));
      for (const key of keys) expect(message).to.contain(`hood:${key} `);
      expect(message).not.to.contain("\u202e");
      expect(message.length).to.be.below(2_000);
      expectReadable(message);
    });
  });

  for (const token of ["canary token", "canary\ntoken", "canary\u0000token", "canary-tökén", "canary\ttoken"]) {
    it(`fail for the token ${JSON.stringify(token)}, which isn't shown`, async () => {
      expect(await failure({ token }))
        .to.contain("hood:token holds characters that no API token has")
        .and.not.contain("canary");
      expect(await failure({}, { HOOD_TOKEN: token }))
        .to.contain("HOOD_TOKEN")
        .and.not.contain("canary");
    });
  }

  it("have a token, or say where to put one", async () => {
    expect(withToken(read({ token: "a" }))).to.deep.equal(read({ token: "a" }));
    const { message } = await thrown(SettingsError, () => withToken(read()));
    expect(message).to.match(/^There is no API token for Hood\.\nPut one into HOOD_TOKEN, or into hood:token/);
  });

  it("don't show the token if another one is wrong", async () => {
    expect(await failure({ token: "canary-token", timeout: "soon" })).not.to.contain("canary");
  });

  it("take a day for the longest time, and minutes for windows too", () => {
    expect(read({ timeout: "1440m" }).timeout).to.equal(86_400_000);
    expect(read({ timeout: "1ms" }).timeout).to.equal(1);
    for (const rateLimit of ["150/1m, 10/1s", "10/1s,150/1m", "150/1m , 10/1s"])
      expect(read({ rateLimit }).rateLimit).to.deep.equal(read().rateLimit);
    expect(read({ rateLimit: "9/10m" }).rateLimit).to.deep.equal([{ limit: 9, length: 600_000 }]);
  });

  for (const [text, endpoint] of [
    ["https://api.ocamba.com/v1/hood/", "https://api.ocamba.com/v1/hood"],
    ["https://api.ocamba.com/v1/hood//", "https://api.ocamba.com/v1/hood"],
    ["HTTPS://API.OCAMBA.COM/v1/hood", "https://api.ocamba.com/v1/hood"],
    ["http://localhost/v1/hood", "http://localhost/v1/hood"],
    ["http://127.0.0.1:4010/v1/hood", "http://127.0.0.1:4010/v1/hood"],
    ["http://127.1.2.3/v1/hood", "http://127.1.2.3/v1/hood"],
    ["http://[::1]:4010/v1/hood", "http://[::1]:4010/v1/hood"],
  ] as const) {
    it(`may have the endpoint ${text}`, () => expect(read({ endpoint: text }).endpoint).to.equal(endpoint));
  }
});
