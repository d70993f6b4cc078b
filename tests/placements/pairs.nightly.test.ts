import { tryEvery } from "./play";
import { stories } from "./stories";

describe("Every placement of two faults", function () {
  this.timeout(900_000);

  for (const story of Object.keys(stories)) {
    it(`keeps every promise in ${story}`, async function () {
      const { singles, pairs } = await tryEvery(story, { pairs: true });
      if (this.test) this.test.title += ` (${singles + pairs} schedules)`;
    });
  }
});
