import { once } from "node:events";
import http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect } from "chai";
import { type Account, openAccount } from "../../provider/hood/account";
import { parseRateLimit } from "../../provider/hood/rateLimit/headers";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../simulator";
import { VirtualClock } from "./virtualClock";

const TOKEN = "canary-token-1234567890";
/** When the account's clock begins: any moment will do. */
export const START = Date.parse("2026-06-01T12:00:00Z");

/** How Hood shows a campaign. */
export const shown = { id: "1000248", name: "Spring sale", status: "running", update_time: "2026-05-01 12:00:00" };
/** How Hood rejects a request. */
export const rejection = { code: 400, title: "Bad request.", message: "The request is not valid.", trace_id: "6f1c" };
/** What a proxy says in Hood's place. */
export const page = text(200, "<!doctype html><title>Log in</title>", { "content-type": "text/html" });

/** An account at a server that answers as it is told, and a clock that nobody waits for. */
class RawAccount {
  server!: RawServer;
  clock!: VirtualClock;
  account!: Account;

  /** @param rateLimit its windows, if they matter. */
  async open(rateLimit = "1000000/1s"): Promise<void> {
    this.clock = new VirtualClock(START, 0);
    this.server = await startRawServer();
    const settings = { endpoint: this.server.url, token: TOKEN, timeout: 30_000, maxParallel: 10, maxWait: 600_000 };
    this.account = openAccount({ ...settings, rateLimit: parseRateLimit(rateLimit) }, this.clock);
  }

  async close(): Promise<void> {
    this.clock.dispose();
    await this.server.close();
  }
}

/** Within a `describe`: a fresh server and account for each test. */
export function openRawAccount(rateLimit?: string): RawAccount {
  const raw = new RawAccount();
  beforeEach(() => raw.open(rateLimit));
  afterEach(() => raw.close());
  return raw;
}

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

/** 2026-03-02 10:00:00 GMT, the start of a minute. */
export const MINUTE = Date.UTC(2026, 2, 2, 10, 0, 0);

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

let opened: Simulator[] = [];

/** The account itself, without a rate limit unless the options name one, and with a clock that only the test moves. */
export async function openHood(options: SimulatorOptions = {}) {
  const clock = { now: MINUTE };
  const hood = await startSimulator({ rateLimit: "off", now: () => clock.now, ...options });
  opened.push(hood);
  return {
    hood,
    clock,
    /** @param path below `/v1/hood`. @param body goes out as it is if it is a text. */
    call: (method: string, path: string, body?: unknown, token = "simulator-token") =>
      request(hood.url + path, method, body, token),
  };
}

export async function closeAll(): Promise<void> {
  await Promise.all(opened.map((hood) => hood.close()));
  opened = [];
}

export async function request(url: string, method: string, body: unknown, token: string): Promise<Reply> {
  const answer = await fetch(url, {
    method,
    redirect: "manual",
    headers: { authorization: `Bearer ${token}` },
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: answer.status, headers: answer.headers, text, json };
}

/** The ids of a list answer, in its order. */
export function ids(reply: Reply): string[] {
  return reply.json.items.map((item: { id: string }) => item.id);
}

/** A message as a user can bear it: three lines at the most, none of them blank, and no stack in it. */
export function expectReadable(message: string): void {
  const lines = message.split("\n");
  expect(lines.length, message).to.be.at.most(3);
  for (const line of lines) expect(line.trim(), message).not.to.equal("");
  expect(message).not.to.match(/^\s+at .*:\d+:\d+/m);
}

/** What `act` throws, which must be an instance of `kind`. */
export async function thrown<T extends Error>(
  kind: abstract new (...args: never[]) => T,
  act: () => unknown,
): Promise<T> {
  let error: unknown;
  try {
    await act();
  } catch (caught) {
    error = caught;
  }
  expect(error, "what was thrown").to.be.an.instanceOf(kind);
  return error as T;
}

/** A call that a provider answered with an error, as the engine reads it. */
export class ProviderError extends Error {
  override name = "ProviderError";

  /** @param partial what the engine records of a resource that was begun and not finished. */
  constructor(
    message: string,
    readonly partial?: { id: string; properties: Record<string, unknown>; reasons: readonly string[] } | undefined,
  ) {
    super(message);
  }
}
