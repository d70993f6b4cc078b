import { join } from "node:path";
import type { Languages } from "../../tools/engine/languages";

/** What activating the virtual environment changes for a command. */
export function activated({ python }: Languages): { folder: string; env: NodeJS.ProcessEnv } {
  return { folder: join(python, "bin"), env: { VIRTUAL_ENV: python, PYTHONHOME: undefined } };
}
