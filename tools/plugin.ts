import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ROOT, version } from "./package";

/** Where the plugin looks for its own version and schema is seen from here, so the archive has the package's folders. */
const MAIN = "dist/provider/hosts/plugin/main.js";
const NAME = "pulumi-resource-hood";

/** Pulumi asks for the archive of its own platform. Node.js runs on all of them, so the archives don't differ. */
const PLATFORMS = ["darwin", "linux", "windows"].flatMap((system) => [`${system}-amd64`, `${system}-arm64`]);

/** As Pulumi names this machine. */
function ownPlatform(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  return `${system}-${process.arch === "x64" ? "amd64" : process.arch}`;
}

/** The name that Pulumi looks for. */
function archiveName(platform: string): string {
  return `${NAME}-v${version}-${platform}.tar.gz`;
}

/**
 * Packs the plugin with everything that it needs except for Node.js: an archive for each platform, and their checksums. The same
 * sources give the same bytes, so anybody can check what a release holds.
 *
 * @param folder where they are put. @returns the path of the archive for this machine.
 */
export async function packPlugin(folder: string): Promise<string> {
  const archive = gzipSync(tar(await files()), { level: 9 });
  // Which system compressed it.
  archive[9] = 255;
  const checksum = createHash("sha256").update(archive).digest("hex");
  const names = PLATFORMS.map(archiveName);
  await mkdir(folder, { recursive: true });
  for (const name of names) await writeFile(join(folder, name), archive);
  await writeFile(join(folder, "SHA256SUMS"), names.map((name) => `${checksum}  ${name}\n`).join(""));
  return join(folder, archiveName(ownPlatform()));
}

interface File {
  readonly name: string;
  readonly content: Buffer;
  readonly mode: number;
}

async function files(): Promise<File[]> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, MAIN)],
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  const read = (name: string) => readFile(join(ROOT, name));
  const contents = {
    LICENSE: await read("LICENSE"),
    [MAIN]: Buffer.from(outputFiles[0]?.contents ?? []),
    "package.json": Buffer.from(JSON.stringify({ name: NAME, version, type: "commonjs" })),
    [NAME]: Buffer.from(`#!/bin/sh\nexec node "$(dirname "$0")/${MAIN}" "$@"\n`),
    [`${NAME}.cmd`]: Buffer.from(`@node "%~dp0\\${MAIN.replaceAll("/", "\\")}" %*\r\n`),
    "schema.json": await read("schema.json"),
  };
  const mode = (name: string) => (name.startsWith(NAME) ? 0o755 : 0o644);
  return Object.entries(contents).map(([name, content]) => ({ name, content, mode: mode(name) }));
}

/** When the files of an archive were changed, in seconds since 1970: a fixed time, the one of npm's own packages. */
const CHANGED = 499_162_500;
const BLOCK = 512;

/** An archive of files, root's: without folders, so that extracting it changes none that is there. */
function tar(entries: readonly File[]): Buffer {
  const blocks = entries.flatMap((file) => [
    header(file),
    file.content,
    Buffer.alloc(-file.content.length & (BLOCK - 1)),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
function header({ name, content, mode }: File): Buffer {
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  const block = Buffer.alloc(BLOCK);
  const fields: [at: number, text: string][] = [
    [0, name],
    [100, octal(mode, 7)],
    [108, octal(0, 7)],
    [116, octal(0, 7)],
    [124, octal(content.length, 11)],
    [136, octal(CHANGED, 11)],
    // The checksum counts as blanks in itself.
    [148, " ".repeat(8)],
    [156, "0"],
    [257, "ustar\0" + "00"],
  ];
  for (const [at, text] of fields) block.write(text, at, "latin1");
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0`,
    148,
    "latin1",
  );
  return block;
}

/** Says how the archive of this platform is installed. */
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
