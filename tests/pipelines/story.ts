import { expect } from "chai";
import { END, FORGED, type Opened, OTHER_END, openPipeline, PAUSE, type Pipeline, program, WRONG } from "./repository";

/** From a pull request to its update, whichever service runs the pipeline. */
export function describeStory(pipeline: Pipeline) {
  describe(pipeline.name, function () {
    this.timeout(180_000);
    let on: Opened;

    before(async () => {
      on = await openPipeline(pipeline);
    });
    after(() => on?.world.remove());

    const rename = (name: string) => Object.assign(on.world.hood.campaigns.get("1") ?? {}, { name });
    const calls = () => on.world.calls();

    it("comments once on what a pull request would do, by its newest commit", async () => {
      const first = await on.propose(program(PAUSE));
      expect(first.passed, first.text).to.equal(true);
      expect(first.comment.split("\n")[0]).to.equal("<!-- hood-plan campaigns/prod -->");
      expect(first.comment).to.contain("No campaign would end").and.contain("Terms").and.contain(first.commit);
      const second = await on.propose(program(END + PAUSE));
      expect(second.passed, second.text).to.equal(true);
      expect(second.comment).to.contain("1 campaign would end for good").and.contain(second.commit);
      await on.service.propose(first.commit);
      expect(on.world.comments()).to.deep.equal([second.comment]);
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
      const merged = await on.merge(program(END));
      expect(merged.waits, merged.text).to.equal(true);
      rename("Winter sale");
      const other = await merged.approve();
      expect(other.passed).to.equal(false);
      expect(other.text).to.contain("what can't be taken back isn't what was approved");
      expect(calls()).to.deep.equal([]);
      rename("Spring sale");
      const approved = await merged.approve();
      expect(approved.passed, approved.text).to.equal(true);
      expect(calls()).to.deep.equal(["1/cancel"]);
    });

    it("applies at once what can be taken back, and then nothing that it reverted", async () => {
      const merged = await on.merge(program(END + OTHER_END));
      expect(merged.waits, merged.text).to.equal(true);
      const reverted = await on.merge(program(END + PAUSE));
      expect(reverted.passed, reverted.text).to.equal(true);
      expect(reverted.waits).to.equal(false);
      const approved = await merged.approve();
      expect(approved.passed).to.equal(false);
      expect(approved.text).to.contain("Nothing is applied: main has moved on");
      expect(calls()).to.deep.equal(["1/cancel", "2/pause"]);
    });
  });
}
