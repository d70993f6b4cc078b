import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { PIPELINES, readPipeline } from "./runner";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}
interface Workflow {
  readonly on: Record<string, unknown>;
  readonly permissions: object;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: Record<string, { permissions: object; environment: string; if?: string; steps: Step[] }>;
}
interface Job {
  readonly rules?: { if: string; when?: string }[];
  readonly environment?: { name: string };
  readonly resource_group?: string;
  readonly script?: string[];
}
interface StackResource {
  readonly spec: Record<string, unknown> & { envRefs: Record<string, { type: string; literal?: unknown }> };
}

const SECRETS = /HOOD_TOKEN|PULUMI_ACCESS_TOKEN|GH_TOKEN|NOTES_TOKEN/;
const text = (file: string) => readFile(join(PIPELINES, file), "utf8");

describe("examples/pipelines", () => {
  for (const file of ["campaigns-preview.yml", "campaigns-apply.yml"].map((name) => `github-actions/${name}`)) {
    describe(file, () => {
      let workflow: Workflow;
      let steps: Step[];

      before(async () => {
        workflow = await readPipeline<Workflow>(file);
        steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
      });

      it("takes no right that it doesn't need", () => {
        const needed = file.includes("preview") ? { contents: "read", "pull-requests": "write" } : { contents: "read" };
        expect(workflow.permissions).to.deep.equal({});
        for (const { permissions } of Object.values(workflow.jobs)) expect(permissions).to.deep.equal(needed);
        expect(workflow.on).to.not.have.any.keys("pull_request_target", "workflow_run", "issue_comment");
      });

      it("pins actions by their major version, and leaves no credentials in the checkout", async () => {
        const used = steps.flatMap(({ uses }) => uses ?? []);
        expect(used.length).to.be.greaterThan(0);
        for (const uses of used) expect(uses).to.match(/^[\w-]+\/[\w-]+@v\d+$/);
        const checkouts = (await text(file)).split("actions/checkout@").slice(1);
        for (const checkout of checkouts) expect(checkout).to.match(/^v\d+\s+with:\s+persist-credentials: false/);
      });

      it("hands tokens to the steps that need them, in their environment, and prints none", async () => {
        for (const { name, run = "", env = {} } of steps) {
          const tokens = Object.keys(env).filter((key) => SECRETS.test(key));
          const needed = ["Preview", "Plan", "Apply"].includes(name ?? "") ? ["HOOD_TOKEN", "PULUMI_ACCESS_TOKEN"] : [];
          expect(tokens, name).to.deep.equal(name === "Comment" ? ["GH_TOKEN"] : needed);
          // What somebody else wrote must not become part of a script.
          expect(run, name).to.not.match(SECRETS).and.not.contain("${{");
        }
        expect((await text(file)).match(/\{\{ secrets\./g)).to.have.length(
          steps.filter(({ env }) => env?.HOOD_TOKEN).length * 2,
        );
      });
    });
  }

  it("previews no fork's pull request, and only the newest commit of one", async () => {
    const { jobs, concurrency } = await readPipeline<Workflow>("github-actions/campaigns-preview.yml");
    expect(jobs.preview?.if).to.equal("github.event.pull_request.head.repo.full_name == github.repository");
    expect(concurrency["cancel-in-progress"]).to.equal(true);
  });

  it("applies one update at a time on GitHub, never breaks one off, and asks before an end for good", async () => {
    const { jobs, concurrency } = await readPipeline<Workflow>("github-actions/campaigns-apply.yml");
    expect(concurrency).to.deep.equal({ group: "campaigns-prod", "cancel-in-progress": false });
    expect(jobs.apply?.environment).to.contain("needs.plan.outputs.code == '2' && 'campaigns-final' || 'campaigns'");
  });

  it("applies one update at a time on GitLab, and what is final by hand", async () => {
    const pipeline = await readPipeline<Record<string, Job>>("gitlab/.gitlab-ci.yml");
    const { preview, note, apply, "apply-final": final } = pipeline;
    expect([apply?.resource_group, final?.resource_group]).to.deep.equal(["campaigns-prod", "campaigns-prod"]);
    expect(final?.rules?.map(({ when }) => when)).to.deep.equal(["manual"]);
    expect(final?.environment?.name).to.equal("campaigns-final");
    const environments = [preview, note, apply, final].map((job) => job?.environment?.name);
    expect(new Set(environments).size).to.equal(4);
    for (const job of [preview, note]) {
      expect(job?.rules?.map((rule) => rule.if)).to.deep.equal([
        "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID",
      ]);
    }
    const scripts = Object.values(pipeline).flatMap(({ script }) => script ?? []);
    expect(scripts.length).to.be.greaterThan(4);
    for (const line of scripts) expect(line).to.not.match(SECRETS);
  });

  it("keeps tokens out of the files for Pulumi Deployments and the Kubernetes operator", async () => {
    const settings = JSON.parse(await text("pulumi-deployments/settings.json"));
    expect(Object.keys(settings.operationContext.environmentVariables)).to.deep.equal(["HOOD_MAX_CANCELLATIONS"]);
    const stacks = parseAllDocuments(await text("kubernetes-operator/stacks.yaml"));
    expect(stacks.flatMap(({ errors }) => errors)).to.deep.equal([]);
    for (const { spec } of stacks.map((stack) => stack.toJS() as StackResource)) {
      expect(Object.keys(spec.envRefs)).to.deep.equal(["HOOD_TOKEN", "PULUMI_ACCESS_TOKEN"]);
      for (const { type } of Object.values(spec.envRefs)) expect(type).to.equal("Secret");
    }
  });

  it("has the Kubernetes operator apply what was approved, and only preview the rest", async () => {
    const documents = parseAllDocuments(await text("kubernetes-operator/stacks.yaml"));
    const specs = documents.map((stack) => (stack.toJS() as StackResource).spec);
    expect(specs.map(({ branch, preview }) => [branch, preview])).to.deep.equal([
      ["main", true],
      ["campaigns-approved", undefined],
    ]);
    expect(specs[1]?.destroyOnFinalize).to.equal(false);
  });

  it("never gets an installed command from elsewhere, and never skips the preview of an update", async () => {
    const files = [
      "github-actions/campaigns-preview.yml",
      "github-actions/campaigns-apply.yml",
      "gitlab/.gitlab-ci.yml",
      "pulumi-deployments/settings.json",
    ];
    for (const file of files) {
      const content = await text(file);
      expect(content.match(/npx .{7}/g), file).to.satisfy((found: string[]) =>
        found.every((call) => call === "npx --no --"),
      );
      expect(content, file).to.not.contain("--skip-preview");
    }
  });
});
