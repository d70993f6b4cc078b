/** Hood's windows for the campaign endpoints, which the provider expects by default. */
export const WINDOWS = "10/1s,150/60s";
/** The most reads of one command, however many resources it has. */
export const READS = 20;

/** One command on many cancellations: ours, the baseline and the bare engine in turn. */
export interface CommandRow {
  readonly row: string;
  readonly args: readonly string[];
  /** Every run begins with an empty stack and running campaigns. Without it, it continues on the stack of the row before. */
  readonly fresh?: true;
  readonly rounds: number;
  /** The most GET requests of ours. */
  readonly gets: number;
  /** One POST for each cancellation; without it, none. */
  readonly posts?: true;
  /** Wall time, as a multiple of the baseline's and of the bare engine's. */
  readonly baseline?: number;
  readonly floor?: number;
}

/** Some updates of ours at the same time on one account, in its real windows. */
export interface UpdateRow {
  readonly row: string;
  readonly updates: number;
  /** Cancellations in each update. */
  readonly each: number;
  /** Requests of another client of the account, evenly spread. */
  readonly otherClient?: string;
  /** The least share of the best possible time. */
  readonly share?: number;
  /** The most answers of 429, as a share of all requests. */
  readonly rejected: number;
}

const UP = ["up", "--yes", "--skip-preview"];

export const previewRow: CommandRow = {
  row: "preview, all new",
  args: ["preview"],
  fresh: true,
  rounds: 5,
  gets: READS,
  baseline: 0.75,
  floor: 1.15,
};

/** With the account's windows lifted. */
export const commandRows: readonly CommandRow[] = [
  { row: "up, all new", args: UP, fresh: true, rounds: 3, gets: READS, posts: true, baseline: 0.7, floor: 1.15 },
  { row: "up without changes", args: [...UP, "--expect-no-changes"], rounds: 5, gets: 0, baseline: 1, floor: 1.1 },
  { row: "refresh", args: ["refresh", "--yes", "--skip-preview"], rounds: 1, gets: READS },
];

/** In bytes: the inputs and outputs of a resource, in the state that the rows above leave. */
export const STATE = 1_200;
/** In milliseconds: what it takes to load the provider, beyond an empty program. */
export const LOADING = 80;

export const updateRows: readonly UpdateRow[] = [
  { row: "one update", updates: 1, each: 280, share: 0.97, rejected: 0 },
  { row: "one update beside another client", updates: 1, each: 280, otherClient: "50/60s", rejected: 0.02 },
  { row: "two updates at once", updates: 2, each: 140, share: 0.9, rejected: 0.015 },
  { row: "four updates at once", updates: 4, each: 100, share: 0.92, rejected: 0.025 },
];
