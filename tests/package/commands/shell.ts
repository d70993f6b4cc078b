import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureEngine } from "../../../tools/engine";

export interface Said {
  readonly stdout: string;
  /** Both streams, as they came. */
  readonly text: string;
}

export interface ShellOptions {
  /** Default: the shell's own folder. */
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What is typed, and then the end of input. Default: nothing. */
  readonly input?: string;
  /** What is asked, one after the other, and what is typed then. */
  readonly answers?: readonly (readonly [asked: RegExp, typed: string])[];
  /** Ctrl-C is pressed when this is said. The exit code doesn't count then. */
  readonly interruptAt?: RegExp;
  /** The exit code to come; "failure" stands for any but 0. Default: 0. */
  readonly code?: number | "failure";
}

/** Bash, as somebody has it who has installed Pulumi and says yes to whatever it asks. */
export interface Shell {
  readonly home: string;
  readonly folder: string;
  /** @throws Error with everything that was said, where it ends otherwise than it is to end. */
  run(lines: string, options?: ShellOptions): Promise<Said>;
  remove(): Promise<void>;
}

/** @param folders further folders for PATH. */
export async function openShell(env: NodeJS.ProcessEnv, bin?: string, folders: readonly string[] = []): Promise<Shell> {
  const home = await mkdtemp(join(tmpdir(), "hood command "));
  const [folder, state, temporary] = [join(home, "the project"), join(home, "state"), join(home, "tmp")];
  for (const path of [folder, state, temporary]) await mkdir(path);
  const foreign = /^(PULUMI|HOOD)_/;
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const environment = {
    ...own,
    // Not the caller's: npm puts this repository's commands on it, which a user doesn't have.
    PATH: [bin ?? (await ensureEngine()), ...folders, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
    TMPDIR: temporary,
    PULUMI_HOME: join(home, "pulumi"),
    PULUMI_BACKEND_URL: pathToFileURL(state).href,
    PULUMI_CONFIG_PASSPHRASE: "not a secret",
    PULUMI_SKIP_CONFIRMATIONS: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    npm_config_update_notifier: "false",
    npm_config_audit: "false",
    npm_config_fund: "false",
    ...env,
  };
  let stop = () => {};
  return {
    home,
    folder,
    async run(lines, options = {}) {
      const child = spawn("bash", ["--noprofile", "--norc", "-e", "-c", lines], {
        cwd: options.cwd ?? folder,
        env: { ...environment, ...options.env },
        // A group of its own, as at a terminal: what is pressed there is for all of it.
        detached: true,
      });
      stop = () => press(child, "SIGKILL");
      const { code, ...said } = await listen(child, options);
      stop = () => {};
      const expected = options.interruptAt ? code : (options.code ?? 0);
      if (expected === "failure" ? code !== 0 : code === expected) return said;
      throw new Error(`exit code ${code}, not ${expected}, from\n\n${lines}\n\n${said.text}`);
    },
    async remove() {
      stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function press({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

/** Hears it out, and types what it is to be told meanwhile. */
function listen(
  child: ChildProcessWithoutNullStreams,
  { input = "", answers, interruptAt }: ShellOptions,
): Promise<Said & { code: number | null }> {
  const said = { stdout: "", text: "" };
  const toCome = [...(answers ?? [])];
  let question = "";
  let interrupt = interruptAt;
  const hear = (more: string) => {
    said.text += more;
    question += more;
    if (toCome[0]?.[0].test(question)) {
      child.stdin.write(toCome.shift()?.[1]);
      question = "";
    }
    if (!interrupt?.test(said.text)) return;
    interrupt = undefined;
    press(child, "SIGINT");
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", hear);
  child.stdout.on("data", (more) => {
    said.stdout += more;
  });
  // What reads nothing may have ended before this comes.
  child.stdin.on("error", () => {});
  if (!answers) child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, ...said }));
  });
}
