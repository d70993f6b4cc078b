import { expect } from "chai";
import { Budget } from "../../provider/hood/rateLimit/budget";
import { Roundings } from "../../provider/hood/rateLimit/rounding";

describe("limiter: what is left of a window", () => {
  let minute: Budget;

  beforeEach(() => {
    minute = new Budget({ limit: 150, length: 60_000 }, new Roundings());
  });

  /** One request there and back in 10 ms; the answer shows what remains, and the seconds left. */
  function ask(sent: number, remaining?: number, left?: number): void {
    const request = { sent, answered: Number.POSITIVE_INFINITY };
    minute.advance(sent);
    minute.sent(request);
    request.answered = sent + 10;
    minute.accepted();
    if (remaining === undefined) return;
    minute.shown(request, {
      limit: 150,
      remaining,
      ...(left !== undefined && { left: { value: left * 1_000, unit: 1_000 } }),
    });
  }

  it("is the limit less our own, where nothing is shown", () => {
    ask(0);
    ask(10);
    expect(minute.room).to.equal(148);
  });

  it("is less where others used it before", () => {
    ask(0, 129, 40);
    expect(minute.room).to.equal(129);
    ask(10);
    expect(minute.room).to.equal(128);
  });

  it("takes those on their way for not yet counted", () => {
    ask(0, 20, 40);
    minute.sent({ sent: 20, answered: Number.POSITIVE_INFINITY });
    expect(minute.room).to.equal(19);
  });

  it("opens when the window that was shown has certainly ended", () => {
    ask(0, 0, 30);
    expect(minute.opens(10)).to.be.within(30_000, 31_100);
    minute.advance(31_100);
    expect(minute.room).to.equal(150);
  });

  it("takes a rise of what remains for a new window", () => {
    ask(0, 5);
    ask(1_000, 149);
    expect(minute.room).to.equal(149);
    expect(minute.boundary.span?.from).to.equal(0);
    expect(minute.boundary.span?.to).to.equal(1_010);
  });

  it("takes it for an estimate where the time left says otherwise", () => {
    ask(0, 5, 40);
    ask(1_000, 7, 39);
    expect(minute.room).to.be.at.most(5);
    expect(minute.boundary.span?.from).to.be.above(38_000);
  });

  it("doesn't take answers that overtook each other for a rise", () => {
    const requests = [0, 1].map((sent) => ({ sent, answered: Number.POSITIVE_INFINITY }));
    for (const request of requests) minute.sent(request);
    for (const [index, request] of [...requests].reverse().entries()) {
      request.answered = 10 + index;
      minute.shown(request, { limit: 150, remaining: 100 + index });
    }
    expect(minute.boundary.span).to.equal(undefined);
    expect(minute.room).to.equal(100);
  });
});
