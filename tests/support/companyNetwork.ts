import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import tls from "node:tls";

const DATA = join(__dirname, "../../../tests/data");
/** For `NODE_EXTRA_CA_CERTS`: who vouches for `hood.test`. */
export const AUTHORITY = join(DATA, "authority.pem");

/** What a proxy does when it is asked for a connection. */
export type Connects = (socket: Socket, request: http.IncomingMessage) => void;

/** An HTTP proxy on loopback. */
export interface ConnectProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** The address and the headers of each CONNECT. */
  readonly connects: readonly { readonly target: string; readonly headers: http.IncomingHttpHeaders }[];
  /** Everything that it could read, on every connection. */
  readonly seen: string;
  /** What it does from now on. */
  does(connects: Connects): void;
  close(): Promise<void>;
}

export async function startConnectProxy(connects: Connects): Promise<ConnectProxy> {
  let act = connects;
  let seen = "";
  const asked: { target: string; headers: http.IncomingHttpHeaders }[] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer();
  server.on("connection", (socket) => {
    sockets.add(socket.on("error", () => {}));
    const push = socket.push.bind(socket);
    socket.push = (chunk, ...rest) => {
      seen += chunk?.toString("latin1") ?? "";
      return push(chunk, ...rest);
    };
  });
  server.on("connect", (request: http.IncomingMessage, socket: Socket) => {
    seen += JSON.stringify(request.rawHeaders);
    asked.push({ target: request.url ?? "", headers: request.headers });
    act(socket, request);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connects: asked,
    get seen() {
      return seen;
    },
    does: (next) => {
      act = next;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** Connects, whatever host was asked for, to a port of this machine: so a name that nobody else knows leads there. */
export function connectTo(port: number): Connects {
  return (socket) => {
    const account = net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.on("data", (chunk) => account.write(chunk)).on("close", () => account.destroy());
      account.on("data", (chunk) => socket.write(chunk)).on("close", () => socket.destroy());
    });
    account.on("error", () => socket.destroy());
  };
}

/** Answers with this status, and connects nowhere. */
export function refuseWith(status: number): Connects {
  return (socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 2\r\n\r\nNo`);
}

/** Connects as `next` does, but only whoever has this user and password. */
export function askFor(userAndPassword: string, next: Connects): Connects {
  const expected = `Basic ${Buffer.from(userAndPassword).toString("base64")}`;
  return (socket, request) =>
    (request.headers["proxy-authorization"] === expected ? next : refuseWith(407))(socket, request);
}

/** The account as `https://hood.test`, with a certificate of the company's own. @param port its plain HTTP. @returns the server. */
export async function startSecureFront(port: number): Promise<net.Server & { readonly port: number }> {
  const pem = readFileSync(join(DATA, "hood.test.pem"));
  const server = tls.createServer({ key: pem, cert: pem }, (secure) => {
    const plain = net.connect(port, "127.0.0.1");
    for (const socket of [secure, plain]) socket.on("error", () => {});
    secure.pipe(plain).pipe(secure);
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}
