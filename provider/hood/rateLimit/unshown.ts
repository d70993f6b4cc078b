import type { Entry, Ours } from "./ours";

/** Requests sent within so many milliseconds reach the account at nearly the same time. */
const TOGETHER = 20;

/*
 * What can be told of a window that the account doesn't show, from answers that show another one: each of them tells
 * that a request was counted, and no window holds more than its limit.
 */

/** With more counted than fit into one window, a boundary lies among them. */
export function learnFromCounted({ boundary, counted }: Ours, limit: number): void {
  const last = counted.slice(-limit - 1);
  const [first] = last;
  if (!first || last.length <= limit) return;
  const between = { from: first.request.sent, to: Math.max(...last.map(({ request }) => request.answered)) };
  if (boundary.mayLieIn(between)) boundary.learnBetween(between);
}

/** Those that can't lie in a window in which only so many are used. */
export function beyond(sent: readonly Entry[], used: number): readonly Entry[] {
  const counted = sent.filter((entry) => entry.counted);
  return counted.slice(0, Math.max(0, counted.length - used));
}

/**
 * Whether the next request may use the window up. As long as all of ours fit into it, nobody knows what others had used
 * of it before. After that, it can only be so if the window began between two certain ones of ours, which is
 * hardly the case if these were sent together.
 */
export function mayUseUp({ boundary, counted, length }: Ours, limit: number): boolean {
  const last = counted.length - limit;
  const [before, first] = [counted[last]?.request, counted[last + 1]?.request];
  if (!before || !first) return length >= limit / 2;
  return first.sent - before.sent > TOGETHER && boundary.mayLieIn({ from: before.sent, to: first.answered });
}
