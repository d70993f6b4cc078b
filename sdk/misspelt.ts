import * as pulumi from "@pulumi/pulumi";

/** By run of a program: in one process, the Automation API can run several. */
const runs = new WeakSet<pulumi.Resource>();

/** Warns, once in a run, about config keys and environment variables that look like settings but aren't. */
export function warnOfMisspelt(): void {
  const run = pulumi.runtime.getStackResource();
  // Without a stack, as in unit tests with mocks, nobody knows where one program ends and the next begins.
  if (!run || runs.has(run)) return;
  runs.add(run);
  // Loaded only if there is a run: a program that only imports the package doesn't need it.
  const { describeMisspelt }: typeof import("../provider/misspelt") = require("../provider/misspelt");
  const keys = Object.keys(pulumi.runtime.allConfig());
  const warning = describeMisspelt(keys, Object.keys(process.env), pulumi.runtime.getProject());
  if (warning) pulumi.log.warn(warning, run).catch(() => undefined);
}
