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

/** Requests of this process that were answered close together: they count as long as the last of them. */
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
  /** By then this window has ended. */
  readonly end: number;
  /** Whether it was known where this window begins. */
  readonly phased: boolean;
  /** When the first request of this process went out in it, and how many others had sent before. */
  readonly first: number;
  readonly before: number;
  /** How many of this process's requests it counted, and at least how many of others. */
  readonly own: number;
  readonly others: number;
}

/** What is known of one window of the account. */
export interface Span {
  readonly window: Window;
  /** This process's requests that may lie in the present window. */
  readonly own: readonly Batch[];
  /** Whether answers report it. */
  readonly shown: boolean;
  readonly report?: Report | undefined;
  readonly last?: (Exchange & { readonly remaining: number }) | undefined;
  /** Where one beginning lies; the others are whole lengths away. */
  readonly start?: Interval | undefined;
  /** How often in a row an answer contradicted that, and how much more often than it agreed. */
  readonly misses: number;
  readonly doubt: number;
}

export interface State {
  /** The shortest window first. */
  readonly spans: readonly Span[];
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
  readonly estimate: Estimate;
  /** Limits that answers report and that aren't configured, and the configured window that each is known to be. */
  readonly others: readonly OtherLimit[];
  readonly found: readonly OtherWindow[];
  /** Nothing goes out before. */
  readonly blocked: number;
  /** 429s in a row, and when the last one came. */
  readonly rejections: number;
  readonly rejected: number;
  /** When the last event was, and the chance that was drawn then and when the shortest window last ended. */
  readonly changed: number;
  readonly chance: number;
  readonly lot: number;
}

export function begin(windows: readonly Window[]): State {
  return {
    spans: windows.map((window) => ({ window, own: [], shown: false, misses: 0, doubt: 0 })),
    inFlight: [],
    lastSent: Number.NEGATIVE_INFINITY,
    probed: Number.NEGATIVE_INFINITY,
    roundTrip: 30,
    deviation: 8,
    resets: { none: false, whole: false },
    estimate: nobody,
    others: [],
    found: [],
    blocked: Number.NEGATIVE_INFINITY,
    rejections: 0,
    rejected: Number.NEGATIVE_INFINITY,
    changed: 0,
    chance: 0,
    lot: 0,
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

export function isPhased(span: Span): span is Span & { readonly start: Interval } {
  return span.start !== undefined && width(span.start) < PHASED * span.window.length;
}

/** The time between two requests of this process if each client sends its share of a window, spread over it. */
export function gap({ estimate }: State, { window: { limit, length } }: Span): number {
  return (SPREAD * length) / Math.max(1, limit / estimate.clients);
}

/** So many milliseconds, trips differ. */
export function jitter({ deviation }: State): number {
  return 2 * deviation + 2;
}

export function present({ report }: Span, now: number): Report | undefined {
  return report && report.end > now ? report : undefined;
}

export function sum(batches: readonly Batch[]): number {
  return batches.reduce((total, { count }) => total + count, 0);
}

/** This process's answered requests that may lie in the present window. */
export function ownIn({ own, window, start }: Span, now: number): readonly Batch[] {
  const began = start ? moved(next(start, window.length, now), window.length, -1).from : Number.NEGATIVE_INFINITY;
  return own.filter(({ until }) => until + slidBy(window.length) > now && until >= began);
}

/** Whether answers report any window. */
export function shows({ spans }: State): boolean {
  return spans.some(({ shown }) => shown);
}
