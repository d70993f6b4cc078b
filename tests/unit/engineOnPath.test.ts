import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { engineOnPath } from "../../tools/engine/onPath";

describe("engine on PATH", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "engine-on-path-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function executable(folder: string, name: string, prints: string): void {
    mkdirSync(path.join(root, folder), { recursive: true });
    const file = path.join(root, folder, name);
    writeFileSync(file, `#!/bin/sh\necho "${prints}"\n`);
    chmodSync(file, 0o755);
  }

  function search(...folders: string[]): Promise<string> {
    const PATH = folders.map((folder) => path.join(root, folder)).join(path.delimiter);
    return engineOnPath({ env: { PATH }, progress: () => {} });
  }

  async function refusal(...folders: string[]): Promise<string> {
    return search(...folders).then(
      (bin) => `found ${bin}`,
      (error: Error) => error.message,
    );
  }

  for (const version of ["v3.150.0", "v3.274.1", "3.160.2", "v4.0.0-alpha.1"]) {
    it(`takes pulumi ${version} with its language host`, async () => {
      executable("bin", "pulumi", version);
      executable("bin", "pulumi-language-nodejs", "");
      expect(await search("bin")).to.equal(path.join(root, "bin"));
    });
  }

  it("gives the folder of pulumi when the language host lies in another", async () => {
    executable("hosts", "pulumi-language-nodejs", "");
    executable("bin", "pulumi", "v3.200.0");
    expect(await search("hosts", "bin")).to.equal(path.join(root, "bin"));
  });

  for (const version of ["v3.149.9", "v2.200.0", "no version at all"]) {
    it(`refuses pulumi that says it is ${version}`, async () => {
      executable("bin", "pulumi", version);
      executable("bin", "pulumi-language-nodejs", "");
      expect(await refusal("bin")).to.equal(
        `${path.join(root, "bin", "pulumi")} is ${version}, and 3.150 or newer is needed`,
      );
    });
  }

  it("refuses pulumi without the language host", async () => {
    executable("bin", "pulumi", "v3.200.0");
    expect(await refusal("bin")).to.contain("its Node.js language host (pulumi-language-nodejs) is not on PATH");
  });

  it("takes neither a file that can't be run nor a folder for pulumi", async () => {
    mkdirSync(path.join(root, "a", "pulumi"), { recursive: true });
    mkdirSync(path.join(root, "b"));
    writeFileSync(path.join(root, "b", "pulumi"), "text");
    expect(await refusal("a", "b", "missing")).to.equal("there is no pulumi on PATH");
  });

  it("passes on what a broken pulumi says", async () => {
    mkdirSync(path.join(root, "bin"));
    writeFileSync(path.join(root, "bin", "pulumi"), "#!/bin/sh\necho library missing >&2\nexit 3\n", { mode: 0o755 });
    expect(await refusal("bin")).to.equal("library missing");
  });
});
