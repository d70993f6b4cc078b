import { expect } from "chai";
import { github } from "./github";
import { openPipeline } from "./repository";
import { describeStory } from "./story";

describeStory(github);

describe(`${github.name}, for a fork's pull request`, function () {
  this.timeout(120_000);

  it("previews nothing, comments on nothing, and fails, since a check that is skipped counts as passed", async () => {
    const { world, service } = await openPipeline(github);
    try {
      const { passed, text } = await service.propose(await world.commit({}, "change"), "mallory/campaigns");
      expect(passed, text).to.equal(false);
      expect(world.comments()).to.deep.equal([]);
      expect(world.hood.requests).to.deep.equal([]);
    } finally {
      await world.remove();
    }
  });
});
