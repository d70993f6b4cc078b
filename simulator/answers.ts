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

/** Hood's error envelope. It has no `message` if none is given, as Hood does for a 500. */
export function failure(status: number, message?: string): Answer {
  return json(status, { code: status, title: titles[status] ?? "Error.", message, trace_id: randomUUID() });
}

/** Ends the handling of a request with an error answer. */
export class Rejection extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "Rejection";
  }
}

// Hood says the same words for an unknown campaign and for a wrong status, so a client has to read the campaign.
export const invalidRequest = (): Rejection => new Rejection(400, "The request is not valid.");
export const invalidBody = (): Rejection => new Rejection(400, "The request body is not valid.");
