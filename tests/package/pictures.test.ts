import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { scenes } from "../../tools/pictures/scenes";
import { ROOT } from "../../tools/root";

describe("The pictures of the README", function () {
  this.timeout(120_000);

  it("show what the CLI prints today: `npm run pictures` makes them", async () => {
    const folder = join(ROOT, "docs/pictures");
    const made = await scenes();
    expect(await readdir(folder)).to.have.members(Object.keys(made));
    for (const [name, svg] of Object.entries(made))
      expect(await readFile(join(folder, name), "utf8"), name).to.equal(svg);
  });
});
