import type { Server } from "node:net";
import { expect } from "chai";
import {
  AUTHORITY,
  askFor,
  type ConnectProxy,
  connectTo,
  startConnectProxy,
  startSecureFront,
} from "../support/companyNetwork";
import { expectReadable } from "../support/messages";
import { hosts, openProcesses } from "../support/providerProcess";
import { TOKEN } from "../support/testAccount";

describe("an account behind a company's proxy, with a certificate of the company's own", function () {
  this.timeout(20_000);
  const on = openProcesses({ host: hosts.plugin });
  let front: Server & { readonly port: number };
  let proxy: ConnectProxy;

  beforeEach(async () => {
    front = await startSecureFront(Number(new URL(on.hood.url).port));
    proxy = await startConnectProxy(askFor("canary:secret", connectTo(front.port)));
  });
  afterEach(async () => {
    await proxy.close();
    front.close();
  });

  const behind = (more: Record<string, string> = {}) =>
    on.process({
      config: { endpoint: "https://hood.test/v1/hood" },
      environment: { NODE_EXTRA_CA_CERTS: AUTHORITY, HTTPS_PROXY: `http://canary:secret@${proxy.host}`, ...more },
    });
  const cancellation = () => ({ campaignId: on.campaign("running"), reason: "Budget cut" });

  it("does what it is asked, and the proxy reads neither the token nor a campaign", async () => {
    const process = await behind();
    const args = cancellation();
    await on.apply(args, process);
    expect(on.canceled).to.deep.equal([args.campaignId]);
    expect(on.hood.requests.every(({ authorized }) => authorized)).to.equal(true);
    expect(new Set(proxy.connects.map(({ target }) => target))).to.deep.equal(new Set(["hood.test:443"]));
    for (const secret of [TOKEN, "Bearer", "campaigns", args.reason]) expect(proxy.seen).not.to.contain(secret);
    expect(process.output).to.match(/^\d+\n$/);
  });

  it("is asked on the connection that stands, and on a new one after that broke", async () => {
    const process = await behind();
    const check = async () => expect((await process.check(undefined, cancellation())).failures).to.deep.equal([]);
    for (let n = 0; n < 3; n++) await check();
    expect(proxy.connects).to.have.length(1);
    proxy.cut();
    await check();
    expect(proxy.connects).to.have.length(2);
  });

  /** What the preview says. */
  const failureOf = async (more: Record<string, string>): Promise<string> => {
    const { failures } = await (await behind(more)).check(undefined, cancellation());
    expect(failures).to.have.length(1);
    return failures[0]?.reason ?? "";
  };

  it("fails the preview if the proxy wants another password, and says where to put it", async () => {
    const reason = await failureOf({ HTTPS_PROXY: `http://canary:wrong@${proxy.host}` });
    expect(reason).to.contain(
      "doesn't accept the user and password of HTTPS_PROXY (HTTP 407).\nNothing was sent to Hood.",
    );
    expect(reason)
      .to.contain("http://USER:PASSWORD@HOST:PORT")
      .and.not.match(/wrong|canary/);
    expectReadable(reason);
    expect(proxy.connects).to.have.length(1);
  });

  it("isn't reached without the company's CA, and the preview says so", async () => {
    const reason = await failureOf({ NODE_EXTRA_CA_CERTS: "" });
    expect(reason).to.contain("UNABLE_TO_VERIFY_LEAF_SIGNATURE").and.contain("NODE_EXTRA_CA_CERTS");
    expect(on.sent).to.deep.equal([]);
  });
});
