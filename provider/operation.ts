import { setMaxListeners } from "node:events";
import { type AuditedCall, appendToAuditLog, wordsOf } from "./auditLog";
import { type Account, openAccount } from "./hood/account";
import type { Wait } from "./hood/client";
import { type Clock, systemClock } from "./hood/clock";
import type { Campaign } from "./hood/model";
import type { Transport } from "./hood/transport";
import type { Engine } from "./hosts/engine";
import { CampaignMemory } from "./resources/campaign/memory";
import { type ReadConfig, type Route, readSettings, type Settings, type Winner, withToken } from "./settings";
import { concat, forPeople, type Message, say } from "./text";

/**
 * What one preview, update or refresh gives to each of its resources. The engine starts a provider process for each of these, so
 * all resources share one account, its pace, and what was learnt from it.
 */
export interface Operation {
  /** @throws SettingsError if a setting can't be used. Asked for only if something depends on it. */
  settings(): Settings;
  /** The live account. @throws SettingsError also if there is no token. */
  account(): Account;
  /** What the operation has learnt so far, shared by all its resources. */
  readonly memory: OperationMemory;
  /** The resource that is dealt with, if the host is told; its URN holds its stack, its type and its name. */
  readonly urn?: string | undefined;
  /** The organization that the stack belongs to, if the host is told. */
  readonly organization?: string | undefined;
  /** This machine's clock, in milliseconds since 1970. */
  now(): number;
  /** Runs one cancellation, counted in the live line that the user sees while the rate limit makes anything wait. */
  counted<T>(act: () => Promise<T>): Promise<T>;
  /**
   * Writes down a state-changing call, if an audit log is wanted. For a call that went out it never fails: what is done must still
   * be recorded.
   *
   * @throws Error for one that is to go out, if it can't be written.
   */
  audit(call: AuditedCall): Promise<void>;
  /** Tells the user something that isn't an error. */
  warn(message: Message): Promise<void>;
  /** Shows a line that the next one takes the place of. */
  progress(line: Message): Promise<void>;
  /** True if the command that this operation belongs to was there and has ended: nobody would record what is done now. */
  engineIsGone(): Promise<boolean>;
}

/** A cancellation, as messages tell it from others. */
export interface Counted {
  readonly label: Message;
  /** The resource that asks for it, if the host is told. */
  readonly urn: string | undefined;
  /** Nobody edited it in the program: a refresh, or an update that didn't end, left it to be done. */
  readonly isDue: boolean;
}

/** What is known of a campaign whose status stays as it is, though something is due. */
export type Left = Pick<Campaign, "status"> & Partial<Campaign>;

/** What an operation remembers, so that nothing is done twice, and nothing ends that another resource manages. */
export class OperationMemory {
  /** What this operation would newly cancel, by the campaign's id, or by what else tells it from the others. */
  readonly cancellations = new Map<string, Counted>();
  /** The status that this operation is about to bring a campaign to, by the campaign's id, as far as is known. */
  readonly desiredStatuses = new Map<string, string>();
  /** The URN of the resource that manages the status of each campaign, by the campaign's id. */
  readonly managers = new Map<string, string>();
  /** By the campaign's id. */
  readonly left = new Map<string, Left>();
  readonly campaigns = new CampaignMemory();
  readonly #declared = new Set<string | undefined>();

  /** Remembers that the program that is being applied declares a resource. @param urn undefined if the host isn't told. */
  declare(urn: string | undefined): void {
    this.#declared.add(urn);
  }

  /** True if the program declares a resource: a refresh compares without any program, and must not fail for what only an update would do. */
  isDeclared(urn: string | undefined): boolean {
    return this.#declared.has(urn);
  }
}

