import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import ts from "typescript";
import { parse } from "yaml";
import { assumptions } from "../../doctor/assumptions";
import * as endpoints from "../../provider/hood/endpoints";
import { version } from "../../provider/hood/transport";
import { transitions } from "../../provider/lifecycle";
import { type Simulator, startSimulator } from "../../simulator";
import { ROOT } from "../../tools/package";
import { doctorPage } from "../../tools/samples";
import { blockOf } from "../package/repository";
import {
  AUTHORITY,
  askFor,
  type ConnectProxy,
  connectTo,
  refuseWith,
  startConnectProxy,
  startSecureFront,
} from "../support/companyNetwork";
import { CANARY, campaigns, doctor, examined, SECRETS, type Setup, TOKEN } from "./run";

const MAIN = join(ROOT, "dist/doctor/main.js");

/** Runs it in a process of its own. */
function started(file: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd = "/") {
  return new Promise<{ code: unknown; out: string; all: string }>((resolve) => {
    execFile(file, args, { cwd, env }, (error, out, err) => resolve({ code: error?.code ?? 0, out, all: out + err }));
  });
}

interface Schema {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, { readonly items?: Schema }>>;
}

/** An account that says most in its own words. */
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
  for (const args of [[], ["--json"], ["--report"], ["--quick"]]) {
    it(`holds no name, no id and no token, with ${args[0] ?? "no option"}`, async () => {
      for (const setup of [{}, talkative]) {
        const { out, progress } = await examined({ ...setup, args });
        expect(out + progress).not.to.match(SECRETS);
        expect(out).to.contain("statuses");
      }
    });
  }

  it("in a terminal has colours, and one line of progress", async () => {
    const { out, progress } = await examined({ args: ["--quick"], isTTY: true });
    expect(out).to.contain("\u001b[32mok      \u001b[0m path");
    expect(progress).not.to.contain("\n");
    const plain = await examined({ args: ["--quick"], isTTY: true, environment: { NO_COLOR: "1" } });
    expect(plain.out).not.to.contain("\u001b");
  });

  it("has five requests at the most with --quick, and says of the rest that it wasn't looked for", async () => {
    const { hood, out, code } = await examined({ args: ["--quick"] });
    expect(hood.requests).to.have.length(5);
    expect(out).to.match(/^unknown +sort +the 5 requests of a run are used up$/m);
    expect(code).to.equal(0);
  });

  it("answers --help and --version, and no other argument", async () => {
    expect((await doctor(["--help"], {})).out).to.contain("npx -p pulumi-ocamba-hood hood-doctor [options]");
    expect((await doctor(["--version"], {})).out).to.equal(`${version}\n`);
    for (const args of [[TOKEN], ["--nothing"], ["--json", "--report"]]) {
      const { code, out, progress } = await doctor(args, {});
      expect([code, out]).to.deep.equal([1, ""]);
      expect(progress)
        .to.match(/^Could not read the arguments/)
        .and.not.match(SECRETS);
    }
  });

  it("is what docs/doctor.md shows; if not, run `npm run samples`", async () => {
    expect(await readFile(join(ROOT, "docs/doctor.md"), "utf8")).to.equal(await doctorPage());
  });

  it("has the form that docs/doctor.md gives for --json", async () => {
    const { properties, required }: Schema = JSON.parse(await blockOf("docs/doctor.md", "json"));
    const report = JSON.parse((await examined({ args: ["--json"] })).out);
    expect(Object.keys(report)).to.deep.equal(Object.keys(properties)).and.deep.equal(required);
    for (const line of report.assumptions) {
      expect(Object.keys(line)).to.deep.equal(properties.assumptions?.items?.required);
      expect(Object.values(line)).to.satisfy((all: unknown[]) => all.every((one) => typeof one === "string" && one));
    }
  });

  it("is what the template of a bug report asks for", async () => {
    const { body } = parse(await readFile(join(ROOT, ".github/ISSUE_TEMPLATE/bug.yml"), "utf8"));
    const asked = body.find(({ id }: { id?: string }) => id === "doctor");
    expect(asked.attributes.description).to.contain("`npx -p pulumi-ocamba-hood hood-doctor --report`");
    expect(asked.validations.required).to.equal(true);
  });
});

