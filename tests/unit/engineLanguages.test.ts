import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { engineEntry } from "../../tools/engine/cache";
import { ensureLanguages } from "../../tools/engine/languages";
import { PYTHON_HOST_VERSION, PYTHON_SDK_VERSION, YAML_HOST_VERSION } from "../../tools/engine/parts";

const HOSTS = ["pulumi-language-yaml", "pulumi-language-python", "pulumi-language-python-exec"];

/** Writes what it is told to build, and knows where the sources of the Python host lie. */
const GO = `
case "$1" in
  build) while [ "$1" != -o ]; do shift; done; echo built > "$2"; chmod +x "$2" ;;
  list) echo "$SOURCES/pulumi-language-python" ;;
esac`;

/** Makes environments whose `pip` is a script that names its folder, and installs whatever it is asked for. */
const PYTHON = `
case "$1 $2" in
  "-c "*) echo 3.11 ;;
  "-m venv")
    mkdir -p "$3/bin"; cp "$0" "$3/bin/python3"; echo "#!$3/bin/python3" > "$3/bin/pip" ;;
  "-m pip")
    for wanted; do :; done; echo "$wanted" > "\${0%/*}/../installed" ;;
esac`;

describe("language hosts for YAML and Python", () => {
  let root: string;
  let bin: string;
  let cache: string;
  let env: NodeJS.ProcessEnv;
  let lines: string[];
  let calls: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "engine-languages-"));
    bin = path.join(root, "bin");
    cache = path.join(root, "cache", "pulumi-ocamba-hood");
    calls = path.join(root, "calls");
    const sources = path.join(root, "sources");
    env = {
      PATH: [bin, "/usr/bin", "/bin"].join(path.delimiter),
      XDG_CACHE_HOME: path.dirname(cache),
      SOURCES: sources,
    };
    lines = [];
    mkdirSync(path.join(sources, "pulumi-language-python"), { recursive: true });
    writeFileSync(path.join(sources, "pulumi-language-python-exec"), "the script", { mode: 0o444 });
    command("pulumi", "echo v3.274.1");
    command("pulumi-language-nodejs", "");
    command("go", GO);
    command("python3", PYTHON);
    writeFileSync(calls, "");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** A command on PATH that notes how it was called. */
  function command(name: string, does: string): void {
    mkdirSync(bin, { recursive: true });
    const note = `echo "${name} $*" >> "${calls}"`;
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${note}\n${does}\n`, { mode: 0o755 });
  }

  const ensure = () => ensureLanguages({ env, sleep: () => setImmediate(), progress: (line) => lines.push(line) });
  const failureOf = (made: Promise<unknown>) =>
    made.then(
      () => "nothing failed",
      (error: Error) => error.message,
    );
  const hosts = () => path.join(cache, `yaml-${YAML_HOST_VERSION}-python-${PYTHON_HOST_VERSION}`, "bin");
  const python = () => path.join(cache, `pulumi-${PYTHON_SDK_VERSION}-for-python-3.11`);

  it("takes the hosts that came with the CLI, and builds none", async () => {
    for (const name of HOSTS) command(name, "");
    expect(await ensure()).to.deep.equal({ bin, hosts: [], python: python() });
    expect(readFileSync(calls, "utf8")).to.not.match(/^go /m);
  });

  for (const missing of HOSTS) {
    it(`builds the hosts when the CLI on PATH came without ${missing}`, async () => {
      for (const name of HOSTS) if (name !== missing) command(name, "");
      expect((await ensure()).hosts).to.deep.equal([hosts()]);
      expect(readdirSync(hosts())).to.have.members(HOSTS);
      expect(readFileSync(path.join(hosts(), "pulumi-language-python-exec"), "utf8")).to.equal("the script");
    });
  }

  it("puts a CLI from the cache beside the hosts, and leaves the engine's own entry as it is", async () => {
    const engine = engineEntry(env).folder;
    rmSync(path.join(bin, "pulumi"));
    writeFileSync(path.join(bin, "pulumi-language-yaml"), "of another version", { mode: 0o755 });
    const parts = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
    mkdirSync(path.join(engine, "bin"), { recursive: true });
    for (const name of parts) writeFileSync(path.join(engine, "bin", name), name, { mode: 0o755 });

    const together = path.join(`${engine}-yaml-${YAML_HOST_VERSION}-python-${PYTHON_HOST_VERSION}`, "bin");
    expect(await ensure()).to.deep.equal({ bin: together, hosts: [], python: python() });
    expect(readdirSync(together)).to.have.members([...parts, ...HOSTS]);
    expect(readFileSync(path.join(together, "pulumi"), "utf8")).to.equal("pulumi");
    expect(readdirSync(path.join(engine, "bin"))).to.have.members(parts);
  });

  it("makes everything once, and leaves nothing beside it", async () => {
    const first = await ensure();
    const called = readFileSync(calls, "utf8");
    expect(await ensure()).to.deep.equal(first);
    expect(readFileSync(calls, "utf8").match(/^go build/gm)).to.have.length(2);
    expect(called.match(/^python3 -m (venv|pip)/gm)).to.have.length(2);
    expect(readFileSync(calls, "utf8").match(/^python3 -m (venv|pip)/gm)).to.have.length(2);
    expect(readdirSync(cache)).to.have.members(
      [hosts(), python()].map((folder) => path.relative(cache, folder).split("/")[0]),
    );
    expect(lines).to.include.members([
      `Building the YAML language host ${YAML_HOST_VERSION} with Go`,
      `Building the Python language host ${PYTHON_HOST_VERSION} with Go`,
      `Installing Pulumi ${PYTHON_SDK_VERSION} for Python with pip`,
    ]);
  });

  it("builds once for two callers at the same time", async () => {
    const [one, other] = await Promise.all([ensure(), ensure()]);
    expect(one).to.deep.equal(other);
    expect(readFileSync(calls, "utf8").match(/^go build/gm)).to.have.length(2);
  });

  it("installs the pinned package into an environment whose scripts know where it lies", async () => {
    expect((await ensure()).python).to.equal(python());
    expect(readFileSync(path.join(python(), "installed"), "utf8")).to.equal(`pulumi==${PYTHON_SDK_VERSION}\n`);
    expect(readFileSync(path.join(python(), "bin/pip"), "utf8")).to.equal(`#!${python()}/bin/python3\n`);
  });

  it("replaces an entry that lacks a part", async () => {
    await ensure();
    rmSync(path.join(hosts(), "pulumi-language-yaml"));
    await ensure();
    expect(readdirSync(hosts())).to.have.members(HOSTS);
  });

  it("says what to install where there is no Go", async () => {
    command("go", "echo this Go is too old >&2; exit 1");
    expect((await failureOf(ensure())).split("\n")).to.deep.equal([
      "Could not make the YAML and Python language hosts: this Go is too old",
      "Install Pulumi (https://www.pulumi.com/docs/install/), which brings them along, or Go 1.26.6 or newer " +
        "(https://go.dev/dl/), put it on PATH, and run the same command again.",
    ]);
    expect(readdirSync(cache)).to.deep.equal([]);
  });

  it("says what to install where Python can't make an environment", async () => {
    command("python3", `${PYTHON.replace('mkdir -p "$3/bin"', "echo no module named venv >&2; exit 1")}`);
    expect((await failureOf(ensure())).split("\n")).to.deep.equal([
      `Could not make Pulumi ${PYTHON_SDK_VERSION} for Python 3.11: no module named venv`,
      "Install Python 3.10 or newer (https://www.python.org/downloads/) with its modules venv and pip, put it on PATH, " +
        "and run the same command again.",
    ]);
    expect(existsSync(python())).to.equal(false);
  });

  it("says what to install where there is no Python", async () => {
    for (const name of HOSTS) command(name, "");
    rmSync(path.join(bin, "python3"));
    env.PATH = bin;
    expect(await failureOf(ensure())).to.contain(
      "Could not ask Python for its version: python3 is not installed (not on PATH)\nInstall Python 3.10 or newer",
    );
  });

  it("refuses what lacks a part rather than trying for ever", async () => {
    command("go", GO.replace('chmod +x "$2"', ":"));
    expect(await failureOf(ensure())).to.contain("what was made lacks pulumi-language-yaml, pulumi-language-python");
  });

  it("stops when it is called off, and removes what is half made", async () => {
    const off = new AbortController();
    const progress = (line: string) => {
      if (line.startsWith("Building the Python")) off.abort(new Error("called off"));
    };
    const made = ensureLanguages({ env, signal: off.signal, progress });
    expect(await failureOf(made)).to.equal("called off");
    expect(readdirSync(cache)).to.deep.equal([]);
  });

  it("pins in go.mod the versions that it names", () => {
    const goMod = (folder: string) => readFileSync(path.resolve("tools/engine", folder, "go.mod"), "utf8");
    expect(goMod("yaml-host")).to.contain(`github.com/pulumi/pulumi-yaml v${YAML_HOST_VERSION}`);
    expect(goMod("python-host")).to.contain(`github.com/pulumi/pulumi/sdk/v3 v${PYTHON_HOST_VERSION}`);
  });
});
