import { read } from "./faults";
import { play, tryEvery } from "./play";
import { stories } from "./stories";

/** One schedule to play again, as a failure prints it. */
const { PLACEMENT } = process.env;

describe("Every placement of one fault", function () {
  this.timeout(60_000);

  for (const story of Object.keys(stories)) {
    it(`keeps every promise in ${story}`, async function () {
      if (PLACEMENT !== undefined) {
        if (PLACEMENT.startsWith(`${story}: `)) await play(story, read(PLACEMENT.slice(story.length + 2)));
        return;
      }
      const { singles } = await tryEvery(story, { pairs: false });
      if (this.test) this.test.title += ` (${singles} schedules)`;
    });
  }
});
