import { expect } from "chai";
import {
  accepts,
  cancelableStatuses,
  isCancelable,
  isCanceled,
  isEditable,
  isExplainedByTime,
  isKnownStatus,
  isTerminal,
  meaningOf,
  pathAround,
  pathBetween,
  reachableFrom,
  transitions,
} from "../../provider/lifecycle";

describe("lifecycle", () => {
  const known = ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent", "needs_decision"];

  it("knows which statuses can be canceled, which are canceled, and which take edits", () => {
    expect(known.filter(isKnownStatus)).to.deep.equal(known);
    expect(known.filter(isCancelable)).to.deep.equal(["scheduled", "running", "paused"]);
    expect(cancelableStatuses).to.deep.equal(known.filter(isCancelable));
    expect(known.filter(isCanceled)).to.deep.equal(["canceled"]);
    expect(known.filter(isTerminal)).to.deep.equal(["canceled", "sent"]);
    expect(known.filter(isEditable)).to.deep.equal(["draft", "manual", "scheduled", "paused"]);
  });

  for (const status of ["archived", "cancelled", "Running", "", " running", "constructor", "__proto__", "unknown"]) {
    it(`takes the unknown status ${JSON.stringify(status)} neither for cancelable nor for ended`, () => {
      expect(isKnownStatus(status)).to.equal(false);
      expect(isCancelable(status)).to.equal(false);
      expect(isCanceled(status)).to.equal(false);
      expect(isTerminal(status)).to.equal(false);
      expect(isEditable(status)).to.equal(false);
      expect(meaningOf(status)).to.contain("doesn't know");
    });
  }
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

  const paths: [string, string, string[] | undefined][] = [
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
  for (const [from, to, actions] of paths) {
    it(`leads from ${from} to ${to} by ${actions ? actions.join(", ") || "nothing" : "no path"}`, () => {
      expect(pathBetween(from, to)?.map(({ action }) => action)).to.deep.equal(actions);
    });
  }

  it("takes every step of a path from where that step is accepted", () => {
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
  for (const [desired, met] of explained) {
    it(`explains by time how ${desired} became ${met.join(", ")}, and nothing else`, () => {
      expect(statuses.filter((status) => isExplainedByTime(desired, status))).to.have.members(met);
    });
  }
});
