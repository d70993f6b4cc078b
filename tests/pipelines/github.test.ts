import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Checkout, openCheckout, readPipeline } from "./runner";

interface Workflow {
  readonly jobs: Record<string, { readonly steps: readonly { readonly name?: string; readonly run?: string }[] }>;
}

const PAUSE = `new hood.CampaignStatus("terms", { campaignId: "2", reason: "OPS-1", status: "paused" });`;
const END = `new hood.CampaignCancellation("sale", { campaignId: "1", reason: "OPS-1", expectedName: "Spring sale" });`;
const OTHER_END = `new hood.CampaignCancellation("other", { campaignId: "3", reason: "OPS-1" });`;
const WRONG = END.replace("Spring sale", "Autumn sale");
/** From its second run on, the program finds one more. */
const EXCEPT_FIRST = `require("fs").appendFileSync("runs", "x");\nif (require("fs").readFileSync("runs").length > 1) `;

/** Answers as GitHub's CLI would, where the comments are those in the file `comments`, and notes how it was called. */
const GH = `echo "$@" >> gh.calls
case "$*" in *--paginate*) cat comments 2>/dev/null || true ;; esac`;

describe("The shell steps of examples/pipelines/github-actions", function () {
  this.timeout(60_000);
  let checkout: Checkout;
  const steps = new Map<string, string>();

  before(async () => {
    for (const name of ["campaigns-preview", "campaigns-apply"]) {
      const { jobs } = await readPipeline<Workflow>(`github-actions/${name}.yml`);
      for (const step of Object.values(jobs).flatMap((job) => job.steps)) steps.set(step.name ?? "", step.run ?? "");
    }
    const campaigns = ["Spring sale", "Terms", "Other"].map((name, index) => ({
      id: String(index + 1),
      name,
      status: "running",
    }));
    checkout = await openCheckout({ campaigns }, { gh: GH });
  });
  beforeEach(async () => {
    for (const file of ["github.output", "summary.md", "report.md", "gh.calls"]) {
      await rm(join(checkout.folder, file), { force: true });
    }
  });
  after(() => checkout?.remove());

  const run = (step: string, env?: NodeJS.ProcessEnv) => checkout.shell(steps.get(step) ?? "exit 99", env);
  const outputs = async () =>
    Object.fromEntries(
      (await checkout.read("github.output"))
        .trim()
        .split("\n")
        .map((line) => line.split(/=(.*)/s)),
    );

  const previews: [what: string, program: string, code: string, says: string, result: number][] = [
    ["nothing final", PAUSE, "0", "Terms", 0],
    ["an end for good", END, "2", "Spring sale", 0],
    ["a preview that fails", WRONG, "1", "Autumn sale", 1],
  ];
  for (const [what, program, code, says, result] of previews) {
    it(`Preview: ${what} is ${code}, and the run ${result === 0 ? "passes" : "fails"}`, async () => {
      await checkout.program(program);
      const done = await run("Preview");
      expect(done.code, done.text).to.equal(0);
      expect(await outputs()).to.deep.equal({ code });
      expect(await checkout.read("report.md"))
        .to.contain(says)
        .and.match(/\S/);
      expect(await checkout.read("summary.md")).to.equal(await checkout.read("report.md"));
      expect((await run("Result", { CODE: code })).code).to.equal(result);
      expect(checkout.calls()).to.deep.equal([]);
    });
  }

  it("Preview: says where to look when there is no report at all", async () => {
    await run("Preview", { PULUMI_CONFIG_PASSPHRASE: "", PULUMI_BACKEND_URL: "file:///nowhere" });
    expect(await outputs()).to.deep.equal({ code: "1" });
    expect(await checkout.read("report.md")).to.equal("The preview failed: see the log of its run.\n");
  });

  it("Comment: writes one, and then renews that one", async () => {
    const env = { NUMBER: "12", GITHUB_REPOSITORY: "acme/campaigns" };
    const comment = `printf '%s' "$LONG" > report.md; ${steps.get("Comment")}`;
    const report = "x".repeat(60_000);
    const first = await checkout.shell(comment, { ...env, LONG: report });
    expect(first.code, first.text).to.equal(0);
    expect((await checkout.read("gh.calls")).trim().split("\n")[1]).to.equal(
      "api repos/acme/campaigns/issues/12/comments --method POST --field body=@comment.md --silent",
    );
    expect(await checkout.read("comment.md")).to.equal(`<!-- hood-plan prod -->\n${report}`);

    const second = await checkout.shell(`printf '77\\n78\\n' > comments; ${comment}`, { ...env, LONG: "x" });
    expect(second.code, second.text).to.equal(0);
    expect((await checkout.read("gh.calls")).trim().split("\n").at(-1)).to.equal(
      "api repos/acme/campaigns/issues/comments/77 --method PATCH --field body=@comment.md --silent",
    );
  });

  it("Plan: a preview that fails stops the run", async () => {
    await checkout.program(WRONG);
    expect((await run("Plan")).code).to.not.equal(0);
  });

  it("Apply: refuses to end other campaigns than those that were approved", async () => {
    await checkout.program(END);
    const plan = await run("Plan");
    expect(plan.code, plan.text).to.equal(0);
    const { code, ends } = await outputs();
    expect(code).to.equal("2");

    await checkout.program(END + OTHER_END);
    const refused = await run("Apply", { APPROVED: ends });
    expect(refused.code).to.equal(1);
    expect(refused.text).to.contain("would end other campaigns");
    expect(checkout.calls()).to.deep.equal([]);
  });

  it("Apply: does nothing that its own preview didn't plan", async () => {
    await checkout.program(END);
    await run("Plan");
    const { ends } = await outputs();
    await checkout.program(`${END}\n${EXCEPT_FIRST}${OTHER_END}`);
    const refused = await run("Apply", { APPROVED: ends });
    expect(refused.code).to.not.equal(0);
    expect(refused.text).to.contain("create is not allowed by the plan");
    expect(checkout.calls()).to.deep.equal([]);
  });

  it("Apply: applies what was approved, once", async () => {
    await checkout.program(END + PAUSE);
    await run("Plan");
    const { ends } = await outputs();
    const done = await run("Apply", { APPROVED: ends });
    expect(done.code, done.text).to.equal(0);
    expect(checkout.calls()).to.have.members(["1/cancel", "2/pause"]);

    const again = await run("Apply", { APPROVED: "" });
    expect(again.code, again.text).to.equal(0);
    expect(checkout.calls()).to.have.length(2);
  });
});
