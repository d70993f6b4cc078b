import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ROOT } from "../../tools/root";
import { CANARY, campaigns, doctor, examined, SECRETS, type Setup, TOKEN } from "./run";

const MAIN = join(ROOT, "dist/doctor/main.js");

/** Disguises in which an account says most, in its own words. */
const talkative: Setup = {
  faults: [
    {
      match: ({ path }) => /9{18}|in:/.test(path),
      fault: { kind: "status", status: 400, message: `${CANARY} 770001248 ${TOKEN}` },
    },
    {
      match: ({ path }) => path.includes("page=2"),
      fault: { kind: "changed", change: (body) => ({ ...body, total: CANARY, extra: TOKEN }) },
    },
  ],
  account: { campaigns: campaigns(60, { status: CANARY, labels: [CANARY, TOKEN], [CANARY]: CANARY }) },
};

describe("hood-doctor's output", () => {
  for (const format of [[], ["--json"], ["--report"], ["--quick"]] as const) {
    it(`holds no name, no id and no token, with ${format[0] ?? "no option"}`, async () => {
      for (const setup of [{}, talkative]) {
        const { out, progress } = await examined({ ...setup, args: format });
        expect(out + progress).not.to.match(SECRETS);
        expect(out).to.contain("statuses");
      }
    });
  }

  it("in a terminal has colours, and one line of progress", async () => {
    const hood = await startSimulator({ token: TOKEN });
    const environment = { HOOD_ENDPOINT: hood.url, HOOD_TOKEN: TOKEN };
    try {
      const { out, progress } = await doctor(["--quick"], environment, { isTTY: true });
      expect(out).to.contain("\u001b[32mok      \u001b[0m path");
      expect(progress).not.to.contain("\n");
      const plain = await doctor(["--quick"], { ...environment, NO_COLOR: "1" }, { isTTY: true });
      expect(plain.out).not.to.contain("\u001b");
    } finally {
      await hood.close();
    }
  });

  it("has five requests at the most with --quick, and says of the rest that it wasn't looked for", async () => {
    const { hood, out, code } = await examined({ args: ["--quick"] });
    expect(hood.requests).to.have.length(5);
    expect(out).to.match(/^unknown +sort +the 5 requests of a run are used up$/m);
    expect(code).to.equal(0);
  });

  it("answers --help and --version, and no other argument", async () => {
    expect((await doctor(["--help"], {})).out).to.contain("npx -p pulumi-ocamba-hood hood-doctor [options]");
    const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    expect((await doctor(["--version"], {})).out).to.equal(`${version}\n`);
    for (const args of [[TOKEN], ["--nothing"], ["--json", "--report"]]) {
      const { code, out, progress } = await doctor(args, {});
      expect([code, out]).to.deep.equal([1, ""]);
      expect(progress)
        .to.match(/^Could not read the arguments/)
        .and.not.match(SECRETS);
    }
  });
});

