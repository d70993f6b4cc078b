import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { BlockList, isIP, type Socket } from "node:net";
import { domainToASCII } from "node:url";

/** True for a host name that can only be this machine. A name that merely begins like one ("localhost.example") is not. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" || /^(127(\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/.test(hostname)
  );
}

/** A proxy that the environment names. Its URL may hold a password, so only its host is ever shown. */
export interface HttpProxy {
  readonly url: URL;
  /** The variable that names it. */
  readonly variable: string;
}

/**
 * The proxy for an address, by the rules of Go's default transport, which Pulumi's engine follows as well: `HTTPS_PROXY` before
 * `https_proxy`, and never for this machine. `HTTP_PROXY` would be for plain http, which only goes to this machine.
 *
 * @throws Error that says what is expected, without the value. To go around a proxy that can't be used is never right.
 */
export function proxyFor(endpoint: string, environment: NodeJS.ProcessEnv): HttpProxy | undefined {
  const { hostname, port } = new URL(endpoint);
  const variable = ["HTTPS_PROXY", "https_proxy"].find((name) => environment[name]?.trim());
  if (variable === undefined || isLoopback(hostname)) return undefined;
  const exceptions = (environment.NO_PROXY || environment.no_proxy || "").split(",");
  const host = hostname.replace(/[[\]]/g, "");
  if (exceptions.some((rule) => fits(rule.trim(), host, port || "443"))) return undefined;
  return { url: proxyUrl(environment[variable] ?? "", variable), variable };
}

function proxyUrl(text: string, variable: string): URL {
  try {
    const url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
    credentials(url);
    // A character that isn't escaped would make another host of it, and show a part of the password.
    const isWhole = url.pathname === "/" && !/[\\?#]/.test(text);
    if (isWhole && (url.protocol === "http:" || url.protocol === "https:")) return url;
  } catch {
    // What is wrong with it would show it.
  }
  throw new Error(`${variable} must be the URL of an HTTP proxy, such as http://proxy.example.com:3128`);
}

/** True if a rule of `NO_PROXY` is about this host: `*`, a domain, an address, a range of addresses; with a port or without one. */
function fits(rule: string, host: string, port: string): boolean {
  if (rule === "*") return true;
  if (rule.includes("/")) return isInRange(host, rule);
  // An address of IPv6 has colons of its own: only in brackets can a port come after it.
  const inBrackets = /^\[([\da-f:.]+)\](?::(\w*))?$/i.exec(rule);
  const [, name = "", only = ""] = isIP(rule)
    ? ["", rule]
    : (inBrackets ?? /^([^:[\]%]*)(?::(\w*))?$/.exec(rule) ?? []);
  if ((only || port) !== port) return false;
  return isIP(host) ? isInRange(host, name) : isInDomain(host, domainToASCII(name.replace(/^\*(?=\.)/, "")));
}

/** "example.com" is also about all that is below it, ".example.com" only about that. */
function isInDomain(host: string, domain: string): boolean {
  return domain !== "" && (host === domain || host.endsWith(domain.startsWith(".") ? domain : `.${domain}`));
}

function isInRange(host: string, range: string): boolean {
  const [address = "", length, ...rest] = range.split("/");
  if (rest.length > 0 || isIP(address) !== isIP(host) || !isIP(host) || !/^\d+$/.test(length ?? "0")) return false;
  const family = (text: string) => (isIP(text) === 6 ? "ipv6" : "ipv4");
  const list = new BlockList();
  try {
    if (length === undefined) list.addAddress(address, family(address));
    else list.addSubnet(address, Number(length), family(address));
  } catch {
    return false;
  }
  return list.check(host, family(host));
}

/** A proxy doesn't connect us to the account, and wouldn't at another attempt either. The account got nothing. */
export class RefusedByProxy extends Error {
  override name = "RefusedByProxy";
}

/**
 * A connection through a proxy to `host:port`. All that the proxy is told is that address, and its own user and password.
 *
 * @throws RefusedByProxy; any other Error if the proxy or the address can't be reached.
 */
export async function tunnel({ url, variable }: HttpProxy, target: string, signal: AbortSignal): Promise<Socket> {
  const { request } = url.protocol === "https:" ? https : http;
  const known = credentials(url);
  const headers = {
    host: target,
    connection: "keep-alive",
    ...(known && { "proxy-authorization": `Basic ${Buffer.from(known).toString("base64")}` }),
  };
  const { port } = url;
  const host = url.hostname.replace(/[[\]]/g, "");
  const asked = request({
    method: "CONNECT",
    host,
    // Otherwise it would be the host header's: the account's.
    servername: isIP(host) ? "" : host,
    port,
    path: target,
    headers,
    agent: false,
    signal,
  }).end();
  const [{ statusCode = 0 }, socket] = (await once(asked, "connect")) as [http.IncomingMessage, Socket];
  // Whoever goes on with it is told the same.
  socket.on("error", () => {});
  if (statusCode >= 200 && statusCode < 300) return socket;
  socket.destroy();
  const answer = `HTTP ${statusCode}`;
  if (statusCode >= 500) throw new Error(answer);
  const proxy = `the proxy ${url.host}`;
  if (statusCode !== 407) throw new RefusedByProxy(`${proxy} doesn't connect to ${target} (${answer})`);
  const wants = known ? `doesn't accept the user and password of ${variable}` : "asks for a user and password";
  throw new RefusedByProxy(`${proxy} ${wants} (${answer})`);
}

/** `user:password`. @throws URIError if it can't be decoded */
function credentials({ username, password }: URL): string | undefined {
  return username || password ? `${decodeURIComponent(username)}:${decodeURIComponent(password)}` : undefined;
}
