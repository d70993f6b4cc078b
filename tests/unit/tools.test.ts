import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { mock } from "node:test";
import { expect } from "chai";
import { type EngineOptions, engineFolder, ensureEngine, ensureLanguages } from "../../tools/engine";
import { cli, step } from "../../tools/engine/build";
import { type RawServer, startRawServer } from "../support/accounts";
import { VirtualClock } from "../support/virtualClock";

const PARTS = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
const HOSTS = ["pulumi-language-yaml", "pulumi-language-python", "pulumi-language-python-exec"];

/** Writes what it is told to build or install, and knows where the sources of the Python host are. */
const GO = `
case "$1" in
  build) while [ "$1" != -o ]; do shift; done; printf '#!/bin/sh\\necho v${cli.version}\\n' > "$2"; chmod +x "$2" ;;
  install) printf '#!/bin/sh\\n' > "$GOBIN/pulumi-language-yaml"; chmod +x "$GOBIN/pulumi-language-yaml" ;;
  list) echo "$SOURCES" ;;
esac`;

/** Makes environments whose pip installs whatever it is asked for. */
const PYTHON = `
case "$1 $2" in
  "-c "*) echo 3.11 ;;
  "-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python3" ;;
  "-m pip") for wanted; do :; done; echo "$wanted" > "\${0%/*}/../installed" ;;
esac`;

