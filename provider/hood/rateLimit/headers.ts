import { quoted } from "../../text";
import type { Answer } from "../transport";

/** One fixed window of the account's rate limit: at most `limit` requests in each `length` milliseconds. */
export interface Window {
  readonly limit: number;
  readonly length: number;
}

/**
 * Reads windows such as `10/1s,150/60s`, the shortest first in the result.
 * API page: docs.ocamba.com/guides/core/core-platform-settings/rate-limits
 *
 * @throws Error that says what is expected.
 */
export function parseRateLimit(text: string): readonly Window[] {
  const windows = text.split(",").map((part) => {
    const match = /^\s*([1-9]\d{0,6})\/([1-9]\d{0,5})s\s*$/.exec(part);
    if (!match) throw new Error(`must be windows such as 10/1s,150/60s, not ${quoted(text)}`);
    return { limit: Number(match[1]), length: Number(match[2]) * 1_000 };
  });
  return windows.sort((a, b) => a.length - b.length);
}

/** What an answer reports of one window: how many requests remain in it, and how long it lasts. */
export interface Reported {
  readonly limit: number;
  readonly remaining: number;
  /** The time left, and the unit of its last digit, in milliseconds. Missing if it isn't a time that can be understood. */
  readonly left?: { readonly value: number; readonly unit: number };
}

/**
 * The `X-RateLimit-…` headers; undefined if they are missing or make no sense. `Reset` counts seconds that are left.
 *
 * doctor/assumptions.ts: headers
 */
export function reportedIn({ header }: Answer): Reported | undefined {
  const limit = whole(header("x-ratelimit-limit"));
  const remaining = whole(header("x-ratelimit-remaining"));
  if (!limit || remaining === undefined || remaining > limit) return undefined;
  const [text, decimals = ""] = /^\s*\d{1,6}(?:\.(\d{1,9}))?\s*$/.exec(header("x-ratelimit-reset") ?? "") ?? [];
  // The request that was answered has used one, whether or not the account had counted it yet.
  const used = { limit, remaining: Math.min(remaining, limit - 1) };
  if (text === undefined) return used;
  return { ...used, left: { value: Number(text) * 1_000, unit: 1_000 / 10 ** decimals.length } };
}

function whole(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
}

/** A day, in milliseconds: no window is longer. */
const LONGEST_WAIT = 24 * 60 * 60 * 1_000;

/**
 * Milliseconds that an answer asks to wait: `Retry-After` in seconds or as an HTTP date. `"parallel"` is Hood's -1: too many requests
 * at once, and no time can be said. Undefined if nothing usable is said.
 *
 * doctor/assumptions.ts: rejections
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

/** The account has another limit than the configured one. */
export interface OtherWindow {
  readonly limit: number;
  /** What is configured in its place. */
  readonly configured: Window;
}
