import type { Reported, Window } from "./headers";

/** A limit that answers report and that isn't configured. */
export interface OtherLimit {
  readonly limit: number;
  /** The longest time left that was seen of its window, in milliseconds. */
  readonly longest: number;
  readonly answers: number;
  readonly since: number;
}

/** The account has another limit than the configured one. */
export interface OtherWindow {
  readonly limit: number;
  /** What is configured in its place. */
  readonly configured: Window;
}

/** Answers after which a limit that only ever showed a short time left belongs to the shortest window. */
const ENOUGH = 8;

/** What is known of an unconfigured limit after one more answer. */
export function seen(
  others: readonly OtherLimit[],
  { limit, left }: Reported,
  now: number,
): readonly [OtherLimit, ...OtherLimit[]] {
  const rest = others.filter((other) => other.limit !== limit);
  const { longest, answers, since } = others.find((other) => other.limit === limit) ?? {
    longest: 0,
    answers: 0,
    since: now,
  };
  return [{ limit, longest: Math.max(longest, left?.value ?? 0), answers: answers + 1, since }, ...rest];
}

/** Which configured window it is: the shortest that lasts as long as was seen. Undefined as long as another may be meant. */
export function placed(other: OtherLimit, windows: readonly Window[], now: number): OtherWindow | undefined {
  const { limit, longest, answers, since } = other;
  const at = windows.findIndex(({ length }) => longest > 0 && length >= longest);
  const configured = windows[at];
  if (!configured) return undefined;
  const sure = at > 0 ? true : windows.length === 1 || (answers >= ENOUGH && now - since > 3 * configured.length);
  return sure ? { limit, configured } : undefined;
}
