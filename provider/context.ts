import type { AuditedCall } from "./auditLog";
import type { Account } from "./hood/account";
import type { Settings } from "./settings";

/** What a resource gets from whichever door it stands behind. One context serves one operation: a preview, an update, a refresh. */
export interface Context {
  /** @throws SettingsError where a setting can't be used. Asked for only where something depends on it. */
  settings(): Settings;
  /** The live account. @throws SettingsError also where there is no token. */
  account(): Account;
  /** Runs one cancellation, counted in the live line that the user sees while the rate limit makes anything wait. */
  counted<T>(act: () => Promise<T>): Promise<T>;
  /**
   * Writes down a state-changing call, where an audit log is wanted. For a call that went out it never fails: what is done must still
   * be recorded.
   *
   * @throws Error for one that is to go out, if it can't be written.
   */
  audit(call: AuditedCall): Promise<void>;
  /** Campaigns that this operation would newly cancel, by what identifies each. */
  readonly cancellations: Set<string>;
  /** The status that this operation is about to bring a campaign to, by the campaign's id, as far as is known. */
  readonly plans: Map<string, string>;
  /** The resource that is dealt with, if the host is told; by its URN, which holds its stack, its type and its name. */
  readonly urn?: string;
  /** The organization that the stack belongs to, if the host is told. */
  readonly organization?: string;
  /** The resource that stands for each campaign, by the campaign's id, as far as this operation knows. */
  readonly claims: Map<string, string>;
  /** Tells the user something that isn't an error. */
  warn(message: string): Promise<void>;
  /** Shows a line that the next one takes the place of. */
  progress(line: string): Promise<void>;
  /** True if the command that this operation belongs to was there and has ended: nobody would record what is done now. */
  engineIsGone(): Promise<boolean>;
}

/** A value that can't be accepted. An empty property means that no single one is to blame. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Inputs or outputs of a resource, as plain JSON values. */
export type Properties = Record<string, unknown>;

export interface Checked {
  readonly inputs: Properties;
  readonly failures: Failure[];
}

/** A resource type. Every method takes plain values, gives plain values, and knows nothing of the door in front of it. */
export interface Resource {
  /** What a program gives; whatever else is on record is an output. */
  readonly argumentNames: readonly string[];
  /** The output that says where the campaign stands: what a refresh may find changed. */
  readonly live: string;
  /** The outputs that an update will come to, as far as checked inputs and the record, where there is one, tell. */
  planned(inputs: Properties, record?: Properties): Properties;
  check(context: Context, olds: Properties, news: Properties): Promise<Checked>;
  diff(context: Context, olds: Properties, news: Properties): Promise<{ changes: boolean }>;
  create(context: Context, inputs: Properties): Promise<{ id: string; outs: Properties }>;
  /** `inputs` are given where what was found is to be judged by the next check. */
  read(
    context: Context,
    id: string,
    props: Properties,
  ): Promise<{ id: string; props: Properties; inputs?: Properties }>;
  update(context: Context, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(context: Context, props: Properties): Promise<void>;
}
