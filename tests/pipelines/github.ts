import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { copy, evaluate, type Merged, type Run, type Service, TOKENS, type World } from "./runner";

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
interface JobDone extends Run {
  readonly outputs: Record<string, string>;
}

const NAMES = /[a-z_]+(?:\.[\w-]+)+/;
const REPOSITORY = "acme/campaigns";

/** Runs the workflows of a repository as GitHub would. */
export function github(world: World): Service {
  const artifacts = join(world.home, "artifacts");

  async function workflow(commit: string, file: string): Promise<Workflow> {
    return parse(await world.show(commit, `.github/workflows/${file}`)) as Workflow;
  }

  async function runJob({ env }: Workflow, job: Job, github: Scope, needs: Scope): Promise<JobDone> {
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
    const outputs = Object.entries(job.outputs ?? {}).map(([name, value]) => [name, filled(value, room.scope)]);
    return { passed: !room.failed, text: room.text, outputs: Object.fromEntries(outputs) };
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
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value, room.scope)])),
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
    return done.code === 0;
  }

  async function use({ id = "", uses = "", with: given = {} }: Step, room: Room): Promise<boolean> {
    const input = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, filled(String(value), room.scope)]),
    );
    const at = (path = "") => join(room.workspace, path);
    const [name] = uses.split("@");
    switch (name) {
      case "actions/checkout": {
        const ref = input.ref || (room.scope.github as { sha: string }).sha;
        const clone = `git clone --quiet "${world.origin}" "${at(input.path)}" && cd "${at(input.path)}" && git checkout --quiet ${ref}`;
        return (await world.shell(clone, room.workspace, {})).code === 0;
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
    const inner: Room = { ...room, failed: false, text: "" };
    Object.assign(inner, {
      scope: { ...room.scope, inputs: { ...Object.fromEntries(defaults), ...input }, steps: {} },
    });
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

function filled(text: string, scope: Scope): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => String(lookedUp(expression, scope)));
}
