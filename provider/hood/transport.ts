import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Endpoint } from "./endpoints";
import { type HttpProxy, RefusedByProxy, tunnel } from "./proxy";

/** The version of this package. */
export const version: string = require("../../../package.json").version;

/** The account's address when neither config nor environment names one. */
export const DEFAULT_ENDPOINT = "https://api.ocamba.com/v1/hood";

/** Largest answer that is read, in bytes. A full page of campaigns mostly stays far below it. */
const LARGEST_ANSWER = 8 * 1024 * 1024;
/** What goes beyond this size, in bytes, is read one at a time: until it is parsed, it takes several times as much in memory. */
const LARGE = 256 * 1024;

/** Longest that a connection may take to stand, a proxy and the secure handshake included, in milliseconds. */
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

/** Carries one request to the account, once. @param within milliseconds, if it has less time than usual. @throws TransportError, RefusedByProxy */
export type Transport = (endpoint: Endpoint, body?: object, within?: number) => Promise<Answer>;

export interface TransportOptions {
  readonly endpoint: string;
  readonly token: string;
  readonly timeout: number;
  readonly maxParallel: number;
  /** Through which the account is reached; only for https. */
  readonly proxy?: HttpProxy;
}

/** Requests over kept connections. Redirects aren't followed: they would take the token along. */
export function httpTransport({ endpoint, token, timeout, maxParallel, proxy }: TransportOptions): Transport {
  const { request: open } = endpoint.startsWith("https:") ? https : http;
  const { host } = new URL(endpoint);
  const toConnect = Math.min(CONNECT_TIMEOUT, timeout);
  const kept = connections(endpoint, { keepAlive: true, maxSockets: maxParallel }, toConnect, proxy);
  const fresh = connections(endpoint, { keepAlive: false, maxSockets: maxParallel }, toConnect, proxy);
  const enter = lane();
  const spellings = spellingsOf(token);
  const usual = {
    authorization: `Bearer ${token}`,
    accept: "application/json",
    "accept-encoding": "gzip",
    "user-agent": `pulumi-ocamba-hood/${version}`,
  };

  const exchange = async ({ method, path }: Endpoint, body: object | undefined, within: number, agent: http.Agent) => {
    const content = body && JSON.stringify(body);
    const headers =
      content === undefined
        ? usual
        : { ...usual, "content-type": "application/json", "content-length": Buffer.byteLength(content) };
    const time = Math.ceil(Math.min(timeout, within));
    const signal = AbortSignal.timeout(time);
    const request = open(`${endpoint}${path}`, { method, agent, headers, signal });
    // What goes wrong once the answer has begun is told by the answer too.
    request.on("error", () => {});
    request.end(content);
    let sent = false;
    let answered = false;
    // A request gets its connection when that stands, and not a byte of it leaves before.
    request.once("socket", () => {
      sent = true;
    });
    try {
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      answered = true;
      const text = withoutToken(await textOf(response, () => enter(signal)), token, spellings);
      const header = (name: string) => response.headers[name.toLowerCase()]?.toString() ?? null;
      return { status: response.statusCode ?? 0, header, text };
    } catch (error) {
      request.destroy();
      if (error instanceof TransportError || error instanceof RefusedByProxy) throw error;
      if (!sent) throw notSent(error as NodeJS.ErrnoException, host, proxy);
      if (signal.aborted) throw new TransportError(true, `no answer from ${host} within ${time / 1_000} s`);
      throw broken(error as NodeJS.ErrnoException, host, request.reusedSocket && !answered);
    }
  };

  return async (call, body, limit = timeout) => {
    // What can never be sent twice isn't put on a connection that its server may be about to close.
    if (call.replay === "never") return exchange(call, body, limit, fresh);
    try {
      return await exchange(call, body, limit, kept);
    } catch (error) {
      const again = error instanceof TransportError && error.stale && call.replay === "freely";
      if (again) return exchange(call, body, limit, fresh);
      throw error;
    }
  };
}

/** Connections for requests. A request gets one only when it stands; one that isn't made `within` this time is given up. */
function connections(endpoint: string, options: http.AgentOptions, within: number, proxy?: HttpProxy): http.Agent {
  const { protocol, hostname, port } = new URL(endpoint);
  const secure = protocol === "https:";
  const agent = secure ? new https.Agent(options) : new http.Agent(options);
  const connect = agent.createConnection.bind(agent);
  const open = async (to: http.ClientRequestArgs) => {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), within);
    try {
      const through = proxy && { socket: await tunnel(proxy, `${hostname}:${port || 443}`, giveUp.signal) };
      const socket = connect({ ...to, ...through }) as Socket;
      // Whoever sends something on it is told by the request.
      socket.on("error", () => {});
      giveUp.signal.addEventListener("abort", () => socket.destroy());
      await once(socket, secure ? "secureConnect" : "connect", { signal: giveUp.signal });
      return socket;
    } finally {
      clearTimeout(timer);
    }
  };
  agent.createConnection = (to, done) => {
    const tell = done as (error: Error | null, socket?: Socket) => void;
    open(to).then((socket) => tell(null, socket), tell);
    return undefined;
  };
  return agent;
}

