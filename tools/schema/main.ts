import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, version } from "../root";
import { packageSchema } from "./schema";

/** Writes `schema.json`, which the plugin hands to the engine. */
writeFile(join(ROOT, "schema.json"), `${JSON.stringify(packageSchema(version), null, 2)}\n`).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
