import { expect } from "chai";
import { errorsIn } from "../../report/preview";
import { error } from "./reportSteps";

const urn = "urn:pulumi:test::test::pulumi-nodejs:dynamic/hood:CampaignStatus::six";
const wrapped = "pulumi-nodejs:dynamic/hood:CampaignStatus resource 'six'";

describe("A failed preview's errors", () => {
  it("name the resource, without the engine's words around ours", () => {
    for (const by of [
      `${wrapped}: property status value {{running} x} has a problem: `,
      `${wrapped} has a problem: `,
    ]) {
      const [refusal] = errorsIn([error(`${by}Cancelling is final.\nRemove that wish.`, urn)]);
      expect(refusal).to.deep.equal({
        resource: "six",
        type: "CampaignStatus",
        urn,
        message: "Cancelling is final.\nRemove that wish.",
      });
    }
  });

  it("keep other people's words as they are", () => {
    const other = "urn:pulumi:test::test::aws:s3/bucket:Bucket::b";
    const message = "aws:s3/bucket:Bucket resource 'b' has a problem: no such region";
    expect(errorsIn([error(message, other)])).to.deep.equal([
      { resource: "b", type: "aws:s3/bucket:Bucket", urn: other, message },
    ]);
  });

  it("have no resource where the program failed, and no stack trace", () => {
    const message =
      "Running program 'index.js' failed with an unhandled exception:\nError: boom\n    at Object.<anonymous> (index.js:3:7)";
    expect(errorsIn([error(message)])).to.deep.equal([
      { message: "Running program 'index.js' failed with an unhandled exception:\nError: boom" },
    ]);
  });

  it("are each listed once, and warnings aren't", () => {
    const warning = { message: "warning: look out\n", severity: "warning" };
    const output = { message: "error: said by the program\n", severity: "info#err" };
    expect(errorsIn([error("boom"), warning, error("boom"), output, error("bang")])).to.deep.equal([
      { message: "boom" },
      { message: "bang" },
    ]);
  });

  it("say where to look when the engine gives no reason, as for a policy", () => {
    const [refusal] = errorsIn([error("preview failed")]);
    expect(refusal?.message).to.contain("a policy may deny the change").and.to.contain("without --json");
  });
});
