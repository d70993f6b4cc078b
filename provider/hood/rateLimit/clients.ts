/** How many clients share the account, and what that is made of: sums in which the past counts ever less. */
export interface Estimate {
  readonly clients: number;
  /** Requests of others, and the parts of windows in which they were seen. */
  readonly others: number;
  readonly parts: number;
  /** Requests of this process, and the windows in which they went out. */
  readonly own: number;
  readonly windows: number;
}

/** What a window counts beside the one after it. */
const FADE = 0.75;
/** The same for others of whom nothing was seen until late in a window, so far into it: they have gone. */
const GONE = 0.4;
const LATE = 0.6;
/** An estimate of one's own share is drawn so far towards a usual one: else errors of several clients add up to unfair shares. */
const DRAWN = 0.2;
const USUAL_SHARE = 0.15;
const MOST_CLIENTS = 20;
/** Clients that a single window may show. */
const MOST_AT_ONCE = 5;
/** Others seen in a window, on the average, below which there are none. */
const FEW = 0.4;

export const nobody: Estimate = { clients: 1, others: 0, parts: 0, own: 0, windows: 0 };

export function isAlone({ clients }: Estimate): boolean {
  return clients < 1.25;
}

function seen({ others, parts }: Estimate): number {
  return parts > 0 ? others / parts : 0;
}

/** A window is over: so many requests of others and of this process were seen in a part of it. */
export function counted(before: Estimate, others: number, part: number, own: number): Estimate {
  const haveGone = others === 0 && part > LATE;
  const sums = {
    others: (before.others * FADE + others) * (haveGone ? GONE : 1),
    parts: before.parts * FADE + part,
    own: before.own * FADE + own,
    windows: before.windows * FADE + 1,
  };
  const rate = sums.others / sums.parts;
  if (rate < FEW) return { ...sums, clients: 1 };
  const mine = sums.own / sums.windows;
  const share = (1 - DRAWN) * (mine / (mine + rate)) + DRAWN * USUAL_SHARE;
  return { ...sums, clients: Math.max(1, Math.min(1 / share, MOST_CLIENTS)) };
}

/** Others were seen in the present window, beside so many of this process. If nobody was before, they are believed at once. */
export function joined(estimate: Estimate, others: number, own: number): Estimate {
  if (others <= 0 || (estimate.parts >= 2 && seen(estimate) >= FEW)) return estimate;
  const least = estimate.parts === 0 ? 2 : 1;
  return { ...estimate, clients: Math.max(estimate.clients, least, Math.min(MOST_AT_ONCE, 1 + others / own)) };
}

/** A window was fuller than expected. */
export function fuller(estimate: Estimate): Estimate {
  return { ...estimate, clients: Math.max(2, Math.min(estimate.clients + 0.5, MOST_CLIENTS)) };
}
