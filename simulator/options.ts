import type { SimulatedCampaign } from "./types";
import { withoutUndefined } from "./values";
import { parseWindow, parseWindows, type RateWindow } from "./windows";

/**
 * What the simulated account is like. Where Hood's pages leave a point open, the behaviour is an option here, and
 * the default is the likelier or the stricter reading.
 *
 * @example { campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }], rateLimit: "off" }
 */
export interface SimulatorOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. @default 0 */
  port?: number;
  /** The campaigns there at the start. A missing id is made up, a missing status is `running`. @default [] */
  campaigns?: Partial<SimulatedCampaign>[];
  /** The bearer tokens of the account; all share its rate limit. @default "simulator-token" */
  token?: string | string[];
  /** The account's clock, in ms since the epoch. @default Date.now */
  now?: () => number;
  /** Waits this many ms before each request is processed, also if its client has given up by then. @default 0 */
  latency?: number;

  /**
   * Fixed windows as `requests/length`, length in s, m, h or d, comma-separated; or `off`. Every request counts,
   * whatever its token and whether it succeeds. @default "10/1s,150/60s"
   */
  rateLimit?: string;
  /** Windows begin at multiples of their length since the epoch, plus this many ms. @default 0 */
  windowOffset?: number;
  /** The window that the X-RateLimit headers describe: the one with less left, or the one after the shortest. @default "tighter" */
  headerWindow?: "tighter" | "steady";
  /** More requests in flight than this are rejected with 429 and `Retry-After: -1`; or `off`. @default 10 */
  parallelLimit?: number | "off";
  /** Another client of the account, evenly spaced, written like one window of `rateLimit` (`50/60s`); or `off`. @default "off" */
  foreign?: string;

  /** Status for a campaign id that the account does not have. @default 400 */
  unknownId?: 400 | 404;
  /** Status of a successful create. @default 201 */
  createStatus?: 201 | 200;

  /** How answers write `labels`: an array, or one comma-joined string. @default "array" */
  labelsAs?: "array" | "string";
  /** How answers write `total`. @default "number" */
  totalAs?: "number" | "string";
  /** For this many ms, lists don't show what a request has created, changed or ended. @default 0 */
  listLag?: number;
  /** The same for a campaign's own page: for one that was created, it answers as for an unknown id. @default 0 */
  pageLag?: number;
  /** What becomes of `metadata`: kept; of one pair only, other keys are left out; other keys are refused; nothing is kept. @default "kept" */
  metadata?: "kept" | "pair" | "pairOnly" | "dropped";
  /** The fields of a create or an edit as the account stores them. @default as they are */
  stores?: (fields: Record<string, unknown>) => Record<string, unknown>;

  /** Largest page size. @default 100 */
  maxPageSize?: number;
  /** A larger page size than that: gets the largest, or a 400. @default "clamp" */
  overMaxPageSize?: "clamp" | "refuse";
  /** A page past the end: no items and the true total, or a 400. @default "empty" */
  pastTheEnd?: "empty" | "refuse";
  /** A query part the account cannot follow (field, operator, page): a 400, or as if it were not there. @default "refuse" */
  badQuery?: "refuse" | "ignore";
  /** Fields that a list can be filtered by. @default ["status"] */
  filterable?: string[];
}

/** The options with every default filled in and the notations read. */
export type Settings = Required<
  Omit<SimulatorOptions, "campaigns" | "token" | "rateLimit" | "parallelLimit" | "foreign">
> & {
  tokens: string[];
  windows: RateWindow[];
  parallelLimit: number;
  foreign: RateWindow | undefined;
};

/** @throws Error that names the option, its value and what is expected. */
export function resolveOptions(given: SimulatorOptions): Settings {
  const { campaigns: _, token = "simulator-token", rateLimit = "10/1s,150/60s", foreign = "off", ...rest } = given;
  return {
    port: 0,
    now: Date.now,
    latency: 0,
    windowOffset: 0,
    headerWindow: "tighter",
    unknownId: 400,
    createStatus: 201,
    labelsAs: "array",
    totalAs: "number",
    listLag: 0,
    pageLag: 0,
    metadata: "kept",
    stores: (fields) => fields,
    maxPageSize: 100,
    overMaxPageSize: "clamp",
    pastTheEnd: "empty",
    badQuery: "refuse",
    filterable: ["status"],
    ...withoutUndefined(rest),
    tokens: [token].flat(),
    windows: parseWindows(rateLimit, "rateLimit"),
    foreign: foreign === "off" ? undefined : parseWindow(foreign, "foreign"),
    parallelLimit: given.parallelLimit === "off" ? Infinity : (given.parallelLimit ?? 10),
  };
}
