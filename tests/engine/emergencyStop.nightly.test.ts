import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Simulator, startSimulator } from "../../simulator";
import { ensureEngine } from "../../tools/engine";
import { link, ROOT, TOKEN } from "./stack";

const EXAMPLE = join(ROOT, "examples/emergency-stop");
const WHY = ["--reason", "Stock is short, OPS-1234"];

interface Outcome {
  readonly code: number | null;
  readonly text: string;
}

describe("examples/emergency-stop on the real engine", function () {
  this.timeout(120_000);
  let hood: Simulator;
  let home: string;
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    const offers = ["running", "scheduled", "paused", "sent"].map((status, index) => ({
      id: String(1000 + index),
      name: `Offer ${index}`,
      status,
      labels: ["offer"],
    }));
    const hostile = {
      id: "3000",
      name: '\u009b2J\u200bOffer\u202e\u00ad\nType "cancel 9" to go on:  x'.padEnd(100_000, "."),
      status: "paused",
      labels: ["hostile"],
    };
    const others = Array.from({ length: 11 }, (_, index) => ({ id: String(2000 + index), status: "running" }));
    hood = await startSimulator({ token: TOKEN, campaigns: [...offers, hostile, ...others] });
    home = await mkdtemp(join(tmpdir(), "hood stop "));
    await link(home);
    for (const file of await readdir(EXAMPLE)) {
      if (file !== "node_modules") await cp(join(EXAMPLE, file), join(home, file), { recursive: true });
    }
    const [state, temporary] = [join(home, "state"), join(home, "tmp")];
    for (const folder of [state, temporary]) await mkdir(folder);
    environment = {
      PATH: [await ensureEngine(), process.env.PATH].join(delimiter),
      HOME: home,
      TMPDIR: temporary,
      PULUMI_HOME: join(home, "pulumi"),
      PULUMI_BACKEND_URL: pathToFileURL(state).href,
      PULUMI_CONFIG_PASSPHRASE: "not a secret",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      HOOD_ENDPOINT: hood.url,
      HOOD_TOKEN: TOKEN,
    };
  });
  beforeEach(() => hood.clearRequests());
  after(async () => {
    await hood?.close();
    await rm(home, { recursive: true, force: true });
  });

  const stop = (args: string[], typed = "", env: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(home, "index.js"), ...args], {
        cwd: tmpdir(),
        env: { ...environment, ...env },
      });
      let text = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (more) => (text += more));
      child.on("error", reject).on("close", (code) => resolve({ code, text }));
      // One that needs no answer may have ended before it comes.
      child.stdin.on("error", () => {}).end(typed);
    });
  const calls = () =>
    hood.requests.flatMap(({ method, path }) => (method === "GET" ? [] : [path.replace("/v1/hood/campaigns/", "")]));
  const recorded = async () => {
    const state = await readFile(join(home, "state/.pulumi/stacks/emergency-stop/emergency-stop.json"), "utf8");
    const resources: { type: string; outputs: Record<string, string> }[] =
      JSON.parse(state).checkpoint.latest.resources;
    const ours = resources.filter(({ type }) => type.endsWith("hood:CampaignStatus"));
    return ours.map(({ outputs }) => `${outputs.campaignId} ${outputs.currentStatus}`);
  };
  const status = (id: string) => hood.campaign(id).status;

  it("is right in its types", async () => {
    await promisify(execFile)(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", EXAMPLE]);
  });

  const wrong: [what: string, args: string[], says: string][] = [
    ["no selection", WHY, "nothing says which campaigns"],
    ["no reason", ["--label", "offer"], "there is no --reason"],
    ["--yes for what is final", ["--label", "offer", "--cancel", "--yes", ...WHY], "--yes isn't for --cancel"],
    ["a status that can't be paused", ["--status", "paused", ...WHY], 'Hood can\'t pause a campaign that is "paused"'],
    ["an empty label", ["--label", "", ...WHY], "--label: it is empty"],
    ["a wrong cap", ["--label", "offer", "--max", "0", ...WHY], "Could not use --max 0"],
  ];
  for (const [what, args, says] of wrong) {
    it(`doesn't begin with ${what}`, async () => {
      const { code, text } = await stop(args);
      expect(text)
        .to.contain(says)
        .and.not.match(/^\s+at /m);
      expect(code).to.equal(1);
      expect(hood.requests).to.deep.equal([]);
    });
  }

  it("shows its plan, and sends nothing until the word and the number are typed", async () => {
    for (const typed of ["", "yes\n", "pause 3\n", "cancel 2\n"]) {
      const { code, text } = await stop(["--label", "offer", ...WHY], typed);
      expect(text)
        .to.contain('campaign 1000 "Offer 0": running -> paused')
        .and.contain('campaign 1001 "Offer 1": scheduled -> paused')
        .and.contain('Type "pause 2" to go on')
        .and.contain("Nothing was sent")
        .and.not.match(/Offer [23]/);
      expect(code).to.equal(1);
    }
    expect(calls()).to.deep.equal([]);
  });

  it("shows a name from outside in its quotes, with nothing in it that a terminal would obey", async () => {
    const { code, text } = await stop(["--cancel", "--label", "hostile", ...WHY], "cancel 9\n");
    const [, line = ""] = text.split("\n");
    expect(line).to.contain('\\u{200b}Offer\\u{202e}\\u{ad}\\u{a}Type \\"cancel 9\\" to go on:\\u{20} x....');
    expect(line.length).to.be.lessThan(300);
    expect(text).to.not.match(/[^\P{C}\n]/u);
    expect(code).to.equal(1);
    expect(calls()).to.deep.equal([]);
  });

  it("stops where more are found than the cap allows", async () => {
    const { code, text } = await stop(["--status", "running", "--yes", ...WHY]);
    expect(text).to.contain("12 campaigns are found, and --max allows 10");
    expect(code).to.equal(1);
    expect(calls()).to.deep.equal([]);
  });

  it("says so in one line where the token is refused", async () => {
    const { code, text } = await stop(["--label", "offer", "--yes", ...WHY], "", { HOOD_TOKEN: "other" });
    expect(text)
      .to.contain("HOOD_TOKEN")
      .and.not.match(/^\s+at /m);
    expect(code).to.equal(1);
  });

  it("pauses what was confirmed, with the reason, and finds nothing to do the second time", async () => {
    const { code, text } = await stop(["--label", "offer", ...WHY], "pause 2\n");
    expect(code, text).to.equal(0);
    expect(text).to.contain('campaign 1000 "Offer 0" is paused now.');
    expect(calls()).to.have.members(["1000/pause", "1001/pause"]);
    expect(hood.requests.find(({ method }) => method === "POST")?.body).to.contain("Stock is short, OPS-1234");

    const again = await stop(["--label", "offer", ...WHY]);
    expect(again.code, again.text).to.equal(0);
    expect(again.text).to.contain("Nothing to pause");
    expect(calls()).to.have.length(2);
  });

  it("pauses again what somebody resumed, and leaves alone what it isn't asked for", async () => {
    hood.setStatus("1000", "running");
    hood.setStatus("1001", "scheduled");
    const { code, text } = await stop(["--search", "Offer 0", "--yes", "--reason", "Still short, OPS-1250"]);
    expect(code, text).to.equal(0);
    expect(calls()).to.deep.equal(["1000/pause"]);
    expect([status("1000"), status("1001")]).to.deep.equal(["paused", "scheduled"]);
  });

  it("leaves alone what it didn't list, also where the record says that it has moved on", async () => {
    hood.setStatus("1000", "running");
    await promisify(execFile)(
      "pulumi",
      ["refresh", "--yes", "--skip-preview", "--stack", "emergency-stop", "--non-interactive"],
      { cwd: home, env: environment },
    );
    hood.clearRequests();
    const { code, text } = await stop(["--search", "Campaign 2001", "--status", "running", ...WHY], "pause 1\n");
    expect(code, text).to.equal(0);
    expect(calls()).to.deep.equal(["2001/pause"]);
    expect(status("1000")).to.equal("running");
  });

  it("ends for good what is confirmed, keeps the record of all of it, and never ends it twice", async () => {
    const { code, text } = await stop(["--cancel", "--label", "offer", ...WHY], "cancel 3\n");
    expect(code, text).to.equal(0);
    expect(text).to.contain("This would end for good").and.contain('campaign 1002 "Offer 2" is canceled now.');
    expect(calls()).to.have.members(["1000/cancel", "1001/cancel", "1002/cancel"]);

    const again = await stop(["--cancel", "--label", "offer", "--reason", "Another one"]);
    expect(again.text).to.contain("Nothing to cancel");
    expect(again.code).to.equal(0);
    const other = await stop(["--search", "Campaign 2000", "--status", "running", "--yes", ...WHY]);
    expect(other.code, other.text).to.equal(0);
    expect(calls().slice(3)).to.deep.equal(["2000/pause"]);
    expect(await recorded()).to.have.members([
      "1000 canceled",
      "1001 canceled",
      "1002 canceled",
      "2000 paused",
      "2001 paused",
    ]);
  });
});
