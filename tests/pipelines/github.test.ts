import { expect } from "chai";
import { github } from "./github";
import { describePipeline, openRepository } from "./rows";

const FILES = {
  ".github/workflows/campaigns-preview.yml": "github-actions/campaigns-preview.yml",
  ".github/workflows/campaigns-apply.yml": "github-actions/campaigns-apply.yml",
  ".github/actions/campaigns-report/action.yml": "github-actions/campaigns-report/action.yml",
};

describePipeline("examples/pipelines/github-actions", FILES, github);

describe("examples/pipelines/github-actions, for a fork's pull request", function () {
  this.timeout(120_000);

  it("previews nothing, comments on nothing, and fails, since a check that is skipped counts as passed", async () => {
    const world = await openRepository(FILES);
    try {
      const { passed, text } = await github(world).propose(await world.commit({}, "change"), "mallory/campaigns");
      expect(passed, text).to.equal(false);
      expect(world.comments()).to.deep.equal([]);
      expect(world.hood.requests).to.deep.equal([]);
    } finally {
      await world.remove();
    }
  });
});
