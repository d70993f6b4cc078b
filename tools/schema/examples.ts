import { readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../engine/build";
import { ROOT, version } from "../package";
import { inPcl, type PackageSchema, packageSchema } from "./schema";

/** The newest versions of Pulumi's generators for .NET and Java that fit together and are Go modules that our tests can get. */
const MODULES = ["github.com/pulumi/pulumi/pkg/v3@v3.225.1", "github.com/pulumi/pulumi-java/pkg@v1.21.2"];
const KEPT = join(ROOT, "tools/schema/examples.json");
const EXAMPLE = /In TypeScript:\n\n(```ts\n[\s\S]*?```)\n\nIn YAML:\n\n(```yaml\n[\s\S]*?```)/;

/** Each program in Pulumi's own language, and what it is in others. */
type Translations = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The schema with its examples in every language, in the form of which each SDK keeps its own language's. */
export function withEveryLanguage<T extends PackageSchema>(schema: T): T {
  const kept: Translations = JSON.parse(readFileSync(KEPT, "utf8"));
  const chooser = (_: string, example: string, yaml: string) => {
    const translations = kept[inPcl(example)];
    if (!translations) throw new Error(`Run \`npm run examples\`: one was changed that says\n${example}`);
    const blocks = Object.entries(translations).map(([language, text]) => `\`\`\`${language}\n${text.trim()}\n\`\`\``);
    const parts = ["{{% examples %}}\n## Example Usage\n{{% example %}}", ...blocks, yaml];
    return `${parts.join("\n\n")}\n\n{{% /example %}}\n{{% /examples %}}`;
  };
  return JSON.parse(JSON.stringify(schema), (name, value) =>
    name === "description" && typeof value === "string" ? value.replace(EXAMPLE, chooser) : value,
  );
}

/** Makes `examples.json`, and SDKs in `dotnet` and `java`, in a folder. */
export async function generate(folder: string): Promise<void> {
  const { resources, functions } = packageSchema(version);
  const descriptions = Object.values({ ...resources, ...functions }).map(({ description }) => description);
  const programs = descriptions.flatMap((text) => EXAMPLE.exec(text)?.[1] ?? []).map(inPcl);
  await writeFile(join(folder, "programs.json"), JSON.stringify(programs));
  await copyFile(join(ROOT, "tools/schema/generate.go"), join(folder, "main.go"));
  const env = { ...process.env, GOWORK: "off", CGO_ENABLED: "0" };
  const go = (...args: string[]) => run("go", args, { env, progress: () => {}, signal: undefined }, { cwd: folder });
  await go("mod", "init", "generate");
  await go("get", ...MODULES);
  await go("mod", "tidy");
  await go("run", ".", join(ROOT, "schema.json"), "programs.json", folder);
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hood-examples-"));
  try {
    await generate(folder);
    await copyFile(join(folder, "examples.json"), KEPT);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
