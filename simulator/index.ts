import type { SimulatedCampaign } from "./campaigns";
import type { FaultRule } from "./faults";
import type { Surface } from "./lag";
import type { RequestRecord, WindowUse } from "./log";
import type { SimulatorOptions } from "./options";
import { Simulation } from "./simulation";

export type { SimulatedCampaign } from "./campaigns";
export type { Fault, FaultableRequest, FaultRule } from "./faults";
export type { Surface } from "./lag";
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
  /** For so many ms, lists (or the pages of single campaigns) show nothing of what requests change from now on. */
  freeze(surface: Surface, milliseconds: number): void;
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
export function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  return new Simulation(options).listen();
}
