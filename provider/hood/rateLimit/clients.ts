/** How many clients share the account, and what that is made of: sums in which the past counts ever less. */
export interface Estimate {
  readonly clients: number;
  /** Windows in which others could be seen; requests of others and of this process in them. */
  readonly windows: number;
  readonly others: number;
  readonly own: number;
}

/** Requests of this process in one window, and of others. */
export type Use = Pick<Estimate, "own" | "others">;

/** What a window counts beside the one after it. */
const FADE = 0.75;
/** The same for others of whom nothing was seen until late in a window, so far into it: they have gone. */
const GONE = 0.4;
const LATE = 0.6;
/** An estimate of one's own share is drawn so far towards a usual one: else errors of several clients add up to unfair shares. */
const DRAWN = 0.2;
const USUAL_SHARE = 0.15;
const MOST_CLIENTS = 20;
/** Others seen in a window, on the average, below which there are none. */
const FEW = 0.4;

export const nobody: Estimate = { clients: 1, windows: 0, others: 0, own: 0 };

/** A window is over, of which such a part was seen. */
export function counted(before: Estimate, { own, others }: Use, part: number): Estimate {
  const haveGone = others === 0 && part > LATE;
  const sums = {
    windows: before.windows * FADE + part,
    others: (before.others * FADE + others) * (haveGone ? GONE : 1),
    own: before.own * FADE + own * part,
  };
  if (sums.others / sums.windows < FEW) return { ...sums, clients: 1 };
  const share = (1 - DRAWN) * (sums.own / (sums.own + sums.others)) + DRAWN * USUAL_SHARE;
  return { ...sums, clients: Math.min(1 / share, MOST_CLIENTS) };
}

/** So much is seen of the present window: others are believed at once. */
export function joined(estimate: Estimate, { own, others }: Use): Estimate {
  if (others === 0) return estimate;
  const least = estimate.windows === 0 ? 2 : 1;
  return { ...estimate, clients: Math.max(estimate.clients, least, Math.min(MOST_CLIENTS, 1 + others / own)) };
}

/** A window was fuller than expected. */
export function fuller(estimate: Estimate): Estimate {
  return { ...estimate, clients: Math.max(2, Math.min(estimate.clients + 0.5, MOST_CLIENTS)) };
}
