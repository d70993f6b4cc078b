import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse } from "yaml";
import type { Done, Merged, Pipeline, Run, Service, World } from "./runner";
import { copy, evaluate, TOKENS } from "./runner";

export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
export interface Job {
  readonly needs?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}
type Scope = Record<string, unknown>;
interface Room {
  readonly workspace: string;
  readonly temporary: string;
  readonly env: NodeJS.ProcessEnv;
  readonly scope: Scope & { readonly job: { status: string } };
  failed: boolean;
  text: string;
}

const NAMES = /[a-z_]+(?:\.[\w-]+)+/;
const REPOSITORY = "acme/campaigns";

/** Of GitHub: two workflows, and the action that they share. */
export const github: Pipeline = {
  name: "examples/pipelines/github-actions",
  files: {
    ".github/workflows/campaigns-preview.yml": "github-actions/campaigns-preview.yml",
    ".github/workflows/campaigns-apply.yml": "github-actions/campaigns-apply.yml",
    ".github/actions/campaigns-report/action.yml": "github-actions/campaigns-report/action.yml",
  },
  serviceOf: onGithub,
};

/** Runs the workflows of a repository as GitHub would. */
function onGithub(world: World): Service {
  const artifacts = join(world.home, "artifacts");

  async function workflow(commit: string, file: string): Promise<Workflow> {
    return parse(await world.show(commit, `.github/workflows/${file}`)) as Workflow;
  }

  async function runJob({ env }: Workflow, job: Job, github: Scope, needs: Scope) {
    const environment = filled(job.environment ?? "", { needs });
    const token = environment === "campaigns-preview" ? TOKENS.look : TOKENS.act;
    const secrets = environment === "" ? {} : { HOOD_TOKEN: token, PULUMI_ACCESS_TOKEN: "pul-1" };
    const room: Room = {
      workspace: await world.folder(),
      temporary: await world.folder(),
      env: { ...env, CODE_HOST: world.url },
      scope: { env, github, needs, secrets, job: { status: "success" }, steps: {} },
      failed: false,
      text: "",
    };
    await runSteps(job.steps, room);
    return { passed: !room.failed, text: room.text, outputs: allFilled(job.outputs, room.scope) };
  }

  async function runSteps(steps: readonly Step[], room: Room): Promise<void> {
    for (const step of steps) {
      const condition = step.if?.replace(/^\$\{\{|\}\}$/g, "") ?? "true";
      if ((room.failed && !condition.includes("always()")) || !lookedUp(condition, room.scope)) continue;
      const passed = step.uses ? await use(step, room) : await run(step, room);
      room.failed ||= !passed;
      room.scope.job.status = room.failed ? "failure" : "success";
    }
  }

  async function run({ id = "", run = "", env = {} }: Step, room: Room): Promise<boolean> {
    const output = join(room.temporary, "output");
    await writeFile(output, "");
    const { sha, event } = room.scope.github as { sha: string; event: unknown };
    const done = await world.shell(filled(run, room.scope), room.workspace, {
      ...room.env,
      ...allFilled(env, room.scope),
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: join(room.temporary, "summary"),
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_REF_NAME: event ? "7/merge" : "main",
      GITHUB_SHA: sha,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_RUN_ID: "1",
      GITHUB_WORKSPACE: room.workspace,
      RUNNER_TEMP: room.temporary,
    });
    room.text += done.text;
    const outputs = (await readFile(output, "utf8")).split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2));
    (room.scope.steps as Scope)[id] = { outputs: Object.fromEntries(outputs) };
    return done.passed;
  }

  async function use({ id = "", uses = "", with: given = {} }: Step, room: Room): Promise<boolean> {
    const input = allFilled(given, room.scope);
    const at = (path = "") => join(room.workspace, path);
    const [name] = uses.split("@");
    switch (name) {
      case "actions/checkout": {
        const ref = input.ref || (room.scope.github as { sha: string }).sha;
        const clone = `git clone --quiet "${world.origin}" "${at(input.path)}" && cd "${at(input.path)}" && git checkout --quiet ${ref}`;
        return (await world.shell(clone, room.workspace)).passed;
      }
      case "actions/setup-node":
      case "pulumi/actions":
        return true;
      case "actions/upload-artifact":
        await copy(at(input.path), join(artifacts, `${input.name}`, basename(`${input.path}`)));
        return true;
      case "actions/download-artifact":
        return copy(join(artifacts, `${input.name}`), at(input.path));
    }
    if (!uses.startsWith("./")) throw new Error(`No part of the tests: ${uses}`);
    const action = parse(await readFile(at(join(uses, "action.yml")), "utf8")) as Action;
    const defaults = Object.entries(action.inputs).map(([key, value]) => [key, value.default ?? ""]);
    const inputs = { ...Object.fromEntries(defaults), ...input };
    const inner: Room = { ...room, scope: { ...room.scope, inputs, steps: {} }, failed: false, text: "" };
    await runSteps(action.runs.steps, inner);
    room.text += inner.text;
    const outputs = Object.entries(action.outputs).map(([key, { value }]) => [key, filled(value, inner.scope)]);
    (room.scope.steps as Scope)[id] = { outputs: Object.fromEntries(outputs) };
    return !inner.failed;
  }

  return {
    async propose(commit, from = REPOSITORY) {
      await world.shell(`rm -rf "${artifacts}"; mkdir -p "${artifacts}"`, world.home, {});
      const file = await workflow(commit, "campaigns-preview.yml");
      const event = {
        pull_request: { number: 7, head: { sha: commit, repo: { full_name: from } }, base: { ref: "main" } },
      };
      const scope = { sha: commit, repository: REPOSITORY, token: "code-host-token", event };
      const [preview, report] = ["preview", "report"].map((name) => file.jobs[name] as Job) as [Job, Job];
      // A job that is skipped counts as passed.
      const isSkipped = !lookedUp(preview.if ?? "true", { github: scope });
      const first = isSkipped ? { passed: true, text: "" } : await runJob(file, preview, scope, {});
      const result = isSkipped ? "skipped" : first.passed ? "success" : "failure";
      if (!lookedUp(report.if ?? String(result === "success"), { github: scope })) return first;
      const second = await runJob(file, report, scope, { preview: { result } });
      return { passed: first.passed && second.passed, text: first.text + second.text };
    },
    async merge(commit): Promise<Merged> {
      const file = await workflow(commit, "campaigns-apply.yml");
      const scope = { sha: commit, repository: REPOSITORY, token: "code-host-token" };
      const plan = await runJob(file, file.jobs.plan as Job, scope, {});
      if (!plan.passed) return { ...plan, waits: false, approve: async () => plan };
      const needs = { plan: { outputs: plan.outputs } };
      const apply = file.jobs.apply as Job;
      const approve = () => runJob(file, apply, scope, needs);
      const waits = filled(apply.environment ?? "", { needs }) !== "campaigns";
      const applied = waits ? plan : await approve();
      return { passed: applied.passed, text: plan.text + applied.text, waits, approve };
    },
  };
}

