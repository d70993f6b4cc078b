import { quoted } from "../../text";

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
