import { type Answer, failure } from "./answers";
import type { Simulator } from "./index";

/**
 * What goes wrong with a request. `processed: true` lets the request take its effect first, so that only the answer
 * is lost or wrong; the default is false. The kinds without it always take effect.
 */
export type Fault =
  /** Closes the connection without an answer. */
  | { kind: "drop"; processed?: boolean }
  /** Leaves the connection open and never answers. */
  | { kind: "stall"; processed?: boolean }
  /** Resets the connection in the middle of the answer's body. */
  | { kind: "reset" }
  /**
   * Answers this status in Hood's error envelope. `retryAfter` (seconds, -1 or an HTTP date) becomes the header. With a number,
   * `processed` takes effect so many ms later, as when a gateway gives up and the server behind it goes on.
   */
  | { kind: "status"; status: number; message?: string; retryAfter?: number | string; processed?: boolean | number }
  /** Answers a web page, as a proxy in between would. */
  | { kind: "html"; status: number; processed?: boolean }
  /** Answers 200 with JSON that ends too early. */
  | { kind: "truncate" }
  /** Answers 302 to this location. */
  | { kind: "redirect"; location: string; processed?: boolean }
  /** Answers 200 with this body (default `{}`) where Hood sends 204 without one. */
  | { kind: "body"; body?: string }
  /** Answers as ever, except for what this makes of the body: values in another style, a list that lies about its length. */
  | { kind: "changed"; change: (body: Record<string, unknown>) => unknown };

/** The part of a request that a fault rule can choose by. */
export interface FaultableRequest {
  /** Such as `GET`. */
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** 1 for the first request of the simulator. */
  readonly number: number;
  /** The id in the path, whether the account has it or not. */
  readonly campaignId?: string;
}

/**
 * A fault for the requests that it matches. Rules are tried in the order in which they were set; requests that the
 * rate limit refuses use none up.
 *
 * @example { match: (request) => request.path.endsWith("/cancel"), fault: { kind: "drop", processed: true } }
 */
export interface FaultRule {
  /** @default every request */
  match?: (request: FaultableRequest) => boolean;
  /** For how many requests; Infinity for all. @default 1 */
  times?: number;
  /** Runs after the request was received and before it is processed: somebody else's change at that moment. @default nothing */
  before?: (simulator: Simulator) => void;
  /** Left out where the rule is there for `before` alone. */
  fault?: Fault;
}

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

export function takesEffect(fault: Fault): boolean {
  return "processed" in fault
    ? fault.processed === true
    : ["reset", "truncate", "body", "changed"].includes(fault.kind);
}

/** The answer that a fault puts in place of the real one, for the kinds that answer at all. */
export function faultyAnswer(fault: Fault, real: Answer): Answer {
  switch (fault.kind) {
    case "status":
      return errorAnswer(fault, real);
    case "html": {
      const body = "<!doctype html><html><body><h1>Gateway</h1><p>Please sign in.</p></body></html>";
      return { status: fault.status, headers: { "content-type": "text/html" }, body };
    }
    case "redirect":
      return { status: 302, headers: { location: fault.location } };
    case "truncate":
      return { status: 200, headers: { ...real.headers, "content-type": "application/json" }, body: half(real) };
    case "body":
      return {
        status: 200,
        headers: { ...real.headers, "content-type": "application/json" },
        body: fault.body ?? "{}",
      };
    case "changed":
      return real.body === undefined ? real : { ...real, body: JSON.stringify(fault.change(JSON.parse(real.body))) };
    default:
      return real;
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
export function half(answer: Answer): string {
  return answer.body ? answer.body.slice(0, answer.body.length / 2) : '{"total":1,"items":[{"id":"10';
}
