import { once } from "node:events";
import http from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** What the server does with one request: an answer, or whatever else can be done to a connection. */
export type RawAnswer = (response: http.ServerResponse, request: RawRequest) => void;

export interface RawServer {
  /** Base URL without a trailing slash. */
  readonly url: string;
  readonly requests: readonly RawRequest[];
  /** Answers to come, one for each request; the last one stays. */
  answer(...answers: RawAnswer[]): void;
  close(): Promise<void>;
}

/** An HTTP server on loopback that answers as it is told, also in ways in which Hood never would. */
export async function startRawServer(...first: RawAnswer[]): Promise<RawServer> {
  let answers = first;
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    const raw = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
    requests.push(raw);
    const next = answers.length > 1 ? answers.shift() : answers[0];
    next?.(response, raw);
  });
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (...next) => {
      answers = next;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** An answer with this status and text. */
export function text(status: number, body = "", headers: http.OutgoingHttpHeaders = {}): RawAnswer {
  return (response) => response.writeHead(status, headers).end(body);
}

/** An answer with this status and JSON. */
export function json(status: number, body: unknown): RawAnswer {
  return text(status, JSON.stringify(body), { "content-type": "application/json" });
}

/** The connection ends in the middle of the answer. */
export const cutOff: RawAnswer = (response) => {
  response.writeHead(200, { "content-length": "1000" }).write('{"total":1,', () => response.destroy());
};

/** No answer, ever. */
export const silence: RawAnswer = () => {};

/** The connection ends before any answer. */
export const hangUp: RawAnswer = (response) => {
  response.destroy();
};

/** The answer in which Hood shows one campaign. */
export function showing(campaign: object): RawAnswer {
  return json(200, { total: 1, items: [campaign] });
}