describe("Getting an engine", () => {
  let root: string;
  let bin: string;
  let cache: string;
  let env: NodeJS.ProcessEnv;
  let lines: string[];
  let engine: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "engine-"));
    bin = path.join(root, "bin");
    cache = path.join(root, "cache", "pulumi-ocamba-hood");
    env = { PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: path.dirname(cache), SOURCES: path.join(root, "sources") };
    lines = [];
    engine = path.join(engineFolder(env), "bin");
    const sources = path.join(root, "sources/python/cmd");
    mkdirSync(sources, { recursive: true });
    writeFileSync(path.join(sources, "pulumi-language-python-exec"), "the script", { mode: 0o444 });
    command("go", GO);
    command("python3", PYTHON);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** A command on PATH that notes how it was called. */
  function command(name: string, does: string, folder = bin): void {
    mkdirSync(folder, { recursive: true });
    const note = `echo "${name} $*" >> "${root}/calls"`;
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${note}\n${does}\n`, { mode: 0o755 });
  }

  const brought = (folder: string, names = PARTS, version = cli.version) => {
    for (const name of names) command(name, `echo v${version}`, folder);
  };
  const release = (names?: string[], version?: string) => async (folder: string) =>
    brought(path.join(folder, "bin"), names, version);
  const noInstaller = () => Promise.reject(new Error("host not found"));
  const options = (): EngineOptions => ({ env, install: noInstaller, progress: (line) => lines.push(line) });
  const ensure = (more: EngineOptions = {}) => ensureEngine({ ...options(), ...more });
  const languages = (more: EngineOptions = {}) => ensureLanguages({ ...options(), ...more });
  const calls = (pattern: RegExp) => readFileSync(path.join(root, "calls"), "utf8").match(pattern) ?? [];
  const failureOf = (made: Promise<unknown>) =>
    made.then(
      (found) => `found ${JSON.stringify(found)}`,
      (error: Error) => error.message,
    );

  for (const version of ["v3.150.0", "3.160.2", "v4.0.0-alpha.1"]) {
    it(`takes pulumi ${version} from PATH, with its language hosts in another folder`, async () => {
      const other = path.join(root, "other");
      command("pulumi", `echo ${version}`, other);
      for (const name of [PARTS[1] as string, ...HOSTS]) command(name, "");
      env.PATH = `${env.PATH}:${other}`;
      expect([await ensure(), (await languages()).bin]).to.deep.equal([other, other]);
      expect(calls(/^go/gm)).to.have.length(0);
    });
  }

  const unusable: [what: string, prepare: () => void, reason: string][] = [
    ["an older pulumi", () => command("pulumi", "echo v3.149.9"), "pulumi is v3.149.9, and 3.150 or newer is needed"],
    ["a pulumi without a version", () => command("pulumi", "echo hello"), "pulumi is hello, and 3.150 or newer"],
    ["one without its language host", () => command("pulumi", "echo v3.200.0"), "there, but pulumi-language-nodejs"],
    ["a broken pulumi", () => command("pulumi", "echo library missing >&2; exit 3"), "library missing"],
    ["a folder", () => mkdirSync(path.join(bin, "pulumi")), "there is no pulumi on PATH"],
    ["a file that can't be run", () => writeFileSync(path.join(bin, "pulumi"), "text"), "there is no pulumi on PATH"],
  ];
  for (const [what, prepare, reason] of unusable) {
    it(`doesn't take ${what} from PATH`, async () => {
      prepare();
      expect(await ensure()).to.equal(engine);
      expect(lines[0]).to.contain("No engine on PATH (").and.contain(reason);
    });
  }
  for (const missing of HOSTS) {
    it(`doesn't take the CLI on PATH for YAML and Python if ${missing} isn't there`, async () => {
      brought(
        bin,
        [...PARTS, ...HOSTS].filter((name) => name !== missing),
        "3.200.0",
      );
      expect((await languages()).bin).to.equal(engine);
    });
  }

  it("takes what the installer brings, and builds nothing", async () => {
    expect(await ensure({ install: release([...PARTS, "pulumi-language-go"]) })).to.equal(engine);
    expect(readdirSync(engine)).to.have.members([...PARTS, "pulumi-language-go"]);
    expect(calls(/^go build/gm)).to.have.length(0);
  });

  const incomplete: [what: string, install: EngineOptions["install"], reason: string][] = [
    ["lacks a part", release(["pulumi"]), "it left out pulumi-language-nodejs, pulumi-resource-pulumi-nodejs"],
    ["is another version", release(PARTS, "3.1.0"), `it made v3.1.0 instead of v${cli.version}`],
  ];
  for (const [what, install, reason] of incomplete) {
    it(`builds one if what the installer brings ${what}`, async () => {
      await ensure({ install });
      expect(lines.join("\n")).to.contain(`No engine from Pulumi's own installer: ${reason}`);
      expect(calls(/^go build/gm)).to.have.length(2);
    });
  }

  it("builds what the cache lacks, once, and leaves nothing beside it", async () => {
    brought(engine, ["pulumi"]);
    expect(await ensure()).to.equal(engine);
    lines = [];
    expect(await ensure()).to.equal(engine);
    expect(lines).to.deep.equal([`Using the engine in ${engine}`]);
    expect(calls(/^go build/gm)).to.have.length(1);
    const { bin, python } = await languages();
    expect(await languages()).to.deep.equal({ bin, python });
    expect(calls(/^go (build|install)/gm)).to.have.length(3);
    expect(calls(/^python3 -m (venv|pip)/gm)).to.have.length(2);
    expect(readFileSync(path.join(python, "installed"), "utf8")).to.match(/^pulumi==3\.\d+\.\d+\n$/);
    expect(readdirSync(bin)).to.have.members([...PARTS, ...HOSTS]);
    expect(readFileSync(path.join(bin, "pulumi-language-python-exec"), "utf8")).to.equal("the script");
    expect(readdirSync(cache)).to.have.members([path.basename(path.dirname(engine)), path.basename(python)]);
  });

  it("gives two processes that build at the same time one and the same", async () => {
    const [first, second] = await Promise.all([languages(), languages()]);
    expect(first).to.deep.equal(second);
    expect(readdirSync(cache)).to.have.length(2);
  });

  it("says what was tried and what to install if nothing works", async () => {
    env.PATH = path.join(root, "nothing");
    expect((await failureOf(ensure())).split("\n")).to.deep.equal([
      "No Pulumi engine was found, and none could be made. Tried:",
      "- PATH: there is no pulumi on PATH",
      "- Pulumi's own installer: host not found",
      "- building it with Go: go is not installed (not on PATH)",
      "Install Pulumi 3.150 or newer (https://www.pulumi.com/docs/install/) or Go 1.26.6 or newer (https://go.dev/dl/),",
      "put it on PATH, and run the same command again.",
    ]);
    expect(readdirSync(cache)).to.deep.equal([]);
  });

  const noPart = GO.replaceAll(/chmod [^;]*/g, ": ");
  const noEnvironment = PYTHON.replace("mkdir", "echo no module named venv >&2; exit 1; mkdir");
  const failures: [what: string, name: string, does: string, reason: string, advice: string][] = [
    ["Go is too old", "go", "echo this Go is too old >&2; exit 1", "Go: this Go is too old", "Install Pulumi 3.150"],
    ["Go leaves out a part", "go", noPart, `it left out ${HOSTS.slice(0, 2).join(", ")}`, "Install Pulumi 3.150"],
    ["Python makes no environment", "python3", noEnvironment, "Python: no module named venv", "Install Python 3.10"],
    ["there is no Python", "python3", "echo none >&2; exit 127", "Python: none", "Install Python 3.10"],
  ];
  for (const [what, name, does, reason, advice] of failures) {
    it(`says what to install for YAML and Python if ${what}`, async () => {
      brought(engine);
      command(name, does);
      expect(await failureOf(languages()))
        .to.contain(reason)
        .and.contain(advice);
      expect(readdirSync(cache).filter((name) => name.startsWith("."))).to.deep.equal([]);
    });
  }

  it("says how to move a cache that can't be written to", async () => {
    writeFileSync(path.join(root, "file"), "");
    env.XDG_CACHE_HOME = path.join(root, "file");
    expect(await failureOf(ensure())).to.contain("Set XDG_CACHE_HOME to a folder that you can write to.");
  });

  it("stops if it is interrupted, and removes what is half made", async () => {
    command("go", 'case "$1" in build) exec sleep 60 ;; esac');
    const interrupted = new AbortController();
    const progress = (line: string) => {
      if (line.startsWith("Building")) setImmediate(() => interrupted.abort(new Error("interrupted")));
    };
    expect(await failureOf(ensure({ progress, signal: interrupted.signal }))).to.equal("interrupted");
    expect(readdirSync(cache)).to.deep.equal([]);
  });

  it("says every 20 s how long a step has taken, until it ends", async () => {
    mock.timers.enable({ apis: ["Date", "setInterval"] });
    try {
      const context = { env, progress: (line: string) => lines.push(line), signal: undefined };
      await step("Building", context, async () => {
        for (const seconds of [20, 20, 5]) mock.timers.tick(seconds * 1_000);
      });
      mock.timers.tick(60_000);
      expect(lines).to.deep.equal(["Building", "Building: 20 s so far", "Building: 40 s so far"]);
    } finally {
      mock.timers.reset();
    }
  });

  it("reads the versions that go.mod pins", () => {
    expect(path.basename(path.dirname(engine))).to.match(
      /^cli(-3\.\d+\.\d+-nodejs)(-3\.\d+\.\d+)-yaml-1\.\d+\.\d+-python\2$/,
    );
  });
});

