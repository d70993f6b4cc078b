import { X509Certificate } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { rootCertificates, TLSSocket } from "node:tls";
import { Client, type Reply } from "../provider/hood/client";
import type { Clock } from "../provider/hood/clock";
import { type Endpoint, type ListQuery, listCampaigns } from "../provider/hood/endpoints";
import { HoodError } from "../provider/hood/errors";
import { type Reported, reportedIn } from "../provider/hood/rateLimit/headers";
import { Limiter } from "../provider/hood/rateLimit/limiter";
import { httpTransport, type Transport } from "../provider/hood/transport";
import { describeLongWait } from "../provider/operation";
import { type Settings, withToken } from "../provider/settings";
import { isObject, type Message, say } from "../provider/text";

/** Nothing more is asked, and why. What was seen until then counts. */
export class Stop extends Error {
  override name = "Stop";

  constructor(readonly why: Message) {
    super();
  }
}

/** One answer, as far as it tells of the account's clock and windows. Moments are in milliseconds of this process's clock. */
export interface Sample {
  readonly kind: "list" | "campaign";
  readonly sent: number;
  readonly answered: number;
  readonly status: number;
  /** The account's clock, whole seconds, in milliseconds since 1970. */
  readonly date?: number;
  /** This machine's, at the same time. */
  readonly machine: number;
  readonly reported?: Reported;
  /** As many at once as asked too many. */
  readonly crowded: boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

/** A page of a list as the account gives it. */
export interface ListPage {
  readonly campaigns: readonly Fields[];
  /** In whatever form. */
  readonly total: unknown;
  /** Undefined if it is no number, nor a text of digits. */
  readonly length: number | undefined;
}

const NOTHING: ListPage = { campaigns: [], total: undefined, length: undefined };
export const NEWEST = { sort: "-create_time" };

/**
 * The account as the checks see it: it is asked as the provider would ask it, by GET requests alone and not by too many of them, and
 * what its answers tell is kept.
 */
export class Account {
  readonly samples: Sample[] = [];
  /** What was seen of the first connection. */
  connection: ReturnType<typeof connectionOf> | undefined;
  requests = 0;
  /** The newest campaigns, with all their fields, and the oldest, with few. */
  newest = NOTHING;
  oldest = NOTHING;
  /** What the oldest were asked for with, and the largest page that was granted; none as long as none was. */
  query: ListQuery | undefined;
  size = 10;
  /** How the id of no campaign was rejected. */
  unknownIdError: HoodError | undefined;
  /** All that was read of campaigns, by their ids. */
  readonly campaigns = new Map<string, Fields>();
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #stopping = new AbortController();
  #lastSign: number;

