import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

/** What one run of the CLI came to. Output is as the CLI printed it. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface CliOptions {
  /** Folder with `pulumi` and its Node.js language host. */
  readonly bin: string;
  /** Further folders to put on PATH, after `bin`. Default: none. */
  readonly folders?: readonly string[];
  /** The project's folder, or one below it. */
  readonly cwd: string;
  /** Folder for everything that the CLI keeps: its home and the state. Nothing is written elsewhere. */
  readonly scratch: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** @default "never" */
  readonly color?: "always" | "never";
  /** Gets output as it comes, standard error included. */
  readonly echo?: (text: string) => void;
  /** Gets the CLI's process id as soon as it runs. */
  readonly onStart?: (pid: number) => void;
}

export type Cli = (args: readonly string[], options?: RunOptions) => Promise<Ran>;

/** The real Pulumi CLI on a file backend of its own, blind to the caller's Pulumi and Hood settings. */
export async function openCli({ bin, folders = [], cwd, scratch }: CliOptions): Promise<Cli> {
  const state = join(scratch, "state");
  const temporary = join(scratch, "tmp");
  for (const folder of [state, temporary]) await mkdir(folder, { recursive: true });
  const outer = /^(PULUMI|HOOD)_/;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)));
  // npm puts its folders of commands on the PATH, where the CLI would find this very repository as a plugin.
  const callers = (own.PATH ?? "").split(delimiter).filter((folder) => !/[\\/]node_modules[\\/]\.bin$/.test(folder));
  const base = {
    ...own,
    PATH: [bin, ...folders, ...callers].join(delimiter),
    PULUMI_HOME: join(scratch, "home"),
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    PULUMI_CONFIG_PASSPHRASE: "not a secret: this state holds a simulator's token",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Pulumi would check a program's types in each command.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    // The Node.js language host leaves pipes and logs behind in the folder for temporary files.
    TMPDIR: temporary,
  };
  return (args, { env, ...options } = {}) => run(join(bin, "pulumi"), args, cwd, { ...base, ...env }, options);
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  { color = "never", echo, onStart }: RunOptions,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const all = [...args, "--non-interactive", "--color", color];
    const child = spawn(command, all, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    if (child.pid !== undefined) onStart?.(child.pid);
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
        echo?.(text);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, ...output }));
  });
}
