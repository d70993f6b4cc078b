import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { CLOUD_SDK_VERSION } from "../../tools/engine/parts";
import { ROOT } from "../../tools/root";
import { type Check, type Checks, openChecks } from "./schemas";

interface Checked {
  readonly file: string;
  /** Makes the schema see what it would pass over. */
  readonly shown?: (text: string) => string;
  check(checks: Checks): Check;
  readonly broken: readonly Broken[];
}

interface Broken {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  /** What the schema must say of it. */
  readonly refusal: string;
}

const files: readonly Checked[] = [
  {
    file: "examples/pipelines/gitlab/.gitlab-ci.yml",
    // A name with a dot is that of a template, in which the schema takes anything; it is to be good as a part of a job.
    shown: (text) => text.replaceAll(/(^|extends: )\.(?=\w)/gm, "$1"),
    check: ({ published }) => published("vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
    broken: [
      {
        what: "a job's unknown key",
        from: "interruptible: true",
        to: "interruptable: true",
        refusal: "'interruptable' was unexpected",
      },
      {
        what: "a template's unknown key",
        from: "before_script:",
        to: "before_scripts:",
        refusal: "'before_scripts' was unexpected",
      },
      { what: "a wrong type", from: "exit_codes: [2]", to: "exit_codes: two", refusal: "'two' is not" },
      { what: "an unknown choice", from: "action: access", to: "action: use", refusal: "'use' is not one of" },
    ],
  },
  {
    file: ".github/dependabot.yml",
    check: ({ published }) => published("vendor.dependabot"),
    broken: [
      {
        what: "an unknown choice",
        from: "interval: monthly",
        to: "interval: sometimes",
        refusal: "'sometimes' is not one of",
      },
      { what: "an unknown key", from: "schedule:", to: "schedules:", refusal: "'schedules' was unexpected" },
    ],
  },
  {
    file: "examples/pipelines/pulumi-deployments/settings.json",
    check: ({ deploymentSettings }) => deploymentSettings,
    broken: [
      {
        what: "an unknown key",
        from: '"previewPullRequests"',
        to: '"previewPullRequest"',
        refusal: "unknown: gitHub.previewPullRequest = true",
      },
      {
        what: "a key missing",
        from: '"pullRequestTemplate"',
        to: '"template"',
        refusal: "missing: gitHub.pullRequestTemplate = null",
      },
      {
        what: "a wrong type",
        from: '"skipInstallDependencies": true',
        to: '"skipInstallDependencies": "yes"',
        refusal: "cannot unmarshal string",
      },
      {
        what: "a wrong type of a variable",
        from: '"HOOD_MAX_CANCELLATIONS": "10"',
        to: '"HOOD_MAX_CANCELLATIONS": 10',
        refusal: "cannot unmarshal number",
      },
    ],
  },
];

describe("The services' own schemas", function () {
  // What checks is made once on a machine.
  this.timeout(240_000);
  let checks: Checks;
  before(async () => {
    checks = await openChecks();
  });

  for (const { file, shown = (text: string) => text, check, broken } of files) {
    describe(file, () => {
      let text: string;
      before(async () => {
        text = shown(await readFile(join(ROOT, file), "utf8"));
      });

      it("is taken", async () => {
        expect(await check(checks)(text)).to.equal("");
      });

      for (const { what, from, to, refusal } of broken) {
        it(`is refused with ${what}`, async () => {
          expect(text).to.contain(from);
          expect(await check(checks)(text.replace(from, to))).to.contain(refusal);
        });
      }
    });
  }

  it("come from the release that the name in the cache says", async () => {
    const goMod = await readFile(join(ROOT, "tools/engine/deployment-settings/go.mod"), "utf8");
    expect(goMod).to.contain(`github.com/pulumi/pulumi-cloud-sdk/go v${CLOUD_SDK_VERSION}\n`);
  });
});
