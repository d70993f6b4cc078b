import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../../tools/root";
import { run, TYPESCRIPT } from "../packed";
import type { Block } from "./reading";

const SETTINGS = { strict: true, target: "es2022", module: "commonjs", moduleResolution: "node", skipLibCheck: true };

/** What a block leaves to its reader. */
const IMPORTS = `import * as pulumi from "@pulumi/pulumi";\nimport * as hood from "pulumi-ocamba-hood";\n`;

/** The version of Pulumi's SDK that this repository works with: the newest may ask for another Node.js. */
export async function pulumiHere(): Promise<string> {
  return JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")).devDependencies["@pulumi/pulumi"];
}

/** A repository with Pulumi's template for TypeScript, as `pulumi new` takes it from GitHub. @returns the settings that name it. */
export async function templates(folder: string): Promise<NodeJS.ProcessEnv> {
  const template = join(folder, "typescript");
  const manifest = {
    main: "index.ts",
    // npm doesn't replace what is there already by a newer one.
    dependencies: { "@pulumi/pulumi": await pulumiHere() },
    devDependencies: Object.fromEntries(TYPESCRIPT.map((one) => one.split(/(?<=.)@/))),
  };
  await mkdir(template, { recursive: true });
  await writeFile(join(template, "Pulumi.yaml"), `name: \${PROJECT}\nruntime: nodejs\n`);
  await writeFile(join(template, "package.json"), JSON.stringify(manifest));
  await writeFile(join(template, "tsconfig.json"), JSON.stringify({ compilerOptions: SETTINGS, files: ["index.ts"] }));
  const commit = "git -c user.name=Pulumi -c user.email=pulumi@example.com commit --quiet --message Templates";
  await run("bash", ["-e", "-c", `git init --quiet --initial-branch main && git add . && ${commit}`], { cwd: folder });
  return {
    // As it is: the CLI takes no escapes here.
    PULUMI_TEMPLATE_GIT_REPOSITORY: `file://${folder}`,
    PULUMI_TEMPLATE_BRANCH: "main",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
  };
}

/** Writes each block of TypeScript as a file of its own, for one run of the compiler. */
export async function writePrograms(folder: string, blocks: readonly Block[]): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...SETTINGS, noEmit: true } }));
  for (const [index, { where, text }] of blocks.entries()) {
    const whole = /^(?:import|export) /m.test(text) ? text : `export async function block() {\n${text}\n}`;
    const imports = text.startsWith("import ") ? "" : IMPORTS;
    await writeFile(join(folder, `${index} ${where.replaceAll(/\W+/g, " ")}.ts`), imports + whole);
  }
}
