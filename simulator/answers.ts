import { randomUUID } from "node:crypto";

/** What the account answers to one request, before any fault changes it. */
export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Already serialized; undefined for no body at all. */
  readonly body?: string;
}

const titles: Record<number, string> = {
  400: "Bad request.",
  401: "Unauthorized.",
  404: "Not found.",
  429: "Too many requests.",
  500: "Internal server error.",
  502: "Bad gateway.",
  503: "Service unavailable.",
};

export const noContent: Answer = { status: 204 };

export function json(status: number, value: unknown): Answer {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** Hood's error envelope. Its `message` is left out where none is given, as Hood does for a 500. */
export function failure(status: number, message?: string): Answer {
  return json(status, { code: status, title: titles[status] ?? "Error.", message, trace_id: randomUUID() });
}

/** Ends the handling of a request with an error answer. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "Refusal";
  }
}

// Hood says the same words for an unknown campaign and for a wrong status, so a client has to look for itself.
export const invalidRequest = (): Refusal => new Refusal(400, "The request is not valid.");
export const invalidBody = (): Refusal => new Refusal(400, "The request body is not valid.");
// A campaign that isn't there shares its answer here with one whose test isn't over, too.
export const noWinner = (status: number): Refusal =>
  new Refusal(status, "There is no such campaign, or its test phase has not ended.");
