#!/usr/bin/env node
import { version } from "../../hood/transport";
import { pluginService, serve } from "./service";

/**
 * The executable `pulumi-resource-hood`: the engine starts it, with its own address as the last argument, and reads the port
 * from the first line that it prints. A person starts it without an address, for engines to attach to.
 */
async function main(): Promise<void> {
  if (process.argv.includes("--version")) {
    console.log(version);
    return;
  }
  const engine = process.argv
    .slice(2)
    .filter((argument) => !argument.startsWith("-"))
    .at(-1);
  const service = pluginService(engine || undefined);
  const serving = await serve(service);
  // How the engine ends a plugin that it needs no more. What is on its way still gets its answer.
  const end = () => {
    service.stop();
    serving.end(() => process.exit());
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  console.log(serving.port);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
