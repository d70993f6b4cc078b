import { expect } from "chai";
import { ConcurrencyLimit } from "../../../provider/hood/rateLimit/concurrency";
import { chance, VirtualTime } from "../../model/limiterTime";

const MOST = 10;

interface Hood {
  /** How many at once it accepts at a moment. */
  readonly accepts: (now: number) => number;
  /** Share of the requests that it rejects for other reasons. */
  readonly noise?: number;
  /** Shortest and longest way through the network, in milliseconds. */
  readonly way: readonly [number, number];
}

interface Seen {
  readonly now: number;
  readonly value: number;
  readonly rejected: boolean;
}

/** Sends as many at once as the limit allows, each of 20 to 60 ms of work, until there are so many answers. */
async function play({ accepts, noise = 0, way }: Hood, answers: number): Promise<readonly Seen[]> {
  const time = new VirtualTime();
  const random = chance(1);
  const limit = new ConcurrencyLimit(MOST);
  const seen: Seen[] = [];
  let inFlight = 0;
  let atWork = 0;
  const later = ([least, most]: readonly [number, number], act: () => void) =>
    time.at(time.now + least + (most - least) * random(), act);
  const answer = (sent: number, rejected: boolean) => {
    inFlight--;
    if (rejected) limit.lower(inFlight, sent, time.now);
    else limit.good(sent, time.now);
    seen.push({ now: time.now, value: limit.value, rejected });
    fill();
  };
  const arrive = (sent: number) => {
    const rejected = atWork >= accepts(time.now) || random() < noise;
    if (rejected) return later(way, () => answer(sent, true));
    atWork++;
    later([20, 60], () => {
      atWork--;
      later(way, () => answer(sent, false));
    });
  };
  const fill = () => {
    for (; inFlight < limit.value; inFlight++) {
      const sent = time.now;
      later(way, () => arrive(sent));
    }
  };
  fill();
  await time.run(() => seen.length >= answers);
  return seen;
}

const average = (seen: readonly Seen[]) => seen.reduce((sum, { value }) => sum + value, 0) / seen.length;
const rejections = (seen: readonly Seen[]) => seen.filter(({ rejected }) => rejected).length / seen.length;

describe("how many requests may be on their way at once", () => {
  const near = [0.1, 0.2] as const;
  const far = [5, 20] as const;

  it("falls to what Hood accepted, never below 1, and never rises above the setting", () => {
    const limit = new ConcurrencyLimit(3);
    for (let answers = 1; answers <= 100; answers++) limit.good(answers, answers);
    expect(limit.value).to.equal(3);
    limit.lower(2, 101, 102);
    expect(limit.value).to.equal(2);
    limit.lower(0, 103, 104);
    expect(limit.value).to.equal(1);
  });

  it("counts the rejections of requests that were sent together as one", () => {
    const [once, together] = [new ConcurrencyLimit(10), new ConcurrencyLimit(10)];
    once.lower(5, 0, 10);
    for (const inFlight of [7, 6, 5]) together.lower(inFlight, 0, 10);
    const rise = (limit: ConcurrencyLimit) => {
      for (let answers = 1; ; answers++) {
        limit.good(10 + answers, 10 + answers);
        if (limit.value > 5) return answers;
      }
    };
    expect(together.value).to.equal(5);
    expect(rise(together)).to.equal(rise(once));
  });

  it("is soon back at what Hood accepted before, and tries one more only after a long run", () => {
    const limit = new ConcurrencyLimit(10);
    let now = 0;
    const good = (answers: number) => {
      for (let answer = 1; answer <= answers; answer++) limit.good(++now, ++now);
    };
    const reject = (inFlight: number) => limit.lower(inFlight, ++now, ++now);
    reject(5);
    good(4);
    expect(limit.value).to.equal(6);
    reject(3);
    good(8);
    expect(limit.value).to.equal(5);
    good(10);
    expect(limit.value).to.equal(5);
    good(10);
    expect(limit.value).to.equal(6);
  });

  for (const [name, way] of Object.entries({ near, far })) {
    it(`stays high while one in twenty requests is rejected at random, ${name}`, async () => {
      const seen = await play({ accepts: () => Number.POSITIVE_INFINITY, noise: 0.05, way }, 2_000);
      expect(rejections(seen)).to.be.within(0.03, 0.07);
      expect(average(seen)).to.be.above(5);
    });
  }

  for (const limit of [5, 7]) {
    it(`finds a limit of ${limit}, and hardly ever tries one more`, async () => {
      const seen = await play({ accepts: () => limit, way: near }, 2_000);
      expect(rejections(seen)).to.be.within(0.001, 0.02);
      expect(average(seen)).to.be.within(limit - 0.5, limit + 0.5);
    });

    it(`meets little more rejections at a limit of ${limit} if the network blurs how many are there`, async () => {
      const seen = await play({ accepts: () => limit, way: far }, 2_000);
      expect(rejections(seen)).to.be.below(0.04);
      expect(average(seen)).to.be.within(limit - 0.5, limit + 1);
    });
  }

  for (const seconds of [1, 3, 6]) {
    it(`is back soon after another client took half of it for ${seconds} s`, async () => {
      const left = 1_000 + 1_000 * seconds;
      const accepts = (now: number) => (now > 1_000 && now < left ? 5 : MOST);
      const seen = await play({ accepts, way: near }, 4_000);
      expect(average(seen.filter(({ now }) => now > 1_300 && now < left))).to.be.within(4, 6);
      const after = seen.filter(({ now }) => now >= left);
      expect(after.findIndex(({ value }) => value >= 9)).to.be.within(1, 110);
    });
  }
});
