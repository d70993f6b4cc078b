import { Account } from "./account";
import type { SimulatedCampaign } from "./campaigns";
import { type FaultRule, Faults } from "./faults";
import { type RequestRecord, type WindowUse, windowUse } from "./log";
import { resolveOptions, type SimulatorOptions } from "./options";
import { listen, makeServer } from "./server";

export type { SimulatedCampaign } from "./campaigns";
export type { Fault, FaultableRequest, FaultRule } from "./faults";
export type { Effect, RequestRecord, WindowUse } from "./log";
export type { SimulatorOptions } from "./options";

/** A running Hood account on loopback. */
export interface Simulator {
  /** The base URL to configure a client with, e.g. `http://127.0.0.1:4010/v1/hood`. */
  readonly url: string;
  /** Every request since the start or the last `clearRequests`, also refused and faulted ones. */
  readonly requests: readonly RequestRecord[];
  /**
   * The campaigns by id, as they are when this is read. Live: change or delete entries as a person would in Hood's
   * pages.
   */
  readonly campaigns: Map<string, SimulatedCampaign>;
  /** One campaign. @throws Error if the account does not have it. */
  campaign(id: string): SimulatedCampaign;
  /** Adds campaigns, completed with plausible values; returns them. @throws Error if an id is taken. */
  add(...campaigns: Partial<SimulatedCampaign>[]): SimulatedCampaign[];
  /** Sets a status as a person would in Hood's pages, from any to any; no time is set. @throws Error for an unknown id. */
  setStatus(id: string, status: string): void;
  /** Every token is refused with 401 from now on, except the new one, if one is given (a rolled key). */
  expireTokens(replacement?: string): void;
  /** Makes coming requests go wrong. */
  fault(rule: FaultRule): void;
  /** Empties the request log. */
  clearRequests(): void;
  /** How many requests each window of the rate limit saw, by the request log. */
  windowUse(): WindowUse[];
  /** Stops the account and breaks off what is still open. */
  close(): Promise<void>;
}

/**
 * Starts an embedded Hood account that behaves as Hood's public documentation says, on 127.0.0.1 only.
 *
 * @throws Error if an option cannot be read or the port is taken.
 * @example
 * const hood = await startSimulator({ campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }] });
 * // ... requests to hood.url with the header "Authorization: Bearer simulator-token" ...
 * await hood.close();
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const account = new Account(resolveOptions(options));
  for (const campaign of options.campaigns ?? []) account.campaigns.add(campaign);
  const faults = new Faults();
  const requests: RequestRecord[] = [];
  let received = 0;
  const record = (entry: Omit<RequestRecord, "number">) => {
    received += 1;
    const full = { number: received, ...entry };
    requests.push(full);
    return full;
  };
  const server = makeServer({ account, faults, record, simulator: () => simulator });
  const { windows, windowOffset, port } = account.settings;

  const simulator: Simulator = {
    url: await listen(server, port),
    requests,
    get campaigns() {
      account.catchUp();
      return account.campaigns.all();
    },
    campaign(id) {
      const campaign = account.campaigns.get(id);
      if (!campaign) throw new Error(`The simulator has no campaign ${id}. Add it first.`);
      return campaign;
    },
    add: (...given) => given.map((campaign) => account.campaigns.add(campaign)),
    setStatus(id, status) {
      const campaign = simulator.campaign(id);
      campaign.status = status;
      account.clock.note(campaign);
    },
    expireTokens: (replacement) => account.expireTokens(replacement),
    fault: (rule) => faults.add(rule),
    clearRequests() {
      requests.length = 0;
    },
    windowUse: () => windowUse(requests, windows, windowOffset),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
  return simulator;
}
