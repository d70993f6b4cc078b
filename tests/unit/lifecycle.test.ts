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

const known = ["draft", "manual", "scheduled", "running", "paused", "canceled", "sent", "needs_decision"];

describe("lifecycle", () => {
  it("knows which statuses can be canceled, which are canceled, and which take edits", () => {
    expect(known.filter(isKnownStatus)).to.deep.equal(known);
    expect(known.filter(isCancelable)).to.deep.equal(["scheduled", "running", "paused"]);
    expect(cancelableStatuses).to.deep.equal(known.filter(isCancelable));
    expect(known.filter(isCanceled)).to.deep.equal(["canceled"]);
    expect(known.filter(isTerminal)).to.deep.equal(["manual", "canceled", "sent"]);
    expect(known.filter(isEditable)).to.deep.equal(["draft", "manual", "scheduled", "paused"]);
  });

  it("takes a status that it doesn't know neither for cancelable nor for ended", () => {
    for (const status of ["archived", "cancelled", "Running", "", " running", "constructor", "__proto__", "unknown"]) {
      const judgements = [isKnownStatus, isCancelable, isCanceled, isTerminal, isEditable].map((judge) =>
        judge(status),
      );
      expect(judgements, status).to.deep.equal(Array(5).fill(false));
      expect(meaningOf(status)).to.contain("doesn't know");
    }
  });
});

describe("the transition table", () => {
  const statuses = [...new Set(transitions.flatMap(({ from, to }) => [from, to]))];

  it("names every status that is known, and leads nowhere from canceled", () => {
    expect(statuses).to.have.members(known);
    for (const to of known) expect(pathBetween("canceled", to)).to.deep.equal(to === "canceled" ? [] : undefined);
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
    for (const [from, to] of statuses.flatMap((from) => statuses.map((to) => [from, to] as const))) {
      let at = from;
      for (const step of pathBetween(from, to) ?? []) {
        expect(accepts(at, step.action), `${step.action} from ${at}`).to.equal(true);
        at = step.to;
      }
    }
  });

  it("leads away from a status and back, where a new time needs that", () => {
    const around = pathAround("scheduled")?.map(({ action, to }) => `${action} ${to}`);
    expect(around).to.deep.equal(["pause paused", "resume scheduled"]);
    expect(pathAround("sent")).to.equal(undefined);
  });

  it("says what can be reached", () => {
    expect(reachableFrom("running")).to.deep.equal(["scheduled", "paused", "canceled"]);
    expect(["sent", "canceled"].flatMap(reachableFrom)).to.deep.equal([]);
  });

  it("explains by time how a status became another one that it leads to, and nothing else", () => {
    const explained = (desired: string) => statuses.filter((status) => isExplainedByTime(desired, status));
    for (const desired of ["running", "scheduled"])
      expect(explained(desired)).to.have.members(["scheduled", "running", "sent", "needs_decision"]);
    for (const desired of ["paused", "canceled"]) expect(explained(desired)).to.deep.equal([desired]);
  });
});
