import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { ROOT } from "../../tools/root";
import { PIPELINES } from "./runner";

const run = promisify(execFile);

/** It brings the schemas that the services publish for their own files. */
const CHECKER = "check-jsonschema==0.39.0";

interface Checked {
  readonly file: string;
  readonly args: readonly string[];
  /** What the schema must not take. */
  readonly broken: readonly [from: string, to: string];
}

const files: readonly Checked[] = [
  {
    file: join(PIPELINES, "gitlab/.gitlab-ci.yml"),
    args: ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
    broken: ["interruptible: true", "interruptible: perhaps"],
  },
  {
    file: join(ROOT, ".github/dependabot.yml"),
    args: ["--builtin-schema", "vendor.dependabot"],
    broken: ["interval: monthly", "interval: sometimes"],
  },
];

describe("The schemas that services publish", function () {
  this.timeout(120_000);
  let scratch: string;
  let check: (args: readonly string[], file: string) => Promise<unknown>;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "hood schemas "));
    const bin = join(scratch, "venv/bin");
    await run("python3", ["-m", "venv", join(scratch, "venv")]);
    await run(join(bin, "python3"), [
      ...["-m", "pip", "install", "--quiet", "--only-binary=:all:", "--disable-pip-version-check", CHECKER],
    ]);
    check = (args, file) => run(join(bin, "python3"), ["-m", "check_jsonschema", ...args, file]);
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  for (const { file, args, broken } of files) {
    const name = file.replace(`${ROOT}/`, "");

    it(`take ${name}`, () => check(args, file));

    it(`don't take ${name} with "${broken[1]}"`, async () => {
      const text = await readFile(file, "utf8");
      expect(text).to.contain(broken[0]);
      const copy = join(scratch, "broken.yml");
      await writeFile(copy, text.replace(broken[0], broken[1]));
      const refused = await check(args, copy).catch((error: { stdout: string }) => error.stdout);
      expect(refused).to.contain("Schema validation errors were encountered");
    });
  }
});
