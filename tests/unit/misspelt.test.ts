import { expect } from "chai";
import { describeMisspelt } from "../../provider/misspelt";
import { settingNames } from "../../provider/settings";
import { expectReadable } from "../support/messages";

interface Row {
  readonly keys?: readonly string[];
  readonly environment?: readonly string[];
  readonly project?: string;
  readonly says: RegExp | "";
}

describe("What looks like a setting and is none", () => {
  const guard = /hood:maxCancelations \(do you mean hood:maxCancellations\?\)/;
  const rows: Record<string, Row> = {
    "a letter too few": { keys: ["hood:maxCancelations"], says: guard },
    "another case": { keys: ["hood:maxcancellations"], says: /do you mean hood:maxCancellations\?/ },
    "other separators": { keys: ["hood:max-cancellations"], says: /do you mean hood:maxCancellations\?/ },
    "two letters swapped": { keys: ["hood:tiemout"], says: /hood:tiemout \(do you mean hood:timeout\?\)/ },
    "near to two": { keys: ["hood:maxWai"], says: /hood:maxWai \(do you mean hood:maxWait\?\)/ },
    "a name that is near to none": { keys: ["hood:colour"], says: /: hood:colour\.\n.*The settings are hood:token, / },
    "an environment variable": {
      environment: ["HOOD_MAX_CANCELATIONS"],
      says: /HOOD_MAX_CANCELATIONS \(do you mean HOOD_MAX_CANCELLATIONS\?\)/,
    },
    "another namespace": { keys: ["Hood:maxCancellations"], says: /do you mean hood:maxCancellations\?/ },
    "a namespace with a letter too few": { keys: ["hod:timeout"], says: /hod:timeout \(do you mean hood:timeout\?\)/ },
    "a setting with a colon in it": { keys: ["hood:time:out"], says: /do you mean hood:timeout\?/ },
    "a key and a variable, in a project called hood": {
      project: "hood",
      keys: ["hood:maxCancelations"],
      environment: ["HOOD_TIMEOUTS"],
      says: /The project is called hood too/,
    },
    "a variable, in a project called hood": { project: "hood", environment: ["HOOD_TIMEOUTS"], says: /\nCorrect the/ },
    "six at once": {
      keys: ["a", "b", "c", "d", "e", "f"].map((name) => `hood:${name}`),
      says: /hood:e, and 1 more\.\n/,
    },
    "a key of a project called hod": { project: "hod", keys: ["hod:timeout"], says: "" },
    "no namespace": { keys: ["shop:maxCancellations"], says: /shop:maxCancellations \(do you mean hood:max/ },
    "a key of a project called hood": {
      project: "hood",
      keys: ["hood:maxCancelations"],
      says: /hood:maxCancellations\?\)\.\nThe project is called hood too/,
    },
    "a key of other words in a project called hood": { project: "hood", keys: ["hood:colour"], says: "" },
    "settings as they are": { keys: settingNames.map((name) => `hood:${name}`), says: "" },
    "the plugin's version": { keys: ["hood:version", "hood:pluginDownloadURL"], says: "" },
    "keys of others": {
      keys: ["shop:timeout", "aws:region", "aws:timeout", "food:timeouts", "shop:rateLimit", "aws:maxCancellations"],
      says: "",
    },
    "variables of others": {
      environment: ["HOOD_COLOUR", "HOOD_TOKEN", "MAX_CANCELATIONS", "FOOD_TOKEN", "HOOD_"],
      says: "",
    },
    "a guard of the project's own beside the setting": {
      keys: ["shop:maxCancellations", "hood:maxCancellations"],
      says: "",
    },
    "another namespace, and no setting": { keys: ["Hood:colour", "hod:colour"], says: "" },
    "a key with a colon of its own": { keys: ["hood:a:b"], says: /: hood:a:b\.\n/ },
    "five at once": { keys: ["a", "b", "c", "d", "e"].map((name) => `hood:${name}`), says: /hood:d, hood:e\.\n/ },
    "a key that could be read wrongly": { keys: ["hood:a b", "hood:`c"], says: /"hood:a b", "hood:`c"\./ },
  };
  for (const [what, { keys = [], environment = [], project = "shop", says }] of Object.entries(rows)) {
    it(`is ${says === "" ? "no matter" : "named with the nearest setting"} if it is ${what}`, () => {
      const warning = describeMisspelt(keys, environment, project);
      if (says === "") expect(warning).to.equal(undefined);
      else expect(warning).to.match(says);
      expectReadable(warning ?? "A warning.");
    });
  }

  it("takes few lines, however many and however long they are", () => {
    const keys = Array.from({ length: 1_000 }, (_, index) => `hood:\u202e\n${"x".repeat(500)}${index}`);
    const warning = describeMisspelt(keys, [], "shop") ?? "";
    expectReadable(warning);
    expect(warning).to.contain("and 995 more").and.not.contain("\u202e");
    expect(warning.length).to.be.below(1_500);
  });
});
