import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { json } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { type SimulatorOptions, startSimulator } from "../../simulator";
import { ensureLanguages } from "../../tools/engine";
import { ROOT } from "../../tools/package";
import type { Host, Program } from "../engine/stack";
import { cancellation, declarations, installPlugin, inYaml, sourceFile } from "../engine/stack";

/** The tokens of the environments: one that looks, one that acts. */
export const TOKENS = { look: "canary-look-5f1d0c9a", act: "canary-act-7be24e63" };

/** What a pipeline came to. */
export interface Run {
  readonly passed: boolean;
  readonly text: string;
}

/** What a script came to. */
export interface Done extends Run {
  readonly code: number | null;
}

/** A pipeline of the protected branch, which may wait for an approval. */
export interface Merged extends Run {
  readonly waits: boolean;
  approve(): Promise<Run>;
}

/** Files by their path in the repository. */
export type Files = Readonly<Record<string, string>>;

/** A pipeline's files, run as their service would run them. */
export interface Service {
  /** Runs the pipeline of a pull request at this commit. @param from another repository that it comes from. */
  propose(commit: string, from?: string): Promise<Run>;
  /** Runs the pipeline of the protected branch at this commit, as far as it goes by itself. */
  merge(commit: string): Promise<Merged>;
}

/**
 * Passes on to the CLI. The old language host here takes a policy pack that is a file. Starting it takes long, so only a repository
 * with such a file has policies.
 */
const PULUMI = (cli: string) => `for word; do
  case "$last" in --policy-pack) pack=$word ;; --policy-pack-config) config=$word ;; esac
  case "$word" in --policy-pack*) ;; *) case "$last" in --policy-pack*) ;; *) set -- "$@" "$word" ;; esac ;; esac
  last=$word; shift
done
test "$1" = stack || test -f "$config" || { echo "no policies were passed: $pack"; exit 1; }
test ! -f "$pack/pack" || set -- "$@" --policy-pack "$pack/pack" --policy-pack-config "$config"
exec "${cli}" "$@"`;

/** What npm would install from the registry is linked; the rest is npm's own work. */
const NPM = (npm: string) => `test ! -f package-lock.json || "${npm}" "$@" || exit $?
mkdir -p node_modules
test -e node_modules/pulumi-ocamba-hood || ln -s "${ROOT}" node_modules/pulumi-ocamba-hood
test -e node_modules/@pulumi || ln -s "${ROOT}/node_modules/@pulumi" node_modules/@pulumi`;

