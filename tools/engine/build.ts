import { chmod, copyFile } from "node:fs/promises";
import path from "node:path";
import { binOf } from "./cache";
import { type Build, goBuildAll } from "./goBuild";
import { CLI, CLI_VERSION, DYNAMIC_PROVIDER, NODEJS_HOST, NODEJS_HOST_VERSION } from "./parts";
import type { Way } from "./ways";

const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

const BUILDS: Build[] = [
  {
    title: "Pulumi CLI",
    module: "cli",
    mainPackage: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: CLI_VERSION,
    versionVariable: VERSION_VARIABLE,
    output: CLI,
  },
  {
    title: "Node.js language host",
    module: "nodejs-host",
    mainPackage: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    version: NODEJS_HOST_VERSION,
    versionVariable: VERSION_VARIABLE,
    output: NODEJS_HOST,
  },
];

const ANNOUNCE = "Building the engine from its Go modules: happens once, takes about 6 minutes on 2 cores";

/** Builds the engine from its Go modules: works where only package registries can be reached. Needs Go 1.26.6 or newer. */
export const buildFromModules: Way = {
  name: "building it with Go",
  async make(root, context) {
    await goBuildAll(BUILDS, root, context, ANNOUNCE);
    await copyLauncher(binOf(root));
  },
};

/** The CLI starts dynamic providers through this script and warns when it isn't beside it. */
async function copyLauncher(bin: string): Promise<void> {
  const sdk = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
  const launcher = path.join(bin, DYNAMIC_PROVIDER);
  await copyFile(path.join(sdk, DYNAMIC_PROVIDER), launcher);
  await chmod(launcher, 0o755);
}
