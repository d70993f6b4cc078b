import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "./account";
import { type Answer, failure } from "./answers";
import { type Fault, type Faults, faultyAnswer, half, takesEffect } from "./faults";
import type { Gate } from "./gate";
import type { Simulator } from "./index";
import type { RequestRecord } from "./log";
import { endpoint, process as processRequest } from "./routes";

/** What the handling of a request works with. */
export interface Parts {
  readonly account: Account;
  readonly faults: Faults;
  readonly record: (entry: Omit<RequestRecord, "number">) => RequestRecord;
  readonly simulator: () => Simulator;
}

/** One request and its answer: received, let in or refused, disturbed by a fault or not, processed, answered. */
export class Exchange {
  private readonly leave: () => void;
  private record: RequestRecord | undefined;

  constructor(
    private readonly parts: Parts,
    private readonly gate: Gate,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    this.leave = gate.enter();
    response.once("close", this.leave);
  }

  async run(): Promise<void> {
    const { settings } = this.parts.account;
    const method = this.request.method ?? "GET";
    const path = this.request.url ?? "/";
    const url = new URL(`http://127.0.0.1${path}`);
    const token = /^Bearer (.+)$/.exec(this.request.headers.authorization ?? "")?.[1] ?? "";
    const { name, campaignId } = endpoint(method, url.pathname);
    const at = settings.now();
    const verdict = this.gate.take(name, at);
    const record = this.parts.record({
      at,
      method,
      path,
      status: "pending",
      tokenName: this.parts.account.tokenName(token),
      authorized: this.parts.account.accepts(token),
      counted: verdict.accepted,
      tooParallel: verdict.tooParallel,
    });
    this.record = record;
    const body = await this.readBody();
    if (body !== "") record.body = body;
    if (!verdict.accepted) return this.answer(this.gate.refusal(verdict));

    const rule = this.parts.faults.take({ method, path, number: record.number, campaignId });
    rule?.before?.(this.parts.simulator());
    if (settings.latency > 0) await sleep(settings.latency, undefined, { ref: false });
    const process = () => {
      // A token can have died since the request came in.
      const authorized = this.parts.account.accepts(token);
      const outcome = processRequest(this.parts.account, { method, url, body, authorized });
      record.effect = outcome.effect;
      return withHeaders(outcome.answer, verdict.headers);
    };
    if (!rule?.fault) return this.answer(process());
    if ("processed" in rule.fault && typeof rule.fault.processed === "number") {
      this.parts.account.later(at + rule.fault.processed, () => void process());
    }
    const real = takesEffect(rule.fault) ? process() : withHeaders(failure(500), verdict.headers);
    this.disturb(rule.fault, real, record);
  }

  /** Answers that the exchange itself went wrong. */
  fail(error: Error): void {
    this.answer(failure(500, `The simulator could not handle this request: ${error.message}`));
  }

  private disturb(fault: Fault, real: Answer, record: RequestRecord): void {
    switch (fault.kind) {
      case "drop":
        record.status = "dropped";
        this.response.destroy();
        return;
      case "stall":
        record.status = "stalled";
        return;
      case "reset":
        record.status = "reset";
        this.breakOff(half(real));
        return;
      default:
        this.answer(faultyAnswer(fault, real));
    }
  }

  /** Only once a first part of the body is on its way is there a middle to break off in. */
  private breakOff(part: string): void {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(part) * 2 };
    this.response.writeHead(200, headers).write(part, () => this.response.socket?.resetAndDestroy());
  }

  private answer(answer: Answer): void {
    if (this.record) this.record.status = answer.status;
    // Before the client can know the answer, or its next request could still find this one in flight.
    this.leave();
    const length = answer.status === 204 ? {} : { "content-length": Buffer.byteLength(answer.body ?? "") };
    const date = new Date(this.parts.account.settings.now()).toUTCString();
    this.response.writeHead(answer.status, { date, ...answer.headers, ...length }).end(answer.body);
  }

  private async readBody(): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString("utf8");
  }
}

function withHeaders(answer: Answer, headers: Record<string, string>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
