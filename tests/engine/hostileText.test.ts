import { expect } from "chai";
import { harmless } from "../../provider/text";
import { type Simulator, startSimulator } from "../../simulator";
import type { Ran, RunOptions } from "../../tools/pulumi";
import { openPluginStack } from "./pluginStack";
import { openStack, type StoredResource, TOKEN } from "./stack";

const NAMES = [
  "a <{%unknown%}> b",
  "<{%fg 1%}>red<{%reset%}>",
  "a <{% b",
  "<{<{%x%}>%x%}>",
  '{"a":"<\\u007b%unknown%}>"}',
  '- "\\x3c{%unknown%}>"\n- b',
  "- !!binary PHsldW5rbm93biV9Pg==\n- b",
  "%}> %s %d %!v(MISSING)",
  "a\ud83d",
  "\udca9b",
  "<\0{%x%}>",
  "a\u001b[2J\u009b2J\nb",
  "a\u202eb\u2066c",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "4dabf18193072939515e22adb298388d",
];
const LONG = "<{%x%}>\u001b".repeat(131_072);
/** Nothing in it is dangerous in more ways than the one: what Hood says of an error is cut. */
const WORDS = "<{%unknown%}> \ud83d \0 \u001b[2J \u202e";

interface Declared {
  readonly type: "Campaign" | "CampaignCancellation" | "CampaignStatus";
  readonly args: object;
  /** The property that the program exports. */
  readonly shows: string;
}
type Program = Readonly<Record<string, Declared>>;

/** A project on the real engine, by whichever way its resources are provided. */
interface Host {
  declare(program: Program): Promise<void>;
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  resources(): Promise<StoredResource[]>;
  remove(): Promise<void>;
}

async function dynamicProvider(settings: NodeJS.ProcessEnv): Promise<Host> {
  const stack = await openStack(settings);
  const line = ([name, { type, args, shows }]: [string, Declared]) =>
    `exports["${name}"] = new hood.${type}("${name}", ${JSON.stringify(args)}).${shows};`;
  return { ...stack, declare: (program) => stack.program(Object.entries(program).map(line).join("\n")) };
}

async function plugin(settings: NodeJS.ProcessEnv): Promise<Host> {
  const textOf = (program: Program) => {
    const all = Object.entries(program);
    const resources = all.map(([name, { type, args }]) => [name, { type: `hood:${type}`, properties: args }]);
    const outputs = all.map(([name, { shows }]) => [name, `\${${name}.${shows}}`]);
    const parts = { resources: Object.fromEntries(resources), outputs: Object.fromEntries(outputs) };
    return { "Pulumi.yaml": JSON.stringify({ name: "test", runtime: "yaml", ...parts }) };
  };
  const stack = await openPluginStack(textOf({}), settings);
  return { ...stack, declare: (program) => stack.write(textOf(program)) };
}

