import { expect } from "chai";
import { version } from "../../tools/package";
import { copyRepository, type Repository, scriptOf } from "./repository";

const CHANGESET = `---\n"pulumi-ocamba-hood": minor\n---\n\nCampaigns can be told apart.\n`;

const [major, minor] = version.split(".");
const NEXT = `${major}.${Number(minor) + 1}.0`;

describe("A release, with the real tools", function () {
  this.timeout(120_000);
  let repository: Repository;

  before(async () => {
    repository = await copyRepository();
  });
  afterEach(() => repository.reset());
  after(() => repository.remove());

  it("gives everything that bears the version the next one, and uses up the changes that waited", async () => {
    const { read } = repository;
    const files = ["package.json", "schema.json", "package-lock.json"];
    const before = await Promise.all(files.map(read));
    const history = (await read("CHANGELOG.md")).split("\n").slice(1).join("\n");
    // The next section goes right below the title: words between the two would end up in the middle of the file.
    expect(history).to.match(/^\n## \d/);
    await repository.write(".changeset/told-apart.md", CHANGESET);
    await repository.commit();

    await repository.command("npm run version");

    const owns = new RegExp(`("version": )"${version}"`);
    const [manifest, schema, lock] = before as [string, string, string];
    expect(await read("package.json")).to.equal(manifest.replace(owns, `$1"${NEXT}"`));
    expect(await read("schema.json")).to.equal(schema.replace(owns, `$1"${NEXT}"`));
    // The lock file has it twice at its beginning: for itself, and for the package at the root.
    expect(await read("package-lock.json")).to.equal(lock.replace(owns, `$1"${NEXT}"`).replace(owns, `$1"${NEXT}"`));
    const [title, ...rest] = (await read("CHANGELOG.md")).split("\n");
    expect(title).to.equal("# pulumi-ocamba-hood");
    expect(rest.join("\n")).to.match(
      new RegExp(`^\n## ${NEXT}\n\n### Minor Changes\n\n- [0-9a-f]{7}: Campaigns can be told apart.\n`),
    );
    expect(rest.join("\n").endsWith(history)).to.equal(true);
    expect(await repository.changed()).to.have.members([
      "D .changeset/told-apart.md",
      "M CHANGELOG.md",
      ...files.map((file) => `M ${file}`),
    ]);
  });

  it("is asked for by the check of a pull request where users notice the change, and only there", async () => {
    const check = await scriptOf("ci.yml", "changeset", /changeset status/);
    await repository.command("git update-ref refs/remotes/origin/main HEAD");
    const append = async (file: string) => repository.write(file, `${await repository.read(file)}// Changed.\n`);

    await append("tests/seed.ts");
    await append("examples/policy/index.ts");
    await repository.commit();
    await repository.command(check);

    await append("provider/lifecycle.ts");
    await repository.commit();
    const refused = await repository.command(check).catch((error: Error & { stderr: string }) => error.stderr);
    expect(refused).to.contain("no changesets were found");

    await repository.write(".changeset/told-apart.md", CHANGESET);
    await repository.commit();
    await repository.command(check);
  });
});
