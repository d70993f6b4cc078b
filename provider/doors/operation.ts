import { setMaxListeners } from "node:events";
import { type AuditedCall, appendToAuditLog, wordsOf } from "../auditLog";
import type { Context } from "../context";
import { type Account, openAccount } from "../hood/account";
import { type Clock, systemClock } from "../hood/clock";
import { Progress } from "../progress";
import { type ReadConfig, readSettings, type Winner, withToken } from "../settings";
import type { Engine } from "./engine";

/**
 * One operation: the engine starts a provider process for each preview, update and refresh. All resources share its
 * account, and so its pace and what was seen.
 */
export class Operation implements Context {
  readonly cancellations = new Set<string>();
  readonly plans = new Map<string, string>();
  readonly claims = new Map<string, string>();
  readonly #engine: Engine;
  readonly #clock: Clock;
  #config: ReadConfig = () => undefined;
  #winner: Winner | undefined;
  #account: Account | undefined;
  #stack: ReturnType<Engine["currentStack"]> | undefined;
  readonly #stopping = new AbortController();
  readonly #progress: Progress;

  constructor(engine: Engine, clock: Clock = systemClock) {
    this.#engine = engine;
    this.#clock = clock;
    // Every request that waits listens to it, hundreds of them at a time.
    setMaxListeners(0, this.#stopping.signal);
    this.#progress = new Progress({
      total: () => this.cancellations.size,
      show: (line, urn) => engine.showProgress(line, urn),
    });
  }

  /** @param winner whose values count where the environment has some too. */
  configure(config: ReadConfig, winner?: Winner): void {
    this.#config = config;
    this.#winner = winner;
  }

  /** Gives up at once what waits for its turn. What is on its way ends, and can be recorded. */
  stop(): void {
    this.#stopping.abort("stopped");
  }

  /** This operation for one resource: what the user is told stands on the resource's own row. */
  on(urn: string, organization?: string): Context {
    return {
      ...this,
      urn,
      organization,
      warn: (message) => this.#engine.warn(message, urn),
      progress: (line) => this.#engine.showProgress(line, urn),
      counted: (act) => this.#progress.count(act, urn),
    };
  }

  warn = (message: string) => this.#engine.warn(message);

  progress = (line: string) => this.#engine.showProgress(line);

  engineIsGone = () => this.#engine.isGone();

  settings = () => readSettings(this.#config, process.env, this.#winner);

  account = () => {
    this.#account ??= this.#open();
    return this.#account;
  };

  counted = <T>(act: () => Promise<T>) => this.#progress.count(act);

  audit = async (call: AuditedCall) => {
    const { auditLog } = this.settings();
    if (auditLog === undefined) return;
    this.#stack ??= this.#engine.currentStack();
    const line = { time: new Date().toISOString(), ...call, ...(await this.#stack) };
    try {
      appendToAuditLog(auditLog, line);
    } catch (error) {
      if (call.outcome === "started") throw new Error(`the audit log can't be written: ${wordsOf(error)}`);
      await this.warn(
        `The audit log couldn't be written (${wordsOf(error)}). Add this line to it: ${JSON.stringify(line)}`,
      );
    }
  };

  #open(): Account {
    return openAccount(withToken(this.settings()), this.#clock, {
      giveUp: this.#stopping.signal,
      tell: (wait) => this.#progress.tell(wait),
    });
  }
}
