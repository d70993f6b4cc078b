/** Whether previews read the account. */
export type Preflight = "live" | "off";

/**
 * The inputs of a provider of the plugin, all of them optional. The provider that Pulumi creates by itself takes the stack's config
 * (`hood:token` and so on) and the environment. A provider that a program declares takes these inputs first; what it leaves out comes
 * from the environment.
 */
export interface ProviderArgs {
  /** API token of the account; a secret. Environment: `HOOD_TOKEN`. */
  token?: string;
  /**
   * Base URL of the API; plain `http` only to this machine. Environment: `HOOD_ENDPOINT`.
   *
   * @default "https://api.ocamba.com/v1/hood"
   */
  endpoint?: string;
  /**
   * `"off"`: previews don't read the account, and need no token; lookups still do. Environment: `HOOD_PREFLIGHT`.
   *
   * @default "live"
   */
  preflight?: Preflight;
  /**
   * The most new cancellations in one update: with more, its preview fails. Environment: `HOOD_MAX_CANCELLATIONS`.
   *
   * @default 50
   */
  maxCancellations?: number;
  /**
   * The account's windows, as requests / length, in `s` or `m`. Some accounts have others, such as `75/1s,700/60s`. Environment:
   * `HOOD_RATE_LIMIT`.
   *
   * @default "10/1s,150/60s"
   */
  rateLimit?: string;
  /**
   * The most requests in flight at once. Environment: `HOOD_MAX_PARALLEL`.
   *
   * @default 10
   */
  maxParallel?: number;
  /**
   * Timeout of one request, in `ms`, `s` or `m`, at most a day. Environment: `HOOD_TIMEOUT`.
   *
   * @default "30s"
   */
  timeout?: string;
  /**
   * The longest time that one request waits because the account answers 429, or 503 with `Retry-After`, at once or added up; in `ms`,
   * `s` or `m`, at most a day. After that, the request fails, and the error says when to run the command again. Waiting within the account's windows
   * doesn't count. Environment: `HOOD_MAX_WAIT`.
   *
   * @default "10m"
   */
  maxWait?: string;
  /**
   * Path of an audit log in JSON Lines: one line right before each call that changes something, and one after it. Environment:
   * `HOOD_AUDIT_LOG`.
   *
   * @default no file
   */
  auditLog?: string;
}
