import http from "node:http";
import https from "node:https";
import type { Endpoint } from "./endpoints";

/** Largest answer that is read, in bytes. A full page of campaigns stays far below it. */
const LARGEST_ANSWER = 8 * 1024 * 1024;

/** Longest that a connection may take to stand, the secure handshake included, in milliseconds. */
const CONNECT_TIMEOUT = 10_000;
/** A shorter token is a test's, and could be part of any word. */
const SHORTEST_SECRET = 8;

/** An HTTP answer, whole. */
export interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly text: string;
}

/** Why no answer came. `sent` is false only if the request can't have reached anybody. */
export class TransportError extends Error {
  override name = "TransportError";

  constructor(
    readonly sent: boolean,
    message: string,
  ) {
    super(message);
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
  const agent = keptConnections(endpoint, maxParallel);
  const headers = { authorization: `Bearer ${token}`, accept: "application/json", "user-agent": "pulumi-ocamba-hood" };

  return async ({ method, path }, body) => {
    // node-fetch is an ES module; loading it at the first request also keeps the provider quick to load.
    const { default: fetch } = await import("node-fetch");
    try {
      const response = await fetch(`${endpoint}${path}`, {
        method,
        agent,
        redirect: "manual",
        size: LARGEST_ANSWER,
        signal: AbortSignal.timeout(timeout),
        headers: body ? { ...headers, "content-type": "application/json" } : headers,
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = withoutToken(await response.text(), token);
      return { status: response.status, header: (name) => response.headers.get(name), text };
    } catch (error) {
      throw transportError(error as FetchFailure, endpoint, timeout);
    }
  };
}

/** At most `maxParallel` connections, kept for the next request. One that can't be made in time is given up. */
function keptConnections(endpoint: string, maxParallel: number): http.Agent {
  const secure = endpoint.startsWith("https:");
  const options = { keepAlive: true, maxSockets: maxParallel };
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

// Nobody above this line ever sees the token in an answer, even if a server repeats what it was sent.
function withoutToken(text: string, token: string): string {
  if (token.length < SHORTEST_SECRET) return text;
  const redact = (part: string) => part.replaceAll(token, "[token]");
  if (!text.includes("\\")) return redact(text);
  try {
    // JSON may write any character in more than one way, such as "\/": only its values can be searched.
    return JSON.stringify(JSON.parse(text, (_, value) => (typeof value === "string" ? redact(value) : value)));
  } catch {
    return redact(text);
  }
}

/** System calls that come before the connection stands. Other calls can fail with the same codes after the request has arrived. */
const BEFORE_SENDING = ["connect", "getaddrinfo"];
/** What only fails before the connection stands: a refused connection, of several addresses too, and a certificate. */
const BEFORE_CONNECTION = /^(ECONNREFUSED|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT)/;
/** What OpenSSL says when the other side answers the secure handshake in plain text. Other protocol errors can come later. */
const NOT_SECURE = /wrong version number/;

/** What node-fetch throws: it hands on the system's error code, and the system call under a name of its own. */
type FetchFailure = Error & { readonly code?: string; readonly erroredSysCall?: string };

function transportError(error: FetchFailure, endpoint: string, timeout: number): TransportError {
  const code = error.code ?? "";
  const { host } = new URL(endpoint);
  const early = BEFORE_SENDING.includes(error.erroredSysCall ?? "");
  const unconnected = error.erroredSysCall === undefined && BEFORE_CONNECTION.test(code);
  if (early || unconnected || NOT_SECURE.test(error.message)) {
    return new TransportError(false, `${host} can't be reached (${code})`);
  }
  if (error.name === "AbortError" || error.name === "TimeoutError") {
    return new TransportError(true, `no answer from ${host} within ${timeout / 1_000} s`);
  }
  return new TransportError(
    true,
    `the connection to ${host} broke before the answer was there (${code || error.name})`,
  );
}
