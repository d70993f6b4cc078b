import type { SimulatorOptions } from "./account";
import { Simulation } from "./simulation";
import type { Simulator } from "./types";

export type { SimulatorOptions } from "./account";
export type * from "./types";

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
