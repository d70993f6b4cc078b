import { X509Certificate } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { rootCertificates, TLSSocket } from "node:tls";
import { Client, type Reply } from "../provider/hood/client";
import type { Clock } from "../provider/hood/clock";
import type { Endpoint } from "../provider/hood/endpoints";
import { type Reported, reportedIn } from "../provider/hood/rateLimit/headers";
import { Limiter } from "../provider/hood/rateLimit/limiter";
import { type Answer, httpTransport, type Transport } from "../provider/hood/transport";
import { describeLongWait } from "../provider/progress";
import { type Settings, withToken } from "../provider/settings";
import { type Message, say } from "../provider/text";
import type { Findings } from "./findings";

/** Nothing more is asked, and why. What was seen until then counts. */
export class Stop extends Error {
  override name = "Stop";

  constructor(
    readonly why: Message,
    readonly findings: Findings = {},
  ) {
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

/** What was seen of the connection. */
export interface Seen {
  readonly secure: boolean;
  /** False if nobody checked the certificate. */
  readonly checked: boolean;
  /** The certificate's authority is one of those that Node.js has by itself. */
  readonly wellKnown: boolean;
  readonly via: boolean;
}

export interface ProbeOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly most: number;
  /** Milliseconds that may pass without an answer. */
  readonly patience: number;
  readonly progress: (line: Message) => void;
}

/** Asks the account as the provider would, with GET requests alone and not too many of them, and keeps what answers tell beside their bodies. */
export class Probe {
  readonly samples: Sample[] = [];
  connection: Seen | undefined;
  requests = 0;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly #options: ProbeOptions;
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #stopping = new AbortController();
  #lastSign: number;

  constructor(options: ProbeOptions) {
    const { settings, clock, patience, progress } = options;
    this.#options = options;
    [this.settings, this.clock] = [settings, clock];
    this.#lastSign = clock.now();
    this.#transport = this.#watched(httpTransport(withToken(settings)));
    const { rateLimit: windows, maxParallel } = settings;
    const maxWait = Math.min(settings.maxWait, patience);
    const limiter = new Limiter({ windows, maxParallel, clock, maxWait });
    this.#client = new Client({
      transport: this.#transport,
      limiter,
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

  /** Several GETs at once. @throws TransportError, Stop */
  async atOnce(endpoint: Endpoint, times: number): Promise<void> {
    await Promise.all(Array.from({ length: times }, () => this.#transport(endpoint)));
  }

  /** How many requests may be sent in all, and how many still. */
  get most(): number {
    return this.#options.most;
  }

  get left(): number {
    return this.#options.most - this.requests;
  }

  /** Runs checks, as long as answers come. @throws Stop */
  async during(act: () => Promise<void>): Promise<void> {
    const done = new AbortController();
    subscribe("http.client.response.finish", this.#look);
    try {
      await Promise.race([act(), this.#watch(done.signal)]);
    } finally {
      unsubscribe("http.client.response.finish", this.#look);
      done.abort("done");
      this.#stopping.abort("stopped");
    }
  }

  async #watch(done: AbortSignal): Promise<void> {
    const { clock, patience } = this.#options;
    for (;;) {
      const left = this.#lastSign + patience - clock.now();
      if (left <= 0) throw new Stop(say`no answer came for ${patience / 1_000} s`);
      await clock.sleep(left, done);
      if (done.aborted) return;
    }
  }

  #watched(transport: Transport): Transport {
    const { clock, most } = this.#options;
    return async (endpoint) => {
      if (endpoint.method !== "GET") throw new Error("hood-doctor sends GET requests only");
      if (this.#stopping.signal.aborted) throw new Stop(say`the run has ended`);
      if (this.requests >= most) throw new Stop(say`the ${most} requests of a run are used up`);
      this.requests++;
      const sent = clock.now();
      const answer = await transport(endpoint);
      this.#lastSign = clock.now();
      this.samples.push(sampleOf(endpoint, answer, sent, clock));
      return answer;
    };
  }

  /** Sees the connection that the provider's own transport has made. */
  readonly #look = (message: unknown) => {
    const { socket, headers } = (message as { readonly response: IncomingMessage }).response;
    const secure = socket instanceof TLSSocket;
    this.connection ??= {
      secure,
      checked: secure && socket.authorized,
      wellKnown: secure && isWellKnown(socket.getPeerX509Certificate()),
      via: headers.via !== undefined,
    };
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

function sampleOf({ path }: Endpoint, answer: Answer, sent: number, clock: Clock): Sample {
  const date = Date.parse(answer.header("date") ?? "");
  const reported = answer.status === 429 ? undefined : reportedIn(answer);
  return {
    kind: path.startsWith("/campaigns?") ? "list" : "campaign",
    sent,
    answered: clock.now(),
    status: answer.status,
    machine: clock.date(),
    crowded: answer.status === 429 && /^-\d/.test(answer.header("retry-after") ?? ""),
    ...(!Number.isNaN(date) && { date }),
    ...(reported && { reported }),
  };
}
