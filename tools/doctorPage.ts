import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { examined, type Setup } from "../tests/doctor/run";
import { ROOT } from "./package";

const PAGE = join(ROOT, "docs/doctor.md");

const disguises: Readonly<Record<string, Setup>> = {
  tier: { account: { rateLimit: "75/1s,700/60s" } },
  older: { account: { labelsAs: "string", totalAs: "string", unknownId: 404, maxPageSize: 10 } },
  login: { faults: [{ fault: { kind: "html", status: 200 }, times: Number.POSITIVE_INFINITY }] },
  clock: { ahead: 12 * 60_000 },
};

/** The page with what its samples print today. */
export async function doctorPage(): Promise<string> {
  let page = await readFile(PAGE, "utf8");
  for (const [name, setup] of Object.entries(disguises)) {
    const { out } = await examined(setup);
    page = filled(page, name, `\`\`\`text\n${name === "tier" ? out : onlyDifferent(out)}\`\`\``);
  }
  return page;
}

/** A part ends where the next heading begins. */
function filled(page: string, name: string, content: string): string {
  const part = new RegExp(`<!-- sample: ${name} -->\\n[\\s\\S]*?(?=^##)`, "m");
  if (!part.test(page)) throw new Error(`docs/doctor.md has no place for the sample ${name}.`);
  return page.replace(part, () => `<!-- sample: ${name} -->\n${content}\n\n`);
}

function onlyDifferent(out: string): string {
  return out.replace(/^(ok|unknown) .*\n/gm, "");
}

if (require.main === module) void doctorPage().then((page) => writeFile(PAGE, page));
