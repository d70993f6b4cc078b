import { randomUUID } from "node:crypto";
import type { Fault, FaultableRequest, FaultRule } from "./types";

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

/** The rules that are set, and how often each is still due. */
export class Faults {
  private readonly rules: { rule: FaultRule; left: number }[] = [];

  add(rule: FaultRule): void {
    this.rules.push({ rule, left: rule.times ?? 1 });
  }

  take(request: FaultableRequest): FaultRule | undefined {
    const found = this.rules.find(({ rule, left }) => left > 0 && (rule.match?.(request) ?? true));
    if (found) found.left -= 1;
    return found?.rule;
  }
}

/** Whether the request takes its effect under a fault. */
export function takesEffect(fault: Fault): boolean {
  return "processed" in fault
    ? fault.processed === true
    : ["reset", "truncate", "body", "changed"].includes(fault.kind);
}

/** What the client gets: an answer, nothing, or the first part of an answer before the connection breaks. */
export type Reply =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "dropped" | "stalled" }
  | { readonly kind: "reset"; readonly part: string };

export function answered(answer: Answer): Reply {
  return { kind: "answer", answer };
}

/** What a fault makes of the real answer. */
export function disturbed(fault: Fault, real: Answer): Reply {
  const ok = { status: 200, headers: { ...real.headers, "content-type": "application/json" } };
  switch (fault.kind) {
    case "drop":
      return { kind: "dropped" };
    case "stall":
      return { kind: "stalled" };
    case "reset":
      return { kind: "reset", part: half(real) };
    case "status":
      return answered(errorAnswer(fault, real));
    case "html": {
      const body = "<!doctype html><html><body><h1>Gateway</h1><p>Please sign in.</p></body></html>";
      return answered({ status: fault.status, headers: { "content-type": "text/html" }, body });
    }
    case "redirect":
      return answered({ status: 302, headers: { location: fault.location } });
    case "truncate":
      return answered({ ...ok, body: half(real) });
    case "body":
      return answered({ ...ok, body: fault.body ?? "{}" });
    case "changed":
      return answered(real.body ? { ...real, body: JSON.stringify(fault.change(JSON.parse(real.body))) } : real);
  }
}

function errorAnswer(fault: Fault & { kind: "status" }, real: Answer): Answer {
  const answer = failure(fault.status, fault.message);
  const retryAfter = fault.retryAfter === undefined ? undefined : { "retry-after": String(fault.retryAfter) };
  // Only a 429 comes without the account's X-RateLimit headers.
  const kept = fault.status === 429 ? undefined : real.headers;
  return { ...answer, headers: { ...kept, ...answer.headers, ...retryAfter } };
}

/** The first half of an answer's body; an answer without one gets the start of an envelope. */
function half(answer: Answer): string {
  return answer.body ? answer.body.slice(0, answer.body.length / 2) : '{"total":1,"items":[{"id":"10';
}
