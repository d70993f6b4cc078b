import { expect } from "chai";
import { github } from "./github";
import { gitlab } from "./gitlab";
import { END, FORGED, type Opened, openPipeline, PAUSE, program, WRONG } from "./repository";
import type { Merged } from "./runner";

// From a pull request to its update, whichever service runs the pipeline.
for (const pipeline of [github, gitlab]) {
  describe(pipeline.name, function () {
    this.timeout(180_000);
    let on: Opened;
    /** What ends a campaign, merged and waiting for its approval. */
    let ending: Merged;

    before(async () => {
      on = await openPipeline(pipeline);
    });
    after(() => on?.world.remove());

    const rename = (name: string) => Object.assign(on.world.hood.campaigns.get("1") ?? {}, { name });
    const calls = () => on.world.calls();

    it("comments once on what a pull request would do, by its newest commit", async () => {
      const older = await on.world.commit(program(PAUSE), "change");
      const newest = await on.propose(program(END + PAUSE));
      expect(newest.passed, newest.text).to.equal(true);
      expect(newest.comment.split("\n")[0]).to.equal("<!-- hood-plan campaigns/prod -->");
      expect(newest.comment)
        .to.contain("1 campaign would end for good")
        .and.contain("Terms")
        .and.contain(newest.commit);
      await on.service.propose(older);
      expect(on.world.comments()).to.deep.equal([newest.comment]);
      expect(calls()).to.deep.equal([]);
    });

    it("replaces that comment if the preview fails, or if there is none but what the commit brings", async () => {
      const wrong = await on.propose(program(WRONG));
      expect(wrong.passed).to.equal(false);
      expect(wrong.comment).to.contain("The preview failed").and.contain("Autumn sale");
      const broken = await on.propose({ ...program(END), ...FORGED });
      expect(broken.passed).to.equal(false);
      expect(on.world.comments()).to.have.length(1);
      expect(broken.comment).to.contain("The preview failed").and.contain(broken.commit);
      expect(broken.comment).to.not.match(/Spring sale|Autumn sale|No campaign would end/);
    });

    it("waits for an approval before a campaign ends, and ends that one as it was shown, or none", async () => {
      ending = await on.merge(program(END));
      expect(ending.waits, ending.text).to.equal(true);
      rename("Winter sale");
      const other = await ending.approve();
      expect(other.passed).to.equal(false);
      expect(other.text).to.contain("what can't be taken back isn't what was approved");
      expect(calls()).to.deep.equal([]);
      rename("Spring sale");
      const approved = await ending.approve();
      expect(approved.passed, approved.text).to.equal(true);
      expect(calls()).to.deep.equal(["1/cancel"]);
    });

    it("applies at once what can be taken back, and then nothing that was approved before", async () => {
      const merged = await on.merge(program(END + PAUSE));
      expect(merged.passed, merged.text).to.equal(true);
      expect(merged.waits).to.equal(false);
      const late = await ending.approve();
      expect(late.passed).to.equal(false);
      expect(late.text).to.contain("Nothing is applied: main has moved on");
      expect(calls()).to.deep.equal(["1/cancel", "2/pause"]);
    });
  });
}

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
