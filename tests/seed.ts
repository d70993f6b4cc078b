import fc from "fast-check";

// What fails by chance must fail again: every property that names no seed of its own begins with this one.
fc.configureGlobal({ seed: 20_261_125 });

// What the developer has set for a real account must not reach a test.
for (const name of Object.keys(process.env)) if (/^HOOD_/i.test(name)) delete process.env[name];

/** Numbers from 0 to 1 that look random and are the same in every run (a linear congruential generator). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
