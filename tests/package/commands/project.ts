import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../../tools/root";
import { TYPESCRIPT } from "../packed";
import type { Block } from "./reading";

const SETTINGS = { strict: true, target: "es2022", module: "commonjs", moduleResolution: "node", skipLibCheck: true };

/** The version of Pulumi's SDK that this repository works with: the newest may ask for another Node.js. */
export async function pulumiHere(): Promise<string> {
  return JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")).devDependencies["@pulumi/pulumi"];
}

/** What `pulumi new` leaves for TypeScript, in the stack's project `campaigns`. */
export async function newProject(folder: string): Promise<void> {
  const manifest = {
    main: "index.ts",
    // npm doesn't replace what is there already by a newer one.
    dependencies: { "@pulumi/pulumi": await pulumiHere() },
    devDependencies: Object.fromEntries(TYPESCRIPT.map((one) => one.split(/(?<=.)@/))),
  };
  await writeFile(join(folder, "Pulumi.yaml"), "name: campaigns\nruntime: nodejs\n");
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: SETTINGS, files: ["index.ts"] }));
}

/** Writes each block of TypeScript as a file of its own, for one run of the compiler. */
export async function writePrograms(folder: string, blocks: readonly Block[]): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...SETTINGS, noEmit: true } }));
  for (const [index, { where, text }] of blocks.entries()) {
    const whole = text.startsWith("import ")
      ? text
      : `import * as hood from "pulumi-ocamba-hood";\nexport async function block() {\n${text}\n}`;
    await writeFile(join(folder, `${index} ${where.replaceAll(/\W+/g, " ")}.ts`), whole);
  }
}
