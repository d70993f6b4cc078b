/** How many clients share the account, and what that is made of: sums in which the past counts ever less. */
export interface Crowd {
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
/** The same for others of whom nothing was seen until late in a window: they have gone. */
const GONE = 0.4;
/** An estimate of one's own share is drawn so far towards a usual one: else errors of several clients add up to unfair shares. */
const DRAWN = 0.2;
const USUAL_SHARE = 0.15;
const MOST_CLIENTS = 20;
/** Clients that a single window may show. */
const MOST_AT_ONCE = 5;
/** Others seen in a window, on the average, below which there are none. */
const FEW = 0.4;

export const nobody: Crowd = { clients: 1, others: 0, parts: 0, own: 0, windows: 0 };

export function isAlone({ clients }: Crowd): boolean {
  return clients < 1.25;
}

function rate({ others, parts }: Crowd): number {
  return parts > 0 ? Math.max(0, others / parts) : 0;
}

/** So many of others and of this process were seen in a part of one window. */
export function counted(crowd: Crowd, others: number, part: number, own: number): Crowd {
  return {
    clients: crowd.clients,
    others: crowd.others * FADE + others,
    parts: crowd.parts * FADE + part,
    own: crowd.own * FADE + own,
    windows: crowd.windows * FADE + 1,
  };
}

export function gone(crowd: Crowd): Crowd {
  return { ...crowd, others: crowd.others * GONE };
}

export function estimated(crowd: Crowd): Crowd {
  if (rate(crowd) < FEW) return { ...crowd, clients: 1 };
  const own = crowd.own / crowd.windows;
  const share = (1 - DRAWN) * (own / (own + rate(crowd))) + DRAWN * USUAL_SHARE;
  return { ...crowd, clients: Math.max(1, Math.min(1 / share, MOST_CLIENTS)) };
}

/** Others were seen in the present window, beside so many of this process. If nobody was before, they are believed at once. */
export function joined(crowd: Crowd, others: number, own: number): Crowd {
  if (others <= 0 || (crowd.parts >= 2 && rate(crowd) >= FEW)) return crowd;
  const least = crowd.parts === 0 ? 2 : 1;
  return { ...crowd, clients: Math.max(crowd.clients, least, Math.min(MOST_AT_ONCE, 1 + others / own)) };
}

/** A window was fuller than expected. */
export function fuller(crowd: Crowd): Crowd {
  return { ...crowd, clients: Math.max(2, Math.min(crowd.clients + 0.5, MOST_CLIENTS)) };
}
