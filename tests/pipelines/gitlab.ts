import { join } from "node:path";
import { parse } from "yaml";
import type { Pipeline } from "./repository";
import { copy, type Done, evaluate, type Merged, type Run, type Service, TOKENS, type World } from "./runner";

export interface GitLabJob {
  readonly needs?: readonly string[];
  readonly rules: readonly { readonly if: string; readonly when?: string }[];
  readonly environment?: { readonly name: string };
  readonly variables?: Readonly<Record<string, string>>;
  readonly resource_group?: string;
  readonly script: readonly string[];
  readonly allow_failure?: { readonly exit_codes: readonly number[] };
  readonly artifacts?: { readonly paths: readonly string[]; readonly when?: string };
}
export interface GitLabFile extends Readonly<Record<string, unknown>> {
  readonly default: { readonly image: string; readonly before_script: readonly string[] };
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
  serviceOf,
};

/** Runs the pipeline of a repository as GitLab would. */
function serviceOf(world: World): Service {
  async function open(commit: string, variables: NodeJS.ProcessEnv) {
    const pipeline = parse(await world.show(commit, ".gitlab-ci.yml")) as GitLabFile;
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
      const job = pipeline[name] as GitLabJob;
      const lookUp = (variable: string) => env[variable.slice(1) as keyof typeof env];
      if (!job.rules.some((rule) => evaluate(rule.if, /\$\w+/, lookUp)))
        throw new Error(`${name} isn't in this pipeline`);
      const workspace = join(await world.folder(), "checkout");
      const checkout =
        job.variables?.GIT_STRATEGY === "empty"
          ? `mkdir "${workspace}"`
          : `git clone --quiet "${world.origin}" "${workspace}" && cd "${workspace}" && git checkout --quiet ${commit}`;
      await world.shell(checkout, world.home, {});
      for (const need of job.needs ?? []) await copy(join(artifacts, need), workspace);
      // GitLab runs both in one shell.
      const lines = [...pipeline.default.before_script, ...job.script].join("\n");
      const done = await world.shell(lines, workspace, { ...env, ...SECRETS[job.environment?.name ?? ""] });
      const { paths = [], when } = job.artifacts ?? {};
      if (done.code === 0 || when === "always") {
        for (const path of paths) await copy(join(workspace, path), join(artifacts, name, path));
      }
      return done;
    };
  }

  const ran = (jobs: readonly Done[]): Run => ({
    passed: jobs.every(({ code }) => code === 0),
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
      const installed = [await job("trusted"), await job("install")];
      const previewed = ran(installed).passed ? [await job("preview")] : [];
      return ran([...installed, ...previewed, await job("report")]);
    },
    async merge(commit): Promise<Merged> {
      const job = await open(commit, { CI_PIPELINE_SOURCE: "push", CI_COMMIT_BRANCH: "main" });
      const installed = ran([await job("trusted"), await job("install")]);
      if (!installed.passed) return { ...installed, waits: false, approve: async () => installed };
      const applied = await job("apply");
      const waits = applied.code === 2 || applied.code === 3;
      const first = ran([{ ...applied, code: waits ? 0 : applied.code }]);
      return { ...first, waits, approve: async () => ran([await job("apply-final")]) };
    },
  };
}
