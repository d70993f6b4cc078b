import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { ROOT } from "../../tools/package";
import type { Workflow } from "../pipelines/services";

/** The jobs of one of this repository's own workflows. */
export async function jobsOf(workflow: string): Promise<Workflow["jobs"]> {
  return parse(await readFile(join(ROOT, ".github/workflows", workflow), "utf8")).jobs;
}

/** The one shell line or script of a job's steps that a pattern finds. */
export async function scriptOf(workflow: string, job: string, pattern: RegExp): Promise<string> {
  const steps = (await jobsOf(workflow))[job]?.steps ?? [];
  const [script, ...others] = steps.flatMap(({ run }) => (run !== undefined && pattern.test(run) ? [run] : []));
  if (script === undefined || others.length > 0) throw new Error(`${workflow}: no single ${pattern} in ${job}`);
  return script;
}

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

export async function filesBelow(folders: readonly string[], ending: string): Promise<string[]> {
  const found = folders.map(async (folder) => {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    return names
      .filter((name) => name.endsWith(ending) && !/node_modules/.test(name))
      .map((name) => join(folder, name));
  });
  return (await Promise.all(found)).flat();
}

/** Every page that a user or a contributor reads. */
export async function pages(): Promise<string[]> {
  const root = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "RELEASING.md", "SECURITY.md"];
  return [...root, ...(await filesBelow(["docs", "examples"], ".md"))];
}

export async function blocksOf(...of: readonly string[]): Promise<Block[]> {
  const found = of.map(async (page) => {
    const text = await readFile(join(ROOT, page), "utf8");
    const blocks = text.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms);
    return [...blocks].map(([, indent = "", language = "", lines = ""]) => ({
      page,
      language,
      text: lines.replaceAll(RegExp(`^${indent}`, "gm"), "").trimEnd(),
    }));
  });
  return (await Promise.all(found)).flat();
}

/** The one block of a page in a language that holds certain words. */
export async function blockOf(page: string, language: string, words = ""): Promise<string> {
  const found = (await blocksOf(page)).filter((block) => block.language === language && block.text.includes(words));
  const [block, ...others] = found;
  if (!block || others.length > 0)
    throw new Error(`${page} has ${found.length} blocks of ${language} with "${words}".`);
  return block.text;
}

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
