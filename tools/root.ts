import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository, seen from where this file is compiled to. */
export const ROOT = join(__dirname, "../..");

/** The package's version. */
export const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