/** The longest time of a timer, in milliseconds: a longer one would run out at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export class EngineOperation implements Operation {
  readonly memory = new OperationMemory();
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #options: { readonly transport?: Transport };
  #config: ReadConfig = () => undefined;
  #winner: Winner | undefined;
  #settings: (Settings & Route) | undefined;
  #account: Account | undefined;
  #stack: ReturnType<Engine["currentStack"]> | undefined;
  readonly #stopping = new AbortController();
  readonly #progress: Progress;

  /** @param options `transport`: what carries requests to the account; HTTP if it is left out. */
  constructor(engine: Engine, clock: Clock = systemClock, options: { readonly transport?: Transport } = {}) {
    this.#engine = engine;
    this.#clock = clock;
    this.#options = options;
    // Every request that waits listens to it, hundreds of them at a time.
    setMaxListeners(0, this.#stopping.signal);
    this.#progress = new Progress({
      total: () => this.memory.cancellations.size,
      show: (line, urn) => engine.showProgress(line, urn),
    });
  }

  /** @param winner whose values count if the environment has some too. */
  configure(config: ReadConfig, winner?: Winner): void {
    this.#config = config;
    this.#winner = winner;
    this.#settings = undefined;
  }

  /** Gives up at once what waits for its turn. What is on its way ends, and can be recorded. */
  stop(): void {
    this.#stopping.abort(say`the operation was stopped before its turn came`);
  }

  /**
   * This operation for one resource: what the user is told stands on the resource's own row.
   *
   * @param timeout milliseconds after which nothing of it is waited for any more; what is on its way ends. No limit: 0.
   */
  on(urn: string, organization?: string, timeout = 0): Operation {
    const late = new AbortController();
    const why = say`it wasn't done within the resource's own timeout of ${timeout / 1_000} s (customTimeouts)`;
    if (timeout > 0) setTimeout(() => late.abort(why), Math.min(timeout, LONGEST_TIMER)).unref();
    return {
      ...this,
      urn,
      organization,
      ...(timeout > 0 && { account: () => this.account().until(late.signal) }),
      warn: (message) => this.#engine.warn(message, urn),
      progress: (line) => this.#engine.showProgress(line, urn),
      counted: (act) => this.#progress.count(act, urn),
    };
  }

  warn = (message: Message) => this.#engine.warn(message);

  progress = (line: Message) => this.#engine.showProgress(line);

  engineIsGone = () => this.#engine.isGone();

  now = () => this.#clock.date();

  settings = () => {
    this.#settings ??= readSettings(this.#config, process.env, this.#winner);
    return this.#settings;
  };

  account = () => {
    this.#account ??= this.#open();
    return this.#account;
  };

  counted = <T>(act: () => Promise<T>) => this.#progress.count(act);

  audit = async (call: AuditedCall) => {
    const { auditLog } = this.settings();
    if (auditLog === undefined) return;
    this.#stack ??= this.#engine.currentStack();
    const line = { time: new Date(this.now()).toISOString(), ...call, ...(await this.#stack) };
    try {
      appendToAuditLog(auditLog, line);
    } catch (error) {
      const words = wordsOf(error);
      if (call.outcome === "started") throw new Error(`the audit log can't be written: ${words}`);
      const told = say`The audit log couldn't be written (${words}). Add this line to it: `;
      await this.warn(concat(told, forPeople(JSON.stringify(line))));
    }
  };

  #open(): Account {
    return openAccount(withToken(this.settings()), this.#clock, {
      abort: this.#stopping.signal,
      tell: (wait) => this.#progress.tell(wait),
      warn: (message) => void this.warn(message).catch(() => {}),
      ...this.#options,
    });
  }
}

/** A shorter wait than this isn't worth a line, in milliseconds. */
const FEW_SECONDS = 3_000;

export interface ProgressOptions {
  /** Cancellations that the operation has come to know of so far. */
  readonly total: () => number;
  /** Shows a line, on the row of a resource if one is given. */
  readonly show: (line: Message, urn?: string) => void | Promise<void>;
}

/** A live line that says what an operation waits for, and how many of its cancellations are done meanwhile. */
export class Progress {
  #begun = 0;
  #done = 0;
  /** The rows of those that aren't done, the first that began first. */
  readonly #rows: string[] = [];

  constructor(private readonly options: ProgressOptions) {}

  /** Counts a cancellation as begun, and as done when it has ended, whichever way. */
  async count<T>(act: () => Promise<T>, row?: string): Promise<T> {
    this.#begun++;
    if (row !== undefined) this.#rows.push(row);
    try {
      return await act();
    } finally {
      this.#done++;
      if (row !== undefined) this.#rows.splice(this.#rows.indexOf(row), 1);
    }
  }

  /** Shows what is waited for, each time that it is called. */
  async tell(wait: Wait): Promise<void> {
    const counts = wait.reason === "turn" && this.#begun > this.#done;
    const line = counts ? say`${this.#counts()} ${describeWait(wait)}` : describeLongWait(wait);
    if (line !== undefined) await this.options.show(line, this.#rows[0]);
  }

  #counts(): Message {
    return say`${this.#done} done, ${Math.max(this.#begun, this.options.total()) - this.#done}`;
  }
}

/** A wait in words for a live line, if it is worth one. */
export function describeLongWait(wait: Wait): Message | undefined {
  if (wait.reason !== "tooLong" && wait.waited + wait.left < FEW_SECONDS) return undefined;
  const words = describeWait(wait);
  return say`${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function describeWait({ purpose, reason, waited, left, until }: Wait): Message {
  const end = say`until ${new Date(until).toISOString().slice(11, 19)} UTC (${Math.ceil(left / 1_000)} s)`;
  switch (reason) {
    case "turn":
      return say`waiting for the account's rate limit ${end}`;
    case "parallel":
      return say`waiting ${end}: the account answers that too many requests are on their way at once`;
    case "asked":
      return say`waiting as the account asks ${end}, to ${purpose}`;
    case "answer":
      return say`waiting for an answer for ${Math.round(waited / 1_000)} s, to ${purpose}`;
    case "tooLong":
      return say`the account asks to wait ${end}, longer than hood:maxWait allows`;
  }
}
