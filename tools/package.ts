import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/** The repository, seen from where this file is compiled to. */
export const ROOT = join(__dirname, "../..");

const manifest: Record<"version" | "description", string> & { readonly repository: { readonly url: string } } =
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** The package's version, and what it is. */
export const { version, description } = manifest;

/** Owner and name of the repository on GitHub, such as `acme/pulumi-ocamba-hood`. */
export const repository = manifest.repository.url.replace(/^git\+https:\/\/github\.com\/|\.git$/g, "");

/** What package.json says to those who work on this repository, and to nobody who installs the package. */
const OURS = ["scripts", "overrides", "allowScripts", "devDependencies"];

interface Packed {
  readonly filename: string;
  /** In bytes. */
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` makes of a package's folder. */
async function npmPack(folder: string, args: readonly string[]): Promise<Packed> {
  const all = ["pack", "--ignore-scripts", "--json", "--loglevel=error", ...args];
  const { stdout } = await promisify(execFile)("npm", all, { cwd: folder });
  // npm 12 says it by the package's name, those before in a list.
  return Object.values<Packed>(JSON.parse(stdout))[0] as Packed;
}

/** Packs the npm package as it is published. @param folder where the tarball is put. @returns its path, and what is in it. */
export function packPackage(folder: string): Promise<Packed & { readonly path: string }> {
  return inStaging(async (staging) => {
    const { files } = await npmPack(ROOT, ["--dry-run"]);
    for (const { path } of files) await cp(join(ROOT, path), join(staging, path));
    const published = Object.fromEntries(Object.entries(manifest).filter(([field]) => !OURS.includes(field)));
    await writeFile(join(staging, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
    await mkdir(folder, { recursive: true });
    const packed = await npmPack(staging, ["--pack-destination", folder]);
    return { ...packed, path: join(folder, packed.filename) };
  });
}

async function inStaging<T>(work: (staging: string) => Promise<T>): Promise<T> {
  const staging = await mkdtemp(join(tmpdir(), "hood-package-"));
  try {
    return await work(staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Where the plugin looks for its own version and schema is seen from here, so the archive has the package's folders. */
const MAIN = "dist/provider/hosts/plugin/main.js";
const NAME = "pulumi-resource-hood";

/** Pulumi asks for the archive of its own platform. Node.js runs on all of them, so the archives don't differ. */
const PLATFORMS = ["darwin", "linux", "windows"].flatMap((system) => [`${system}-amd64`, `${system}-arm64`]);
/** As Pulumi names this machine. */
const OWN = `${process.platform.replace("win32", "windows")}-${process.arch.replace("x64", "amd64")}`;

/** When the files of an archive were changed: a fixed time, the one of npm's own packages. */
const CHANGED = new Date("1985-10-26T08:15:00Z");

/**
 * Packs the plugin with everything that it needs except for Node.js: an archive for each platform, and their checksums. The same
 * sources give the same bytes, so anybody can check what a release holds.
 *
 * @param folder where they are put. @returns the path of the archive for this machine.
 */
export function packPlugin(folder: string): Promise<string> {
  return inStaging(async (staging) => {
    // Most of those who load this file pack nothing.
    const [tar, contents] = [await import("tar"), await pluginFiles()];
    for (const [name, content] of Object.entries(contents)) {
      await mkdir(dirname(join(staging, name)), { recursive: true });
      await writeFile(join(staging, name), content);
      await chmod(join(staging, name), name.startsWith(NAME) ? 0o755 : 0o644);
    }
    const archive = join(staging, "archive");
    // Without folders, so that extracting it changes none that is there.
    const options = { cwd: staging, file: archive, gzip: { level: 9 }, portable: true, mtime: CHANGED, noPax: true };
    await tar.create(options, Object.keys(contents));
    const checksum = createHash("sha256")
      .update(await readFile(archive))
      .digest("hex");
    const nameFor = (platform: string) => `${NAME}-v${version}-${platform}.tar.gz`;
    const names = PLATFORMS.map(nameFor);
    await mkdir(folder, { recursive: true });
    for (const name of names) await copyFile(archive, join(folder, name));
    await writeFile(join(folder, "SHA256SUMS"), names.map((name) => `${checksum}  ${name}\n`).join(""));
    return join(folder, nameFor(OWN));
  });
}

async function pluginFiles(): Promise<Record<string, string | Uint8Array>> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, MAIN)],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  return {
    LICENSE: await readFile(join(ROOT, "LICENSE")),
    [MAIN]: outputFiles[0]?.contents ?? "",
    "package.json": JSON.stringify({ name: NAME, version, type: "commonjs" }),
    [NAME]: `#!/bin/sh\nexec node "$(dirname "$0")/${MAIN}" "$@"\n`,
    [`${NAME}.cmd`]: `@node "%~dp0\\${MAIN.replaceAll("/", "\\")}" %*\r\n`,
    "schema.json": await readFile(join(ROOT, "schema.json")),
  };
}

/** Packs the npm package, or with `--plugin` the plugin, and says where it is, or how it is installed. */
async function main(): Promise<void> {
  if (!process.argv.includes("--plugin")) return console.log((await packPackage(join(ROOT, "dist/package"))).path);
  const archive = await packPlugin(join(ROOT, "dist/plugin"));
  console.log(`pulumi plugin install resource hood ${version} --file ${archive}`);
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
