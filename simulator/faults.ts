import { type Answer, failure } from "./answers";
import type { Fault, FaultableRequest, FaultRule } from "./types";

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
