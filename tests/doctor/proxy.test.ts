import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ROOT } from "../../tools/root";
import {
  AUTHORITY,
  askFor,
  type ConnectProxy,
  connectTo,
  refuseWith,
  startConnectProxy,
  startSecureFront,
} from "../support/companyNetwork";
import { CANARY, campaigns, SECRETS, TOKEN } from "./run";

const MAIN = join(ROOT, "dist/doctor/main.js");

describe("hood-doctor, behind a company's proxy", () => {
  let hood: Simulator;
  let front: Awaited<ReturnType<typeof startSecureFront>>;
  let proxy: ConnectProxy;
  before(async () => {
    hood = await startSimulator({ token: TOKEN, campaigns: campaigns(3) });
    front = await startSecureFront(Number(new URL(hood.url).port));
    proxy = await startConnectProxy(connectTo(front.port));
  });
  after(async () => {
    await proxy.close();
    front.close();
    await hood.close();
  });

  const run = (environment: NodeJS.ProcessEnv) =>
    new Promise<{ code: unknown; out: string }>((resolve) => {
      const env = {
        HOOD_TOKEN: TOKEN,
        HOOD_ENDPOINT: "https://hood.test/v1/hood",
        HTTPS_PROXY: `http://${CANARY}:${CANARY}@${proxy.host}`,
        NODE_EXTRA_CA_CERTS: AUTHORITY,
        ...environment,
      };
      execFile(process.execPath, [MAIN, "--quick"], { cwd: "/", env }, (error, out, err) => {
        expect(out + err)
          .not.to.match(SECRETS)
          .and.not.match(/hood\.test|127\.0\.0\.1/);
        resolve({ code: error?.code ?? 0, out });
      });
    });

  const rows = [
    [
      "sees the proxy and the company's authority",
      askFor(`${CANARY}:${CANARY}`, (...how) => connectTo(front.port)(...how)),
      {},
      2,
      /^ok +certificate +trusted\ndiffers +authority .*\n(?: .*\n)*differs +proxy +the proxy that HTTPS_PROXY names$/m,
    ],
    [
      "sees that the proxy asks for another user",
      refuseWith(407),
      {},
      1,
      /^differs +connection +the proxy refuses it$/m,
    ],
    [
      "sees that the proxy doesn't get through",
      refuseWith(502),
      {},
      1,
      /^differs +connection +not by way of the proxy/m,
    ],
    [
      "sees that nobody trusts the certificate",
      (...how) => connectTo(front.port)(...how),
      { NODE_EXTRA_CA_CERTS: "" },
      1,
      /^differs +certificate +it isn't \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)$/m,
    ],
    [
      "names a proxy that can't be used",
      refuseWith(200),
      { HTTPS_PROXY: `socks://${CANARY}` },
      1,
      /^differs +settings +can't be used: what else is in the environment, such as HTTPS_PROXY$/m,
    ],
  ] as const satisfies readonly [string, Parameters<ConnectProxy["does"]>[0], NodeJS.ProcessEnv, number, RegExp][];
  for (const [what, does, environment, code, line] of rows) {
    it(what, async () => {
      proxy.does(does);
      const result = await run(environment);
      expect(result.out).to.match(line);
      expect(result.code).to.equal(code);
    });
  }
});
