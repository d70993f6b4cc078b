import { withElapsed } from "./elapsed";
import { CLI_VERSION } from "./parts";
import { run } from "./run";
import type { Way } from "./ways";

const LIMIT_MS = 5 * 60_000;

// The version goes in as text, which the installer takes as it is; its own version check would need a SemVer object.
// What was installed is checked afterwards anyway.
const INSTALL = `
  const [root, version] = process.argv.slice(1);
  const { PulumiCommand } = require("@pulumi/pulumi/automation/cmd");
  PulumiCommand.install({ root, version, skipVersionCheck: true }).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });`;

/** Lets the Automation API download the official release, in a process of its own: the API takes no time limit. */
export const installRelease: Way = {
  name: "Pulumi's own installer",
  async make(root, context) {
    await withElapsed(`Installing the Pulumi CLI ${CLI_VERSION} with Pulumi's own installer`, context.progress, () =>
      run(process.execPath, ["-e", INSTALL, root, CLI_VERSION], context, { cwd: __dirname, timeout: LIMIT_MS }),
    );
  },
};
