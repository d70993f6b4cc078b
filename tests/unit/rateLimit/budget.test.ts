import { expect } from "chai";
import { Budget, Budgets } from "../../../provider/hood/rateLimit/budget";
import { Roundings } from "../../../provider/hood/rateLimit/windowStart";
import type { Answer } from "../../../provider/hood/transport";

const TRIP = 10;

describe("what is available in a window", () => {
  let minute: Budget;

  beforeEach(() => {
    minute = new Budget({ limit: 150, length: 60_000 }, new Roundings());
  });

  /** One request there and back; the answer reports what remains, and the seconds left. */
  function ask(sent: number, remaining?: number, left?: number): void {
    const request = { sent, answered: Number.POSITIVE_INFINITY };
    minute.advance(sent);
    minute.sent(request);
    request.answered = sent + TRIP;
    minute.accepted();
    if (remaining === undefined) return;
    minute.reported(request, {
      limit: 150,
      remaining,
      ...(left !== undefined && { left: { value: left * 1_000, unit: 1_000 } }),
    });
  }

  it("is the limit less the requests of this process, if nothing is reported", () => {
    ask(0);
    ask(10);
    expect(minute.available).to.equal(148);
  });

  it("is less if others used it before", () => {
    ask(0, 129, 40);
    expect(minute.available).to.equal(129);
    ask(10);
    expect(minute.available).to.equal(128);
  });

  it("doesn't count on those on their way to be counted", () => {
    ask(0, 20, 40);
    minute.sent({ sent: 20, answered: Number.POSITIVE_INFINITY });
    expect(minute.available).to.equal(19);
  });

  it("is the limit again when the window that was reported has certainly ended", () => {
    ask(0, 0, 30);
    expect(minute.opens(10)).to.be.within(30_000, 31_100);
    minute.advance(31_100);
    expect(minute.available).to.equal(150);
  });

  it("belongs to a new window if more remains than before", () => {
    ask(0, 5);
    ask(1_000, 149);
    expect(minute.available).to.equal(149);
    expect(minute.start.interval?.from).to.equal(0);
    expect(minute.start.interval?.to).to.equal(1_010);
  });

  it("doesn't rise if more remains than before, but the time left says that the window is the same", () => {
    ask(0, 5, 40);
    ask(1_000, 7, 39);
    expect(minute.available).to.be.at.most(5);
    expect(minute.start.interval?.from).to.be.above(38_000);
  });

  it("doesn't rise when answers overtake each other", () => {
    const requests = [0, 1].map((sent) => ({ sent, answered: Number.POSITIVE_INFINITY }));
    for (const request of requests) minute.sent(request);
    for (const [index, request] of [...requests].reverse().entries()) {
      request.answered = 10 + index;
      minute.reported(request, { limit: 150, remaining: 100 + index });
    }
    expect(minute.start.interval).to.equal(undefined);
    expect(minute.available).to.equal(100);
  });
});

describe("a hidden window", () => {
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

  /** One request after the other, each a second after the one before; their answers report another window. */
  function reportOther(from: number, count: number): void {
    for (let number = 0; number < count; number++) minute.reportedOther(send(from + 1_000 * number));
  }

  /** The same, but nothing is reported. */
  function sendUnreported(count: number): void {
    for (let number = 0; number < count; number++) send(1_000 * number);
  }

  it("stays closed when our count reaches its limit, if no answer reports anything", () => {
    sendUnreported(20);
    expect(minute.isFullByCount).to.equal(false);
    expect(minute.opens(20_000)).to.be.above(60_000);
  });

  it("gets single probes once our count reaches its limit, if answers report another window", () => {
    reportOther(0, 19);
    expect(minute.isFullByCount).to.equal(false);
    reportOther(19_000, 1);
    expect(minute.isFullByCount).to.equal(true);
    expect(minute.needsProbe).to.equal(true);
    expect(minute.opens(20_000)).to.equal(20_000);
  });

  it("has started since the oldest request, once one more than the limit was accepted; each further one narrows it", () => {
    reportOther(0, 20);
    expect(minute.start.interval).to.equal(undefined);
    reportOther(20_000, 1);
    expect(minute.start.interval).to.deep.equal({ from: 0, to: 20_010 });
    reportOther(21_000, 3);
    expect(minute.start.interval?.from).to.be.within(2_999, 3_000);
    expect(minute.start.interval?.to).to.be.within(20_010, 20_011);
  });

  it("may have started as late as the last of them came back, though another was sent after it", () => {
    reportOther(0, 19);
    const slow = send(19_000);
    slow.answered = 25_000;
    minute.reportedOther(send(20_000));
    minute.reportedOther(slow);
    expect(minute.start.interval).to.deep.equal({ from: 0, to: 25_000 });
  });

  it("isn't known better by requests that may not have been counted", () => {
    sendUnreported(10);
    reportOther(10_000, 20);
    expect(minute.start.interval).to.equal(undefined);
  });

  it("stays open if an account accepts more than was configured", () => {
    reportOther(0, 59);
    expect(minute.opens(59_000)).to.equal(59_000);
  });

  it("is counted strictly again after a 429, and its end is known from that", () => {
    reportOther(0, 25);
    const request = send(25_000);
    minute.rejected(request, 40_000, false);
    expect(minute.isFullByCount).to.equal(false);
    expect(minute.start.first("to", request.answered)?.from).to.be.within(63_990, 64_000);
    expect(minute.opens(26_000)).to.be.within(65_000, 66_100);
  });

  it("is counted strictly again after a 429 that asks for no time", () => {
    reportOther(0, 20);
    minute.rejected(send(20_000), undefined, false);
    expect(minute.isFullByCount).to.equal(false);
    expect(minute.opens(21_000)).to.be.above(60_000);
  });

  it("has available what is reported at last, not what our count says", () => {
    reportOther(0, 25);
    const request = send(25_000);
    minute.reported(request, { limit: 20, remaining: 6, left: { value: 47_000, unit: 1_000 } });
    expect(minute.isFullByCount).to.equal(false);
    expect(minute.available).to.equal(6);
  });

  it("may be used up by the next request only if others used it before, or if it started between two requests of this process", () => {
    reportOther(0, 9);
    expect(minute.mayBeUsedUp, "less than half used").to.equal(false);
    reportOther(9_000, 11);
    expect(minute.mayBeUsedUp, "others may have used the other half").to.equal(true);
    reportOther(20_000, 1);
    expect(minute.mayBeUsedUp, "may have started between the second and the third").to.equal(true);
  });

  it("hardly started between two requests that were sent together", () => {
    const together = [send(0), send(0), send(1), send(2)];
    for (const request of together) minute.reportedOther(request);
    reportOther(1_000, 16);
    reportOther(17_000, 1);
    expect(minute.mayBeUsedUp).to.equal(false);
  });

  it("is the one that a 429 without a time belongs to, since it was probed", () => {
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
    expect(long.isFullByCount).to.equal(true);
    budgets.rejected(ask(40_000), undefined);
    expect(long.isFullByCount).to.equal(false);
    budgets.opens(43_000);
    expect(second.available).to.equal(10);
  });
});