for (const [host, open] of Object.entries({ "dynamic provider": dynamicProvider, plugin })) {
  describe(`Text from outside, in colour, through the ${host}`, function () {
    this.timeout(120_000);
    let hood: Simulator;
    let stack: Host;
    /** All of it, in the order in which Hood got it. */
    let declared: Program = {};

    before(async () => {
      hood = await startSimulator({ token: TOKEN, rateLimit: "off" });
      stack = await open({ HOOD_ENDPOINT: hood.url, HOOD_RATE_LIMIT: "1000/1s" });
    });
    after(async () => {
      await stack?.remove();
      await hood?.close();
    });

    /** Runs the CLI as a person sees it. The engine must come to the end that is expected, whatever it shows. */
    async function inColour(code: number, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
      const ran = await stack.run(args, { color: "always", env });
      const said = ran.stdout + ran.stderr;
      const start = said.slice(0, 20_000);
      expect(said, start).to.not.match(/panic:|Unrecognized color|invalid UTF-8|unknown value|unknown signature/);
      expect(ran.code, start).to.equal(code);
      for (const steering of ["\0", "\u001b[2J", "\u009b", "\u202e", "\u2066"]) {
        expect(said.includes(steering), JSON.stringify(steering)).to.equal(false);
      }
      return said;
    }

    const add = (type: "CampaignCancellation" | "CampaignStatus", names: readonly string[]): Program => {
      const added = names.map((name): [string, Declared] => {
        const [campaign] = hood.add({ name, status: "running" });
        const more = type === "CampaignStatus" ? { status: "paused" } : { reason: "Budget cut" };
        return [`c${campaign?.id}`, { type, args: { campaignId: campaign?.id, ...more }, shows: "campaignName" }];
      });
      return Object.fromEntries(added);
    };
    const longest = () => [...hood.campaigns.values()].find(({ name }) => name === LONG)?.id;
    const recordedNames = async (type: string) => {
      const resources = (await stack.resources()).filter((resource) => resource.type.endsWith(`:${type}`));
      return resources.map(({ outputs }) => outputs.campaignName);
    };

    it("is shown by previews and recorded by an up", async () => {
      declared = { ...add("CampaignCancellation", [...NAMES, LONG]), ...add("CampaignStatus", NAMES) };
      await stack.declare(declared);
      await inColour(0, ["preview"]);
      const shown = await inColour(0, ["preview", "--diff"]);
      expect(shown).to.contain("a < {%unknown%}> b").and.contain("red< {%reset%}>");
      await inColour(0, ["up", "--yes", "--skip-preview", "--diff"]);
      expect(await recordedNames("CampaignCancellation")).to.have.members([...NAMES, LONG].map(harmless));
      expect(await recordedNames("CampaignStatus")).to.have.members(NAMES.map(harmless));
      await inColour(0, ["preview", "--diff", "--expect-no-changes"]);
    });

    it("is recorded where nobody looked before", async () => {
      const { [`c${longest()}`]: _, ...others } = declared;
      declared = { ...others, ...add("CampaignCancellation", NAMES) };
      await stack.declare(declared);
      await inColour(0, ["up", "--yes"], { HOOD_PREFLIGHT: "off" });
      expect(await recordedNames("CampaignCancellation")).to.have.length(2 * NAMES.length);
    });

    it("is the name that a program expects, as previews show it; with another, the refusal cites it", async () => {
      const [id] = hood.add({ name: "a <{%unknown%}> b", status: "running" }).map((campaign) => campaign.id);
      const guarded = (expectedName: string): Declared => {
        const args = { campaignId: id, reason: "Budget cut", expectedName };
        return { type: "CampaignCancellation", args, shows: "campaignName" };
      };
      await stack.declare({ ...declared, guarded: guarded("Spring sale") });
      const refused = await inColour(1, ["preview"]);
      expect(refused).to.contain('is called "a < {%unknown%}> b", not "Spring sale"');
      await stack.declare({ ...declared, guarded: guarded("a < {%unknown%}> b") });
      await inColour(0, ["preview"]);
    });

    it("is shown where Hood refuses a call with it", async () => {
      const [id] = hood.add({ name: WORDS, status: "running" }).map((campaign) => campaign.id);
      const args = { campaignId: id, reason: "Budget cut" };
      hood.fault({
        match: ({ method }) => method === "POST",
        fault: { kind: "status", status: 403, message: WORDS },
      });
      await stack.declare({ ...declared, failing: { type: "CampaignCancellation", args, shows: "campaignName" } });
      expect(await inColour(1, ["up", "--yes", "--skip-preview"])).to.contain("HTTP 403 Error. < {%unknown%}>");
      expect(hood.campaign(String(id)).status).to.equal("running");
    });

    it("is recorded where a refresh finds it, in names of fields too, and an up overwrites it", async () => {
      const argsOf = (name: string) => ({ name, description: "x", metadata: { a: "b" }, draft: true });
      const teasers = NAMES.map((_, index) => `teaser${index}`);
      const added = teasers.map((name): [string, Declared] => [
        name,
        { type: "Campaign", args: argsOf(name), shows: "name" },
      ]);
      declared = { ...declared, ...Object.fromEntries(added) };
      await stack.declare(declared);
      await inColour(0, ["up", "--yes", "--skip-preview"]);
      const live = teasers.map((teaser) => [...hood.campaigns.values()].find(({ name }) => name === teaser));
      for (const [index, name] of NAMES.entries()) {
        const changed = { name, description: `${name}!`, labels: [name], metadata: { a: { [name]: name } } };
        Object.assign(live[index] ?? {}, changed);
      }
      await inColour(0, ["refresh", "--yes", "--diff"]);
      const found = (await stack.resources()).filter(({ type }) => type.endsWith(":Campaign"));
      expect(found.map(({ outputs }) => outputs.name)).to.have.members(NAMES.map(harmless));
      await inColour(0, ["up", "--yes", "--diff"]);
      expect(live.map((campaign) => campaign?.name)).to.deep.equal(teasers);
      await inColour(0, ["preview", "--expect-no-changes"]);
    });

    const steering = [NAMES[0], NAMES[2], NAMES[4], NAMES[5], NAMES[6]];
    it("is refused in what a program declares, without its value being shown", async () => {
      const message = { channel: "push", push: Object.fromEntries(steering.map((text) => [text, 1])) };
      const args = { name: steering[0], description: steering[1], messages: [message], metadata: { a: steering[2] } };
      const refused: Declared = { type: "Campaign", args, shows: "id" };
      const posts = hood.requests.filter(({ method }) => method === "POST").length;
      await stack.declare({ ...declared, refused });
      for (const args of [["preview"], ["preview", "--diff"], ["up", "--yes", "--skip-preview"]]) {
        const said = await inColour(1, args);
        expect(said).to.match(/messages holds "< \{%" without that space/);
      }
      expect(hood.requests.filter(({ method }) => method === "POST")).to.have.length(posts);
    });

    it("is shown where a destroy says what stays behind", async () => {
      expect(await inColour(0, ["destroy", "--yes", "--diff"])).to.contain("a < {%unknown%}> b");
      expect(await stack.resources()).to.deep.equal([]);
    });
  });
}
