import { mkdir } from "node:fs/promises";
import path from "node:path";
import { binOf } from "./cache";
import { withElapsed } from "./elapsed";
import { type Context, run } from "./run";

/** Holds the go.mod folders; the compiler copies none of them to dist. */
const SOURCES = path.resolve(__dirname, "../../../tools/engine");

/** The oldest Go that the go.mod folders allow, as messages name it. */
export const NEEDED_GO = "Go 1.26.6 or newer (https://go.dev/dl/)";

export interface Build {
  /** What it is, as progress lines name it. */
  title: string;
  /** The folder with the go.mod that pins it. */
  module: string;
  mainPackage: string;
  version: string;
  /** The Go variable that tells the program its own version, if it wants to know. */
  versionVariable?: string;
  output: string;
}

/** Builds each of them into `root`/bin, and resolves to the context for further calls of Go. */
export async function goBuildAll(builds: Build[], root: string, context: Context, announce: string): Promise<Context> {
  // `go build` leaves its work folder behind when it is ended; here it is removed with the staging folder.
  const work = `${root}.work`;
  await mkdir(binOf(root), { recursive: true });
  await mkdir(work);
  // CGO off: no C compiler needed, as in the official releases. GOWORK off: a workspace around this checkout must
  // not change what is pinned here.
  const go = { ...context, env: { ...context.env, GOTMPDIR: work, CGO_ENABLED: "0", GOWORK: "off" } };
  await run("go", ["version"], go);

  context.progress(announce);
  for (const build of builds) {
    const step = `Building the ${build.title} ${build.version} with Go`;
    await withElapsed(step, context.progress, () => goBuild(build, binOf(root), go));
  }
  return go;
}

async function goBuild(build: Build, bin: string, go: Context): Promise<void> {
  const told = build.versionVariable ? ` -X ${build.versionVariable}=v${build.version}` : "";
  const output = path.join(bin, build.output);
  // Go would ask git about a program of this checkout, and git may not answer: there is none, or the folder is somebody else's.
  const flags = ["-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", `-s -w${told}`];
  await run("go", ["build", ...flags, "-o", output, build.mainPackage], go, { cwd: path.join(SOURCES, build.module) });
}

/** The folder with the sources of what was built. */
export function sourcesOf(build: Build, go: Context): Promise<string> {
  const args = ["list", "-mod=readonly", "-f", "{{.Dir}}", build.mainPackage];
  return run("go", args, go, { cwd: path.join(SOURCES, build.module) });
}
