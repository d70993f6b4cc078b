import { expect } from "chai";
import { proxyFor } from "../../provider/hood/proxy";
import {
  describeMisspelt,
  readSettings,
  type Settings,
  SettingsError,
  settingNames,
  withToken,
} from "../../provider/settings";
import { quoted } from "../../provider/text";
import { expectReadable, thrown } from "../support/accounts";

type Key = keyof Settings;

const HOOD = "https://api.ocamba.com/v1/hood";
const PROXY = "http://proxy.example.com:3128";

const windows = (...all: [limit: number, seconds: number][]) =>
  all.map(([limit, seconds]) => ({ limit, length: seconds * 1_000 }));

/** Every setting: its variable, a right value of each source, and what they mean if it isn't the same. */
const table: [key: Key, variable: string, config: string, environment: string, means?: [unknown, unknown]][] = [
  ["token", "HOOD_TOKEN", "token-a", "token-b"],
  ["endpoint", "HOOD_ENDPOINT", "https://a.example/v1/hood", "https://b.example/v1/hood"],
  ["preflight", "HOOD_PREFLIGHT", "live", "off"],
  ["maxCancellations", "HOOD_MAX_CANCELLATIONS", "0", "500", [0, 500]],
  ["rateLimit", "HOOD_RATE_LIMIT", "75/1s,700/60s", "1/2s", [windows([75, 1], [700, 60]), windows([1, 2])]],
  ["maxParallel", "HOOD_MAX_PARALLEL", "1", "20", [1, 20]],
  ["timeout", "HOOD_TIMEOUT", "500ms", "2m", [500, 120_000]],
  ["maxWait", "HOOD_MAX_WAIT", "10s", "1m", [10_000, 60_000]],
  ["auditLog", "HOOD_AUDIT_LOG", "a/b.jsonl", "/c.jsonl"],
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
      rateLimit: windows([10, 1], [150, 60]),
      maxParallel: 10,
      timeout: 30_000,
      maxWait: 600_000,
      auditLog: undefined,
    });
  });

  for (const [key, variable, config, environment, means = [config, environment]] of table) {
    it(`have ${key}, from config or from ${variable}, which wins, without blanks around it`, () => {
      expect(read({ [key]: ` ${config}\n` })[key]).to.deep.equal(means[0]);
      expect(read({}, { [variable]: environment })[key]).to.deep.equal(means[1]);
      expect(read({ [key]: config }, { [variable]: environment })[key]).to.deep.equal(means[1]);
      const explicit = readSettings((name) => ({ [key]: config })[name], { [variable]: environment }, "config");
      expect(explicit[key], "of a provider that a program declares").to.deep.equal(means[0]);
      for (const blank of ["", " ", "\n"]) {
        expect(read({ [key]: blank })[key]).to.deep.equal(read()[key]);
        expect(read({ [key]: config }, { [variable]: blank })[key]).to.deep.equal(means[0]);
      }
    });
  }

  describe("that can't be used", () => {
    const wrong: [key: Key, says: string, values: string[]][] = [
      ["endpoint", "URL", ["api.ocamba.com/v1/hood", "/v1/hood", "http://127.0.0.1.5/v1/hood"]],
      ["endpoint", "https://", ["http://api.ocamba.com", "http://127.0.0.1.evil.com", "http://localhost.evil.com"]],
      ["endpoint", "https://", ["http://10.0.0.1", "http://localhost.", "http://[::2]", "ftp://127.0.0.1"]],
      [
        "endpoint",
        "user or password",
        ["https://user:secret-word@a.com", "https://user@a.com", "http://localhost:x@a.b"],
      ],
      ["endpoint", "base URL", ["https://api.ocamba.com/v1/hood?x=1", "https://api.ocamba.com/v1/hood#x"]],
      ["preflight", '"live" or "off"', ["on", "LIVE", "false"]],
      ["preflight", 'it looks like "live"', ["livе"]],
      ["preflight", 'it looks like "off"', ["оff"]],
      ["maxCancellations", "whole number of at least 0", ["-1", "1.5", "many", "1e3", "Infinity"]],
      ["maxParallel", "whole number of at least 1", ["0", "ten"]],
      ["rateLimit", "10/1s,150/60s", ["10 per second", "0/1s", "150/0m", "150/m", "150/1min"]],
      ["timeout", "such as 30s", ["30", "0s", "-1s", "1h", "soon", "30s or so"]],
      ["timeout", "at most 1440m, which is a day", ["40000m"]],
      ["maxWait", "at most 1440m", ["1441m"]],
    ];
    for (const [key, says, values] of wrong) {
      it(`fails for ${key} ${values.map(quoted).join(", ")}`, async () => {
        for (const value of values) {
          const message = await failure({ [key]: value });
          expect(message).to.contain(`hood:${key} `).and.contain(says).and.contain("pulumi config set");
          expect(message).not.to.contain("secret-word");
          expectReadable(message);
        }
      });
    }

    it("are named by their variable when they come from there", async () => {
      const message = await failure({ timeout: "30s" }, { HOOD_TIMEOUT: "soon" });
      expect(message).to.contain("HOOD_TIMEOUT ").and.not.contain("hood:timeout");
      expect(message.split("\n")[1]).to.equal("Correct it in the environment.");
    });

    it("are all named at once, without the token", async () => {
      const message = await failure({ token: "canary-token", timeout: "soon", preflight: "on" });
      expect(message)
        .to.match(/hood:preflight .*; hood:timeout /)
        .and.not.contain("canary");
      expectReadable(message);
    });
  });

  it("fail for a token that no header can hold, which isn't shown", async () => {
    for (const token of ["canary token", "canary\ntoken", "canary\u0000token", "canary-tökén", "canary\ttoken"]) {
      const message = `${await failure({ token })} ${await failure({}, { HOOD_TOKEN: token })}`;
      expect(message).to.match(/^hood:token holds characters that no API token has.* HOOD_TOKEN holds/s);
      expect(message).not.to.contain("canary");
    }
  });

  it("have a token, or say where to put one", async () => {
    expect(withToken(read({ token: "a" }))).to.deep.equal(read({ token: "a" }));
    const { message } = await thrown(SettingsError, () => withToken(read()));
    expect(message).to.match(/^There is no API token for Hood\.\nPut one into HOOD_TOKEN, or into hood:token/);
  });

  it("take a day for the longest time, and minutes for windows too", () => {
    expect(read({ timeout: "1440m" }).timeout).to.equal(86_400_000);
    expect(read({ timeout: "1ms" }).timeout).to.equal(1);
    for (const rateLimit of ["150/1m, 10/1s", "10/1s,150/1m", "150/1m , 10/1s"])
      expect(read({ rateLimit }).rateLimit).to.deep.equal(read().rateLimit);
    expect(read({ rateLimit: "9/10m" }).rateLimit).to.deep.equal([{ limit: 9, length: 600_000 }]);
  });

  it("may have an endpoint on this machine, in capitals, or with slashes at its end", () => {
    for (const end of ["/", "//"]) expect(read({ endpoint: `${HOOD}${end}` }).endpoint).to.equal(HOOD);
    expect(read({ endpoint: "HTTPS://API.OCAMBA.COM/v1/hood" }).endpoint).to.equal(HOOD);
    for (const host of ["localhost", "127.0.0.1:4010", "127.1.2.3", "[::1]:4010"]) {
      const endpoint = `http://${host}/v1/hood`;
      expect(read({ endpoint }).endpoint).to.equal(endpoint);
    }
  });
});

