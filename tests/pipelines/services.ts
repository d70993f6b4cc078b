import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { type Done, type Files, openWorld, REPOSITORY, readExample, TOKENS, type World } from "./world";

export interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
export interface Job {
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
export interface GitLabJob {
  readonly needs?: readonly string[];
  readonly rules: readonly { readonly if: string; readonly when?: string }[];
  readonly environment?: { readonly name: string };
  readonly variables?: Readonly<Record<string, string>>;
  readonly resource_group?: string;
  readonly script: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[]; readonly when?: string };
  /** Of what is the default for all jobs. */
  readonly before_script?: readonly string[];
}

type Run = Pick<Done, "passed" | "text">;
/** A pipeline of the protected branch, which may wait for an approval. */
export interface Merged extends Run {
  readonly waits: boolean;
  approve(): Promise<Run>;
}
/** A pipeline's files, run as their service would run them. */
interface Service {
  /** Runs the pipeline of a pull request at this commit. */
  propose(commit: string): Promise<Run>;
  /** Runs the pipeline of the protected branch at this commit, as far as it goes by itself. */
  merge(commit: string): Promise<Merged>;
}

const inTurn = (...runs: readonly Run[]): Run => ({
  passed: runs.every(({ passed }) => passed),
  text: runs.map(({ text }) => text).join(""),
});
const PULUMI_ACCESS_TOKEN = "pul-1";
const WORKFLOWS = ".github/workflows";
export const OWN = "github.event.pull_request.head.repo.full_name == github.repository";

/** GitHub, as far as the workflows use it: every expression of theirs has its value here, by its text. */
function onGithub(world: World): Service {
  const artifacts = join(world.home, "artifacts");

  async function run(commit: string, file: string, name: string, values: Readonly<Record<string, unknown>>) {
    const { env, jobs }: Workflow = parse(await world.show(commit, `${WORKFLOWS}/${file}`));
    const [workspace, output] = [await world.folder(), join(await world.folder(), "output")];
    await writeFile(output, "");
    let [passed, text] = [true, ""];
    const worth = (expression: string): unknown => {
      const known: Record<string, unknown> = { "always()": true, "success()": passed, "github.sha": commit, ...values };
      if (!(expression in known)) throw new Error(`No test knows what ${expression} is.`);
      return known[expression];
    };
    const fill = (words = "") => words.replace(/\$\{\{ (.*?) \}\}/g, (_, expression) => String(worth(expression)));
    const filled = (fields: Files = {}) =>
      Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, fill(String(value))]));
    const uses: Record<string, (given: Files) => string> = {
      "actions/checkout": ({ path = ".", ref = commit }) =>
        `git clone --quiet "${world.origin}" ${path} && cd ${path} && git checkout --quiet ${ref}`,
      "actions/setup-node": () => "true",
      "pulumi/actions": () => "true",
      "actions/upload-artifact": ({ path }) => `cp ${path} "${artifacts}" || true`,
      "actions/download-artifact": ({ path }) => `mkdir "${path}" && cp "${artifacts}"/* "${path}"`,
    };
    for (const step of jobs[name]?.steps ?? []) {
      const [condition = "success()", more = "true"] = step.if?.split(" && ") ?? [];
      if (!worth(condition) || (more !== "true" && !worth(more))) continue;
      const [action = ""] = step.uses?.split("@") ?? [];
      const done = await world.shell(step.run ?? uses[action]?.(filled(step.with)) ?? "exit 99", workspace, {
        ...filled(env),
        ...filled(step.env),
        GITHUB_API_URL: world.url,
        GITHUB_OUTPUT: output,
        GITHUB_REF_NAME: "main",
        GITHUB_REPOSITORY: "acme/campaigns",
        GITHUB_RUN_ID: "1",
        GITHUB_SHA: commit,
      });
      passed &&= done.passed;
      text += done.text;
    }
    const outputs = (await readFile(output, "utf8")).split("\n").map((line) => line.split("="));
    return { passed, text, outputs: Object.fromEntries(outputs) as Record<string, string> };
  }
  const secrets = (token: string) => ({
    "secrets.HOOD_TOKEN": token,
    "secrets.PULUMI_ACCESS_TOKEN": PULUMI_ACCESS_TOKEN,
    "github.token": TOKENS.comment,
  });

  return {
    async propose(commit) {
      await world.shell(`rm -rf "${artifacts}"; mkdir -p "${artifacts}"`, world.home);
      const values = {
        "github.event.pull_request.head.sha": commit,
        "github.event.pull_request.base.ref": "main",
        "github.event.pull_request.number": 7,
        [OWN]: true,
        ...secrets(TOKENS.look),
      };
      const of = (job: string) => run(commit, "campaigns-preview.yml", job, values);
      return inTurn(await of("preview"), await of("report"));
    },
    async merge(commit): Promise<Merged> {
      const of = (job: string, values: object) => run(commit, "campaigns-apply.yml", job, { ...values });
      const plan = await of("plan", secrets(TOKENS.look));
      const { code, final } = plan.outputs;
      const needs = { "needs.plan.outputs.final": final, "needs.plan.outputs.code != '0'": code !== "0" };
      const approve = () => of("apply", { ...needs, ...secrets(TOKENS.act) });
      const waits = plan.passed && code !== "0";
      return { ...(plan.passed && !waits ? inTurn(plan, await approve()) : plan), waits, approve };
    },
  };
}

