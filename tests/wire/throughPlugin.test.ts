import { readdirSync } from "node:fs";
import path from "node:path";
import { through } from "../support/hosts";

// Every other wire test once more: the resources are to be the same, whichever host Pulumi comes through.
const files = readdirSync(__dirname).filter((file) => file.endsWith(".test.js") && file !== path.basename(__filename));

describe("through the plugin", () => {
  through("plugin", () => {
    for (const file of files) {
      const whole = path.join(__dirname, file);
      // A file that was read before would describe nothing: not here, and not when its own turn comes in this worker.
      delete require.cache[whole];
      require(whole);
      delete require.cache[whole];
    }
  });
});
