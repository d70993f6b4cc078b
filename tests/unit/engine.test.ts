import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { ensureEngine } from "../../tools/engine";
import { buildFromModules } from "../../tools/engine/build";
import { engineEntry } from "../../tools/engine/cache";
import { CLI_VERSION, NODEJS_HOST_VERSION } from "../../tools/engine/parts";
import type { Way } from "../../tools/engine/ways";

const PARTS = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

describe("engine", () => {
  let cache: string;
  let env: NodeJS.ProcessEnv;
  let entry: string;
  let bin: string;
  let lines: string[];
  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), "engine-"));
    env = { PATH: path.join(cache, "nothing"), XDG_CACHE_HOME: cache };
    entry = engineEntry(env).folder;
    bin = path.join(entry, "bin");
    lines = [];
  });
  afterEach(() => rmSync(cache, { recursive: true }));

  const sleep = () => setImmediate();
  const ensure = (ways: Way[]) => ensureEngine({ env, ways, sleep, progress: (line) => lines.push(line) });

  function putParts(root: string, names = PARTS, version = CLI_VERSION): void {
    mkdirSync(path.join(root, "bin"), { recursive: true });
    for (const name of names) {
      writeFileSync(path.join(root, "bin", name), `#!/bin/sh\necho v${version}\n`, { mode: 0o755 });
    }
  }

  /** A way that makes a fake engine, counts how often, and takes so many turns of the event loop for it that others come meanwhile. */
  function fakeBuild(names = PARTS, version = CLI_VERSION): Way & { times: number } {
    return {
      name: "a fake build",
      times: 0,
      async make(root) {
        this.times++;
        for (let turn = 0; turn < 200; turn++) await setImmediate();
        putParts(root, names, version);
      },
    };
  }

  function failing(name: string, reason: string): Way {
    return { name, make: () => Promise.reject(new Error(reason)) };
  }

  const failureOf = (made: Promise<string>) =>
    made.then(
      (folder) => `made ${folder}`,
      (error: Error) => error.message,
    );

  it("takes a whole cache entry and makes nothing", async () => {
    putParts(entry);
    const build = fakeBuild();
    expect(await ensure([build])).to.equal(bin);
    expect(build.times).to.equal(0);
  });

  it("makes the entry once, and leaves nothing beside it", async () => {
    const build = fakeBuild();
    expect(await ensure([build])).to.equal(bin);
    expect(await ensure([build])).to.equal(bin);
    expect(build.times).to.equal(1);
    expect(readdirSync(bin)).to.have.members(PARTS);
    expect(readdirSync(path.dirname(entry))).to.deep.equal([path.basename(entry)]);
  });

  it("replaces an entry that lacks a part", async () => {
    putParts(entry, ["pulumi"]);
    writeFileSync(path.join(entry, "left-over"), "");
    const build = fakeBuild();
    await ensure([build]);
    expect(build.times).to.equal(1);
    expect(readdirSync(bin)).to.have.members(PARTS);
    expect(existsSync(path.join(entry, "left-over"))).to.equal(false);
  });

  it("builds once for two callers at the same time", async () => {
    const build = fakeBuild();
    expect(await Promise.all([ensure([build]), ensure([build])])).to.deep.equal([bin, bin]);
    expect(build.times).to.equal(1);
    expect(lines).to.include("Another process is making the engine, waiting for it");
  });

  it("lets the one who waits try for itself when the first one failed", async () => {
    const build = fakeBuild();
    let fail = () => {};
    let first: Promise<string> | undefined;
    // The second must not be asked before the first one has begun: either may be quicker.
    await new Promise<void>((begun) => {
      const make = () =>
        new Promise<void>((_, reject) => {
          fail = () => reject(new Error("no luck"));
          begun();
        });
      first = failureOf(ensure([{ name: "a way", make }]));
    });
    const second = ensure([build]);
    fail();
    expect(await second).to.equal(bin);
    expect(await first).to.contain("a way: no luck");
  });

  it("takes over from a process that died", async () => {
    const staging = `${entry}.staging`;
    putParts(path.join(staging, "0"), ["pulumi"]);
    utimesSync(staging, new Date(Date.now() - 16_000), new Date(Date.now() - 16_000));
    mkdirSync(`${staging}.dead-1`);
    const build = fakeBuild();
    expect(await ensure([build])).to.equal(bin);
    expect(build.times).to.equal(1);
    expect(lines).to.include("The process that was making the engine is gone: starting anew");
    expect(readdirSync(path.dirname(entry))).to.deep.equal([path.basename(entry)]);
  });

  it("goes on to the next way, and says why the one before failed", async () => {
    expect(await ensure([failing("the installer", "host not found"), fakeBuild()])).to.equal(bin);
    expect(lines).to.include("No engine from the installer: host not found");
  });

  it("takes no result that lacks a part or is another version", async () => {
    const message = await failureOf(ensure([fakeBuild(["pulumi"]), fakeBuild(PARTS, "3.1.0")]));
    expect(message).to.contain("it left out pulumi-language-nodejs, pulumi-resource-pulumi-nodejs");
    expect(message).to.contain(`it made v3.1.0 instead of v${CLI_VERSION}`);
    expect(existsSync(entry)).to.equal(false);
  });

  it("says what was tried and what to install when nothing works", async () => {
    const message = await failureOf(ensure([failing("the installer", "host not found"), buildFromModules]));
    expect(message.split("\n")).to.deep.equal([
      "No Pulumi engine was found, and none could be made. Tried:",
      "- PATH: there is no pulumi on PATH",
      "- the installer: host not found",
      "- building it with Go: go is not installed (not on PATH)",
      "Install Pulumi 3.150 or newer (https://www.pulumi.com/docs/install/) or Go 1.26.6 or newer (https://go.dev/dl/),",
      "put it on PATH, and run `npm run engine` again.",
    ]);
    expect(readdirSync(path.dirname(entry))).to.deep.equal([]);
  });

  it("says how to move a cache that can't be written to", async () => {
    writeFileSync(path.join(cache, "file"), "");
    env.XDG_CACHE_HOME = path.join(cache, "file");
    expect(await failureOf(ensure([fakeBuild()]))).to.contain("Set XDG_CACHE_HOME to a folder that you can write to.");
  });

  it("stops when it is called off, and removes what is half made", async () => {
    const off = new AbortController();
    const way: Way = {
      name: "a way",
      make: async (root) => {
        putParts(root);
        off.abort(new Error("called off"));
        throw new Error("the command was ended");
      },
    };
    const next = fakeBuild();
    expect(await failureOf(ensureEngine({ env, ways: [way, next], sleep, signal: off.signal }))).to.equal("called off");
    expect(next.times).to.equal(0);
    expect(readdirSync(path.dirname(entry))).to.deep.equal([]);
  });

  it("pins in go.mod the versions that it names", () => {
    const goMod = (folder: string) => readFileSync(path.resolve("tools/engine", folder, "go.mod"), "utf8");
    expect(goMod("cli")).to.contain(`github.com/pulumi/pulumi/pkg/v3 v${CLI_VERSION}`);
    expect(goMod("nodejs-host")).to.contain(`github.com/pulumi/pulumi/sdk/v3 v${NODEJS_HOST_VERSION}`);
  });
});
