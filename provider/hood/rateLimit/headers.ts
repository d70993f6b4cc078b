import type { Answer } from "../transport";
import type { TimeLeft } from "./windowStart";

/** What an answer reports of one window: how many requests remain in it, and how long it lasts. */
export interface Reported {
  readonly limit: number;
  readonly remaining: number;
  /** Missing if it isn't a time that can be understood. */
  readonly left?: TimeLeft;
}

/**
 * The `X-RateLimit-…` headers; undefined if they are missing or make no sense. `Reset` counts seconds that are left.
 * API page: docs.ocamba.com/guides/core/core-platform-settings/rate-limits
 */
export function reportedIn(answer: Answer): Reported | undefined {
  const limit = whole(answer.header("x-ratelimit-limit"));
  const remaining = whole(answer.header("x-ratelimit-remaining"));
  if (limit === undefined || remaining === undefined || remaining > limit) return undefined;
  const left = timeLeft(answer.header("x-ratelimit-reset"));
  // The request that was answered has used one, whether or not the account had counted it yet.
  return { limit, remaining: Math.min(remaining, limit - 1), ...(left && { left }) };
}

function whole(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
}

function timeLeft(text: string | null): TimeLeft | undefined {
  const match = /^\s*(\d{1,6})(?:\.(\d{1,9}))?\s*$/.exec(text ?? "");
  if (!match) return undefined;
  return { value: Number(text) * 1_000, unit: 1_000 / 10 ** (match[2] ?? "").length };
}

/** A day, in milliseconds: no window is longer. */
const LONGEST_WAIT = 24 * 60 * 60 * 1_000;

/**
 * Milliseconds that an answer asks to wait: `Retry-After` in seconds or as an HTTP date. `"parallel"` is Hood's -1: too many requests
 * at once, and no time can be said. Undefined if nothing usable is said.
 *
 * @param now this machine's time, in milliseconds since 1970. It counts only if the answer has no `Date`: the two needn't agree.
 */
export function retryAfter(answer: Answer, now: number): number | "parallel" | undefined {
  const text = answer.header("retry-after")?.trim() ?? "";
  if (/^-\d+$/.test(text)) return "parallel";
  const wait = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1_000
    : Date.parse(text) - (Date.parse(answer.header("date") ?? "") || now);
  return wait > 0 ? Math.min(wait, LONGEST_WAIT) : undefined;
}
