import { join } from "node:path";
import { ROOT, version } from "../root";
import { packPlugin } from "./pack";

/** Packs the plugin, and says how it is installed. */
async function main(): Promise<void> {
  const archive = await packPlugin(join(ROOT, "dist/plugin"));
  console.log(`pulumi plugin install resource hood ${version} --file ${archive}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
