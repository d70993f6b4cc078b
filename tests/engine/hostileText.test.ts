import { expect } from "chai";
import { harmless } from "../../provider/text";
import { cancellation, type Declared, HOSTS, onStack, type Program } from "./stack";

const UNKNOWN_IN_COLOUR = "a <{%unknown%}> b";
/** What the engine's display would stop at, or obey: tests/unit/text.test.ts has all of it. */
const NAMES = [
  UNKNOWN_IN_COLOUR,
  "<{%fg 1%}>red<{%reset%}>",
  "a <{% b",
  '{"a":"<\\u007b%unknown%}>"}',
  '- "\\x3c{%unknown%}>"\n- b',
  "- !!binary PHsldW5rbm93biV9Pg==\n- b",
  "%}> %s %d %!v(MISSING)",
  "a\ud83d",
  "<\0{%x%}>",
  "a\u001b[2J\u009b2J\nb",
  "a\u202eb\u2066c",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "4dabf18193072939515e22adb298388d",
];
const LONG = "<{%x%}>\u001b".repeat(16_384);

for (const host of HOSTS) {
  describe(`Text from outside, in colour, through the ${host},`, function () {
    this.timeout(120_000);
    const on = onStack(host, { rateLimit: "off" }, { HOOD_RATE_LIMIT: "1000/1s" });

    /** Exports a text from outside of each resource, too. */
    const declare = (program: Program) => {
      const shown = ({ type }: Declared) => (type === "Campaign" ? "name" : "campaignName");
      const outputs = Object.entries(program).map(([name, one]) => [name, `\${${name}.${shown(one)}}`]);
      return on.stack.declare(program, Object.fromEntries(outputs));
    };
    /** Runs the CLI as a person sees it. The engine must come to the end that is expected, whatever it shows. */
    async function inColour(code: number, ...args: readonly string[]): Promise<string> {
      const ran = await on.stack.run(args, { color: "always" });
      const said = ran.stdout + ran.stderr;
      const start = said.slice(0, 20_000);
      expect(said, start).to.not.match(/panic:|Unrecognized color|invalid UTF-8|unknown value|unknown signature/);
      expect(ran.code, start).to.equal(code);
      for (const steering of ["\0", "\u001b[2J", "\u009b", "\u202e", "\u2066"])
        expect(said.includes(steering), JSON.stringify(steering)).to.equal(false);
      return said;
    }
    const running = (name: string) => on.hood.add({ name, status: "running" })[0]?.id ?? "";
    const each = (prefix: string, names: readonly string[], make: (name: string, index: number) => Declared): Program =>
      Object.fromEntries(names.map((name, index) => [`${prefix}${index}`, make(name, index)]));
    const names = async (prefix: string, output: string) =>
      (await on.stack.resources()).flatMap(({ urn, outputs }) => (urn.includes(`::${prefix}`) ? outputs[output] : []));

    it("is shown and kept by each command, is the name that a program expects, and is overwritten", async () => {
      const made = { description: "x", metadata: { a: "b" }, draft: true };
      const guarded = { expectedName: "a < {%unknown%}> b" };
      const declared: Program = {
        ...each("ended", [...NAMES, LONG], (name) => cancellation(running(name))),
        ...each("made", NAMES, (_, index) => ({ type: "Campaign", args: { name: `teaser${index}`, ...made } })),
        guarded: cancellation(running(UNKNOWN_IN_COLOUR), guarded),
      };
      await declare(declared);
      const shown = await inColour(0, "up", "--yes", "--diff");
      expect(shown).to.contain("a < {%unknown%}> b").and.contain("red< {%reset%}>");
      expect(await names("ended", "campaignName")).to.have.members([...NAMES, LONG].map(harmless));

      const live = NAMES.map((_, at) => [...on.hood.campaigns.values()].find(({ name }) => name === `teaser${at}`));
      for (const [at, name] of NAMES.entries())
        Object.assign(live[at] ?? {}, {
          name,
          description: `${name}!`,
          labels: [name],
          metadata: { a: { [name]: name } },
        });
      await inColour(0, "refresh", "--yes", "--diff");
      expect(await names("made", "name")).to.have.members(NAMES.map(harmless));
      await inColour(0, "up", "--yes", "--diff");
      expect(live.map((campaign) => campaign?.name)).to.deep.equal(NAMES.map((_, at) => `teaser${at}`));
      expect(await inColour(0, "destroy", "--yes", "--diff")).to.contain("a < {%unknown%}> b");
    });

    it("is shown in what fails, by Hood or in the preview", async () => {
      const id = running("Rejected");
      // Nothing in it is dangerous in more ways than the one: what Hood says of an error is cut.
      const message = "<{%unknown%}> \ud83d \0 \u001b[2J \u202e";
      on.hood.fault({ match: ({ path }) => path.endsWith("/cancel"), fault: { kind: "status", status: 403, message } });
      await declare({ rejected: cancellation(id) });
      expect(await inColour(1, "up", "--yes")).to.contain("HTTP 403 Error. < {%unknown%}>");
      await declare({ misnamed: cancellation(running(UNKNOWN_IN_COLOUR), { expectedName: "Spring sale" }) });
      expect(await inColour(1, "preview")).to.contain('is called "a < {%unknown%}> b", not "Spring sale"');
      const [name, description, , key = "", , metadata] = NAMES;
      const args = {
        name,
        description,
        messages: [{ channel: "push", push: { [key]: 1 } }],
        metadata: { a: metadata },
      };
      await declare({ refused: { type: "Campaign", args } });
      expect(await inColour(1, "preview", "--diff")).to.match(/messages holds "< \{%" without that space/);
    });
  });
}
