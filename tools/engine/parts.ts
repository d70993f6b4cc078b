import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

/** The Pulumi CLI that is installed or built where PATH offers none. */
export const CLI_VERSION = "3.274.1";

/** The newest release whose Go module still holds the Node.js language host; it works with the CLI above. */
export const NODEJS_HOST_VERSION = "3.68.0";

/** The YAML language host that is built where the CLI came without one. */
export const YAML_HOST_VERSION = "1.25.0";

/** The newest release whose Go module still holds the Python language host; it works with the CLI above. */
export const PYTHON_HOST_VERSION = "3.68.0";

/** Pulumi's package for Python; works with the language host and the CLI above. */
export const PYTHON_SDK_VERSION = "3.272.0";

const windows = process.platform === "win32";
const exe = windows ? ".exe" : "";

/** File names of what makes an engine. */
export const CLI = `pulumi${exe}`;
export const NODEJS_HOST = `pulumi-language-nodejs${exe}`;
export const DYNAMIC_PROVIDER = windows ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";

export const ENGINE_PARTS = [CLI, NODEJS_HOST, DYNAMIC_PROVIDER];

/** File names of the language hosts for YAML and Python. The last one is a script, which the Python host needs beside it. */
export const YAML_HOST = `pulumi-language-yaml${exe}`;
export const PYTHON_HOST = `pulumi-language-python${exe}`;
export const PYTHON_EXEC = "pulumi-language-python-exec";

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
  return missingFrom(bin, ENGINE_PARTS);
}

export function missingFrom(folder: string, names: string[]): string[] {
  return names.filter((name) => !isExecutable(path.join(folder, name)));
}
