import * as pulumi from "@pulumi/pulumi";

/**
 * What each run of a program has one of: in one process, the Automation API can run several. Undefined without a stack, as in unit
 * tests with mocks: nobody knows there where one program ends and the next begins.
 */
export function onePerRun<T extends object>(make: (run: pulumi.Resource) => T): () => T | undefined {
  const made = new WeakMap<pulumi.Resource, T>();
  return () => {
    const run = pulumi.runtime.getStackResource();
    if (!run) return undefined;
    const one = made.get(run) ?? make(run);
    made.set(run, one);
    return one;
  };
}

/** Warns, once in a run, about config keys and environment variables that look like settings but aren't. */
export const warnOfMisspelt = onePerRun((run) => {
  // Loaded only if there is a run: a program that only imports the package doesn't need it.
  const { describeMisspelt }: typeof import("../provider/misspelt") = require("../provider/misspelt");
  const keys = Object.keys(pulumi.runtime.allConfig());
  const warning = describeMisspelt(keys, Object.keys(process.env), pulumi.runtime.getProject());
  if (warning) pulumi.log.warn(warning, run).catch(() => undefined);
  return {};
});
