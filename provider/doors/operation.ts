import { type AuditedCall, appendToAuditLog } from "../auditLog";
import type { Context } from "../context";
import { type Account, openAccount } from "../hood/account";
import { type Clock, systemClock } from "../hood/clock";
import { Progress } from "../progress";
import { type ReadConfig, readSettings, SettingsError } from "../settings";
import type { Engine } from "./engine";

/**
 * One operation: the engine starts a provider process for each preview, update and refresh. All resources share its
 * account, and so its pace and what was seen.
 */
export class Operation implements Context {
  readonly cancellations = new Set<string>();
  readonly plans = new Map<string, string>();
  readonly #engine: Engine;
  readonly #clock: Clock;
  #config: ReadConfig = () => undefined;
  #account: Account | undefined;
  #stack: ReturnType<Engine["currentStack"]> | undefined;
  readonly #progress: Progress;

  constructor(engine: Engine, clock: Clock = systemClock) {
    this.#engine = engine;
    this.#clock = clock;
    this.#progress = new Progress({
      total: () => this.cancellations.size,
      wait: () => this.#account?.wait() ?? 0,
      show: (line) => engine.showProgress(line),
    });
  }

  configure(config: ReadConfig): void {
    this.#config = config;
  }

  warn = (message: string) => this.#engine.warn(message);

  settings = () => readSettings(this.#config);

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
      await this.warn(
        `The audit log couldn't be written (${(error as Error).message}). Add this line to it: ${JSON.stringify(line)}`,
      );
    }
  };

  #open(): Account {
    const { token, ...settings } = this.settings();
    if (token === undefined) {
      throw new SettingsError(
        "There is no API token for Hood.\nPut one into HOOD_TOKEN, or into hood:token with `pulumi config set --secret hood:token` (a refresh or destroy sees that only after an up).",
      );
    }
    return openAccount({ ...settings, token }, this.#clock);
  }
}