function lookedUp(expression: string, scope: Scope): unknown {
  const lookUp = (name: string) =>
    name.split(".").reduce<unknown>((value, key) => (value as Scope | undefined)?.[key], scope) ?? "";
  return evaluate(expression, NAMES, lookUp);
}

function allFilled(texts: Readonly<Record<string, string>> = {}, scope: Scope): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, filled(String(text), scope)]));
}

function filled(text: string, scope: Scope): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => String(lookedUp(expression, scope)));
}

export interface GitLabJob {
  readonly needs?: readonly string[];
  readonly rules: readonly { readonly if: string; readonly when?: string }[];
  readonly environment?: { readonly name: string };
  readonly variables?: Readonly<Record<string, string>>;
  readonly resource_group?: string;
  readonly script: readonly string[];
  readonly allow_failure?: { readonly exit_codes: readonly number[] };
  readonly artifacts?: { readonly paths: readonly string[]; readonly when?: string };
  /** Of what is the default for all jobs. */
  readonly before_script?: readonly string[];
}
const SECRETS: Readonly<Record<string, NodeJS.ProcessEnv>> = {
  "campaigns-preview": { HOOD_TOKEN: TOKENS.look, PULUMI_ACCESS_TOKEN: "pul-1" },
  "campaigns-note": { NOTES_TOKEN: "code-host-token" },
  campaigns: { HOOD_TOKEN: TOKENS.act, PULUMI_ACCESS_TOKEN: "pul-1" },
  "campaigns-final": { HOOD_TOKEN: TOKENS.act, PULUMI_ACCESS_TOKEN: "pul-1" },
};

