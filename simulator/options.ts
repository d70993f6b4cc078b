import type { SimulatedCampaign } from "./types";
import { withoutUndefined } from "./values";
import { parseWindow, parseWindows, type RateWindow } from "./windows";

/** Where Hood's pages leave a point open, the behaviour is an option, and the default is the likelier or the stricter reading. */
const defaults = {
  /** TCP port on 127.0.0.1; 0 takes a free one. @default 0 */
  port: 0,
  /** The campaigns there at the start. A missing id is made up, a missing status is `running`. @default [] */
  campaigns: [] as Partial<SimulatedCampaign>[],
  /** The bearer tokens of the account; all share its rate limit. @default "simulator-token" */
  token: "simulator-token" as string | string[],
  /** The account's clock, in ms since the epoch. @default Date.now */
  now: Date.now as () => number,
  /** Waits this many ms before each request is processed, also if its client has given up by then. @default 0 */
  latency: 0,

  /**
   * Fixed windows as `requests/length`, length in s, m, h or d, comma-separated; or `off`. Every request counts,
   * whatever its token and whether it succeeds. @default "10/1s,150/60s"
   */
  rateLimit: "10/1s,150/60s",
  /** Windows begin at multiples of their length since the epoch, plus this many ms. @default 0 */
  windowOffset: 0,
  /** The window that the X-RateLimit headers describe: the one with less left, or the one after the shortest. @default "tighter" */
  headerWindow: "tighter" as "tighter" | "steady",
  /** More requests in flight than this are rejected with 429 and `Retry-After: -1`; or `off`. @default 10 */
  parallelLimit: 10 as number | "off",
  /** Another client of the account, evenly spaced, written like one window of `rateLimit` (`50/60s`); or `off`. @default "off" */
  foreign: "off",

  /** Status for a campaign id that the account does not have. @default 400 */
  unknownId: 400 as 400 | 404,
  /** Status of a successful create. @default 201 */
  createStatus: 201 as 201 | 200,

  /** How answers write `labels`: an array, or one comma-joined string. @default "array" */
  labelsAs: "array" as "array" | "string",
  /** How answers write `total`. @default "number" */
  totalAs: "number" as "number" | "string",
  /** For this many ms, lists don't show what a request has created, changed or ended. @default 0 */
  listLag: 0,
  /** The same for a campaign's own page: for one that was created, it answers as for an unknown id. @default 0 */
  pageLag: 0,
  /** What becomes of `metadata`: kept; of one pair only, other keys are left out; other keys are refused; nothing is kept. @default "kept" */
  metadata: "kept" as "kept" | "pair" | "pairOnly" | "dropped",
  /** The fields of a create or an edit as the account stores them. @default as they are */
  stores: (fields: Record<string, unknown>) => fields,

  /** Largest page size. @default 100 */
  maxPageSize: 100,
  /** A larger page size than that: gets the largest, or a 400. @default "clamp" */
  overMaxPageSize: "clamp" as "clamp" | "refuse",
  /** A page past the end: no items and the true total, or a 400. @default "empty" */
  pastTheEnd: "empty" as "empty" | "refuse",
  /** A query part the account cannot follow (field, operator, page): a 400, or as if it were not there. @default "refuse" */
  badQuery: "refuse" as "refuse" | "ignore",
  /** Fields that a list can be filtered by. @default ["status"] */
  filterable: ["status"],
};

/**
 * What the simulated account is like.
 *
 * @example { campaigns: [{ id: "1000248", name: "Spring sale", status: "running" }], rateLimit: "off" }
 */
export type SimulatorOptions = { [Name in keyof typeof defaults]?: (typeof defaults)[Name] | undefined };

/** The options with every default filled in and the notations read. */
export type Settings = Omit<typeof defaults, "campaigns" | "token" | "rateLimit" | "parallelLimit" | "foreign"> & {
  tokens: string[];
  windows: RateWindow[];
  parallelLimit: number;
  foreign: RateWindow | undefined;
};

/** @throws Error that names the option, its value and what is expected. */
export function resolveOptions(given: SimulatorOptions): Settings {
  const {
    campaigns: _,
    token,
    rateLimit,
    foreign,
    parallelLimit,
    ...rest
  } = { ...defaults, ...withoutUndefined(given) };
  return {
    ...rest,
    tokens: [token].flat(),
    windows: parseWindows(rateLimit, "rateLimit"),
    foreign: foreign === "off" ? undefined : parseWindow(foreign, "foreign"),
    parallelLimit: parallelLimit === "off" ? Infinity : parallelLimit,
  };
}
