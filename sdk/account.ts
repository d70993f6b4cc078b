import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../provider/hood/account";
import type { Wait } from "../provider/hood/waits";

/** One place on the engine's display, so that each line takes the place of the one before. */
const PROGRESS_STREAM = 1;

/** By run of a program: in one process, the Automation API can run several, each with a config of its own. */
const runs = new WeakMap<pulumi.Resource, Promise<Account>>();

/** The account that this run's lookups share, and so its pace. @throws SettingsError as the provider does. */
export function accountOfRun(): Promise<Account> {
  const run = pulumi.runtime.getStackResource();
  // Without a stack, as in unit tests with mocks, nobody knows where one program ends and the next begins.
  if (!run) return open();
  const account = runs.get(run) ?? open();
  runs.set(run, account);
  return account;
}

async function open(): Promise<Account> {
  const config = new pulumi.Config("hood");
  // Loaded when a lookup is made: most programs make none. Not by import(), which Jest doesn't allow.
  const { openAccount }: typeof import("../provider/hood/account") = require("../provider/hood/account");
  const { readSettings, withToken }: typeof import("../provider/settings") = require("../provider/settings");
  const { describeLongWait }: typeof import("../provider/progress") = require("../provider/progress");
  const tell = async (wait: Wait) => {
    const line = describeLongWait(wait);
    // Without an engine, as in unit tests, it would be printed for nobody.
    if (line !== undefined && pulumi.runtime.hasEngine()) {
      await pulumi.log.info(line, undefined, PROGRESS_STREAM, true).catch(() => {});
    }
  };
  return openAccount(withToken(readSettings((key) => config.get(key))), undefined, { tell });
}