/** Of GitLab: one file, and the script for the note. */
export const gitlab: Pipeline = {
  name: "examples/pipelines/gitlab",
  files: { ".gitlab-ci.yml": "gitlab/.gitlab-ci.yml", ".gitlab/note.mjs": "gitlab/note.mjs" },
  serviceOf: onGitlab,
};

/** Runs the pipeline of a repository as GitLab would. */
function onGitlab(world: World): Service {
  async function open(commit: string, variables: NodeJS.ProcessEnv) {
    const pipeline = parse(await world.show(commit, ".gitlab-ci.yml")) as Readonly<Record<string, GitLabJob>>;
    const artifacts = await world.folder();
    const env = {
      CI_DEFAULT_BRANCH: "main",
      CI_COMMIT_SHA: commit,
      CI_PROJECT_ID: "42",
      CI_API_V4_URL: `${world.url}/api/v4`,
      CI_REPOSITORY_URL: world.origin,
      CI_PIPELINE_URL: "https://gitlab.com/acme/campaigns/-/pipelines/1",
      ...variables,
    };
    return async (name: string): Promise<Done> => {
      const job = pipeline[name];
      const lookUp = (variable: string) => env[variable.slice(1) as keyof typeof env];
      if (!job?.rules.some((rule) => evaluate(rule.if, /\$\w+/, lookUp)))
        throw new Error(`${name} isn't in this pipeline`);
      const workspace = join(await world.folder(), "checkout");
      const checkout =
        job.variables?.GIT_STRATEGY === "empty"
          ? `mkdir "${workspace}"`
          : `git clone --quiet "${world.origin}" "${workspace}" && cd "${workspace}" && git checkout --quiet ${commit}`;
      await world.shell(checkout, world.home);
      for (const need of job.needs ?? []) await copy(join(artifacts, need), workspace);
      // GitLab runs both in one shell.
      const lines = [...(pipeline.default?.before_script ?? []), ...job.script].join("\n");
      const done = await world.shell(lines, workspace, { ...env, ...SECRETS[job.environment?.name ?? ""] });
      const { paths = [], when } = job.artifacts ?? {};
      if (done.passed || when === "always") {
        for (const path of paths) await copy(join(workspace, path), join(artifacts, name, path));
      }
      return done;
    };
  }

  const ran = (...jobs: readonly Run[]): Run => ({
    passed: jobs.every(({ passed }) => passed),
    text: jobs.map(({ text }) => text).join(""),
  });

  return {
    async propose(commit) {
      const job = await open(commit, {
        CI_PIPELINE_SOURCE: "merge_request_event",
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "42",
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
        CI_MERGE_REQUEST_IID: "7",
      });
      const installed = ran(await job("trusted"), await job("install"));
      const previewed = installed.passed ? await job("preview") : installed;
      return ran(previewed, await job("report"));
    },
    async merge(commit): Promise<Merged> {
      const job = await open(commit, { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" });
      const installed = ran(await job("trusted"), await job("install"));
      if (!installed.passed) return { ...installed, waits: false, approve: async () => installed };
      const applied = await job("apply");
      const waits = applied.code === 2 || applied.code === 3;
      return { ...applied, passed: waits || applied.passed, waits, approve: () => job("apply-final") };
    },
  };
}
