import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, version } from "../root";
import { referencePage } from "./reference";
import { packageSchema } from "./schema";

/** Writes `schema.json`, which the plugin hands to the engine, and the same for people, `docs/reference.md`. */
async function main(): Promise<void> {
  const schema = packageSchema(version);
  await writeFile(join(ROOT, "schema.json"), `${JSON.stringify(schema, null, 2)}\n`);
  await writeFile(join(ROOT, "docs/reference.md"), referencePage(schema));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
