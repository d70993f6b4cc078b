import { chmod, copyFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { binOf } from "./cache";
import { withElapsed } from "./elapsed";
import { CLI, CLI_VERSION, DYNAMIC_PROVIDER, NODEJS_HOST, NODEJS_HOST_VERSION } from "./parts";
import { type Context, run } from "./run";
import type { Way } from "./ways";

/** Holds the go.mod folders; the compiler copies none of them to dist. */
const SOURCES = path.resolve(__dirname, "../../../tools/engine");

interface Build {
  /** The folder with the go.mod that pins it. */
  module: string;
  mainPackage: string;
  version: string;
  output: string;
}

const CLI_BUILD: Build = {
  module: "cli",
  mainPackage: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  version: CLI_VERSION,
  output: CLI,
};

const NODEJS_HOST_BUILD: Build = {
  module: "nodejs-host",
  mainPackage: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  version: NODEJS_HOST_VERSION,
  output: NODEJS_HOST,
};

/** Builds the engine from its Go modules: works where only package registries can be reached. Needs Go 1.26.6 or newer. */
export const buildFromModules: Way = {
  name: "building it with Go",
  async make(root, context) {
    const bin = binOf(root);
    // `go build` leaves its work folder behind when it is ended; here it is removed with the staging folder.
    const work = `${root}.work`;
    await mkdir(bin, { recursive: true });
    await mkdir(work);
    const go = { ...context, env: { ...context.env, GOTMPDIR: work } };
    await run("go", ["version"], go);

    context.progress("Building the engine from its Go modules: happens once, takes about 6 minutes on 2 cores");
    const cli = `Building the Pulumi CLI ${CLI_VERSION} with Go`;
    await withElapsed(cli, context.progress, () => goBuild(CLI_BUILD, bin, go));
    const host = `Building the Node.js language host ${NODEJS_HOST_VERSION} with Go`;
    await withElapsed(host, context.progress, () => goBuild(NODEJS_HOST_BUILD, bin, go));
    await copyLauncher(bin);
  },
};

async function goBuild(build: Build, bin: string, context: Context): Promise<void> {
  // CGO off: no C compiler needed, as in the official releases. GOWORK off: a workspace around this checkout must
  // not change what is pinned here.
  const env = { ...context.env, CGO_ENABLED: "0", GOWORK: "off" };
  const ldflags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${build.version}`;
  const output = path.join(bin, build.output);
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags", ldflags, "-o", output, build.mainPackage];
  await run("go", args, { ...context, env }, { cwd: path.join(SOURCES, build.module) });
}

/** The CLI starts dynamic providers through this script and warns when it isn't beside it. */
async function copyLauncher(bin: string): Promise<void> {
  const sdk = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
  const launcher = path.join(bin, DYNAMIC_PROVIDER);
  await copyFile(path.join(sdk, DYNAMIC_PROVIDER), launcher);
  await chmod(launcher, 0o755);
}
