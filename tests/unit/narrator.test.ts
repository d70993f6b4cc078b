import { expect } from "chai";
import { Narrator } from "../../tools/demo/narrator";

describe("the demo's narrator", () => {
  it("ticks off what holds, and stops the story at what doesn't, with the step's number", () => {
    let told = "";
    const narrator = new Narrator((text) => {
      told += text;
    });
    narrator.step("Preview", "Shows what would end.");
    narrator.check("the preview succeeded", true);
    expect(told).to.contain("1. Preview").and.contain("✓ the preview succeeded");
    expect(() => narrator.check("only GET requests were sent", false))
      .to.throw("step 1")
      .with.property("message")
      .that.contains("only GET");
    expect(told).to.not.contain("only GET");
  });
});
