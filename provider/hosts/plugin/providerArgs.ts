/**
 * What a provider of the plugin is given, all of it optional: the stack's config (`hood:token` and so on) reaches the
 * provider that Pulumi makes by itself. An account that a program declares a provider for takes these instead; what it
 * leaves out comes from the environment.
 */
export interface ProviderArgs {
  /** API token of the account; a secret. Environment: `HOOD_TOKEN`. */
  token?: string;
  /**
   * Base URL of the API; plain http only to this machine. Environment: `HOOD_ENDPOINT`.
   *
   * @default "https://api.ocamba.com/v1/hood"
   */
  endpoint?: string;
  /**
   * `"off"`: previews don't ask the account. Environment: `HOOD_PREFLIGHT`.
   *
   * @default "live"
   */
  preflight?: "live" | "off";
  /**
   * The most new cancellations that one update may bring: with more, its preview fails. Environment: `HOOD_MAX_CANCELLATIONS`.
   *
   * @default 50
   */
  maxCancellations?: number;
  /**
   * The account's windows, as requests / length in seconds. Environment: `HOOD_RATE_LIMIT`.
   *
   * @default "10/1s,150/60s"
   */
  rateLimit?: string;
  /**
   * Requests in flight. Environment: `HOOD_MAX_PARALLEL`.
   *
   * @default 10
   */
  maxParallel?: number;
  /**
   * For one request, in `ms`, `s` or `m`. Environment: `HOOD_TIMEOUT`.
   *
   * @default "30s"
   */
  timeout?: string;
  /**
   * The longest that the account may make one request wait by answers of 429, in `ms`, `s` or `m`. Environment: `HOOD_MAX_WAIT`.
   *
   * @default "10m"
   */
  maxWait?: string;
  /**
   * Path of a JSON Lines file with a line before each call that changes something, and one after it. Environment: `HOOD_AUDIT_LOG`.
   *
   * @default no file
   */
  auditLog?: string;
}
