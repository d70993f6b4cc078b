import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureLanguages } from "../../tools/engine/languages";
import { packPlugin } from "../../tools/plugin";
import { type Cli, openCli } from "../../tools/pulumi";
import { version } from "../../tools/root";
import { activated } from "../support/python";
import { mustSucceed, type Stack, type Step, type StoredResource, TOKEN } from "./stack";

export interface PluginStack
  extends Pick<Stack, "folder" | "run" | "preview" | "plan" | "up" | "resources" | "remove"> {
  /** Writes the program's files, by name. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
}

/** Installs the plugin as its users do. */
async function installPlugin(cli: Cli, scratch: string): Promise<void> {
  const archive = await packPlugin(scratch);
  await mustSucceed(cli(["plugin", "install", "resource", "hood", version, "--file", archive]));
}

/** A project in another language than Node.js, on the real engine, with the plugin installed. */
export async function openPluginStack(
  files: Readonly<Record<string, string>>,
  settings: NodeJS.ProcessEnv,
): Promise<PluginStack> {
  const home = await mkdtemp(join(tmpdir(), "hood plugin "));
  const folder = join(home, "the program");
  await mkdir(folder);
  const languages = await ensureLanguages();
  const python = activated(languages);
  const cli = await openCli({
    bin: languages.bin,
    folders: [python.folder],
    cwd: folder,
    scratch: home,
  });
  const write = async (texts: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
  };
  await write(files);
  const run: Stack["run"] = (args, options) =>
    cli(args, { ...options, env: { HOOD_TOKEN: TOKEN, ...python.env, ...settings, ...options?.env } });
  await installPlugin(run, home);
  await mustSucceed(run(["stack", "init", "test"]));

  return {
    folder,
    write,
    run,
    preview: (options) => run(["preview"], options),
    plan: async (options) => {
      const { stdout } = await mustSucceed(run(["preview", "--json"], options));
      const { steps } = JSON.parse(stdout) as { steps: Step[] };
      return steps.filter(({ urn }) => urn.includes("hood:index:"));
    },
    up: (options) => run(["up", "--yes", "--skip-preview"], options),
    resources: async () => {
      const { deployment } = JSON.parse((await mustSucceed(run(["stack", "export"]))).stdout);
      const resources: StoredResource[] = deployment.resources ?? [];
      return resources.filter(({ type }) => type.startsWith("hood:"));
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
