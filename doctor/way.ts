import type { HoodError } from "../provider/hood/errors";
import { concat, type Message, say } from "../provider/text";
import type { Account } from "./account";
import { differs, type Findings, ok, unknown } from "./check";

const CONNECTED = ok(say`connected`);
const NO_SIGN = unknown(say`no sign of one, and not every proxy leaves one`);

/** What the first answer shows of the way to the account. */
export function reached({ connection, requests, settings }: Account): Findings {
  const { secure = false, checked = false, wellKnown = false, via = false } = connection ?? {};
  const plain = unknown(say`plain http, to this machine`);
  const trusted = checked ? ok(say`trusted`) : differs(say`nobody checks it: NODE_TLS_REJECT_UNAUTHORIZED is 0`);
  const known = wellKnown ? ok(say`known to Node.js`) : differs(say`another one, such as a company's own`);
  const seen = via ? differs(say`answers come by way of a proxy (Via)`) : NO_SIGN;
  // The settings name a proxy only if the environment does, and it is for this endpoint.
  const isNamed = "proxy" in settings && settings.proxy !== undefined;
  return {
    name: CONNECTED,
    connection: ok(requests > 1 ? say`answered at attempt ${requests}` : say`answered`),
    certificate: secure ? trusted : plain,
    authority: secure ? known : plain,
    proxy: isNamed ? differs(say`the proxy that HTTPS_PROXY names`) : seen,
    path: ok(say`a list of campaigns`),
    token: ok(say`accepted`),
  };
}

/** Where on that way the first request has failed. */
export function notReached({ kind, status, detail }: HoodError): Findings {
  // The system's code for what went wrong, of which only the usual ones are shown.
  const code = /[( ]([A-Z][A-Z0-9_]{2,39})(?=[;)])/.exec(detail)?.[1] ?? "";
  const connected = { name: CONNECTED, connection: CONNECTED };
  const notConnected = (seen: Message) => ({ name: CONNECTED, connection: differs(seen) });
  if (kind === "refusedByProxy") return { connection: differs(say`the proxy refuses it`) };
  if (kind === "unreachable") {
    const isOfCertificate = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO)/.test(code);
    if (isOfCertificate) return { connection: CONNECTED, certificate: differs(say`it isn't (${code})`) };
    const byProxy = say`not by way of the proxy (${code || "it fails"})`;
    if (detail.includes("through the proxy")) return { connection: differs(byProxy) };
    if (/^(ENOTFOUND|EAI_)/.test(code)) return { name: differs(say`it has none (${code})`) };
    return notConnected(code === "" ? say`nobody` : say`nobody (${code})`);
  }
  if (kind === "unauthorized" || status === 403) {
    const path = unknown(say`not before a token is accepted`);
    return { ...connected, path, token: differs(say`not accepted: HTTP ${status ?? ""}`) };
  }
  if (status === undefined) return notConnected(NO_ANSWER[kind] ?? say`no whole answer`);
  const words = status === 200 && kind === "noResponse" ? say`, and no whole answer` : (WORDS[kind] ?? say``);
  return { ...connected, path: differs(concat(say`HTTP ${status}`, words)) };
}

const NO_ANSWER: { readonly [kind: string]: Message | undefined } = {
  aborted: say`no answer in time`,
  tooLarge: say`an answer that is far too large`,
  tooLong: say`only answers that ask to wait for longer than a minute`,
};
const WORDS: { readonly [kind: string]: Message | undefined } = {
  unexpectedResponse: say`, and no list: a login page, a redirect, or another server`,
  tooLong: say`, and a wait of more than a minute`,
  rejected: say`: it rejects the plainest list`,
};
