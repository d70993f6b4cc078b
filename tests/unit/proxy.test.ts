import { expect } from "chai";
import { proxyFor } from "../../provider/hood/proxy";
import { readSettings, SettingsError } from "../../provider/settings";
import { thrown } from "../support/messages";

const HOOD = "https://api.ocamba.com/v1/hood";
const PROXY = "http://proxy.example.com:3128";
const chosen = (environment: NodeJS.ProcessEnv, endpoint = HOOD) => proxyFor(endpoint, environment)?.url.href;

describe("the proxy", () => {
  const named: [what: string, environment: NodeJS.ProcessEnv, proxy: string | undefined][] = [
    ["is the one of HTTPS_PROXY", { HTTPS_PROXY: PROXY }, `${PROXY}/`],
    ["is the one of https_proxy", { https_proxy: PROXY }, `${PROXY}/`],
    [
      "is the upper-case one of two",
      { https_proxy: "http://lower:1", HTTPS_PROXY: "http://upper:1" },
      "http://upper:1/",
    ],
    [
      "is the lower-case one if the other is blank",
      { https_proxy: "http://lower:1", HTTPS_PROXY: " " },
      "http://lower:1/",
    ],
    ["may be given without http://", { HTTPS_PROXY: "proxy.example.com:3128" }, `${PROXY}/`],
    ["may speak https itself", { HTTPS_PROXY: "https://proxy.example.com" }, "https://proxy.example.com/"],
    ["isn't the one of HTTP_PROXY", { HTTP_PROXY: PROXY, http_proxy: PROXY, ALL_PROXY: PROXY }, undefined],
    ["isn't used for a host of no_proxy", { HTTPS_PROXY: PROXY, no_proxy: "ocamba.com" }, undefined],
    [
      "is used if only no_proxy has the host",
      { HTTPS_PROXY: PROXY, no_proxy: "ocamba.com", NO_PROXY: "a" },
      `${PROXY}/`,
    ],
  ];
  for (const [what, environment, proxy] of named) {
    it(what, () => expect(chosen(environment)).to.equal(proxy));
  }

  for (const endpoint of [
    "https://localhost:4010",
    "https://127.0.0.2",
    "https://[::1]:4010",
    "http://127.0.0.1:4010",
  ]) {
    it(`is never used for this machine: ${endpoint}`, () => {
      expect(chosen({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY }, endpoint)).to.equal(undefined);
    });
  }

  const [V4, V6, IDN] = ["https://10.1.2.3:8443", "https://[2001:db8::7]", "https://bücher.example"];
  const rules: [rules: string, endpoint: string, without: boolean][] = [
    ["*", HOOD, true],
    ["example.com, *", V4, true],
    ["", HOOD, false],
    ["ocamba.com", HOOD, true],
    ["OCAMBA.com", HOOD, true],
    ["example.com ,\tapi.ocamba.com ", HOOD, true],
    ["amba.com", HOOD, false],
    ["com", HOOD, true],
    [".ocamba.com", HOOD, true],
    ["*.ocamba.com", HOOD, true],
    [".api.ocamba.com", HOOD, false],
    ["*.api.ocamba.com", HOOD, false],
    ["*api.ocamba.com", HOOD, false],
    ["api*.ocamba.com", HOOD, false],
    ["2001:DB8::7", V6, true],
    ["www.api.ocamba.com", HOOD, false],
    ["api.ocamba.com:443", HOOD, true],
    [".ocamba.com:443", HOOD, true],
    ["api.ocamba.com:8443", HOOD, false],
    ["api.ocamba.com:", HOOD, true],
    [":443", HOOD, false],
    [",", HOOD, false],
    ["bücher.example", IDN, true],
    ["xn--bcher-kva.example", IDN, true],
    ["10.1.2.3", V4, true],
    ["10.1.2.3:8443", V4, true],
    ["10.1.2.3:443", V4, false],
    ["10.1.2.4", V4, false],
    ["1.2.3", V4, false],
    [".3", V4, false],
    ["10.1.0.0/16", V4, true],
    ["10.2.0.0/16", V4, false],
    ["10.1.0.0/33", V4, false],
    ["10.0.0.0/8", HOOD, false],
    ["2001:db8::/32", V6, true],
    ["2001:db8::/32", V4, false],
    ["2001:db8:0::7", V6, true],
    ["[2001:db8::7]:443", V6, true],
    ["[2001:db8::7]:8443", V6, false],
    ["2001:db8::8", V6, false],
  ];
  for (const [rule, endpoint, without] of rules) {
    it(`is ${without ? "not used" : "used"} for ${endpoint} if NO_PROXY is "${rule}"`, () => {
      const environment = { HTTPS_PROXY: PROXY, NO_PROXY: rule };
      expect(chosen(environment, endpoint)).to.equal(without ? undefined : `${PROXY}/`);
    });
  }

  for (const value of [
    "socks5://canary:canary@proxy",
    "http://",
    "canary:1:2",
    "http://a:canary%zz@proxy",
    "file:///canary",
  ]) {
    it(`fails the settings if it can't be used, and isn't shown: ${value}`, async () => {
      const { message } = await thrown(SettingsError, () => readSettings(() => undefined, { https_proxy: value }));
      expect(message).to.contain("https_proxy must be the URL of an HTTP proxy").and.not.contain("canary");
    });
  }

  it("fails no settings of an account that needs none", () => {
    const environment = { HTTPS_PROXY: "socks5://proxy", NO_PROXY: "ocamba.com" };
    expect(readSettings(() => undefined, environment)).not.to.have.property("proxy");
  });
});
