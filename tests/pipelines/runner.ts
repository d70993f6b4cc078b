import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import type { SimulatorOptions } from "../../simulator";
import { type Simulator, startSimulator } from "../../simulator";
import { ensureEngine } from "../../tools/engine";
import { link, ROOT, TOKEN } from "../engine/stack";

export const PIPELINES = join(ROOT, "examples/pipelines");

export interface Done {
  readonly code: number | null;
  readonly text: string;
}

/** A checkout with a Pulumi program, in which the shell lines of a pipeline run as its runner would run them. */
export interface Checkout {
  readonly hood: Simulator;
  readonly folder: string;
  program(source: string): Promise<void>;
  /** Runs lines as one bash script that stops at the first failure. */
  shell(lines: string, env?: NodeJS.ProcessEnv): Promise<Done>;
  read(file: string): Promise<string>;
  /** The calls that changed something, such as `1/cancel`. */
  calls(): string[];
  remove(): Promise<void>;
}

/** @param commands scripts that take the place of commands, by name. */
export async function openCheckout(
  account: SimulatorOptions,
  commands: Readonly<Record<string, string>> = {},
): Promise<Checkout> {
  const hood = await startSimulator({ token: TOKEN, ...account });
  const home = await mkdtemp(join(tmpdir(), "hood pipeline "));
  const [folder, stubs, state] = [join(home, "checkout"), join(home, "stubs"), join(home, "state")];
  for (const path of [folder, stubs, state, join(home, "tmp")]) await mkdir(path);
  await link(folder);
  await writeFile(join(folder, "Pulumi.yaml"), "name: campaigns\nruntime: nodejs\n");
  await mkdir(join(folder, "node_modules/.bin"));
  const plan = join(ROOT, "dist/report/main.js");
  const scripts = [
    [join(folder, "node_modules/.bin/hood-plan"), `exec "${process.execPath}" "${plan}" "$@"`],
    ...Object.entries(commands).map(([name, script]) => [join(stubs, name), script]),
  ] as const;
  for (const [path, script] of scripts) await writeFile(path as string, `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  const environment = {
    PATH: [stubs, await ensureEngine(), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
    HOME: home,
    TMPDIR: join(home, "tmp"),
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    PULUMI_CONFIG_PASSPHRASE: "not a secret",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    npm_config_update_notifier: "false",
    npm_config_offline: "true",
    STACK: "prod",
    GITHUB_OUTPUT: join(folder, "github.output"),
    GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
    HOOD_ENDPOINT: hood.url,
    HOOD_TOKEN: TOKEN,
  };
  const checkout: Checkout = {
    hood,
    folder,
    program: (source) => writeFile(join(folder, "index.js"), `const hood = require("pulumi-ocamba-hood");\n${source}`),
    shell: (lines, env) => bash(lines, folder, { ...environment, ...env }),
    read: (file) => readFile(join(folder, file), "utf8"),
    calls: () =>
      hood.requests.flatMap(({ method, path }) => (method === "GET" ? [] : [path.replace("/v1/hood/campaigns/", "")])),
    async remove() {
      await hood.close();
      await rm(home, { recursive: true, force: true });
    },
  };
  const made = await checkout.shell("pulumi stack init prod --non-interactive");
  if (made.code !== 0) throw new Error(made.text);
  return checkout;
}

/** A pipeline's file. */
export async function readPipeline<T>(file: string): Promise<T> {
  return parse(await readFile(join(PIPELINES, file), "utf8"), { merge: true }) as T;
}

function bash(lines: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Done> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", lines], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (more) => (text += more));
    child.on("error", reject).on("close", (code) => resolve({ code, text }));
  });
}
