import { expect } from "chai";
import { Ceiling } from "../../provider/hood/rateLimit/ceiling";
import { chance, VirtualTime } from "../model/limiterTime";

const MOST = 10;

interface Hood {
  /** How many at once it bears at a moment. */
  readonly limit: (now: number) => number;
  /** Share of the requests that it complains about for no reason of ours. */
  readonly noise?: number;
  /** Shortest and longest way through the network, in milliseconds. */
  readonly way: readonly [number, number];
}

interface Seen {
  readonly now: number;
  readonly value: number;
  readonly complained: boolean;
}

/** Sends as many at once as the ceiling allows, each of 20 to 60 ms of work, until there are so many answers. */
async function play({ limit, noise = 0, way }: Hood, answers: number): Promise<readonly Seen[]> {
  const time = new VirtualTime();
  const random = chance(1);
  const ceiling = new Ceiling(MOST);
  const seen: Seen[] = [];
  let inFlight = 0;
  let atWork = 0;
  const later = ([least, most]: readonly [number, number], act: () => void) =>
    time.at(time.now + least + (most - least) * random(), act);
  const answer = (sent: number, complained: boolean) => {
    inFlight--;
    if (complained) ceiling.lower(inFlight, sent, time.now);
    else ceiling.good(sent, time.now);
    seen.push({ now: time.now, value: ceiling.value, complained });
    fill();
  };
  const arrive = (sent: number) => {
    const complained = atWork >= limit(time.now) || random() < noise;
    if (complained) return later(way, () => answer(sent, true));
    atWork++;
    later([20, 60], () => {
      atWork--;
      later(way, () => answer(sent, false));
    });
  };
  const fill = () => {
    for (; inFlight < ceiling.value; inFlight++) {
      const sent = time.now;
      later(way, () => arrive(sent));
    }
  };
  fill();
  await time.run(() => seen.length >= answers);
  return seen;
}

const average = (seen: readonly Seen[]) => seen.reduce((sum, { value }) => sum + value, 0) / seen.length;
const complaints = (seen: readonly Seen[]) => seen.filter(({ complained }) => complained).length / seen.length;

describe("limiter: how many at once Hood bears", () => {
  const near = [0.1, 0.2] as const;
  const far = [5, 20] as const;

  it("falls to what was borne, and never below 1 or above what was given", () => {
    const ceiling = new Ceiling(3);
    for (let answers = 1; answers <= 100; answers++) ceiling.good(answers, answers);
    expect(ceiling.value).to.equal(3);
    ceiling.lower(2, 101, 102);
    expect(ceiling.value).to.equal(2);
    ceiling.lower(0, 103, 104);
    expect(ceiling.value).to.equal(1);
  });

  it("takes the complaints about requests that were sent together for one", () => {
    const [once, together] = [new Ceiling(10), new Ceiling(10)];
    once.lower(5, 0, 10);
    for (const borne of [7, 6, 5]) together.lower(borne, 0, 10);
    const rise = (ceiling: Ceiling) => {
      for (let answers = 1; ; answers++) {
        ceiling.good(10 + answers, 10 + answers);
        if (ceiling.value > 5) return answers;
      }
    };
    expect(together.value).to.equal(5);
    expect(rise(together)).to.equal(rise(once));
  });

  it("is soon back at what was borne before, and tries the next one only after a long run", () => {
    const ceiling = new Ceiling(10);
    let now = 0;
    const good = (answers: number) => {
      for (let answer = 1; answer <= answers; answer++) ceiling.good(++now, ++now);
    };
    const complain = (borne: number) => ceiling.lower(borne, ++now, ++now);
    complain(5);
    good(4);
    expect(ceiling.value).to.equal(6);
    complain(3);
    good(8);
    expect(ceiling.value).to.equal(5);
    good(10);
    expect(ceiling.value).to.equal(5);
    good(10);
    expect(ceiling.value).to.equal(6);
  });

  for (const [name, way] of Object.entries({ near, far })) {
    it(`stays high while one in twenty complaints come at random, ${name}`, async () => {
      const seen = await play({ limit: () => Number.POSITIVE_INFINITY, noise: 0.05, way }, 2_000);
      expect(complaints(seen)).to.be.within(0.03, 0.07);
      expect(average(seen)).to.be.above(5);
    });
  }

  for (const limit of [5, 7]) {
    it(`finds a limit of ${limit} and hardly ever tries one more`, async () => {
      const seen = await play({ limit: () => limit, way: near }, 2_000);
      expect(complaints(seen)).to.be.within(0.001, 0.02);
      expect(average(seen)).to.be.within(limit - 0.5, limit + 0.5);
    });

    it(`is complained about little more at a limit of ${limit} where the network blurs how many are there`, async () => {
      const seen = await play({ limit: () => limit, way: far }, 2_000);
      expect(complaints(seen)).to.be.below(0.04);
      expect(average(seen)).to.be.within(limit - 0.5, limit + 1);
    });
  }

  for (const seconds of [1, 3, 6]) {
    it(`is back soon after a stranger took half of it for ${seconds} s`, async () => {
      const left = 1_000 + 1_000 * seconds;
      const limit = (now: number) => (now > 1_000 && now < left ? 5 : MOST);
      const seen = await play({ limit, way: near }, 4_000);
      expect(average(seen.filter(({ now }) => now > 1_300 && now < left))).to.be.within(4, 6);
      const after = seen.filter(({ now }) => now >= left);
      expect(after.findIndex(({ value }) => value >= 9)).to.be.within(1, 110);
    });
  }
});