const HOUR = 3_600_000;

describe("the virtual clock", () => {
  let clock: VirtualClock;
  let server: RawServer;

  before(async () => {
    // Longer than the event loop would have to be quiet.
    server = await startRawServer((response) => setTimeout(() => response.writeHead(204).end(), 50));
  });
  beforeEach(() => {
    clock = new VirtualClock(0, 0);
  });
  afterEach(() => clock.dispose());
  after(() => server.close());

  const answered = async () => {
    const [response] = await once(http.get(server.url, { agent: false }), "response");
    response.resume();
    return once(response, "close");
  };

  it("wakes those together whose time is the same, whatever the first of them does then", async () => {
    const order: string[] = [];
    const first = clock.sleep(250).then(async () => {
      order.push("first");
      await answered();
      order.push("answered");
    });
    await Promise.all([first, clock.sleep(250).then(() => order.push("second"))]);
    expect(order).to.deep.equal(["first", "second", "answered"]);
  });

  it("stands still while a request is on its way", async () => {
    const sleeper = clock.sleep(HOUR);
    await answered();
    expect(clock.now()).to.equal(0);
    await sleeper;
    expect(clock.now()).to.equal(HOUR);
  });

  it("gives real timeouts back", () => {
    const virtual = AbortSignal.timeout;
    clock.dispose();
    expect(AbortSignal.timeout).to.not.equal(virtual);
  });
});
