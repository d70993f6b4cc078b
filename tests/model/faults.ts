import type { Fault } from "../../simulator";

/** Nobody listens there. */
const ELSEWHERE = "http://127.0.0.1:9/login";

/** What can go wrong with one request, by the name that a printed history gives it. */
const faults = {
  "dropped before it took effect": () => ({ kind: "drop" }),
  "dropped after it took effect": () => ({ kind: "drop", processed: true }),
  "never answered, without effect": () => ({ kind: "stall" }),
  "never answered, with effect": () => ({ kind: "stall", processed: true }),
  "reset in the middle of the answer": () => ({ kind: "reset" }),
  "429 for seconds": () => ({ kind: "status", status: 429, retryAfter: 2 }),
  "429 until a date": (_, now) => ({ kind: "status", status: 429, retryAfter: new Date(now + 2_000).toUTCString() }),
  "429 without a time": () => ({ kind: "status", status: 429 }),
  "429 for too many at once": () => ({ kind: "status", status: 429, retryAfter: -1 }),
  "500 without effect": () => ({ kind: "status", status: 500 }),
  "500 with effect": () => ({ kind: "status", status: 500, processed: true }),
  "502 without effect": () => ({ kind: "status", status: 502 }),
  "425 without effect": () => ({ kind: "status", status: 425 }),
  "503 that asks to wait": () => ({ kind: "status", status: 503, retryAfter: 2 }),
  "503 with effect": () => ({ kind: "status", status: 503, processed: true }),
  "400 that repeats the token": (token) => ({ kind: "status", status: 400, message: `No: ${token}` }),
  "500 that repeats the token": (token) => ({ kind: "status", status: 500, message: token, processed: true }),
  "a web page without effect": () => ({ kind: "html", status: 200 }),
  "a web page with effect": () => ({ kind: "html", status: 502, processed: true }),
  "JSON that is cut off": () => ({ kind: "truncate" }),
  "a redirect without effect": () => ({ kind: "redirect", location: ELSEWHERE }),
  "a redirect with effect": () => ({ kind: "redirect", location: ELSEWHERE, processed: true }),
  "200 with a body": () => ({ kind: "body" }),
  "429 for more than a minute": () => ({ kind: "status", status: 429, retryAfter: 75 }),
  "429 for an hour": () => ({ kind: "status", status: 429, retryAfter: 3_600 }),
} satisfies Record<string, (token: string, now: number) => Fault>;

/** What the course of an operation itself brings over a request. */
const turns = {
  "token refused": () => ({ kind: "status", status: 401, message: "Unauthorized." }),
  "its process died before": () => ({ kind: "drop" }),
  "its process died after": () => ({ kind: "drop", processed: true }),
} satisfies Record<string, () => Fault>;

export type FaultName = keyof typeof faults;
export type Mishap = FaultName | keyof typeof turns;

export const faultNames = Object.keys(faults) as FaultName[];

/** @param token what the request bore, for those that repeat it. @param now the account's clock. */
export function faultOf(mishap: Mishap, token: string, now: number): Fault {
  const all: Record<Mishap, (token: string, now: number) => Fault> = { ...faults, ...turns };
  return all[mishap](token, now);
}
