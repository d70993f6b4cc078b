import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HoodError } from "../provider/hood/errors";
import { environmentNames, type ReadConfig, readSettings, type Settings, settingNames } from "../provider/settings";
import { concat, count, isObject, joined, type Message, say } from "../provider/text";
import type { Account } from "./account";
import { differs, type Findings, ok, unknown } from "./assumptions";

/** How long `pulumi config` may take, in milliseconds, and the largest answer that is read, in characters. */
const PATIENCE = 20_000;
const LARGEST = 1024 * 1024;
const PROJECT_FILES = ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"];

/** The settings as the provider would see them; undefined if they can't be used. */
export async function settingsOf(cwd: string, environment: NodeJS.ProcessEnv) {
  const stack = await stackConfig(cwd, environment);
  const config: ReadConfig = (key) => stack.values?.[`hood:${key}`];
  const all = settingNames.map((name, index) => ({ name, variable: environmentNames[index] ?? "" }));
  const given = all.filter(({ name, variable }) => config(name) ?? environment[variable]);
  const found = { config: stack.finding, settings: ok(say`${count(given.length, "setting")} given`) };
  const settings = settingsIn(config, environment);
  if (settings) return { settings, findings: found };
  // What is wrong with a setting may cite its value, so only its name is shown.
  const wrong = all.filter(({ name, variable }) => {
    const only: ReadConfig = (key) => (key === name ? config(key) : undefined);
    return settingsIn(only, { [variable]: environment[variable] }) === undefined;
  });
  const named = wrong.map(({ name, variable }) => say`hood:${name} (or ${variable})`);
  const what = named.length > 0 ? joined(named, ", ") : say`what else is in the environment, such as HTTPS_PROXY`;
  return { settings: undefined, findings: { ...found, settings: differs(say`can't be used: ${what}`) } };
}

function settingsIn(config: ReadConfig, environment: NodeJS.ProcessEnv): Settings | undefined {
  try {
    return readSettings(config, environment);
  } catch {
    return undefined;
  }
}

/** The config of the selected stack, secrets too, if this is a Pulumi project. They stay in this process. */
async function stackConfig(cwd: string, environment: NodeJS.ProcessEnv) {
  if (!isInProject(cwd)) return { finding: unknown(say`this folder belongs to no Pulumi project`) };
  const args = ["config", "--json", "--show-secrets", "--non-interactive"];
  const { text, why } = await run("pulumi", args, cwd, environment);
  if (text === undefined) return { finding: unknown(why) };
  const values = valuesIn(text);
  if (!values) return { finding: unknown(say`\`pulumi config\` answered with something that isn't JSON`) };
  return { values, finding: ok(say`read, by \`pulumi config\``) };
}

function isInProject(folder: string): boolean {
  if (PROJECT_FILES.some((name) => existsSync(join(folder, name)))) return true;
  return dirname(folder) !== folder && isInProject(dirname(folder));
}

function valuesIn(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const entries = Object.entries<unknown>(JSON.parse(text));
    return Object.fromEntries(
      entries.flatMap(([key, entry]) =>
        isObject(entry) && typeof entry.value === "string" ? [[key, entry.value]] : [],
      ),
    );
  } catch {
    return undefined;
  }
}

/** What a command prints, or why there is nothing. It can ask nobody, and is ended with all that it started. */
async function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  // In a session of its own, it finds no terminal to ask at.
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "ignore"], detached: true });
  const closed = once(child, "close");
  closed.catch(() => {});
  const kill = () => endGroup(child);
  const timer = setTimeout(kill, PATIENCE);
  process.once("exit", kill);
  try {
    let text = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      text += chunk;
      if (text.length > LARGEST) return { why: say`\`pulumi config\` printed too much` };
    }
    const [code] = await closed;
    if (code === 0) return { text };
    if (code === null) return { why: say`\`pulumi config\` was ended, after ${PATIENCE / 1_000} s at the most` };
    return { why: say`\`pulumi config\` failed (exit code ${code}): run it to see why` };
  } catch {
    return { why: say`\`pulumi\` can't be started: is it on the PATH?` };
  } finally {
    clearTimeout(timer);
    process.removeListener("exit", kill);
    kill();
  }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended meanwhile, or this system knows no groups.
    child.kill("SIGKILL");
  }
}

const CONNECTED = ok(say`connected`);
const NO_SIGN = unknown(say`no sign of one, and not every proxy leaves one`);

/** What the first answer shows of the way to the account. */
export function reached({ connection, requests, settings }: Account): Findings {
  const { secure = false, checked = false, wellKnown = false, via = false } = connection ?? {};
  const plain = unknown(say`plain http, to this machine`);
  const trusted = checked ? ok(say`trusted`) : differs(say`nobody checks it: NODE_TLS_REJECT_UNAUTHORIZED is 0`);
  const known = wellKnown ? ok(say`known to Node.js`) : differs(say`another one, such as a company's own`);
  const seen = via ? differs(say`answers come by way of a proxy (Via)`) : NO_SIGN;
  // The settings name a proxy only if the environment does, and it is for this endpoint.
  const isNamed = "proxy" in settings && settings.proxy !== undefined;
  return {
    name: CONNECTED,
    connection: ok(requests > 1 ? say`answered at attempt ${requests}` : say`answered`),
    certificate: secure ? trusted : plain,
    authority: secure ? known : plain,
    proxy: isNamed ? differs(say`the proxy that HTTPS_PROXY names`) : seen,
    path: ok(say`a list of campaigns`),
    token: ok(say`accepted`),
  };
}

/** Where on that way the first request has failed. */
export function notReached({ kind, status, detail }: HoodError): Findings {
  // The system's code for what went wrong, of which only the usual ones are shown.
  const code = /[( ]([A-Z][A-Z0-9_]{2,39})(?=[;)])/.exec(detail)?.[1] ?? "";
  const connected = { name: CONNECTED, connection: CONNECTED };
  const notConnected = (seen: Message) => ({ name: CONNECTED, connection: differs(seen) });
  if (kind === "refusedByProxy") return { connection: differs(say`the proxy refuses it`) };
  if (kind === "unreachable") {
    const isOfCertificate = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO)/.test(code);
    if (isOfCertificate) return { connection: CONNECTED, certificate: differs(say`it isn't (${code})`) };
    const byProxy = say`not by way of the proxy (${code || "it fails"})`;
    if (detail.includes("through the proxy")) return { connection: differs(byProxy) };
    if (/^(ENOTFOUND|EAI_)/.test(code)) return { name: differs(say`it has none (${code})`) };
    return notConnected(code === "" ? say`nobody` : say`nobody (${code})`);
  }
  if (kind === "unauthorized" || status === 403) {
    const path = unknown(say`not before a token is accepted`);
    return { ...connected, path, token: differs(say`not accepted: HTTP ${status ?? ""}`) };
  }
  if (status === undefined) return notConnected(NO_ANSWER[kind] ?? say`no whole answer`);
  const words = status === 200 && kind === "noResponse" ? say`, and no whole answer` : (WORDS[kind] ?? say``);
  return { ...connected, path: differs(concat(say`HTTP ${status}`, words)) };
}

const NO_ANSWER: { readonly [kind: string]: Message | undefined } = {
  aborted: say`no answer in time`,
  tooLarge: say`an answer that is far too large`,
  tooLong: say`only answers that ask to wait for longer than a minute`,
};
const WORDS: { readonly [kind: string]: Message | undefined } = {
  unexpectedResponse: say`, and no list: a login page, a redirect, or another server`,
  tooLong: say`, and a wait of more than a minute`,
  rejected: say`: it rejects the plainest list`,
};
