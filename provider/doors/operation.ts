import type { Context } from "../context";
import { type Account, openAccount } from "../hood/account";
import { type ReadConfig, readSettings, SettingsError } from "../settings";
import { warn } from "./engineLog";

/**
 * The one operation of this process: the engine starts a provider process for each preview, update and refresh. All
 * resources share its account, and so its pace and what was seen.
 */
class Operation implements Context {
  readonly cancellations = new Set<string>();
  readonly warn = warn;
  #config: ReadConfig = () => undefined;
  #account: Account | undefined;

  configure(config: ReadConfig): void {
    this.#config = config;
  }

  settings = () => readSettings(this.#config);

  account = () => {
    this.#account ??= this.#open();
    return this.#account;
  };

  #open(): Account {
    const { token, ...settings } = this.settings();
    if (token === undefined) {
      throw new SettingsError(
        "There is no API token for Hood.\nSet one with `pulumi config set --secret hood:token`, or in the environment as HOOD_TOKEN.",
      );
    }
    return openAccount({ ...settings, token });
  }
}

export const operation = new Operation();
