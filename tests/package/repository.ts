import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { ROOT } from "../../tools/package";

/** A copy of this repository as a fresh clone, with everything committed and no change that waits for a release. */
export interface Repository {
  readonly folder: string;
  /** Runs a command there. @returns what it printed, errors included. @throws when it fails. */
  command(line: string, env?: NodeJS.ProcessEnv): Promise<string>;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  commit(): Promise<void>;
  /** Files that differ from the last commit, each with git's letter for how. */
  changed(): Promise<string[]>;
  /** Puts everything back as it was at the beginning. */
  reset(): Promise<void>;
  remove(): Promise<void>;
}

/** What a clone doesn't have, and what other tests may write here meanwhile. */
const NOT_CLONED = /^(\.git|\.demo|dist|node_modules|Pulumi\.demo\.yaml)$/;

export async function copyRepository(): Promise<Repository> {
  const home = await mkdtemp(join(tmpdir(), "hood release "));
  const folder = join(home, "clone");
  await cp(ROOT, folder, { recursive: true, filter: (path) => !NOT_CLONED.test(basename(path)) });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const name of await readdir(join(folder, ".changeset")))
    if (name.endsWith(".md")) await rm(join(folder, ".changeset", name));

  const command: Repository["command"] = async (line, env) => {
    const { stdout, stderr } = await run("bash", ["-e", "-o", "pipefail", "-c", line], {
      cwd: folder,
      // Nothing that a release does before it publishes needs the registry.
      env: { ...process.env, npm_config_offline: "true", ...env },
    });
    return stdout + stderr;
  };
  const repository: Repository = {
    folder,
    command,
    read: (file) => readFile(join(folder, file), "utf8"),
    write: (file, text) => writeFile(join(folder, file), text),
    commit: async () => {
      await command("git add --all");
      await command("git -c user.name=Somebody -c user.email=somebody@example.com commit --quiet --message Change");
    },
    changed: async () =>
      (await command("git status --porcelain"))
        .trimEnd()
        .split("\n")
        .map((line) => line.trim()),
    reset: async () => {
      await command("git reset --quiet --hard beginning && git clean --quiet -d --force -x --exclude node_modules");
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
  await command("git init --quiet --initial-branch main && echo node_modules >> .git/info/exclude");
  await repository.commit();
  await command("git branch beginning");
  return repository;
}

export interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly uses?: string;
}

export interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly uses?: string;
  readonly steps?: readonly Step[];
}

/** The jobs of one of this repository's own workflows. */
export async function jobsOf(workflow: string): Promise<Record<string, Job>> {
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

/** Every page that a user or a contributor reads. */
export async function pages(): Promise<string[]> {
  const below = await Promise.all(
    ["docs", "examples"].map(async (folder) => {
      const names = await readdir(join(ROOT, folder), { recursive: true });
      return names.filter((name) => /\.md$/.test(name) && !/node_modules/.test(name)).map((name) => join(folder, name));
    }),
  );
  return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", ...below.flat()];
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
