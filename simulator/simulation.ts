import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Account, resolveOptions, type SimulatorOptions } from "./account";
import { type Answer, answered, disturbed, Faults, failure, type Reply, takesEffect } from "./answers";
import { campaignIdIn, process as processRequest } from "./routes";
import type { FaultRule, RequestRecord, SimulatedCampaign, Simulator, Surface } from "./types";
import { Gate, type Verdict } from "./windows";

/** The account without a socket: what it is asked, it is asked here. */
export class Simulation implements Simulator {
  url = "http://127.0.0.1:0/v1/hood";
  readonly requests: RequestRecord[] = [];
  readonly #account: Account;
  readonly #faults = new Faults();
  readonly #gate: Gate;
  #received = 0;
  #server: Server | undefined;

  constructor(options: SimulatorOptions = {}) {
    this.#account = new Account(resolveOptions(options));
    this.#gate = new Gate(this.#account.settings);
    for (const campaign of options.campaigns ?? []) this.#account.campaigns.add(campaign);
  }

  /** Gives the account an address. @throws Error if the port is taken. */
  async listen(): Promise<this> {
    this.#server = makeServer((incoming, gone) => this.handle(incoming, gone));
    this.url = await listen(this.#server, this.#account.settings.port);
    return this;
  }

  /** One request and what its client gets. @param gone once the client doesn't wait any more. */
  async handle(incoming: Incoming, gone: Promise<unknown>): Promise<Reply> {
    const { settings } = this.#account;
    const leave = this.#gate.enter();
    void gone.then(leave);
    const { method, path, authorization } = incoming;
    const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
    const at = settings.now();
    const verdict = this.#gate.take(at);
    const [number, authorized, counted] = [++this.#received, this.#account.accepts(token), verdict.accepted];
    const record: RequestRecord = { number, at, method, path, status: "pending", authorized, counted };
    this.requests.push(record);
    // A test's own `before` that throws has to show up in what its client sees.
    const wrong = ({ message }: Error) => failure(500, `The simulator could not handle this request: ${message}`);
    const reply = await this.#take(record, verdict, token, incoming.body).catch((error) => answered(wrong(error)));
    if (reply.kind !== "answer") {
      record.status = reply.kind;
      return reply;
    }
    record.status = reply.answer.status;
    // In time: before the client can know the answer, or its next request could still find this one in flight.
    leave();
    const date = new Date(settings.now()).toUTCString();
    return answered({ ...reply.answer, headers: { date, ...reply.answer.headers } });
  }

  async #take(record: RequestRecord, verdict: Verdict, token: string, read: Incoming["body"]): Promise<Reply> {
    const account = this.#account;
    const { method, path, number, at } = record;
    const url = new URL(`http://127.0.0.1${path}`);
    const body = await read();
    if (body !== "") record.body = body;
    if (!verdict.accepted) return answered(tooMany(verdict));
    const rule = this.#faults.take({ method, path, number, campaignId: campaignIdIn(url) });
    rule?.before?.(this);
    const { latency } = account.settings;
    if (latency > 0) await sleep(latency, undefined, { ref: false });
    const process = () => {
      // A token can have died since the request came in.
      const authorized = account.accepts(token);
      const outcome = processRequest(account, { method, url, body, authorized });
      record.effect = outcome.effect;
      return withHeaders(outcome.answer, verdict.headers);
    };
    if (!rule?.fault) return answered(process());
    if ("processed" in rule.fault && typeof rule.fault.processed === "number") {
      account.later(at + rule.fault.processed, () => void process());
    }
    const real = takesEffect(rule.fault) ? process() : withHeaders(failure(500), verdict.headers);
    return disturbed(rule.fault, real);
  }

  get campaigns(): Map<string, SimulatedCampaign> {
    this.#account.catchUp();
    return this.#account.campaigns.all();
  }

  campaign(id: string): SimulatedCampaign {
    this.#account.catchUp();
    const campaign = this.#account.campaigns.get(id);
    if (!campaign) throw new Error(`The simulator has no campaign ${id}. Add it first.`);
    return campaign;
  }

  add(...given: Partial<SimulatedCampaign>[]): SimulatedCampaign[] {
    return given.map((campaign) => this.#account.campaigns.add(campaign));
  }

  setStatus(id: string, status: string): void {
    const campaign = this.campaign(id);
    campaign.status = status;
    this.#account.campaigns.note(campaign);
  }

  expireTokens(replacement?: string): void {
    this.#account.expireTokens(replacement);
  }

  fault(rule: FaultRule): void {
    this.#faults.add(rule);
  }

  freeze(surface: Surface, milliseconds: number): void {
    this.#account.lag.freeze(surface, milliseconds);
  }

  clearRequests(): void {
    this.requests.length = 0;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }
}

function withHeaders(answer: Answer, headers: Record<string, string>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function tooMany({ tooParallel, wait }: Verdict): Answer {
  // How long it is too many at once depends on the client's own requests, so Hood can tell no time.
  const retryAfter = tooParallel ? -1 : Math.max(1, Math.ceil(wait / 1000));
  return withHeaders(failure(429, "The rate limit is exceeded."), { "retry-after": String(retryAfter) });
}

/** A request as it comes in. */
interface Incoming {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The header of this name. */
  readonly authorization: string | undefined;
  /** Comes after the rest. */
  readonly body: () => Promise<string>;
}

/** @param gone once the client doesn't wait any more. */
type Handle = (incoming: Incoming, gone: Promise<unknown>) => Promise<Reply>;

function makeServer(handle: Handle): Server {
  const server = createServer((request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    const incoming = { method, path, authorization: headers.authorization, body: () => bodyOf(request) };
    const gone = new Promise((resolve) => response.once("close", resolve));
    void handle(incoming, gone).then((reply) => send(response, reply));
  });
  // A client may keep a connection for as long as it likes: the account never closes one under a request's feet.
  server.keepAliveTimeout = 0;
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case "answer": {
      const { status, headers, body } = reply.answer;
      const length = status === 204 ? {} : { "content-length": Buffer.byteLength(body ?? "") };
      response.writeHead(status, { ...headers, ...length }).end(body);
      return;
    }
    case "reset": {
      // Only once a first part of the body is on its way is there a middle to break off in.
      const length = Buffer.byteLength(reply.part) * 2;
      response.writeHead(200, { "content-type": "application/json", "content-length": length });
      response.write(reply.part, () => response.socket?.resetAndDestroy());
      return;
    }
    case "dropped":
      response.destroy();
      return;
    case "stalled":
  }
}

/** Opens the server on loopback and returns the base URL. @throws Error that says what to do if the port is taken. */
async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const advice = taken ? "the port is in use. Choose another one, or 0 for a free one." : error.message;
      reject(new Error(`Could not start the simulator on 127.0.0.1:${port}: ${advice}`));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/hood`;
}
