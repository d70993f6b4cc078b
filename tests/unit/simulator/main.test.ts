import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readSeed } from "../../../simulator/main";
import { request } from "./account";

const main = join(__dirname, "../../../simulator/main.js");

describe("simulator: the command", () => {
  let folder: string;
  let child: ChildProcess | undefined;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "hood-simulator-"));
  });
  afterEach(() => child?.kill("SIGKILL"));
  after(() => rmSync(folder, { recursive: true }));

  function start(...args: string[]) {
    const started = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    const output = { out: "", err: "" };
    started.stdout.on("data", (chunk) => {
      output.out += chunk;
    });
    started.stderr.on("data", (chunk) => {
      output.err += chunk;
    });
    return { started, output };
  }

  async function run(...args: string[]) {
    const { started, output } = start(...args);
    const [code] = await once(started, "close");
    return { code, ...output };
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`serves a seed file, tells address and token, and stops on ${signal}`, async () => {
      const seed = join(folder, "campaigns.json");
      writeFileSync(seed, JSON.stringify([{ id: "1000248", name: "Spring sale", status: "running" }]));
      const { started, output } = start("--port", "0", "--seed", seed, "--token", "my-token", "--rate-limit", "3/1s");
      while (!output.out.includes("Ctrl-C")) await once(started.stdout, "data");
      const url = /HOOD_ENDPOINT=(\S+)/.exec(output.out)?.[1] ?? "";
      expect(output.out).to.include("with 1 campaign.").and.include("HOOD_TOKEN=my-token");
      const reply = await request(`${url}/campaigns`, "GET", undefined, "my-token");
      expect(reply.json.items[0]).to.include({ id: "1000248", name: "Spring sale" });
      expect(reply.headers.get("x-ratelimit-limit")).to.equal("3");
      started.kill(signal);
      expect(await once(started, "close")).to.deep.equal([0, null]);
      expect(output.out).to.match(/The simulator has stopped\.\n$/);
      expect(output.err).to.equal("");
    });
  }

  const failures: [args: string[], message: string][] = [
    [["--port", "99999"], "Could not use --port 99999: it is not a port."],
    [["--token", ""], "Could not use --token: it is empty."],
    [["--rate-limit", "fast"], 'rateLimit "fast" is not a rate.'],
    [["--seed", "no-such-file.json"], "Could not use the seed file no-such-file.json: ENOENT"],
    [["--sed", "x"], "Could not read the arguments: Unknown option '--sed'"],
  ];
  for (const [args, message] of failures) {
    it(`${args.join(" ")} ends with 1 and says why`, async () => {
      const { code, out, err } = await run(...args);
      expect(code).to.equal(1);
      expect(err).to.include(message);
      expect(err).to.not.include("    at ");
      expect(out).to.equal("");
    });
  }

  it("--help lists the options", async () => {
    const { code, out } = await run("--help");
    expect(code).to.equal(0);
    for (const option of ["--port", "--seed", "--token", "--rate-limit", "--help"]) expect(out).to.include(option);
  });

  const good = { id: "1000248", name: "Spring sale", status: "running" };
  const read = (content: unknown) => {
    const file = join(folder, "campaigns.json");
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return readSeed(file);
  };

  it("takes campaigns with id, name and status, and whatever else they bring, from a seed file", () => {
    const seed = [good, { ...good, id: "2", labels: ["sale"], scheduled_time: "2026-03-03 08:00:00" }];
    expect(read(seed)).to.deep.equal(seed);
    expect(read([{ ...good, description: null, labels: null }])).to.deep.equal([good]);
    expect(read([])).to.deep.equal([]);
  });

  const mistakes: [content: unknown, message: RegExp][] = [
    ["[{]", /JSON.* It has to be JSON: an array/],
    [{ campaigns: [] }, /it holds no array/],
    [[good, "text"], /item 2 is no object/],
    [[good, { ...good, id: "2", status: "runing" }], /item 2, field status: it is "runing"\. Expected one of draft,/],
    [[{ ...good, id: 1000248 }], /item 1, field id: it is 1000248\. Expected decimal digits as a string/],
    [[{ ...good, id: "10a" }], /item 1, field id: it is "10a"/],
    [[{ ...good, id: undefined }], /item 1, field id: it is missing/],
    [[good, good], /item 2, field id: another item has the id 1000248 already/],
    [[{ ...good, name: " " }], /item 1, field name: it is " "\. Expected a text that is not blank/],
    [[{ ...good, labels: "sale" }], /item 1, field labels: Hood never shows "sale" there/],
  ];
  for (const [content, message] of mistakes) {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    it(`doesn't take ${text.slice(0, 80)} as a seed file`, () => {
      expect(() => read(content))
        .to.throw(/^Could not use the seed file .*campaigns\.json: /)
        .with.property("message")
        .that.matches(message);
    });
  }
});
