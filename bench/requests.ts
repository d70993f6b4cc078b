import type { Figure } from "./figure";

/** Looks that an operation on any number of resources may take. */
export const MOST_LOOKS = 20;

/** Holds runs, each given by the methods of its requests, to a few GET requests and nothing else. */
export function requestsFigure(row: string, runs: readonly (readonly string[])[]): Figure {
  const most = Math.max(...runs.map((methods) => methods.length));
  const others = runs.flat().filter((method) => method !== "GET").length;
  return {
    row,
    reach: `<= ${MOST_LOOKS} requests, all GET`,
    reached: others === 0 ? `${most}, all GET` : `${most}, ${others} not GET`,
    measured: "",
    ok: most <= MOST_LOOKS && others === 0,
  };
}
