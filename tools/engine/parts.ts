import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** The Pulumi CLI that is installed or built where PATH offers none. */
export const CLI_VERSION = "3.274.1";

/** The newest release whose Go module still holds the Node.js language host; it works with the CLI above. */
export const NODEJS_HOST_VERSION = "3.68.0";

const windows = process.platform === "win32";

/** File names of what makes an engine. */
export const CLI = windows ? "pulumi.exe" : "pulumi";
export const NODEJS_HOST = windows ? "pulumi-language-nodejs.exe" : "pulumi-language-nodejs";
export const DYNAMIC_PROVIDER = windows ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Which of an engine's files are not there, or can't be run, in the folder `bin`. */
export function missingParts(bin: string): string[] {
  return [CLI, NODEJS_HOST, DYNAMIC_PROVIDER].filter((name) => !isExecutable(path.join(bin, name)));
}