describe("the proxy", () => {
  const chosen = (environment: NodeJS.ProcessEnv, endpoint = HOOD) => proxyFor(endpoint, environment)?.url.href;
  const named: [what: string, environment: NodeJS.ProcessEnv, proxy: string | undefined][] = [
    ["is the one of HTTPS_PROXY", { HTTPS_PROXY: PROXY }, `${PROXY}/`],
    ["is the one of https_proxy", { https_proxy: PROXY }, `${PROXY}/`],
    ["is the upper-case one of two", { https_proxy: "http://lower:1", HTTPS_PROXY: PROXY }, `${PROXY}/`],
    ["is the lower-case one if the other is blank", { https_proxy: PROXY, HTTPS_PROXY: " " }, `${PROXY}/`],
    ["may be given without http://", { HTTPS_PROXY: "proxy.example.com:3128" }, `${PROXY}/`],
    ["may speak https itself", { HTTPS_PROXY: "https://proxy.example.com" }, "https://proxy.example.com/"],
    ["isn't the one of HTTP_PROXY", { HTTP_PROXY: PROXY, http_proxy: PROXY, ALL_PROXY: PROXY }, undefined],
    ["isn't used for a host of no_proxy", { HTTPS_PROXY: PROXY, no_proxy: "ocamba.com" }, undefined],
    ["is used if NO_PROXY has another", { HTTPS_PROXY: PROXY, no_proxy: "ocamba.com", NO_PROXY: "a" }, `${PROXY}/`],
  ];
  for (const [what, environment, proxy] of named) {
    it(what, () => expect(chosen(environment)).to.equal(proxy));
  }

  it("is never used for this machine", () => {
    for (const endpoint of [
      "https://localhost:4010",
      "https://127.0.0.200",
      "https://[::1]:4010",
      "http://127.0.0.1:4010",
      "https://[::ffff:127.0.1.2]:4010",
    ])
      expect(chosen({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY }, endpoint), endpoint).to.equal(undefined);
  });

  const rules: [endpoint: string, without: string[], by: string[]][] = [
    [
      HOOD,
      ["*", "example.com, *", "com", "ocamba.com", "OCAMBA.com", ".ocamba.com", "*.ocamba.com"],
      ["", ",", ":443", "x:api.ocamba.com", "api.ocamba.com:443:1"],
    ],
    [HOOD, ["example.com ,\tapi.ocamba.com "], ["amba.com", ".api.ocamba.com", "*.api.ocamba.com", "*api.ocamba.com"]],
    [HOOD, ["api.ocamba.com:443", "api.ocamba.com:"], ["api.ocamba.com:8443", "api*.ocamba.com", "www.api.ocamba.com"]],
    [
      HOOD,
      [".ocamba.com:443"],
      ["10.0.0.0/8", "api.ocamba.com/", "api.ocamba.com/v1", "[api.ocamba.com]", "ocamba%2ecom"],
    ],
    ["https://bücher.example", ["bücher.example", "xn--bcher-kva.example"], []],
    ["https://10.1.2.3:8443", ["10.1.2.3", "10.1.2.3:8443"], ["10.1.2.3:443", "10.1.2.4", "1.2.3", ".3"]],
    ["https://10.1.2.3:8443", ["10.1.0.0/16"], ["10.2.0.0/16", "10.1.0.0/33", "2001:db8::/32"]],
    ["https://10.1.2.3:8443", ["10.0.0.0/8"], ["11.0.0.0/", "::/0", "10.0.0.0/8:8443", "10.0.0.0/0x8", "10.0.0.0/8/9"]],
    ["https://[2001:db8::7]", ["2001:DB8::7", "2001:db8::/32", "2001:db8:0::7", "[2001:db8::7]"], ["2001:db8::8"]],
    ["https://[2001:db8::7]", ["[2001:db8::7]:443"], ["[2001:db8::7]:8443", "x[2001:db8::7]", "[2001:db8::7]x"]],
    ["https://api.ocamba.com.", ["api.ocamba.com."], ["", "a,,b"]],
  ];
  for (const [endpoint, without, by] of rules) {
    it(`isn't used for ${endpoint} if NO_PROXY is ${without.map(quoted).join(" or ")}, but if it is another`, () => {
      const under = (rule: string) => chosen({ HTTPS_PROXY: PROXY, NO_PROXY: rule }, endpoint);
      for (const rule of without) expect(under(rule), rule).to.equal(undefined);
      for (const rule of by) expect(under(rule), rule).to.equal(`${PROXY}/`);
    });
  }

  it("fails the settings if it can't be used, and isn't shown", async () => {
    const hosts = [
      "socks5://canary:canary@proxy/",
      "http://",
      "canary:1:2",
      "http://a:canary%zz@proxy",
      "file:///canary",
      "http://alice:canary#x@proxy:3128",
      "http://alice:1?canary@proxy:3128",
      "http://CANARY\\alice:pw@proxy:3128",
      "http://alice:1/canary@proxy:3128",
    ];
    for (const https_proxy of hosts) {
      const message = await failure({}, { https_proxy });
      expect(message).to.contain("https_proxy must be the URL of an HTTP proxy").and.not.contain("canary");
    }
  });

  it("fails no settings of an account that needs none", () => {
    expect(read({}, { HTTPS_PROXY: "socks5://proxy", NO_PROXY: "ocamba.com" })).not.to.have.property("proxy");
    expect(read({}, { HTTPS_PROXY: PROXY }).proxy?.url.href).to.equal(`${PROXY}/`);
  });
});