const ACTING = { HOOD_TOKEN: TOKENS.act, PULUMI_ACCESS_TOKEN };
const SECRETS: Readonly<Record<string, NodeJS.ProcessEnv>> = {
  "campaigns-preview": { HOOD_TOKEN: TOKENS.look, PULUMI_ACCESS_TOKEN },
  "campaigns-note": { COMMENT_TOKEN: TOKENS.comment },
  campaigns: ACTING,
  "campaigns-final": ACTING,
};

/** GitLab, as far as the pipeline uses it. */
function onGitlab(world: World): Service {
  async function open(commit: string, variables: NodeJS.ProcessEnv) {
    const pipeline: Readonly<Record<string, GitLabJob>> = parse(await world.show(commit, ".gitlab-ci.yml"));
    const artifacts = await world.folder();
    const env = {
      CI_DEFAULT_BRANCH: "main",
      CI_COMMIT_SHA: commit,
      CI_PROJECT_ID: "42",
      CI_API_V4_URL: world.url,
      CI_REPOSITORY_URL: world.origin,
      CI_PIPELINE_URL: "https://gitlab.com/acme/campaigns/-/pipelines/1",
      ...variables,
    };
    return async (name: string): Promise<Done> => {
      const { variables, needs = [], script = [], environment, artifacts: kept } = pipeline[name] ?? {};
      const workspace = await world.folder();
      const checkout = `git clone --quiet "${world.origin}" . && git checkout --quiet ${commit}`;
      const brought = needs.map((need) => `cp -R "${artifacts}/${need}/." .`);
      const isEmpty = variables?.GIT_STRATEGY === "empty";
      await world.shell([isEmpty ? "" : checkout, ...brought].join("\n"), workspace);
      // GitLab runs both in one shell.
      const lines = [...(pipeline.default?.before_script ?? []), ...script].join("\n");
      const done = await world.shell(lines, workspace, { ...env, ...SECRETS[environment?.name ?? ""] });
      await world.shell(`mkdir -p "${artifacts}/${name}"`, workspace);
      if (done.passed || kept?.when === "always")
        for (const path of kept?.paths ?? []) await world.shell(`cp -R "${path}" "${artifacts}/${name}"`, workspace);
      return done;
    };
  }

  return {
    async propose(commit) {
      const target = { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main", CI_MERGE_REQUEST_IID: "7" };
      const job = await open(commit, target);
      const installed = inTurn(await job("trusted"), await job("install"));
      const previewed = installed.passed ? await job("preview") : installed;
      return inTurn(previewed, await job("report"));
    },
    async merge(commit): Promise<Merged> {
      const job = await open(commit, { CI_COMMIT_BRANCH: "main" });
      const installed = inTurn(await job("trusted"), await job("install"));
      const applied = installed.passed ? await job("apply") : { ...installed, code: 1 };
      const waits = applied.code === 2 || applied.code === 3;
      return { ...applied, passed: waits || applied.passed, waits, approve: () => job("apply-final") };
    },
  };
}

interface Pipeline {
  readonly name: string;
  /** Of examples/pipelines, by their path in the repository. */
  readonly files: Files;
  readonly serviceOf: (world: World) => Service;
}

export const github: Pipeline = {
  name: "examples/pipelines/github-actions",
  files: Object.fromEntries(
    ["campaigns-preview.yml", "campaigns-apply.yml"].map((file) => [
      `${WORKFLOWS}/${file}`,
      readExample(`github-actions/${file}`),
    ]),
  ),
  serviceOf: onGithub,
};
export const gitlab: Pipeline = {
  name: "examples/pipelines/gitlab",
  files: { ".gitlab-ci.yml": readExample("gitlab/.gitlab-ci.yml") },
  serviceOf: onGitlab,
};

export type Opened = Awaited<ReturnType<typeof openPipeline>>;

/** A pipeline's files in a repository of their own. */
export async function openPipeline({ files, serviceOf }: Pipeline) {
  const campaigns = [
    { id: "1", name: "Spring sale", status: "running" },
    { id: "2", name: "Terms", status: "running" },
    { id: "3", name: "Offer 3", status: "running" },
  ];
  const world = await openWorld({ campaigns }, { ...REPOSITORY, ...files });
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
