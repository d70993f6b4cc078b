import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer } from "./answers";

/** A request as it comes in. */
export interface Incoming {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The header of this name. */
  readonly authorization: string | undefined;
  /** Comes after the rest. */
  readonly body: () => Promise<string>;
}

/** What the client gets: an answer, nothing, or the first part of an answer before the connection breaks. */
export type Reply =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "dropped" | "stalled" }
  | { readonly kind: "reset"; readonly part: string };

/** @param gone once the client doesn't wait any more. */
type Handle = (incoming: Incoming, gone: Promise<unknown>) => Promise<Reply>;

export function makeServer(handle: Handle): Server {
  const server = createServer((request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    const incoming = { method, path, authorization: headers.authorization, body: () => bodyOf(request) };
    const gone = new Promise((resolve) => response.once("close", resolve));
    void handle(incoming, gone).then((reply) => send(response, reply));
  });
  // A client may keep a connection for as long as it likes: the account never closes one under a request's feet.
  server.keepAliveTimeout = 0;
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case "answer": {
      const { status, headers, body } = reply.answer;
      const length = status === 204 ? {} : { "content-length": Buffer.byteLength(body ?? "") };
      response.writeHead(status, { ...headers, ...length }).end(body);
      return;
    }
    case "reset": {
      // Only once a first part of the body is on its way is there a middle to break off in.
      const length = Buffer.byteLength(reply.part) * 2;
      response.writeHead(200, { "content-type": "application/json", "content-length": length });
      response.write(reply.part, () => response.socket?.resetAndDestroy());
      return;
    }
    case "dropped":
      response.destroy();
      return;
    case "stalled":
  }
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
