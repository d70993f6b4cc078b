import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parseSeed } from "../../../simulator/seed";
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
    [["--seed", "no-such-file.json"], "Could not read the seed file no-such-file.json"],
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
});

const good = { id: "1000248", name: "Spring sale", status: "running" };
const without = (field: keyof typeof good) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));

describe("simulator: seed files", () => {
  it("takes campaigns with id, name and status, and whatever else they bring", () => {
    const seed = [
      good,
      { ...good, id: "2", labels: ["sale"], scheduled_time: "2026-03-03 08:00:00", description: null },
    ];
    expect(parseSeed(JSON.stringify(seed), "campaigns.json")).to.deep.equal(seed);
    expect(parseSeed("[]", "campaigns.json")).to.deep.equal([]);
  });

  const mistakes: [content: unknown, message: string][] = [
    ["[{]", "it is not JSON"],
    ["", "it is not JSON"],
    [{ campaigns: [] }, "it holds no array"],
    [[good, "text"], 'item 2 is "text". Expected an object'],
    [[good, { ...good, id: "2", status: "runing" }], 'item 2, field status: it is "runing". Expected one of draft,'],
    [[{ ...good, id: 1000248 }], "item 1, field id: it is 1000248. Expected decimal digits as a string"],
    [[{ ...good, id: "10a" }], 'item 1, field id: it is "10a"'],
    [[without("id")], "item 1, field id: it is missing"],
    [[good, good], "item 2, field id: 1000248 is already the id of item 1"],
    [[{ ...good, name: " " }], 'item 1, field name: it is " ". Expected a text that is not blank'],
    [[{ ...good, labels: "sale" }], 'item 1, field labels: it is "sale". Expected an array of texts'],
    [[{ ...good, scheduled_time: "soon" }], 'field scheduled_time: it is "soon". Expected a date-time'],
    [[{ ...good, metadata: null }], "field metadata: it is null. Expected an object"],
    [[{ ...good, messages: ["push"] }], 'field messages: it is ["push"]. Expected an array of objects'],
  ];
  for (const [content, message] of mistakes) {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    it(`${text.slice(0, 80)} is rejected: ${message}`, () => {
      expect(() => parseSeed(text, "campaigns.json"))
        .to.throw(message)
        .with.property("message")
        .that.match(/^Could not use the seed file campaigns\.json: /);
    });
  }
});
