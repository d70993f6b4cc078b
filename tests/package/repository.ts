import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { ROOT } from "../../tools/package";
import type { Workflow } from "../pipelines/services";

/** What a clone doesn't have, and what other tests may write here meanwhile. */
const NOT_CLONED = /^(\.git|\.demo|dist|node_modules|Pulumi\.demo\.yaml)$/;

export type Repository = Awaited<ReturnType<typeof copyRepository>>;

/** A copy of this repository as a fresh clone, with everything committed and no change that waits for a release. */
export async function copyRepository() {
  const home = await mkdtemp(join(tmpdir(), "hood release "));
  const folder = join(home, "clone");
  await cp(ROOT, folder, { recursive: true, filter: (path) => !NOT_CLONED.test(basename(path)) });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const name of await readdir(join(folder, ".changeset")))
    if (name.endsWith(".md")) await rm(join(folder, ".changeset", name));

  /** Runs a command there. @returns what it printed, errors included. @throws when it fails. */
  const command = async (line: string, env?: NodeJS.ProcessEnv): Promise<string> => {
    const { stdout, stderr } = await run("bash", ["-e", "-o", "pipefail", "-c", line], {
      cwd: folder,
      // Nothing that a release does before it publishes needs the registry.
      env: { ...process.env, npm_config_offline: "true", ...env },
    });
    return stdout + stderr;
  };
  const commit = async () => {
    await command("git add --all");
    await command("git -c user.name=Somebody -c user.email=somebody@example.com commit --quiet --message Change");
  };
  await command("git init --quiet --initial-branch main && echo node_modules >> .git/info/exclude");
  await commit();
  await command("git branch beginning");
  return {
    folder,
    command,
    commit,
    read: (file: string) => readFile(join(folder, file), "utf8"),
    write: (file: string, text: string) => writeFile(join(folder, file), text),
    /** Files that differ from the last commit, each with git's letter for how. */
    changed: async () =>
      (await command("git status --porcelain"))
        .trimEnd()
        .split("\n")
        .map((line) => line.trim()),
    /** Puts everything back as it was at the beginning. */
    reset: () =>
      command("git reset --quiet --hard beginning && git clean --quiet -d --force -x --exclude node_modules"),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

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
