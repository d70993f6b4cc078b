import { expect } from "chai";
import { cancelableStatuses, isCancelable, isFinal, isKnownStatus, meaningOf } from "../../provider/lifecycle";

describe("lifecycle", () => {
  const table = [
    { status: "draft", cancelable: false, final: false },
    { status: "manual", cancelable: false, final: false },
    { status: "scheduled", cancelable: true, final: false },
    { status: "running", cancelable: true, final: false },
    { status: "paused", cancelable: true, final: false },
    { status: "canceled", cancelable: false, final: true },
    { status: "sent", cancelable: false, final: false },
    { status: "needs_decision", cancelable: false, final: false },
  ];

  for (const { status, cancelable, final } of table) {
    it(`knows ${status}: ${cancelable ? "" : "not "}cancelable, ${final ? "" : "not "}final`, () => {
      expect(isKnownStatus(status)).to.equal(true);
      expect(isCancelable(status)).to.equal(cancelable);
      expect(isFinal(status)).to.equal(final);
    });
  }

  for (const status of ["archived", "cancelled", "Running", "", " running", "constructor", "__proto__", "unknown"]) {
    it(`takes the unknown status ${JSON.stringify(status)} neither for cancelable nor for ended`, () => {
      expect(isKnownStatus(status)).to.equal(false);
      expect(isCancelable(status)).to.equal(false);
      expect(isFinal(status)).to.equal(false);
      expect(meaningOf(status)).to.contain("doesn't know");
    });
  }

  it("lists the cancelable statuses in the order of a campaign's life", () => {
    expect(cancelableStatuses).to.deep.equal(["scheduled", "running", "paused"]);
  });
});