/** @param enter waits until no other large answer is being read. @throws TooLargeError */
async function textOf(response: http.IncomingMessage, enter: () => Promise<() => void>): Promise<string> {
  const isZipped = response.headers["content-encoding"] === "gzip";
  const body: Readable = isZipped ? pipeline(response, createGunzip(), () => {}) : response;
  let bytes = Buffer.alloc(0);
  let size = 0;
  let leave: (() => void) | undefined;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (size + chunk.length > LARGEST_ANSWER) throw new TooLargeError();
      if (size + chunk.length > LARGE) leave ??= await enter();
      if (size + chunk.length > bytes.length) {
        const room = Buffer.allocUnsafeSlow(Math.min(LARGEST_ANSWER, 4 * (size + chunk.length)));
        bytes.copy(room, 0, 0, size);
        bytes = room;
      }
      chunk.copy(bytes, size);
      size += chunk.length;
    }
    return new TextDecoder().decode(bytes.subarray(0, size));
  } finally {
    leave?.();
  }
}

/** Lets one in at a time, or whoever is late. Each gets the function by which it leaves. */
function lane(): (late: AbortSignal) => Promise<() => void> {
  let last: Promise<unknown> = Promise.resolve();
  return async (late) => {
    let leave = () => {};
    const before = last;
    last = Promise.all([before, new Promise<void>((done) => (leave = done))]);
    await Promise.race([before, once(late, "abort")]);
    return leave;
  };
}

/** What is wrong with a certificate, in OpenSSL's words. */
const NOT_TRUSTED = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/;

function notSent({ code = "", message }: NodeJS.ErrnoException, host: string, proxy?: HttpProxy): TransportError {
  const through = proxy ? `through the proxy ${proxy.url.host}: ` : "";
  const why = code === "ABORT_ERR" ? "ETIMEDOUT" : code || message;
  const trust = NOT_TRUSTED.test(code) ? "; NODE_EXTRA_CA_CERTS can name a file with your company's own CA" : "";
  return new TransportError(false, `${host} can't be reached (${through}${why}${trust})`);
}

function broken({ code, name }: NodeJS.ErrnoException, host: string, onKept: boolean): TransportError {
  const stale = onKept && ["ECONNRESET", "EPIPE"].includes(String(code));
  return new TransportError(
    true,
    `the connection to ${host} broke before the answer was there (${code ?? name})`,
    stale,
  );
}

/** A shorter token is a test's, and could be part of any word. */
const SHORTEST_SECRET = 8;

/**
 * An answer without the token, even if a server repeats what it was sent: nobody else ever sees it there, in whichever of the usual ways
 * it is written. It is searched for in the text itself: what JSON can't be read, or lies too deep in it, hides nothing.
 */
export function withoutToken(text: string, token: string, spellings = spellingsOf(token)): string {
  return token.length < SHORTEST_SECRET ? text : text.replace(spellings, "[token]");
}

/** Matches a token as it is, with any of its characters escaped, and in base64. */
function spellingsOf(token: string): RegExp {
  return new RegExp([[...token].map(characterOf).join(""), ...base64Of(token)].join("|"), "g");
}

/** A character as it is, or escaped as JSON, URLs or HTML do it, several times over too. */
function characterOf(character: string): string {
  const code = character.charCodeAt(0);
  const hex = [...code.toString(16)].map((digit) => (/\d/.test(digit) ? digit : `[${digit}${digit.toUpperCase()}]`));
  const escapes = [
    `%(?:25)*${hex.join("")}`,
    `\\\\+(?:u00|x)${hex.join("")}`,
    `&(?:amp;)*#(?:0*${code}|[xX]0*${hex.join("")});`,
    `\\\\+${literal(character)}`,
  ];
  // A backslash before a letter or a digit would be the beginning of another character.
  if (/\w/.test(character)) escapes.pop();
  return `(?:${[literal(character), ...escapes].join("|")})`;
}

/** What stands in the base64 of every text that holds the token, by where it begins: without the ends, which its neighbours share. */
function base64Of(token: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(token)]);
    const first = Math.ceil((before * 8) / 6);
    const whole = bytes.toString("base64").slice(first, Math.floor((bytes.length * 8) / 6));
    return [...whole].map((digit) => (digit === "+" ? "[+-]" : digit === "/" ? "(?:\\\\*/|_)" : digit)).join("");
  });
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}
