import { once } from "node:events";
import net from "node:net";
import { mock } from "node:test";
import { expect } from "chai";
import { httpTransport } from "../../provider/hood/transport";

describe("a connection that is never made", () => {
  let server: net.Server;

  // Takes connections, and never says a word of the secure handshake.
  beforeEach(async () => {
    server = net.createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => {
    mock.timers.reset();
    server.close();
  });

  it("is given up after ten seconds, as one that sent nothing", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    const { port } = server.address() as net.AddressInfo;
    const send = httpTransport({
      endpoint: `https://127.0.0.1:${port}`,
      token: "canary-9",
      timeout: 60_000,
      maxParallel: 1,
    });
    const failed = send({ method: "GET", path: "/", replay: "freely", purpose: "look" }).then(
      () => undefined,
      (error) => error,
    );
    await once(server, "connection");
    mock.timers.tick(9_999);
    mock.timers.tick(1);
    expect(await failed).to.include({ sent: false, message: `127.0.0.1:${port} can't be reached (ETIMEDOUT)` });
  });
});
