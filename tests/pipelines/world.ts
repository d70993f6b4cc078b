import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
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
import { declarations, installPlugin, inYaml, sourceFile } from "../engine/stack";

/** The tokens of the environments: one that looks, one that acts, and one that writes comments. */
export const TOKENS = { look: "canary-look-5f1d0c9a", act: "canary-act-7be24e63", comment: "canary-comment-90ab" };

/** What a script, or a job's steps, came to. */
export interface Done {
  readonly code: number | null;
  readonly passed: boolean;
  readonly text: string;
}

/** Files by their path in the repository. */
export type Files = Readonly<Record<string, string>>;

/** Passes on to the CLI, without the policy pack, which takes long to start: it only looks whether that is the protected branch's. */
const PULUMI = (cli: string) => `for word; do
  case "$last" in --policy-pack-config) config=$word ;; esac
  case "$word" in --policy-pack*) ;; *) case "$last" in --policy-pack*) ;; *) set -- "$@" "$word" ;; esac ;; esac
  last=$word; shift
done
test "$1" = stack || test "$(cat "$config")" = "{}" || { echo "no policies were passed, or others"; exit 1; }
exec "${cli}" "$@"`;

/** What npm would install from the registry is linked; the rest is npm's own work. */
const NPM = (npm: string) => `test ! -f package-lock.json || "${npm}" "$@" || exit $?
mkdir -p node_modules
test -e node_modules/pulumi-ocamba-hood || ln -s "${ROOT}" node_modules/pulumi-ocamba-hood
test -e node_modules/@pulumi || ln -s "${ROOT}/node_modules/@pulumi" node_modules/@pulumi`;

/** GitHub's command, as far as the pipelines use it. */
const GH = (origin: string) => `case "$2" in
  */approvals) echo campaigns-final ;;
  */git/ref/heads/main) git --git-dir "${origin}" rev-parse refs/heads/main ;;
  *) exit 1 ;;
esac`;

export type World = Awaited<ReturnType<typeof openWorld>>;

/** A repository with a Pulumi program on a code host, an account of Hood, and the real Pulumi CLI. */
export async function openWorld(account: SimulatorOptions, files: Files) {
  const hood = await startSimulator({ token: [TOKENS.look, TOKENS.act], ...account });
  const home = await mkdtemp(join(tmpdir(), "hood pipeline "));
  const [work, stubs, state] = ["work", "stubs", "state"].map((name) => join(home, name)) as [string, string, string];
  for (const path of [work, stubs, state, join(home, "tmp")]) await mkdir(path);
  const origin = join(home, "origin.git");
  const { bin: engine } = await ensureLanguages();
  await installPlugin(join(home, ".pulumi"));
  const npm = join(dirname(process.execPath), "npm");
  for (const [name, script] of Object.entries({
    pulumi: PULUMI(join(engine, "pulumi")),
    npm: NPM(npm),
    gh: GH(origin),
  }))
    await writeFile(join(stubs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const base = {
    PATH: [stubs, engine, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
    HOME: home,
    TMPDIR: join(home, "tmp"),
    PULUMI_CONFIG_PASSPHRASE: "not a secret",
    PULUMI_SKIP_UPDATE_CHECK: "true",
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
  const comments: Comment[] = [
    // Somebody else's, which looks like the pipeline's, and the pipeline's own for another project.
    { id: 1, ...SOMEBODY, body: "<!-- hood-plan campaigns/prod -->\nnot ours" },
    { id: 2, ...ME, body: "<!-- hood-plan shop/prod -->\nanother project's" },
  ];
  const server = codeHost(comments, () => must(`git --git-dir "${origin}" rev-parse change`)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  const backend = { PULUMI_BACKEND_URL: pathToFileURL(state).href };

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
    `git init --quiet --bare -b main "${origin}"; git init --quiet -b main; git remote add origin "${origin}"`,
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
    /** The comments or notes of the pull request that the pipeline has written. */
    comments: () => comments.slice(2).map(({ body }) => body),
    commit,
    /** An empty folder. */
    folder: () => mkdtemp(join(home, "workspace ")),
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

const ME = { author: { id: 5 }, user: { login: "github-actions[bot]" } };
const SOMEBODY = { author: { id: 9 }, user: { login: "mallory" } };
type Comment = typeof ME & { readonly id: number; body: string };

/** The parts of GitHub's and GitLab's interfaces that write a comment, for one pull request. */
function codeHost(comments: Comment[], head: () => Promise<string>): Server {
  return createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://host");
    const answer = (body: unknown, status = 200) => response.writeHead(status).end(JSON.stringify(body));
    const { authorization, "private-token": token } = request.headers;
    if (token !== TOKENS.comment && authorization !== `Bearer ${TOKENS.comment}`) return answer({}, 401);
    if (pathname.endsWith("/user")) return answer(ME.author);
    if (/\/(?:pulls|merge_requests)\/7$/.test(pathname))
      return answer({ sha: await head(), head: { sha: await head() } });
    const { body } = request.method === "GET" ? { body: "" } : ((await json(request)) as { body: string });
    if (/\/7\/(?:comments|notes)$/.test(pathname)) {
      if (request.method === "POST") return answer(comments.push({ id: comments.length + 1, ...ME, body }), 201);
      const page = Number(searchParams.get("page"));
      return answer(comments.slice(page - 1, page));
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

export const readExample = (file: string) => readFileSync(join(ROOT, "examples/pipelines", file), "utf8");

/** The repository's program, in the language of a host. */
export const programFor = (host: Host, resources: Program): Files =>
  host === "plugin" ? inYaml(resources, { name: "campaigns" }) : program(declarations(resources));
const program = (source: string): Files => ({ "index.js": sourceFile(source)["index.js"] ?? "" });

export const REPOSITORY: Files = {
  "Pulumi.yaml": "name: campaigns\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n",
  "package.json": `{ "name": "program", "main": "index.js" }\n`,
  "policy/package.json": `{ "name": "policy", "version": "1.0.0", "main": "index.js" }\n`,
  "policy/policy-config.json": "{}\n",
  "pipeline/campaigns.sh": readExample("campaigns.sh"),
  "pipeline/comment.mjs": readExample("comment.mjs"),
  ...program(""),
};
