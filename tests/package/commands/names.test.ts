import { expect } from "chai";
import { NAMES } from "./runs";
import { openShell, type Shell } from "./shell";

describe("The names of commands in the pages", function () {
  this.timeout(30_000);
  let shell: Shell;

  before(async () => {
    shell = await openShell({});
  });
  after(() => shell?.remove());

  for (const name of NAMES) {
    it(`are what the CLI has: ${name}`, async () => {
      const [, command = "", option = ""] = /^(.+?)( --\S+)?$/.exec(name) ?? [];
      // An option that isn't known is refused before the help is shown.
      const { stdout } = await shell.run(`${command}${option && `${option}=open`} --help`);
      // A command that isn't known shows the help of the one above it.
      const [, usage = "", aliases = ""] = /^Usage:\n {2}(.*)\n(?:\nAliases:\n {2}(.*)\n)?/m.exec(stdout) ?? [];
      const known = usage.startsWith(`${command} `) || aliases.split(", ").includes(command.split(" ").at(-1) ?? "");
      expect(known, stdout).to.equal(true);
    });
  }
});
