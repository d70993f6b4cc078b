import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../tools/package";

export const run = promisify(execFile);

const { engines, peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** The least that package.json promises to work with. */
export const OLDEST = {
  node: engines.node.replace(">=", "") as string,
  pulumi: peerDependencies["@pulumi/pulumi"].replace("^", "") as string,
};
/** From 3.249 on, Pulumi's SDK asks for Node.js 22. */
export const NEWEST_PULUMI = "3.270.0";

/** What a program in TypeScript needs beside the package and Pulumi's SDK. */
export const TYPESCRIPT = ["typescript@5", "@types/node@20"];

export const npm = (folder: string, args: readonly string[]) =>
  run("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
