#!/usr/bin/env node
import { pluginService, serve } from "./service";

/**
 * The executable `pulumi-resource-hood`: the engine starts it, with its own address as the last argument, and reads the port
 * from the first line that it prints.
 */
async function main(): Promise<void> {
  const engine =
    process.argv
      .slice(2)
      .filter((argument) => !argument.startsWith("-"))
      .at(-1) ?? "";
  const { port } = await serve(pluginService(engine));
  console.log(port);
}

// Ctrl-C reaches every process of the terminal; the engine says itself when what waits is to be given up.
process.on("SIGINT", () => {});

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
