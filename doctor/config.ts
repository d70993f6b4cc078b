import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { isObject } from "../provider/json";
import { environmentNames, type ReadConfig, readSettings, type Settings, settingNames } from "../provider/settings";
import { count, joined, type Message, say } from "../provider/text";
import { differs, type Findings, ok, unknown } from "./findings";

/** How long `pulumi config` may take, in milliseconds, and the largest answer that is read, in characters. */
const PATIENCE = 20_000;
const LARGEST = 1024 * 1024;
const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** The settings as the provider would see them; undefined if they can't be used. */
export async function settingsOf(
  cwd: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ readonly settings: Settings | undefined; readonly findings: Findings }> {
  const stack = await stackConfig(cwd, environment);
  const config: ReadConfig = (key) => stack.values?.[`hood:${key}`];
  const wrong = settingNames.filter((name, index) => {
    const variable = environmentNames[index] ?? "";
    return !canBeRead((key) => (key === name ? config(key) : undefined), { [variable]: environment[variable] });
  });
  const given = settingNames.filter((name, index) => config(name) ?? environment[environmentNames[index] ?? ""]);
  const findings = { config: stack.finding, settings: ok(say`${count(given.length, "setting")} given`) };
  const named = wrong.map((name) => say`hood:${name} (or ${environmentNames[settingNames.indexOf(name)] ?? ""})`);
  if (wrong.length === 0 && canBeRead(config, environment))
    return { settings: readSettings(config, environment), findings };
  const what = wrong.length > 0 ? joined(named, ", ") : say`what else is in the environment, such as HTTPS_PROXY`;
  return { settings: undefined, findings: { ...findings, settings: differs(say`can't be used: ${what}`) } };
}

/** What is wrong with a setting may cite its value, so only its name is shown. */
function canBeRead(config: ReadConfig, environment: NodeJS.ProcessEnv): boolean {
  try {
    readSettings(config, environment);
    return true;
  } catch {
    return false;
  }
}

type Values = Readonly<Record<string, string>>;

/** The config of the selected stack, secrets too, if this is a Pulumi project. They stay in this process. */
async function stackConfig(cwd: string, environment: NodeJS.ProcessEnv) {
  if (!isInProject(cwd)) return { finding: unknown(say`this folder belongs to no Pulumi project`) };
  const args = ["config", "--json", "--show-secrets", "--non-interactive"];
  const answer = await run("pulumi", args, cwd, environment);
  if (typeof answer !== "string") return { finding: unknown(answer.why) };
  const values = valuesIn(answer);
  if (!values) return { finding: unknown(say`\`pulumi config\` answered with something that isn't JSON`) };
  return { values, finding: ok(say`read, by \`pulumi config\``) };
}

function isInProject(folder: string): boolean {
  if (PROJECT_FILES.some((name) => existsSync(join(folder, name)))) return true;
  return dirname(folder) !== folder && isInProject(dirname(folder));
}

function valuesIn(text: string): Values | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed)) return undefined;
    const values = Object.entries(parsed).flatMap(([key, entry]): [string, string][] =>
      isObject(entry) && typeof entry.value === "string" ? [[key, entry.value]] : [],
    );
    return Object.fromEntries(values);
  } catch {
    return undefined;
  }
}

/** What a command prints; else why there is nothing. It can ask nobody, and is ended with all that it started. */
function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string | { readonly why: Message }> {
  return new Promise((resolve) => {
    // In a session of its own, it finds no terminal to ask at.
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "ignore"], detached: true });
    let text = "";
    const kill = () => endGroup(child);
    const end = (result: string | { readonly why: Message }) => {
      clearTimeout(timer);
      process.removeListener("exit", kill);
      child.stdout.destroy();
      resolve(result);
    };
    const giveUp = (why: Message) => {
      kill();
      end({ why });
    };
    const timer = setTimeout(giveUp, PATIENCE, say`\`pulumi config\` took longer than ${PATIENCE / 1_000} s`);
    process.once("exit", kill);
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.length > LARGEST) giveUp(say`\`pulumi config\` printed too much`);
    });
    child.on("error", () => end({ why: say`\`pulumi\` can't be started: is it on the PATH?` }));
    child.on("close", (code) =>
      end(code === 0 ? text : { why: say`\`pulumi config\` failed (exit code ${code ?? "none"}): run it to see why` }),
    );
  });
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended meanwhile, or this system knows no groups.
    child.kill("SIGKILL");
  }
}
