import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "./account";
import { type Answer, type Faults, failure, faultyAnswer, half, takesEffect } from "./answers";
import { campaignIdIn, process as processRequest } from "./routes";
import type { Fault, RequestRecord, Simulator } from "./types";
import type { Gate, Verdict } from "./windows";

/** A request as it comes in. */
export interface Incoming {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The header of this name. */
  readonly authorization: string | undefined;
  /** Comes after the rest. */
  readonly body: () => Promise<string>;
}

/** What the client gets: an answer, nothing, or the first part of an answer before the connection breaks. */
export type Reply =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "dropped" | "stalled" }
  | { readonly kind: "reset"; readonly part: string };

/** What the handling of a request works with. */
export interface Parts {
  readonly account: Account;
  readonly faults: Faults;
  readonly gate: Gate;
  readonly simulator: Simulator;
}

/** One request and its answer: received, let in or rejected, disturbed by a fault or not, processed, answered. */
export class Exchange {
  private entry: RequestRecord | undefined;

  constructor(
    private readonly parts: Parts,
    private readonly incoming: Incoming,
    private readonly record: (entry: Omit<RequestRecord, "number">) => RequestRecord,
  ) {}

  get isAnswered(): boolean {
    return typeof this.entry?.status === "number";
  }

  async run(): Promise<Reply> {
    try {
      return await this.take();
    } catch (error) {
      // A test's own `before` that throws has to show up in what its client sees.
      return this.answer(failure(500, `The simulator could not handle this request: ${(error as Error).message}`));
    }
  }

  private async take(): Promise<Reply> {
    const { account, faults, gate, simulator } = this.parts;
    const { method, path, authorization } = this.incoming;
    const { settings } = account;
    const url = new URL(`http://127.0.0.1${path}`);
    const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
    const at = settings.now();
    const verdict = gate.take(at);
    const record = this.record({
      at,
      method,
      path,
      status: "pending",
      authorized: account.accepts(token),
      counted: verdict.accepted,
    });
    this.entry = record;
    const body = await this.incoming.body();
    if (body !== "") record.body = body;
    if (!verdict.accepted) return this.answer(tooMany(verdict));

    const rule = faults.take({ method, path, number: record.number, campaignId: campaignIdIn(url) });
    rule?.before?.(simulator);
    if (settings.latency > 0) await sleep(settings.latency, undefined, { ref: false });
    const process = () => {
      // A token can have died since the request came in.
      const authorized = account.accepts(token);
      const outcome = processRequest(account, { method, url, body, authorized });
      record.effect = outcome.effect;
      return withHeaders(outcome.answer, verdict.headers);
    };
    if (!rule?.fault) return this.answer(process());
    if ("processed" in rule.fault && typeof rule.fault.processed === "number") {
      account.later(at + rule.fault.processed, () => void process());
    }
    const real = takesEffect(rule.fault) ? process() : withHeaders(failure(500), verdict.headers);
    return this.disturbed(rule.fault, real, record);
  }

  private disturbed(fault: Fault, real: Answer, record: RequestRecord): Reply {
    switch (fault.kind) {
      case "drop":
        record.status = "dropped";
        return { kind: "dropped" };
      case "stall":
        record.status = "stalled";
        return { kind: "stalled" };
      case "reset":
        record.status = "reset";
        return { kind: "reset", part: half(real) };
      default:
        return this.answer(faultyAnswer(fault, real));
    }
  }

  private answer(answer: Answer): Reply {
    if (this.entry) this.entry.status = answer.status;
    const date = new Date(this.parts.account.settings.now()).toUTCString();
    return { kind: "answer", answer: { ...answer, headers: { date, ...answer.headers } } };
  }
}

function withHeaders(answer: Answer, headers: Record<string, string>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function tooMany({ tooParallel, wait }: Verdict): Answer {
  // How long it is too many at once depends on the client's own requests, so Hood can tell no time.
  const retryAfter = tooParallel ? -1 : Math.max(1, Math.ceil(wait / 1000));
  return withHeaders(failure(429, "The rate limit is exceeded."), { "retry-after": String(retryAfter) });
}
