import type { HoodError } from "../provider/hood/errors";
import { concat, type Message, say } from "../provider/text";
import type { Account } from "./account";
import { type Assumption, differs, type Finding, NEVER, ok, PAGES, unknown } from "./assumption";

/** What leads to the account. The first request decides all of it. */
export const way = {
  settings: {
    holds: "Every setting can be read.",
    standsOn: "this package",
    shownBy: NEVER,
    otherwise: "Nothing is sent before it is corrected; `pulumi preview` says what is wrong with it.",
    page: PAGES.settings,
  },
  config: {
    holds: "The stack's config is read as well as the environment.",
    standsOn: "Pulumi: `pulumi config`",
    shownBy: NEVER,
    otherwise: "These checks used the environment alone: set HOOD_TOKEN and what else the stack's config holds.",
    page: PAGES.settings,
  },
  name: {
    holds: "The endpoint's name has an address.",
    standsOn: "documented: view-campaigns (the base URL)",
    shownBy: "the first GET",
    otherwise: "Nothing is sent. Check the network, and hood:endpoint.",
    page: PAGES.reach,
  },
  connection: {
    holds: "Somebody answers there, within hood:timeout.",
    standsOn: "documented: view-campaigns (the base URL)",
    shownBy: "the first GET",
    otherwise:
      "Reads are tried again, up to six times. Check the network, hood:endpoint, and whether a proxy is needed.",
    page: PAGES.reach,
  },
  certificate: {
    holds: "The connection is secure, and the certificate is trusted.",
    standsOn: "documented: view-campaigns (https)",
    shownBy: "the first GET",
    otherwise:
      "Nothing is sent, unless NODE_TLS_REJECT_UNAUTHORIZED is 0. NODE_EXTRA_CA_CERTS names the certificate of a proxy of your own.",
    page: PAGES.token,
  },
  authority: {
    holds: "The certificate comes from an authority that everybody trusts.",
    standsOn: "inferred: api.ocamba.com is public",
    shownBy: "the first GET",
    otherwise: "The provider works. Whoever runs that authority, such as a proxy, can read the token.",
    page: PAGES.token,
  },
  proxy: {
    holds: "Nothing between here and the account changes what is sent.",
    standsOn: "HTTP: the header Via",
    shownBy: "the first GET",
    otherwise: "The provider works, as long as the proxy passes everything on, 429 and Retry-After too.",
    page: PAGES.token,
    covers: "content-encoding 407",
  },
  path: {
    holds: "hood:endpoint is the API's base URL: a list of campaigns answers there.",
    standsOn: "documented: view-campaigns",
    shownBy: "GET /campaigns?sort=-create_time&page=1,10",
    otherwise: "The provider can't use what answers. Check hood:endpoint, and that no login page is in between.",
    page: PAGES.reach,
    covers: "/campaigns 200 300 500 408 425 items",
  },
  token: {
    holds: "The token is accepted, and may read campaigns; a wrong one is answered 401.",
    standsOn: "documented: create-personal-api-keys-validate; for campaigns inferred",
    shownBy: "GET /campaigns?sort=-create_time&page=1,10",
    otherwise: "Nothing works without a token: `pulumi config set --secret hood:token`, or HOOD_TOKEN.",
    page: PAGES.reach,
    covers: "401 403",
  },
} as const satisfies Record<string, Assumption>;

type Way = { readonly [Name in keyof typeof way]?: Finding };

const CONNECTED = ok(say`connected`);
const NO_SIGN = unknown(say`no sign of one, and not every proxy leaves one`);

/** What the first answer shows of the way to the account. */
export function reached({ connection, requests, settings }: Account): Way {
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
export function notReached({ kind, status, detail }: HoodError): Way {
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
