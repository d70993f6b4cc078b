/** A fixed window: at most `limit` requests in each stretch of `length` ms. */
export interface RateWindow {
  /** Most requests. */
  readonly limit: number;
  /** In milliseconds. */
  readonly length: number;
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `150/60s`. @throws Error that names the option and shows the notation. */
export function parseWindow(text: string, option: string): RateWindow {
  const [, limit, count, unit] = /^\s*(\d+)\/(\d*)([smhd])\s*$/.exec(text) ?? [];
  const length = Number(count || 1) * (units[unit ?? ""] ?? 0);
  if (!(Number(limit) > 0 && length > 0)) {
    throw new Error(
      `Could not start the simulator: ${option} "${text}" is not a rate. Write requests/length, such as 10/1s or 150/60s, or off.`,
    );
  }
  return { limit: Number(limit), length };
}

/** Reads `10/1s,150/60s` or `off`; the shortest window comes first. */
export function parseWindows(text: string, option: string): RateWindow[] {
  if (text === "off") return [];
  return text
    .split(",")
    .map((part) => parseWindow(part, option))
    .sort((one, other) => one.length - other.length);
}

/** The moment at which the window around `moment` began; all in ms. */
export function windowStart(moment: number, length: number, offset: number): number {
  return Math.floor((moment - offset) / length) * length + offset;
}
