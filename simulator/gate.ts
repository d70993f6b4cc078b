import { type Answer, failure } from "./answers";
import type { Settings } from "./options";
import { RateLimiter, type Verdict } from "./rateLimit";

export interface Admission extends Verdict {
  readonly tooParallel: boolean;
}

/** Lets requests in or refuses them with 429: too many at once, or too many in a window. */
export class Gate {
  private readonly limiters = new Map<string, RateLimiter>();
  private inFlight = 0;
  private refusals = 0;

  constructor(private readonly settings: Settings) {}

  /** Counts a request as in flight until the function that this returns is called (again is harmless). */
  enter(): () => void {
    this.inFlight += 1;
    let inside = true;
    return () => {
      if (inside) this.inFlight -= 1;
      inside = false;
    };
  }

  /** Decides on a request that has entered. One that is too many at once takes nothing from the windows. */
  take(endpoint: string, moment: number): Admission {
    if (this.inFlight > this.settings.parallelLimit) {
      return { accepted: false, tooParallel: true, headers: {}, wait: 0 };
    }
    return { ...this.limiter(endpoint).take(moment), tooParallel: false };
  }

  refusal({ tooParallel, wait }: Admission): Answer {
    // How long it is too many at once depends on the client's own requests, so Hood can tell no time.
    const retryAfter = tooParallel ? -1 : Math.max(1, Math.ceil(wait / 1000));
    const headers = !tooParallel && this.leavesOutRetryAfter() ? undefined : { "retry-after": String(retryAfter) };
    if (this.settings.bodyOf429 === "empty") return { status: 429, headers };
    const answer = failure(429, "The rate limit is exceeded.");
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }

  /** Spreads the share evenly: the header is left out whenever the sum passes the next whole number. */
  private leavesOutRetryAfter(): boolean {
    const share = this.settings.retryAfterMissing;
    this.refusals += 1;
    return Math.floor(this.refusals * share) > Math.floor((this.refusals - 1) * share);
  }

  private limiter(endpoint: string): RateLimiter {
    const scope = this.settings.sharedAcrossEndpoints ? "" : endpoint;
    const limiter = this.limiters.get(scope) ?? new RateLimiter(this.settings);
    this.limiters.set(scope, limiter);
    return limiter;
  }
}
