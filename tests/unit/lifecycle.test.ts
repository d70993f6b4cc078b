import { expect } from "chai";
import {
  accepts,
  cancelableStatuses,
  isCancelable,
  isCanceled,
  isEditable,
  isExplainedByTime,
  isKnownStatus,
  meaningOf,
  pathAround,
  pathBetween,
  reachableFrom,
  transitions,
} from "../../provider/lifecycle";

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
      expect(isCanceled(status)).to.equal(final);
    });
  }

  for (const status of ["archived", "cancelled", "Running", "", " running", "constructor", "__proto__", "unknown"]) {
    it(`takes the unknown status ${JSON.stringify(status)} neither for cancelable nor for ended`, () => {
      expect(isKnownStatus(status)).to.equal(false);
      expect(isCancelable(status)).to.equal(false);
      expect(isCanceled(status)).to.equal(false);
      expect(meaningOf(status)).to.contain("doesn't know");
    });
  }

  it("lists the cancelable statuses in the order of a campaign's life", () => {
    expect(cancelableStatuses).to.deep.equal(["scheduled", "running", "paused"]);
  });

  it("lets edits in where the campaign isn't on its way", () => {
    const editable = table.map(({ status }) => status).filter(isEditable);
    expect(editable).to.deep.equal(["draft", "manual", "scheduled", "paused"]);
    expect(isEditable("archived")).to.equal(false);
  });
});

describe("the transition table", () => {
  const statuses = [...new Set(transitions.flatMap(({ from, to }) => [from, to]))];

  it("names only statuses that are known, and every one of them", () => {
    expect(statuses.filter((status) => !isKnownStatus(status))).to.deep.equal([]);
    expect(statuses).to.have.length(8);
  });

  it("leads nowhere from canceled", () => {
    expect(transitions.filter(({ from }) => isCanceled(from))).to.deep.equal([]);
    for (const to of statuses.filter((status) => status !== "canceled")) {
      expect(pathBetween("canceled", to)).to.equal(undefined);
    }
  });

  const ways: [string, string, string[] | undefined][] = [
    ["running", "running", []],
    ["running", "paused", ["pause"]],
    ["running", "scheduled", ["pause", "resume"]],
    ["scheduled", "running", ["pause", "resume"]],
    ["paused", "running", ["resume"]],
    ["paused", "scheduled", ["resume"]],
    ["running", "canceled", ["cancel"]],
    ["paused", "canceled", ["cancel"]],
    ["draft", "running", undefined],
    ["manual", "canceled", undefined],
    ["sent", "running", undefined],
    ["needs_decision", "paused", undefined],
    ["archived", "paused", undefined],
    ["archived", "archived", []],
  ];
  for (const [from, to, actions] of ways) {
    it(`leads from ${from} to ${to} by ${actions ? actions.join(", ") || "nothing" : "no way"}`, () => {
      expect(pathBetween(from, to)?.map(({ action }) => action)).to.deep.equal(actions);
    });
  }

  it("takes every step of a way from where that step is accepted", () => {
    for (const from of statuses) {
      for (const to of statuses) {
        let at = from;
        for (const step of pathBetween(from, to) ?? []) {
          expect(accepts(at, step.action), `${step.action} from ${at}`).to.equal(true);
          at = step.to;
        }
      }
    }
  });

  it("leads away from a status and back, where a new time needs that", () => {
    expect(pathAround("scheduled")?.map(({ action, to }) => `${action} ${to}`)).to.deep.equal([
      "pause paused",
      "resume scheduled",
    ]);
    expect(pathAround("sent")).to.equal(undefined);
  });

  it("says what can be reached", () => {
    expect(reachableFrom("running")).to.deep.equal(["scheduled", "paused", "canceled"]);
    expect(reachableFrom("sent")).to.deep.equal([]);
    expect(reachableFrom("canceled")).to.deep.equal([]);
  });

  const explained: [string, string[]][] = [
    ["running", ["scheduled", "running", "sent", "needs_decision"]],
    ["scheduled", ["scheduled", "running", "sent", "needs_decision"]],
    ["paused", ["paused"]],
    ["canceled", ["canceled"]],
  ];
  for (const [wished, met] of explained) {
    it(`explains by time how ${wished} became ${met.join(", ")}, and nothing else`, () => {
      expect(table().filter((status) => isExplainedByTime(wished, status))).to.deep.equal(met);
    });
  }

  function table(): string[] {
    return ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent", "needs_decision"];
  }
});
