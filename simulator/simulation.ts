import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Account } from "./account";
import { Faults } from "./answers";
import { Exchange, type Incoming, type Reply } from "./exchange";
import { resolveOptions, type SimulatorOptions } from "./options";
import type { FaultRule, RequestRecord, SimulatedCampaign, Simulator, Surface } from "./types";
import { Gate } from "./windows";

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
  handle(incoming: Incoming, gone: Promise<unknown>): Promise<Reply> {
    const leave = this.#gate.enter();
    void gone.then(leave);
    const parts = { account: this.#account, faults: this.#faults, gate: this.#gate, simulator: this };
    const exchange = new Exchange(parts, incoming, (entry) => this.#record(entry));
    // In time: before the client can know the answer, or its next request could still find this one in flight.
    return exchange.run().finally(() => exchange.isAnswered && leave());
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

  #record(entry: Omit<RequestRecord, "number">): RequestRecord {
    this.#received += 1;
    const record = { number: this.#received, ...entry };
    this.requests.push(record);
    return record;
  }
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
