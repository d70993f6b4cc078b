import { type Estimate, nobody } from "./clients";
import type { Window } from "./headers";
import { type Interval, moved, next, slidBy, width } from "./interval";
import type { OtherLimit, OtherWindow } from "./otherWindow";

/*
 * What is known of the account. Moments are those at which a request is sent, by the clock of this process: a window begins, so seen, a
 * trip earlier than on the account's clock. How long the trip takes needn't be known then, only how much it varies.
 */

/** A request that was answered. */
export interface Exchange {
  readonly sent: number;
  readonly answered: number;
}

/** Requests of this process that went out close together: from when on, until when the last was answered. */
export interface Batch {
  readonly from: number;
  readonly until: number;
  readonly count: number;
}

/** What answers reported of the present window. The exchange is the one that showed the fewest remaining. */
export interface Report extends Exchange {
  readonly remaining: number;
  /** Requests that it doesn't tell whether it counts. */
  readonly pending: number;
  /** From when on and until when it is this window. */
  readonly since: number;
  readonly end: number;
  /** Whether it was known where this window begins. */
  readonly phased: boolean;
  /** At least so many requests of others. */
  readonly others: number;
}

/** What is known of one window of the account. */
export interface WindowState {
  readonly window: Window;
  /** This process's requests that may lie in the present window. */
  readonly own: readonly Batch[];
  /** Whether answers report it. */
  readonly shown: boolean;
  readonly report?: Report | undefined;
  readonly last?: (Exchange & { readonly remaining: number }) | undefined;
  /** Where one beginning lies; the others are whole lengths away. */
  readonly start?: Interval | undefined;
  /** Whether the last answer that tells of it contradicted that. */
  readonly contradicted?: boolean;
}

export interface State {
  /** The shortest window first. */
  readonly windows: readonly WindowState[];
  /** When the requests that are on their way went out. */
  readonly inFlight: readonly number[];
  readonly lastSent: number;
  /** When the last request went out that was answered otherwise than by 429. */
  readonly probed: number;
  /** The usual time there and back, and how much it varies. */
  readonly roundTrip: number;
  readonly deviation: number;
  /** Whether a Reset of nothing was seen, and one of a whole window: it tells how the account rounds. */
  readonly resets: { readonly none: boolean; readonly whole: boolean };
  /** How much more often answers contradicted what was known than they agreed. */
  readonly doubt: number;
  readonly estimate: Estimate;
  /** Limits that answers report and that aren't configured, and the configured window that each is known to be. */
  readonly others: readonly OtherLimit[];
  readonly found: readonly OtherWindow[];
  /** Nothing goes out before. */
  readonly blocked: number;
  /** 429s in a row, and when the last one came. */
  readonly rejections: number;
  readonly rejected: number;
  /** When the last event was, and the chance that was drawn then. */
  readonly changed: number;
  readonly chance: number;
}

export function begin(windows: readonly Window[]): State {
  return {
    windows: windows.map((window) => ({ window, own: [], shown: false })),
    inFlight: [],
    lastSent: Number.NEGATIVE_INFINITY,
    probed: Number.NEGATIVE_INFINITY,
    roundTrip: 30,
    deviation: 8,
    resets: { none: false, whole: false },
    doubt: 0,
    estimate: nobody,
    others: [],
    found: [],
    blocked: Number.NEGATIVE_INFINITY,
    rejections: 0,
    rejected: Number.NEGATIVE_INFINITY,
    changed: 0,
    chance: 0,
  };
}

/** The part of a window over which clients spread their requests. */
export const SPREAD = 0.85;
/** Where a window begins is known well enough to send at that moment: a part of its length. */
const PHASED = 0.3;
/** The last so many of a long window go out one by one. */
export const LAST = 6;
/** What a Reset or a Retry-After counts. */
export const SECOND = 1_000;

export function between(from: number, to: number, chance: number): number {
  return from + (to - from) * chance;
}

export function isPhased(known: WindowState): known is WindowState & { readonly start: Interval } {
  return known.start !== undefined && width(known.start) < PHASED * known.window.length;
}

/** The time between two requests of this process if each client sends its share of a window, spread over it. */
export function gap({ estimate }: State, { window: { limit, length } }: WindowState): number {
  return (SPREAD * length) / Math.max(1, limit / estimate.clients);
}

/** So many milliseconds, trips differ. */
export function jitter({ deviation }: State): number {
  return 2 * deviation + 2;
}

export function present({ report }: WindowState, now: number): Report | undefined {
  return report && report.end > now ? report : undefined;
}

export function sum(batches: readonly Batch[]): number {
  return batches.reduce((total, { count }) => total + count, 0);
}

/** This process's answered requests that may lie in the present window. */
export function ownIn({ own, window, start }: WindowState, now: number): readonly Batch[] {
  const began = start ? moved(next(start, window.length, now), window.length, -1).from : Number.NEGATIVE_INFINITY;
  return own.filter(({ until }) => until + slidBy(window.length) > now && until >= began);
}

/** Whether answers report any window. */
export function shows({ windows }: State): boolean {
  return windows.some(({ shown }) => shown);
}

export function withWindow(state: State, at: number, changes: Partial<WindowState>): State {
  return { ...state, windows: state.windows.map((each, index) => (index === at ? { ...each, ...changes } : each)) };
}
