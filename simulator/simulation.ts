import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Account } from "./account";
import { type Answer, Faults, failure, faultyAnswer, half, takesEffect } from "./answers";
import { resolveOptions, type SimulatorOptions } from "./options";
import { campaignIdIn, process as processRequest } from "./routes";
import { type Incoming, listen, makeServer, type Reply } from "./server";
import type { Fault, FaultRule, RequestRecord, SimulatedCampaign, Simulator, Surface } from "./types";
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

function answered(answer: Answer): Reply {
  return { kind: "answer", answer };
}

function disturbed(fault: Fault, real: Answer): Reply {
  switch (fault.kind) {
    case "drop":
      return { kind: "dropped" };
    case "stall":
      return { kind: "stalled" };
    case "reset":
      return { kind: "reset", part: half(real) };
    default:
      return answered(faultyAnswer(fault, real));
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
