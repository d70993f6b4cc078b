import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { version } from "../version";
import type { Endpoint } from "./endpoints";
import { withoutToken } from "./redaction";

/** Largest answer that is read, in bytes. A full page of campaigns mostly stays far below it. */
const LARGEST_ANSWER = 8 * 1024 * 1024;

/** Longest that a connection may take to stand, the secure handshake included, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;

/** An HTTP answer, whole. */
export interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly text: string;
}

/**
 * Why no answer came. `sent` is false only if the request can't have reached anybody.
 *
 * doctor/assumptions.ts: name, connection, certificate, authority, proxy
 */
export class TransportError extends Error {
  override name = "TransportError";

  constructor(
    readonly sent: boolean,
    message: string,
    /** It broke on a kept connection before any of the answer came: mostly, the server was about to close it, and has read nothing. */
    readonly stale = false,
  ) {
    super(message);
  }
}

/** An answer came, and is larger than any that is read. */
export class TooLargeError extends TransportError {
  override name = "TooLargeError";

  constructor() {
    super(true, `the answer is larger than ${LARGEST_ANSWER / 1024 / 1024} MB`);
  }
}

/** Carries one request to the account, once. */
export type Transport = (endpoint: Endpoint, body?: object) => Promise<Answer>;

export interface TransportOptions {
  readonly endpoint: string;
  readonly token: string;
  readonly timeout: number;
  readonly maxParallel: number;
}

/** Requests over kept connections. Redirects aren't followed: they would take the token along. */
export function httpTransport({ endpoint, token, timeout, maxParallel }: TransportOptions): Transport {
  const { request: open } = endpoint.startsWith("https:") ? https : http;
  const { host } = new URL(endpoint);
  const kept = connections(endpoint, maxParallel, true);
  const fresh = connections(endpoint, maxParallel, false);
  const usual = {
    authorization: `Bearer ${token}`,
    accept: "application/json",
    "accept-encoding": "gzip",
    "user-agent": `pulumi-ocamba-hood/${version}`,
  };

  const exchange = async ({ method, path }: Endpoint, body: object | undefined, agent: http.Agent) => {
    const content = body && JSON.stringify(body);
    const headers =
      content === undefined
        ? usual
        : { ...usual, "content-type": "application/json", "content-length": Buffer.byteLength(content) };
    const signal = AbortSignal.timeout(timeout);
    const request = open(`${endpoint}${path}`, { method, agent, headers, signal });
    // What goes wrong once the answer has begun is told by the answer too.
    request.on("error", () => {});
    request.end(content);
    let answered = false;
    try {
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      answered = true;
      const text = withoutToken(await textOf(response), token);
      const header = (name: string) => response.headers[name.toLowerCase()]?.toString() ?? null;
      return { status: response.statusCode ?? 0, header, text };
    } catch (error) {
      request.destroy();
      if (signal.aborted) throw new TransportError(true, `no answer from ${host} within ${timeout / 1_000} s`);
      throw transportError(error as NodeJS.ErrnoException, host, request.reusedSocket && !answered);
    }
  };

  return async (call, body) => {
    // What can never be sent twice isn't put on a connection that its server may be about to close.
    if (call.replay === "never") return exchange(call, body, fresh);
    try {
      return await exchange(call, body, kept);
    } catch (error) {
      const again = error instanceof TransportError && error.stale && call.replay === "freely";
      if (again) return exchange(call, body, fresh);
      throw error;
    }
  };
}

/** At most `most` connections at a time, kept for the next request or not. One that can't be made in time is given up. */
function connections(endpoint: string, most: number, keepAlive: boolean): http.Agent {
  const secure = endpoint.startsWith("https:");
  const options = { keepAlive, maxSockets: most };
  const agent = secure ? new https.Agent(options) : new http.Agent(options);
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (...args) => {
    const socket = connect(...args);
    const timer = setTimeout(() => socket?.destroy(notConnected()), CONNECT_TIMEOUT);
    for (const event of [secure ? "secureConnect" : "connect", "close"]) socket?.once(event, () => clearTimeout(timer));
    return socket;
  };
  return agent;
}

function notConnected(): NodeJS.ErrnoException {
  const message = `no connection within ${CONNECT_TIMEOUT / 1_000} s`;
  return Object.assign(new Error(message), { code: "ETIMEDOUT", syscall: "connect" });
}

/** @throws TooLargeError */
async function textOf(response: http.IncomingMessage): Promise<string> {
  const isZipped = response.headers["content-encoding"] === "gzip";
  const body: Readable = isZipped ? pipeline(response, createGunzip(), () => {}) : response;
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new TooLargeError();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** System calls that come before the connection stands. Other calls can fail with the same codes after the request has arrived. */
const BEFORE_SENDING = ["connect", "getaddrinfo"];
/** What only fails before the connection stands: a refused connection, of several addresses too, and a certificate. */
const BEFORE_CONNECTION = /^(ECONNREFUSED|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT)/;
/** What OpenSSL says when the other side answers the secure handshake in plain text. Other protocol errors can come later. */
const NOT_SECURE = /wrong version number/;

function transportError(error: NodeJS.ErrnoException, host: string, onKept: boolean): TransportError {
  if (error instanceof TransportError) return error;
  const { code = "", syscall = "", message, name } = error;
  const unconnected = syscall === "" && BEFORE_CONNECTION.test(code);
  if (BEFORE_SENDING.includes(syscall) || unconnected || NOT_SECURE.test(message)) {
    return new TransportError(false, `${host} can't be reached (${code})`);
  }
  const stale = onKept && ["ECONNRESET", "EPIPE"].includes(code);
  return new TransportError(
    true,
    `the connection to ${host} broke before the answer was there (${code || name})`,
    stale,
  );
}
