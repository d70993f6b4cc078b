import type { Boundary } from "./boundary";
import { DRIFT } from "./span";

/** What an answer showed of the present window: the one that showed the fewest remaining. */
export class Look {
  /**
   * @param since the answer came in that window, or another did as early as this.
   * @param lasting the window can't have ended before.
   */
  constructor(
    readonly remaining: number,
    readonly since: number,
    readonly lasting: number,
  ) {}

  /** When the window that it shows has certainly ended. */
  ends(boundary: Boundary): number {
    const slid = this.since + boundary.period * (1 + DRIFT);
    return Math.min(slid, boundary.first("to", this.lasting)?.to ?? slid);
  }
}