  constructor(
    readonly settings: Settings,
    readonly clock: Clock,
    /** The most requests. */
    readonly most: number,
    /** Milliseconds that may pass without an answer. */
    readonly patience: number,
    progress: (line: Message) => void,
  ) {
    this.#lastSign = clock.now();
    const send = httpTransport(withToken(settings));
    this.#transport = (endpoint) => this.#sent(send, endpoint);
    const { rateLimit: windows, maxParallel } = settings;
    const maxWait = Math.min(settings.maxWait, patience);
    this.#client = new Client({
      transport: this.#transport,
      limiter: new Limiter({ windows, maxParallel, clock, maxWait }),
      clock,
      maxWait,
      abort: this.#stopping.signal,
      tell: (wait) => {
        // A wait of known length, such as that for the next minute's window, is progress.
        if (wait.reason !== "answer" && wait.left <= patience) this.#lastSign = clock.now();
        // What the provider would say of the request may hold an id.
        const line = describeLongWait({ ...wait, purpose: say`go on` });
        if (line) progress(line);
      },
    });
  }

  /** One GET at the account's pace. @throws HoodError; Stop if no more may be sent */
  get(endpoint: Endpoint): Promise<Reply> {
    return this.#client.call(endpoint);
  }

  /** @throws HoodError also for an answer without a list */
  async list(query: ListQuery, page: number, size: number): Promise<ListPage> {
    const endpoint = listCampaigns(query, page, size);
    const { body, status } = await this.get(endpoint);
    if (!isObject(body) || !Array.isArray(body.items)) {
      throw new HoodError("unexpectedResponse", endpoint, say`HTTP ${status} without a list`, status);
    }
    const { total } = body;
    const length = /^\d{1,9}$/.test(textOf(total)) ? Number(total) : undefined;
    return { campaigns: body.items.filter(isObject), total, length };
  }

  /** A list of which every campaign counts as read. */
  async read(query: ListQuery, page: number, size: number): Promise<ListPage> {
    const listing = await this.list(query, page, size);
    for (const campaign of listing.campaigns) {
      const id = textOf(campaign.id);
      this.campaigns.set(id, { ...this.campaigns.get(id), ...campaign });
    }
    return listing;
  }

  /** Several GETs at once, at a moment that the rate limiter doesn't choose. @throws TransportError, Stop */
  async atOnce(endpoint: Endpoint, times: number): Promise<readonly Sample[]> {
    const before = this.samples.length;
    await Promise.all(Array.from({ length: times }, () => this.#transport(endpoint)));
    return this.samples.slice(before);
  }

  /** Runs checks, as long as answers come. @throws Stop */
  async during(act: () => Promise<void>): Promise<void> {
    const done = new AbortController();
    // Sees the connection that the provider's own transport has made.
    const look = (message: unknown) => {
      this.connection ??= connectionOf((message as { readonly response: IncomingMessage }).response);
    };
    subscribe("http.client.response.finish", look);
    try {
      await Promise.race([act(), this.#watch(done.signal)]);
    } finally {
      unsubscribe("http.client.response.finish", look);
      done.abort("done");
      this.#stopping.abort("stopped");
    }
  }

  async #watch(done: AbortSignal): Promise<void> {
    for (;;) {
      const left = this.#lastSign + this.patience - this.clock.now();
      if (left <= 0) throw new Stop(say`no answer came for ${this.patience / 1_000} s`);
      await this.clock.sleep(left, done);
      if (done.aborted) return;
    }
  }

  async #sent(send: Transport, endpoint: Endpoint) {
    if (endpoint.method !== "GET") throw new Error("hood-doctor sends GET requests only");
    if (this.#stopping.signal.aborted) throw new Stop(say`the run has ended`);
    if (this.requests >= this.most) throw new Stop(say`the ${this.most} requests of a run are used up`);
    this.requests++;
    const sent = this.clock.now();
    const answer = await send(endpoint);
    this.#lastSign = this.clock.now();
    const date = Date.parse(answer.header("date") ?? "");
    this.samples.push({
      kind: endpoint.path.startsWith("/campaigns?") ? "list" : "campaign",
      sent,
      answered: this.clock.now(),
      status: answer.status,
      date: Number.isNaN(date) ? undefined : date,
      machine: this.clock.date(),
      reported: answer.status === 429 ? undefined : reportedIn(answer),
      crowded: answer.status === 429 && /^-\d/.test(answer.header("retry-after") ?? ""),
    });
    return answer;
  }
}

/** A value of the account's as a text; empty if it is none. Not every object can be made one. */
export function textOf(value: unknown): string {
  return typeof value === "object" || value === undefined ? "" : String(value);
}

function connectionOf({ socket, headers: { via } }: IncomingMessage) {
  const secure = socket instanceof TLSSocket;
  return {
    secure,
    /** False if nobody checked the certificate. */
    checked: secure && socket.authorized,
    /** The certificate's authority is one of those that Node.js has by itself. */
    wellKnown: secure && isWellKnown(socket.getPeerX509Certificate()),
    via: via !== undefined,
  };
}

/** True if an authority that Node.js knows by itself issued a certificate or one above it. */
function isWellKnown(certificate: X509Certificate | undefined): boolean {
  if (!certificate) return false;
  const issued = rootCertificates.some((pem) => {
    const root = new X509Certificate(pem);
    return certificate.checkIssued(root) && certificate.verify(root.publicKey);
  });
  const { issuerCertificate } = certificate;
  return issued || (issuerCertificate?.fingerprint256 !== certificate.fingerprint256 && isWellKnown(issuerCertificate));
}
