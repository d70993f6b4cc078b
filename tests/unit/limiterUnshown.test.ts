import { expect } from "chai";
import { Budget } from "../../provider/hood/rateLimit/budget";
import { Budgets } from "../../provider/hood/rateLimit/budgets";
import { Roundings } from "../../provider/hood/rateLimit/rounding";
import type { Answer } from "../../provider/hood/transport";

const TRIP = 10;

describe("limiter: a window that the account doesn't show", () => {
  let minute: Budget;

  beforeEach(() => {
    minute = new Budget({ limit: 20, length: 60_000 }, new Roundings());
  });

  function send(sent: number) {
    const request = { sent, answered: Number.POSITIVE_INFINITY };
    minute.advance(sent);
    minute.sent(request);
    request.answered = sent + TRIP;
    return request;
  }

  /** One request after the other, each a second after the one before; their answers show another window. */
  function passOver(from: number, count: number): void {
    for (let number = 0; number < count; number++) minute.passedOver(send(from + 1_000 * number));
  }

  /** The same where nothing is shown. */
  function sendUnseen(count: number): void {
    for (let number = 0; number < count; number++) send(1_000 * number);
  }

  it("stays shut when our own count is full and no answer shows anything", () => {
    sendUnseen(20);
    expect(minute.ahead).to.equal(false);
    expect(minute.opens(20_000)).to.be.above(60_000);
  });

  it("is tried one at a time when our own count is full and answers show another window", () => {
    passOver(0, 19);
    expect(minute.ahead).to.equal(false);
    passOver(19_000, 1);
    expect(minute.ahead).to.equal(true);
    expect(minute.uncharted).to.equal(true);
    expect(minute.opens(20_000)).to.equal(20_000);
  });

  it("has begun since the oldest, once one more than the limit was accepted; each further one narrows it", () => {
    passOver(0, 20);
    expect(minute.boundary.span).to.equal(undefined);
    passOver(20_000, 1);
    expect(minute.boundary.span).to.deep.equal({ from: 0, to: 20_010 });
    passOver(21_000, 3);
    expect(minute.boundary.span?.from).to.be.within(2_999, 3_000);
    expect(minute.boundary.span?.to).to.be.within(20_010, 20_011);
  });

  it("may have begun as late as the last of them came back, though another was sent after it", () => {
    passOver(0, 19);
    const slow = send(19_000);
    slow.answered = 25_000;
    minute.passedOver(send(20_000));
    minute.passedOver(slow);
    expect(minute.boundary.span).to.deep.equal({ from: 0, to: 25_000 });
  });

  it("learns nothing from those of which nobody knows whether they were counted", () => {
    sendUnseen(10);
    passOver(10_000, 20);
    expect(minute.boundary.span).to.equal(undefined);
  });

  it("goes on without knowing more where an account lets more pass than was configured", () => {
    passOver(0, 59);
    expect(minute.opens(59_000)).to.equal(59_000);
  });

  it("is counted strictly again after a 429, and its end is known from that", () => {
    passOver(0, 25);
    const request = send(25_000);
    minute.refused(request, 40_000, false);
    expect(minute.ahead).to.equal(false);
    expect(minute.boundary.first("to", request.answered)?.from).to.be.within(63_990, 64_000);
    expect(minute.opens(26_000)).to.be.within(65_000, 66_100);
  });

  it("is counted strictly again after a 429 that tells no time", () => {
    passOver(0, 20);
    minute.refused(send(20_000), undefined, false);
    expect(minute.ahead).to.equal(false);
    expect(minute.opens(21_000)).to.be.above(60_000);
  });

  it("has what it shows at last, not what our own count says", () => {
    passOver(0, 25);
    const request = send(25_000);
    minute.shown(request, { limit: 20, remaining: 6, left: { value: 47_000, unit: 1_000 } });
    expect(minute.ahead).to.equal(false);
    expect(minute.room).to.equal(6);
  });

  it("is used up by the next only if others were there before, or if it began between two of ours", () => {
    passOver(0, 9);
    expect(minute.blind, "less than half used").to.equal(false);
    passOver(9_000, 11);
    expect(minute.blind, "others may have used the other half").to.equal(true);
    passOver(20_000, 1);
    expect(minute.blind, "may have begun between the second and the third").to.equal(true);
  });

  it("hardly began between two that were sent together", () => {
    const together = [send(0), send(0), send(1), send(2)];
    for (const request of together) minute.passedOver(request);
    passOver(1_000, 16);
    passOver(17_000, 1);
    expect(minute.blind).to.equal(false);
  });

  it("is the one that a 429 means which tells no time, since it was asked for", () => {
    const budgets = new Budgets([
      { limit: 10, length: 1_000 },
      { limit: 20, length: 60_000 },
    ]);
    const [second, long] = budgets.all as [Budget, Budget];
    const headers: Record<string, string> = { "x-ratelimit-limit": "10", "x-ratelimit-remaining": "9" };
    const answer: Answer = { status: 204, text: "", header: (name) => headers[name] ?? null };
    const ask = (sent: number) => {
      const request = { sent, answered: Number.POSITIVE_INFINITY };
      budgets.opens(sent);
      budgets.sent(request);
      request.answered = sent + TRIP;
      return request;
    };
    for (let number = 0; number < 20; number++) budgets.accepted(ask(2_000 * number), answer);
    expect(long.ahead).to.equal(true);
    budgets.refused(ask(40_000), undefined);
    expect(long.ahead).to.equal(false);
    budgets.opens(43_000);
    expect(second.room).to.equal(10);
  });
});