/** GitHub's command, as far as the pipelines use it. */
const GH = `const [, path, ...rest] = process.argv.slice(2);
const option = (name) => rest[rest.indexOf(name) + 1];
const body = rest.includes("--field") && require("fs").readFileSync(option("--field").replace("body=@", ""), "utf8");
const method = rest.includes("--method") ? option("--method") : "GET";
fetch(process.env.CODE_HOST + "/" + path, { method, body: body ? JSON.stringify({ body }) : undefined,
  headers: { "private-token": process.env.GH_TOKEN } }).then(async (response) => {
  if (!response.ok) { console.error(response.status); process.exit(1); }
  const answer = await response.json();
  const [, login, start] = /login == "(.*?)" and .*startswith\\("(.*)"\\)/.exec(option("--jq") || "") || [];
  if (!rest.includes("--jq")) return;
  const approved = () => answer.filter(({ state }) => state === "approved").flatMap((one) => one.environments.map(({ name }) => name));
  const jq = { '.[] | select(.state == "approved") | .environments[].name': approved, ".sha": () => [answer.sha], ".object.sha": () => [answer.object.sha], ".head.sha": () => [answer.sha] }[option("--jq")];
  const found = jq ? jq() : answer.filter(({ user, body }) => user.login === login && body.startsWith(start)).map(({ id }) => id);
  for (const line of found) console.log(line);
});`;

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A repository with a Pulumi program on a code host, an account of Hood, and the real Pulumi CLI. */
export async function openWorld(account: SimulatorOptions, files: Files) {
  const hood = await startSimulator({ token: Object.values(TOKENS), ...account });
  const home = await mkdtemp(join(tmpdir(), "hood pipeline "));
  const within = (name: string) => join(home, name);
  const [work, stubs, state, origin] = [within("work"), within("stubs"), within("state"), within("origin.git")];
  for (const path of [work, stubs, state, join(home, "tmp")]) await mkdir(path);
  const { bin: engine } = await ensureLanguages();
  await installPlugin(join(home, ".pulumi"));
  const scripts = {
    pulumi: `#!/bin/sh\n${PULUMI(join(engine, "pulumi"))}\n`,
    npm: `#!/bin/sh\n${NPM(join(dirname(process.execPath), "npm"))}\n`,
    gh: `#!${process.execPath}\n${GH}\n`,
  };
  for (const [name, script] of Object.entries(scripts)) await writeFile(join(stubs, name), script, { mode: 0o755 });

  const comments: Comment[] = [
    // Somebody else's, which looks like the pipeline's.
    { id: 1, author: { id: 9 }, user: { login: "mallory" }, body: "<!-- hood-plan campaigns/prod -->\nnot ours" },
  ];
  const base = {
    PATH: [stubs, engine, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
    HOME: home,
    // Go asks the system for its user's home, whatever HOME says.
    PULUMI_HOME: join(home, ".pulumi"),
    TMPDIR: join(home, "tmp"),
    PULUMI_CONFIG_PASSPHRASE: "not a secret",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    npm_config_update_notifier: "false",
    npm_config_offline: "true",
    npm_config_audit: "false",
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@b",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@b",
  };
  /** Runs lines as one bash script that stops at the first failure. */
  const shell = (lines: string, cwd: string, env: NodeJS.ProcessEnv = {}) => bash(lines, cwd, { ...base, ...env });
  const must = async (lines: string, env: NodeJS.ProcessEnv = {}) => {
    const { passed, text } = await shell(lines, work, env);
    if (!passed) throw new Error(`${lines}\n${text}`);
    return text.trim();
  };
  const head = (branch: string) =>
    must(`git --git-dir "${origin}" -c core.warnAmbiguousRefs=false rev-parse ${branch}`);
  const server = codeHost(comments, head).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  const backend = { PULUMI_BACKEND_URL: pathToFileURL(state).href };
  /** An empty folder. */
  const folder = () => mkdtemp(join(home, "workspace "));
  /** Commits to main, or to a new branch from it, and makes that the pull request's head. */
  const commit = async (changed: Files, branch: "main" | "change" = "main") => {
    if (branch !== "main") await must(`git checkout --quiet -B ${branch} main`);
    for (const [path, text] of Object.entries(changed)) {
      const file = join(work, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
    }
    await must(
      `git add --all --force && git commit --quiet --allow-empty -m change && git push --quiet -f origin ${branch}`,
    );
    const made = await must("git rev-parse HEAD");
    await must("git checkout --quiet main");
    return made;
  };

  await must(
    `git init --quiet --bare -b main "${origin}" && git init --quiet -b main && git remote add origin "${origin}"`,
  );
  await commit(files);
  // It writes the stack's file, which belongs to the repository.
  await must("pulumi stack init prod --non-interactive", backend);
  await commit({});
  return {
    hood,
    home,
    origin,
    backend,
    /** Where the code host answers. */
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The comments or notes of the pull request that are the pipeline's own. */
    comments: () => comments.slice(1).map(({ body }) => body),
    commit,
    /** A file of main, as it is now. */
    read: (file: string) => readFile(join(work, file), "utf8"),
    /** Makes another project's stack of the same name. */
    async stack(project: string) {
      const other = await folder();
      await writeFile(join(other, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
      await shell("pulumi stack init prod --non-interactive", other, backend);
    },
    folder,
    shell,
    /** The text of a file at a commit, with this machine's addresses in the place of the services'. */
    async show(at: string, file: string) {
      const text = await must(`git show "${at}:${file}"`);
      return text
        .replaceAll("https://api.ocamba.com/v1/hood", hood.url)
        .replaceAll("https://api.pulumi.com", backend.PULUMI_BACKEND_URL);
    },
    /** The calls that changed something, such as `1/cancel`. */
    calls: () =>
      hood.requests.flatMap(({ method, path }) => (method === "GET" ? [] : [path.replace("/v1/hood/campaigns/", "")])),
    async remove() {
      server.close();
      await hood.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

interface Comment {
  readonly id: number;
  readonly author: { readonly id: number };
  readonly user: { readonly login: string };
  body: string;
}

/** The parts of GitHub's and GitLab's interfaces that the pipelines use, for one pull request. */
function codeHost(comments: Comment[], head: (branch: string) => Promise<string>): Server {
  const ME = { author: { id: 5 }, user: { login: "github-actions[bot]" } };
  return createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
    const answer = (body: unknown, status = 200, page = "") =>
      response.writeHead(status, { "x-next-page": page }).end(JSON.stringify(body));
    if (request.headers["private-token"] !== "code-host-token") return answer({}, 401);
    if (pathname.endsWith("/user")) return answer({ id: ME.author.id });
    // As git itself does: of a tag and a branch with this name, it takes the tag.
    if (/\/commits\/main$/.test(pathname)) return answer({ sha: await head("main") });
    if (/\/git\/ref\/heads\/main$/.test(pathname)) return answer({ object: { sha: await head("refs/heads/main") } });
    if (/\/(?:pulls|merge_requests)\/7$/.test(pathname)) return answer({ sha: await head("change") });
    const approval = { state: "approved", environments: [{ name: "campaigns-final" }] };
    if (/\/actions\/runs\/1\/approvals$/.test(pathname)) return answer([approval]);
    const { body } = request.method === "GET" ? { body: "" } : ((await json(request)) as { body: string });
    if (/\/7\/(?:comments|notes)$/.test(pathname)) {
      if (request.method === "POST") return answer(comments.push({ id: comments.length + 1, ...ME, body }), 201);
      const page = Number(searchParams.get("page") ?? 0);
      if (page === 0) return answer(comments);
      return answer(comments.slice(page - 1, page), 200, page < comments.length ? String(page + 1) : "");
    }
    const found = comments.find(({ id }) => pathname.endsWith(`/${id}`));
    if (!found || !["PUT", "PATCH"].includes(request.method ?? "")) return answer({}, 404);
    found.body = body;
    return answer({});
  });
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
    child.on("error", reject).on("close", (code) => resolve({ code, passed: code === 0, text }));
  });
}

/** Copies what is there: links stay links. @returns whether it is there. */
export async function copy(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true });
  if (!existsSync(from)) return false;
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  return true;
}

/** An expression of a pipeline's file, in which every name is looked up. */
export function evaluate(expression: string, names: RegExp, lookUp: (name: string) => unknown): unknown {
  const tokens = new RegExp(`'[^']*'|"[^"]*"|${names.source}`, "g");
  const script = expression.replace(tokens, (token) =>
    /^['"]/.test(token) ? token : `lookUp(${JSON.stringify(token)})`,
  );
  return new Function("lookUp", "always", `return ${script}`)(lookUp, () => true);
}

export const readExample = (file: string) => readFileSync(join(ROOT, "examples/pipelines", file), "utf8");

const REASON = { reason: "OPS-1" };
export const PAUSE: Program = {
  terms: { type: "CampaignStatus", args: { campaignId: "2", status: "paused", ...REASON } },
};
export const END: Program = { sale: cancellation("1", REASON) };
export const OTHER_END: Program = { other: cancellation("3", REASON) };
export const WRONG: Program = { sale: cancellation("1", { expectedName: "Autumn sale", ...REASON }) };
/** Of one whose preview fails as a whole. */
export const NOBODYS: Program = { sale: cancellation("99", REASON) };

/** Runs from its nth run on: the first is the plan's, the second the approved preview's, the third the update's. */
export const fromRun = (n: number, source: string) =>
  `require("fs").appendFileSync(process.env.HOME + "/runs", "x");
if (require("fs").readFileSync(process.env.HOME + "/runs").length >= ${n}) { ${source} }\n`;

/** The repository's program, in the language of a host. */
export const programFor = (host: Host, resources: Program): Files =>
  host === "plugin" ? inYaml(resources, { name: "campaigns" }) : program(declarations(resources));
export const program = (source: string): Files => ({ "index.js": sourceFile(source)["index.js"] ?? "" });

export const policy = (rule: string) => `const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("ends", { policies: [{ name: "ticket", description: "An end names a ticket.", enforcementLevel: "mandatory",
  validateResource: ({ type, props }, report) => { if (${rule}) report("no ticket"); } }] });\n`;

export const PACK: Files = {
  "policy/pack": `#!/bin/sh
cd "$(dirname "$0")" && exec node node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js "$1" .\n`,
};

export const REPOSITORY: Files = {
  "Pulumi.yaml": "name: campaigns\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  "package.json": `{ "name": "program", "main": "index.js" }\n`,
  "policy/PulumiPolicy.yaml": "runtime: nodejs\n",
  "policy/package.json": `{ "name": "policy", "version": "1.0.0", "main": "index.js" }\n`,
  "policy/policy-config.json": "{}\n",
  "policy/index.js": policy(`type.endsWith("CampaignCancellation") && !/OPS-/.test(props.reason)`),
  ...program(""),
};

/** A package beside the program's folder, and the lockfile that installs it. */
export function installed(
  name: string,
  manifest: { bin?: object; scripts?: object; exports?: object },
  files: Files,
): Files {
  const folder = `vendor/${name}`;
  const dependencies = { [name]: "*" };
  const { scripts, ...locked } = { name, version: "1.0.0", ...manifest };
  const lock = {
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "program", dependencies },
      [`node_modules/${name}`]: { resolved: folder, link: true },
      [folder]: { ...locked, hasInstallScript: scripts !== undefined },
    },
  };
  return {
    "package.json": JSON.stringify({ name: "program", main: "index.js", dependencies }),
    "package-lock.json": JSON.stringify(lock),
    [`${folder}/package.json`]: JSON.stringify({ ...locked, scripts }),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])),
  };
}

