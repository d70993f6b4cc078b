import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { ROOT, version } from "./root";

/** Where the plugin looks for its own version and schema is seen from here, so the archive has the package's folders. */
const MAIN = "dist/provider/hosts/plugin/main.js";
const NAME = "pulumi-resource-hood";

const launchers = {
  [NAME]: `#!/bin/sh\nexec node "$(dirname "$0")/${MAIN}" "$@"\n`,
  [`${NAME}.cmd`]: `@node "%~dp0\\${MAIN.replaceAll("/", "\\")}" %*\r\n`,
};

/**
 * Packs the plugin with everything that it needs except for Node.js, as `pulumi plugin install resource hood VERSION --file` takes it.
 *
 * @param folder where the archive is put. @returns its path.
 */
export async function packPlugin(folder: string): Promise<string> {
  const staging = await mkdtemp(join(tmpdir(), "hood-plugin-"));
  try {
    const main = join(staging, MAIN);
    await mkdir(dirname(main), { recursive: true });
    await build({
      entryPoints: [join(ROOT, MAIN)],
      outfile: main,
      bundle: true,
      platform: "node",
      target: "node20",
      logLevel: "error",
    });
    for (const file of ["schema.json", "LICENSE"]) await copyFile(join(ROOT, file), join(staging, file));
    await writeFile(join(staging, "package.json"), JSON.stringify({ name: NAME, version, type: "commonjs" }));
    for (const [name, text] of Object.entries(launchers)) {
      await writeFile(join(staging, name), text);
      await chmod(join(staging, name), 0o755);
    }
    const archive = join(folder, `${NAME}-v${version}.tar.gz`);
    await mkdir(folder, { recursive: true });
    await promisify(execFile)("tar", ["-czf", archive, "-C", staging, "."]);
    return archive;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Says how the archive is installed. */
async function main(): Promise<void> {
  const archive = await packPlugin(join(ROOT, "dist/plugin"));
  console.log(`pulumi plugin install resource hood ${version} --file ${archive}`);
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