describe("hood-doctor's settings", () => {
  let hood: Simulator;
  let folder: string;
  let given: { readonly HOOD_TOKEN: string; readonly HOOD_ENDPOINT: string };
  before(async () => {
    hood = await startSimulator({ token: TOKEN, campaigns: campaigns(3) });
    given = { HOOD_TOKEN: TOKEN, HOOD_ENDPOINT: hood.url };
    folder = await mkdtemp(join(tmpdir(), "hood-doctor-"));
    for (const name of ["bin", "deep"]) await mkdir(join(folder, name));
    await writeFile(join(folder, "Pulumi.yaml"), "name: x\nruntime: nodejs\n");
  });
  after(async () => {
    await hood.close();
    await rm(folder, { recursive: true });
  });

  /** Runs it in a project, where `pulumi` is a script. */
  const withPulumi = async (script: string, environment: NodeJS.ProcessEnv) => {
    await writeFile(join(folder, "bin/pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const PATH = [join(folder, "bin"), "/usr/bin", "/bin"].join(delimiter);
    hood.clearRequests();
    const run = await doctor(["--quick"], { PATH, ...environment }, { cwd: join(folder, "deep") });
    expect(run.out + run.progress).not.to.match(SECRETS);
    return run;
  };

  it("come from the stack's config, secrets too, and from the environment, which wins", async () => {
    const config = {
      "hood:token": { value: "another", secret: true },
      "hood:endpoint": { value: hood.url, secret: false },
    };
    const { out, code } = await withPulumi(
      `[ "$*" = "config --json --show-secrets --non-interactive" ] || exit 3\ncat <<'EOF'\n${JSON.stringify(config)}\nEOF`,
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
    ["asks for a passphrase", "read answer </dev/tty && read more || exit 9", /^unknown +config .* \(exit code 9\)/m],
    ["prints without end", "yes", /^unknown +config +`pulumi config` printed too much/m],
  ] as const;
  for (const [what, script, line] of wrong) {
    it(`come from the environment alone if \`pulumi config\` ${what}`, async () => {
      const { out, code } = await withPulumi(script, given);
      expect(out)
        .to.match(line)
        .and.to.match(/^ok +token/m);
      expect(code).to.equal(0);
    });
  }

  it("come from the environment alone if there is no `pulumi`", async () => {
    const { out } = await doctor(["--quick"], { ...given, PATH: "/nowhere" }, { cwd: folder });
    expect(out).to.match(/^unknown +config +`pulumi` can't be started/m);
  });

  it("are named if they can't be used, without their values, and nothing is sent", async () => {
    const HOOD_ENDPOINT = `https://${CANARY}:${TOKEN}@hood.example`;
    const unusable = await withPulumi("exit 1", { HOOD_TOKEN: TOKEN, HOOD_ENDPOINT, HOOD_TIMEOUT: TOKEN });
    const names = "hood:endpoint \\(or HOOD_ENDPOINT\\), hood:timeout \\(or HOOD_TIMEOUT\\)";
    expect(unusable.out).to.match(new RegExp(`^differs +settings +can't be used: ${names}$`, "m"));
    const without = await withPulumi("exit 1", { HOOD_ENDPOINT: hood.url });
    expect(without.out).to.match(/^differs +token +there is none$/m);
    expect([unusable.code, without.code, hood.requests.length]).to.deep.equal([1, 1, 0]);
  });

  const surroundings = [
    ["standard error can't be written to", `"$@" 2>/dev/full`],
    ["standard output can't be written to", `"$@" >/dev/full 2>&1; code=$?; "$@" --version >/dev/null; exit $code`],
    ["nobody reads it", `exec 3>&1; { "$@" 2>&3; echo $? >&3; } | true`],
    ["its folder is gone", `mkdir gone && cd gone && rmdir ../gone && "$@"`],
  ] as const;
  for (const [what, script] of surroundings) {
    it(`end in no stack trace if ${what}`, async () => {
      const args = ["-c", script, "sh", process.execPath, MAIN, "--quick"];
      const { code, all } = await started("sh", args, { ...process.env, ...given }, folder);
      expect(code).to.equal(0);
      expect(all).not.to.match(/^ +at |Error/m);
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
    const { out } = await started(process.execPath, [MAIN, "--quick", "--json"], given);
    expect(JSON.parse(out)).to.include({ format: 1, requests: 5, exitCode: 0 });
    const { code } = await started(process.execPath, [MAIN, "--quick"], { HOOD_ENDPOINT: hood.url });
    expect(code).to.equal(1);
  });
});

describe("hood-doctor, behind a company's proxy", () => {
  let hood: Simulator;
  let front: Awaited<ReturnType<typeof startSecureFront>>;
  let proxy: ConnectProxy;
  before(async () => {
    hood = await startSimulator({ token: TOKEN, campaigns: campaigns(3) });
    front = await startSecureFront(Number(new URL(hood.url).port));
    proxy = await startConnectProxy(connectTo(front.port));
  });
  after(async () => {
    await proxy.close();
    front.close();
    await hood.close();
  });

  type Does = Parameters<ConnectProxy["does"]>[0];
  const open: Does = (...how) => connectTo(front.port)(...how);
  const [untrusting, unusable] = [{ NODE_EXTRA_CA_CERTS: "" }, { HTTPS_PROXY: `socks://${CANARY}` }];
  const SEEN =
    /^ok +certificate +trusted\ndiffers +authority .*\n(?: .*\n)*differs +proxy +the proxy that HTTPS_PROXY names$/m;
  const UNTRUSTED = /^differs +certificate +it isn't \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)$/m;
  const UNUSABLE = /^differs +settings +can't be used: what else is in the environment, such as HTTPS_PROXY$/m;
  const rows: readonly [what: string, does: Does, more: NodeJS.ProcessEnv, code: number, line: RegExp][] = [
    ["sees the proxy and the company's authority", askFor(`${CANARY}:${CANARY}`, open), {}, 2, SEEN],
    ["sees that it asks for another user", refuseWith(407), {}, 1, /^differs +connection +the proxy refuses it$/m],
    ["sees that it doesn't get through", refuseWith(502), {}, 1, /^differs +connection +not by way of the proxy/m],
    ["sees that nobody trusts the certificate", open, untrusting, 1, UNTRUSTED],
    ["names a proxy that can't be used", refuseWith(200), unusable, 1, UNUSABLE],
  ];
  for (const [what, does, more, code, line] of rows) {
    it(what, async () => {
      proxy.does(does);
      const env = {
        HOOD_TOKEN: TOKEN,
        HOOD_ENDPOINT: "https://hood.test/v1/hood",
        HTTPS_PROXY: `http://${CANARY}:${CANARY}@${proxy.host}`,
        NODE_EXTRA_CA_CERTS: AUTHORITY,
        ...more,
      };
      const ran = await started(process.execPath, [MAIN, "--quick"], env);
      expect(ran.all)
        .not.to.match(SECRETS)
        .and.not.match(/hood\.test|127\.0\.0\.1/);
      expect(ran.out).to.match(line);
      expect(ran.code).to.equal(code);
    });
  }
});

/** What the rows name, in whatever case: paths, parameters, headers, fields, HTTP statuses. */
const named = assumptions.map((row) => Object.values(row).join(" ")).join("\n");
const isNamed = (word: string) =>
  new RegExp(`(?<![\\w-])${word.replace(/[^\w-]/g, "\\$&")}(?![\\w-])`, "i").test(named);

function textsIn(folder: string): string[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".ts")).map((file) => readFileSync(join(ROOT, folder, file), "utf8"));
}

const WITHOUT_COMMENTS = { compilerOptions: { removeComments: true, target: ts.ScriptTarget.ESNext } };
const hood = textsIn("provider/hood").map((text) => ts.transpileModule(text, WITHOUT_COMMENTS).outputText);

function found(pattern: RegExp): string[] {
  return hood.flatMap((code) => [...code.matchAll(pattern)].map(([, one = ""]) => one));
}

/** Each word that a part of the code relies on, if the parts can be told by their form. What is inferred in another way can't be. */
const relied: Readonly<Record<string, () => string[]>> = {
  "every path": () =>
    ["cancel", "pause", "resume"]
      .map((action) => endpoints.actOnCampaign("{id}", action as "cancel"))
      .concat(endpoints.viewCampaign("{id}"), endpoints.editCampaign("{id}"), endpoints.createCampaign())
      .map(({ path }) => path),
  "every query parameter": () => {
    const { path } = endpoints.listCampaigns({ status: ["a"], q: "b", fields: ["c"], sort: "d" }, 1, 2);
    const { searchParams } = new URL(path, "http://127.0.0.1");
    return [...searchParams.keys(), ...(searchParams.get("status") ?? "").split("a")].filter(Boolean);
  },
  "every header of an answer": () => found(/(?:\bheader\(|\bheaders\[)"([\w-]+)"/g),
  "every field of an answer": () => found(/\b(?:body|item|fields|envelope)\.([a-z_]+)\b(?!\()/g),
  "every field that is asked for": () =>
    found(/(?:fields: |FIELDS = )\[([^\]]+)\]/g).flatMap((list) =>
      [...list.matchAll(/"(\w+)"/g)].map(([, one = ""]) => one),
    ),
  "every status of an answer": () =>
    hood.flatMap((code) =>
      code
        .split("\n")
        .flatMap((line) =>
          /status|CREATED|NO_CONTENT/.test(line)
            ? [...line.matchAll(/(?:[=[ ]|\/)\^?\[?([2-5](?:\d\d)?)(?=[-\],;) /&|]|$)/g)].map(([, one = ""]) =>
                one.padEnd(3, "0"),
              )
            : [],
        ),
    ),
  "every way from status to status": () => transitions.map(({ by }) => by),
};

describe("The table of assumptions", () => {
  for (const [what, words] of Object.entries(relied)) {
    it(`has ${what} that the provider relies on`, () => {
      const all = [...new Set(words())];
      expect(all).to.have.length.of.at.least(5);
      expect(all.filter((word) => !isNamed(word))).to.deep.equal([]);
    });
  }

  it("has every endpoint that there is", () => {
    const known = ["viewCampaign", "actOnCampaign", "createCampaign", "editCampaign", "listCampaigns"];
    expect(Object.keys(endpoints)).to.have.members(known);
  });

  it("is pointed to by the provider's comments, each row where it is relied on", () => {
    const comments = textsIn("provider").map((text) => text.replace(/\n\s*\*(?!\/)/g, " "));
    const names = comments.flatMap((text) =>
      [...text.matchAll(/doctor\/assumptions\.ts: (\w+(?:,\s+\w+)*)/g)].flatMap(([, list = ""]) => list.split(/,\s+/)),
    );
    expect(names).to.have.members(assumptions.map(({ name }) => name));
  });

  it("says of each row what it stands on, in whole sentences", () => {
    for (const { name, standsOn, holds, otherwise } of assumptions) {
      expect(standsOn, name).to.match(/documented|inferred|this package|Pulumi|HTTP/);
      for (const sentence of [holds, otherwise]) expect(sentence, name).to.match(/^\S[\s\S]*[.]$/);
    }
    expect(assumptions).to.have.length.above(40);
  });
});
