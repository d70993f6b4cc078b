import type { FaultableRequest, RequestRecord } from "../../simulator";
import type { Mishap } from "./faults";
import type { RequestKind } from "./history";
import type { Result, State } from "./provider";
import type { Run } from "./run";

/** How operations of a history are carried out, and by which clock. */
export interface Tier {
  now(): number;
  wait(milliseconds: number): Promise<void>;
  perform(run: Run, state: State, endpoint: string): Promise<Result>;
  /** This request will never be answered. */
  silence(request: FaultableRequest): void;
  /** The lines of the run's audit log; absent where none is kept. */
  auditOf?(run: Run): readonly string[];
}

/** A campaign as an answer shows it. */
export interface Shown {
  readonly status: string;
  readonly name: string;
}

/** A request that got past the rate limit, in the order in which the account took them. */
export interface Exchange {
  readonly run: Run;
  readonly kind: RequestKind;
  readonly campaignId: string | undefined;
  readonly record: RequestRecord;
  readonly mishap: Mishap | undefined;
  /** What an answer without a mishap shows, by campaign. */
  readonly shown: ReadonlyMap<string, Shown>;
}
