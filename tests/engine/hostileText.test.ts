import { expect } from "chai";
import { harmless } from "../../provider/text";
import { cancellation, type Declared, HOSTS, onStack, type Program } from "./stack";

const UNKNOWN_IN_COLOUR = "a <{%unknown%}> b";
const NAMES = [
  UNKNOWN_IN_COLOUR,
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
const LONG = "<{%x%}>\u001b".repeat(16_384);
/** Nothing in it is dangerous in more ways than the one: what Hood says of an error is cut. */
const WORDS = "<{%unknown%}> \ud83d \0 \u001b[2J \u202e";

for (const host of HOSTS) {
  describe(`Text from outside, in colour, through the ${host}`, function () {
    this.timeout(120_000);
    const on = onStack(host, { rateLimit: "off" }, { HOOD_RATE_LIMIT: "1000/1s" });
    let declared: Program = {};

    /** Exports a text from outside of each resource, too. */
    const declare = (program: Program) => {
      const shown = ({ type }: Declared) => (type === "Campaign" ? "name" : "campaignName");
      const outputs = Object.entries(program).map(([name, one]) => [name, `\${${name}.${shown(one)}}`]);
      return on.stack.declare(program, Object.fromEntries(outputs));
    };

    /** Runs the CLI as a person sees it. The engine must come to the end that is expected, whatever it shows. */
    async function inColour(code: number, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
      const ran = await on.stack.run(args, { color: "always", env });
      const said = ran.stdout + ran.stderr;
      const start = said.slice(0, 20_000);
      expect(said, start).to.not.match(/panic:|Unrecognized color|invalid UTF-8|unknown value|unknown signature/);
      expect(ran.code, start).to.equal(code);
      for (const steering of ["\0", "\u001b[2J", "\u009b", "\u202e", "\u2066"]) {
        expect(said.includes(steering), JSON.stringify(steering)).to.equal(false);
      }
      return said;
    }

    const running = (name: string) => on.hood.add({ name, status: "running" })[0]?.id ?? "";
    const ended = (name: string, more?: object, dependsOn?: string[]) => cancellation(running(name), more, dependsOn);
    const each = (prefix: string, names: readonly string[], make: (name: string, index: number) => Declared): Program =>
      Object.fromEntries(names.map((name, index) => [`${prefix}${index}`, make(name, index)]));
    const names = async (prefix: string, output: string) =>
      (await on.stack.resources()).flatMap(({ urn, outputs }) => (urn.includes(`::${prefix}`) ? outputs[output] : []));

    it("is shown in a preview and an up, is the name that a program expects, and is kept in the state", async () => {
      declared = {
        ...each("ended", [...NAMES, LONG], (name) => ended(name)),
        ...each("paused", NAMES, (name) => ({
          type: "CampaignStatus",
          args: { campaignId: running(name), status: "paused" },
        })),
        ...each("made", NAMES, (_, index) => ({
          type: "Campaign",
          args: { name: `teaser${index}`, description: "x", metadata: { a: "b" }, draft: true },
        })),
        guarded: ended(UNKNOWN_IN_COLOUR, { expectedName: "a < {%unknown%}> b" }),
      };
      await declare(declared);
      const shown = await inColour(0, ["up", "--yes", "--diff"]);
      expect(shown).to.contain("a < {%unknown%}> b").and.contain("red< {%reset%}>");
      expect(await names("ended", "campaignName")).to.have.members([...NAMES, LONG].map(harmless));
      expect(await names("paused", "campaignName")).to.have.members(NAMES.map(harmless));
    });

    it("is kept in the state if no preview read it, and is shown in what Hood says of a rejected call", async () => {
      const { ended15: _, ...others } = declared;
      declared = { ...others, ...each("unread", NAMES, (name) => ended(name)) };
      const id = running(WORDS);
      const fault = { kind: "status", status: 403, message: WORDS } as const;
      on.hood.fault({ match: ({ path }) => path.endsWith(`${id}/cancel`), fault });
      await declare({ ...declared, failing: cancellation(id, {}, Object.keys(declared)) });
      const said = await inColour(1, ["up", "--yes", "--skip-preview"], { HOOD_PREFLIGHT: "off" });
      expect(said).to.contain("HTTP 403 Error. < {%unknown%}>");
      expect(await names("unread", "campaignName")).to.have.length(NAMES.length);
      expect(on.hood.campaign(id).status).to.equal("running");
    });

    // What follows, both hosts take from the same resources: the plugin's programs start in a quarter of the time.
    if (host === "plugin") {
      it("is shown by a preview that fails, and isn't if the program itself gives it", async () => {
        await declare({ ...declared, misnamed: ended(UNKNOWN_IN_COLOUR, { expectedName: "Spring sale" }) });
        expect(await inColour(1, ["preview"])).to.contain('is called "a < {%unknown%}> b", not "Spring sale"');

        const [name, description, , , key = "", metadata, channel = ""] = NAMES;
        const messages = [{ channel: "push", push: { [key]: 1, [channel]: 1 } }];
        const args = { name, description, messages, metadata: { a: metadata } };
        await declare({ ...declared, refused: { type: "Campaign", args } });
        expect(await inColour(1, ["preview", "--diff"])).to.match(/messages holds "< \{%" without that space/);
      });

      it("is found by a refresh, in names of fields too, and an up overwrites it", async () => {
        const live = NAMES.map((_, index) =>
          [...on.hood.campaigns.values()].find(({ name }) => name === `teaser${index}`),
        );
        for (const [index, name] of NAMES.entries()) {
          const changed = { name, description: `${name}!`, labels: [name], metadata: { a: { [name]: name } } };
          Object.assign(live[index] ?? {}, changed);
        }
        await inColour(0, ["refresh", "--yes", "--diff"]);
        expect(await names("made", "name")).to.have.members(NAMES.map(harmless));
        await declare(declared);
        await inColour(0, ["up", "--yes", "--diff"]);
        expect(live.map((campaign) => campaign?.name)).to.deep.equal(NAMES.map((_, index) => `teaser${index}`));
      });
    }

    it("is shown by a destroy that says what stays", async () => {
      expect(await inColour(0, ["destroy", "--yes", "--diff"])).to.contain("a < {%unknown%}> b");
      expect(await on.stack.resources()).to.deep.equal([]);
    });
  });
}