/** A version of this package whose report says something else. */
export const hoodWith = (report: string): Files =>
  installed(
    "pulumi-ocamba-hood",
    { exports: { ".": "./index.js", "./provider": "./provider.js" } },
    {
      "index.js": `module.exports = require("${ROOT}/dist/sdk");\n`,
      "provider.js": `module.exports = require("${ROOT}/dist/provider");\n`,
      "dist/report/main.js": report,
    },
  );

/** A folder that npm takes for part of the pull request's packages, with the pull request's version of this package in it. */
export function workspace(folder: string): Files {
  const root = { name: "root", main: "index.js", workspaces: [folder] };
  const packages = {
    "": root,
    "node_modules/program": { resolved: folder, link: true },
    [folder]: { name: "program", dependencies: { "pulumi-ocamba-hood": "*" } },
    [`${folder}/node_modules/pulumi-ocamba-hood`]: { version: "1.0.0", resolved: "file:vendor/pulumi-ocamba-hood" },
  };
  return {
    "package.json": JSON.stringify(root),
    "package-lock.json": JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  };
}

export const LIAR = `const report = "<!-- hood-plan campaigns/prod -->\\nNo campaign would end";
console.log(process.argv.includes("json") ? '{ "fingerprint": "1" }' : report);\n`;
const NO_STEPS = JSON.stringify({ steps: [], diagnostics: [] });
/** Makes the installation fail, and brings what a report could be made from instead. */
export const FORGED = {
  "package-lock.json": "none",
  "preview.json": NO_STEPS,
  "from-preview/preview.json": NO_STEPS,
  "trusted/node_modules/pulumi-ocamba-hood/dist/report/main.js": LIAR,
};
export const NOSY = `let pid = process.ppid, found = "";
while (pid > 1) {
  try { found += require("fs").readFileSync("/proc/" + pid + "/environ", "utf8"); } catch {}
  try { pid = Number(/PPid:\\s+(\\d+)/.exec(require("fs").readFileSync("/proc/" + pid + "/status", "utf8"))[1]); } catch { pid = 0; }
}
require("fs").writeFileSync(process.env.HOME + "/found", found);\n`;

/** A pipeline's files in a repository of their own, run as their service would run them. */
export interface Pipeline {
  readonly name: string;
  /** Of examples/pipelines, by their path in the repository. */
  readonly files: Readonly<Record<string, string>>;
  readonly serviceOf: (world: World) => Service;
}

export type Opened = Awaited<ReturnType<typeof openPipeline>>;

export async function openPipeline({ files, serviceOf }: Pipeline) {
  const copied = Object.entries(files).map(([path, file]) => [path, readExample(file)]);
  const campaigns = Array.from({ length: 11 }, (_, index) => ({
    id: `${index + 1}`,
    name: ["Spring sale", "Terms"][index] ?? `Offer ${index + 1}`,
    status: "running",
  }));
  const world = await openWorld({ campaigns }, { ...REPOSITORY, ...Object.fromEntries(copied) });
  const service = serviceOf(world);
  return {
    world,
    service,
    async propose(changed: Files) {
      const commit = await world.commit(changed, "change");
      return { ...(await service.propose(commit)), commit, comment: world.comments().at(-1) ?? "" };
    },
    merge: async (changed: Files) => service.merge(await world.commit(changed)),
  };
}