describe("What looks like a setting and is none", () => {
  const five = ["a", "b", "c", "d", "e"].map((name) => `hood:${name}`);
  const all = settingNames.map((name) => `hood:${name}`);
  const rows: [what: string, names: string[], says: RegExp | undefined, project?: string][] = [
    ["a letter too few", ["hood:maxCancelations"], /hood:maxCancelations \(do you mean hood:maxCancellations\?\)/],
    ["other separators", ["hood:max-cancellations"], /do you mean hood:maxCancellations\?/],
    ["a name that is near to none", ["hood:colour"], /: hood:colour\.\n.*The settings are hood:token, /],
    ["an environment variable", ["HOOD_MAX_CANCELATIONS"], /NS \(do you mean HOOD_MAX_CANCELLATIONS\?\)/],
    ["another namespace", ["Hood:maxCancellations"], /do you mean hood:maxCancellations\?/],
    ["a variable, in a project called hood", ["HOOD_TIMEOUTS"], /\nCorrect the/, "hood"],
    ["six at once", [...five, "hood:f"], /hood:e, and 1 more\.\n/],
    ["no namespace", ["shop:maxCancellations"], /shop:maxCancellations \(do you mean hood:max/],
    ["a key of a project called hood", ["hood:tiemout"], /hood:timeout\?\)\.\nThe project is called hood too/, "hood"],
    ["a key of other words in a project called hood", ["hood:colour"], undefined, "hood"],
    ["settings as they are", all, undefined],
    ["the plugin's version", ["hood:version", "hood:pluginDownloadURL"], undefined],
    ["a key of others", ["shop:timeout", "aws:region", "aws:timeout", "food:timeouts"], undefined],
    ["a guard's name of others", ["aws:maxCancellations"], undefined],
    ["a namespace with a letter too few", ["hod:timeout"], /hod:timeout \(do you mean hood:timeout\?\)/],
    ["a variable of others", ["HOOD_COLOUR", "HOOD_TOKEN", "MAX_CANCELATIONS", "FOOD_TOKEN", "HOOD_"], undefined],
    ["a guard of the project's own beside it", ["shop:maxCancellations", "hood:maxCancellations"], undefined],
    ["a key with a colon of its own", ["hood:a:b"], /: hood:a:b\.\n/],
    ["five at once", five, /hood:d, hood:e\.\n/],
    ["a key that could be read wrongly", ["hood:a b", "hood:`c"], /"hood:a b", "hood:`c"\./],
  ];
  for (const [what, names, says, project = "shop"] of rows) {
    it(`is ${says ? "named with the nearest setting" : "no matter"} if it is ${what}`, () => {
      const isKey = (name: string) => name.includes(":");
      const variables = names.filter((name) => !isKey(name));
      const warning = describeMisspelt(names.filter(isKey), variables, project);
      if (says) expect(warning).to.match(says);
      else expect(warning).to.equal(undefined);
      expectReadable(warning ?? "A warning.");
    });
  }
});
