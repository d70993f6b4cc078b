import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Exchange, type Parts } from "./exchange";
import { Gate } from "./gate";

export function makeServer(parts: Parts): Server {
  const gate = new Gate(parts.account.settings);
  const server = createServer((request, response) => {
    const exchange = new Exchange(parts, gate, request, response);
    // A test's own `before` that throws has to show up in what its client sees.
    exchange.run().catch((error: Error) => exchange.fail(error));
  });
  // A client may keep a connection for as long as it likes: the account never closes one under a request's feet.
  server.keepAliveTimeout = 0;
  return server;
}

/** Opens the server on loopback and returns the base URL. @throws Error that says what to do if the port is taken. */
export async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const advice = taken ? "the port is in use. Choose another one, or 0 for a free one." : error.message;
      reject(new Error(`Could not start the simulator on 127.0.0.1:${port}: ${advice}`));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/hood`;
}