describe("hood-doctor's settings", () => {
  let folder: string;
  let hood: Simulator;
  before(async () => {
    hood = await startSimulator({ token: TOKEN, campaigns: campaigns(3) });
  });
  after(() => hood.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hood doctor "));
    await mkdir(join(folder, "bin"));
    await mkdir(join(folder, "deep"));
    await writeFile(join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Runs with a command in Pulumi's place, which the provider's tests with the real CLI show to be asked in the right way. */
  const withPulumi = async (script: string, environment: NodeJS.ProcessEnv = {}) => {
    await writeFile(join(folder, "bin/pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const PATH = [join(folder, "bin"), "/usr/bin", "/bin"].join(delimiter);
    return doctor(["--quick"], { PATH, ...environment }, { cwd: join(folder, "deep") });
  };
  const answer = (values: object) => `cat <<'EOF'\n${JSON.stringify(values)}\nEOF`;

  it("come from the stack's config, secrets too, and from the environment, which wins", async () => {
    const config = {
      "hood:token": { value: "another", secret: true },
      "hood:endpoint": { value: hood.url, secret: false },
    };
    const { out, code } = await withPulumi(
      `[ "$*" = "config --json --show-secrets --non-interactive" ] || exit 3\n${answer(config)}`,
      { HOOD_TOKEN: TOKEN },
    );
    expect(out)
      .to.match(/^ok +config +read, by `pulumi config`$/m)
      .and.match(/^ok +settings +2 settings given$/m);
    expect(code).to.equal(0);
  });

  const wrong = [
    ["isn't JSON", `echo '${TOKEN}'`, /^unknown +config +`pulumi config` answered with something that isn't JSON/m],
    ["fails, and says why", `echo ${TOKEN} >&2; exit 7`, /^unknown +config +`pulumi config` failed \(exit code 7\)/m],
    [
      "asks for a passphrase",
      "read answer </dev/tty && read more || exit 9",
      /^unknown +config +`pulumi config` failed \(exit code 9\)/m,
    ],
    ["prints without end", "yes", /^unknown +config +`pulumi config` printed too much/m],
  ] as const;
  for (const [what, script, line] of wrong) {
    it(`come from the environment alone if \`pulumi config\` ${what}`, async () => {
      const { out, progress, code } = await withPulumi(script, { HOOD_TOKEN: TOKEN, HOOD_ENDPOINT: hood.url });
      expect(out)
        .to.match(line)
        .and.match(/^ok +token/m);
      expect(out + progress).not.to.match(SECRETS);
      expect(code).to.equal(0);
    });
  }

  it("are named if they can't be used, without their values", async () => {
    hood.clearRequests();
    const endpoint = `https://${CANARY}:${TOKEN}@hood.example`;
    const { out, progress, code } = await withPulumi("exit 1", {
      HOOD_TOKEN: TOKEN,
      HOOD_ENDPOINT: endpoint,
      HOOD_TIMEOUT: TOKEN,
    });
    expect(out).to.match(
      /^differs +settings +can't be used: hood:endpoint \(or HOOD_ENDPOINT\), hood:timeout \(or HOOD_TIMEOUT\)$/m,
    );
    expect(out + progress).not.to.match(SECRETS);
    expect([code, hood.requests.length]).to.deep.equal([1, 0]);
  });

  it("without a token, send nothing", async () => {
    hood.clearRequests();
    const { out, code } = await withPulumi("exit 1", { HOOD_ENDPOINT: hood.url });
    expect(out).to.match(/^differs +token +there is none$/m);
    expect([code, hood.requests.length]).to.deep.equal([1, 0]);
  });

  const surroundings = [
    ["standard error can't be written to", `"$@" 2>/dev/full`],
    ["standard output can't be written to", `"$@" >/dev/full 2>&1; code=$?; "$@" --version >/dev/null; exit $code`],
    ["nobody reads it", `exec 3>&1; { "$@" 2>&3; echo $? >&3; } | true`],
    ["its folder is gone", `mkdir gone && cd gone && rmdir ../gone && "$@"`],
  ] as const;
  for (const [what, script] of surroundings) {
    it(`end in no stack trace if ${what}`, async () => {
      const env = { ...process.env, HOOD_TOKEN: TOKEN, HOOD_ENDPOINT: hood.url };
      const args = ["-c", script, "sh", process.execPath, MAIN, "--quick"];
      const { stdout, stderr } = await promisify(execFile)("sh", args, { env, cwd: folder });
      expect(stdout + stderr).not.to.match(/^ +at |Error/m);
    });
  }

  it("leave nothing behind on Ctrl-C", async () => {
    await writeFile(join(folder, "bin/pulumi"), "#!/bin/sh\necho $$ >../started\nexec sleep 1000\n", { mode: 0o755 });
    const PATH = [join(folder, "bin"), process.env.PATH].join(delimiter);
    const child = spawn(process.execPath, [MAIN], { cwd: join(folder, "deep"), env: { PATH }, stdio: "ignore" });
    const pid = async () => Number(await readFile(join(folder, "started"), "utf8").catch(() => 0));
    while (!(await pid())) await setTimeout(20);
    child.kill("SIGINT");
    expect(await once(child, "exit")).to.deep.equal([130, null]);
    while (existsSync(`/proc/${await pid()}/exe`)) await setTimeout(20);
  });

  it("hold in a process of its own, whose exit code they decide", async () => {
    const env = { HOOD_TOKEN: TOKEN, HOOD_ENDPOINT: hood.url };
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, "--quick", "--json"], { env, cwd: "/" });
    expect(JSON.parse(stdout)).to.include({ format: 1, requests: 5, exitCode: 0 });
    const failed = promisify(execFile)(process.execPath, [MAIN, "--quick"], {
      env: { HOOD_ENDPOINT: hood.url },
      cwd: "/",
    });
    expect(await failed.catch(({ code }) => code)).to.equal(1);
  });
});
