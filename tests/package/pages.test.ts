import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../tools/package";
import { pages } from "./blocks";

const LINK = /\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g;
const SOURCES = ["provider", "report", "sdk"];

async function filesBelow(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  return names
    .filter((name) => name.endsWith(ending) && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

/** A heading's anchor as code hosts make it. */
function anchorsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .trim()
      .replaceAll(/\s/g, "-"),
  );
}

describe("The pages", () => {
  it("lead only to what is there", async () => {
    const broken: string[] = [];
    let links = 0;
    for (const file of await pages()) {
      const text = await readFile(join(ROOT, file), "utf8");
      for (const [whole, path = "", anchor] of text.matchAll(LINK)) {
        links++;
        const target = path === "" ? join(ROOT, file) : join(ROOT, dirname(file), path);
        if (!existsSync(target)) broken.push(`${file}: ${whole}`);
        else if (anchor && !anchorsOf(await readFile(target, "utf8")).includes(anchor))
          broken.push(`${file}: ${whole}`);
      }
    }
    expect(links).to.be.above(30);
    expect(broken).to.deep.equal([]);
  });

  it("name only commands of this repository that there are", async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
    const texts = await Promise.all((await pages()).map((page) => readFile(join(ROOT, page), "utf8")));
    const named = texts.flatMap((text) => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name));
    expect(named).to.have.length.above(15);
    expect(named.filter((name) => !(name in scripts))).to.deep.equal([]);
  });

  it("quote messages that there are", async () => {
    const files = (await Promise.all(SOURCES.map((folder) => filesBelow(folder, ".ts")))).flat();
    const sources = (await Promise.all(files.map((file) => readFile(join(ROOT, file), "utf8")))).join("\n");
    const text = await readFile(join(ROOT, "docs/troubleshooting.md"), "utf8");
    const quoted = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = ""]) => message);
    expect(quoted).to.have.length.above(20);
    // What stands for something in a message is written as "…": the words between are the message's own.
    const strange = quoted.filter((message) => !message.split("…").every((part) => sources.includes(part.trim())));
    expect(strange).to.deep.equal([]);
  });
});
