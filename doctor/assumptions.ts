import { type Assumption, NEVER, PAGES } from "./assumption";
import { campaigns } from "./campaigns";
import { limits } from "./limits";
import { lists } from "./lists";
import { way } from "./way";

/** What only a call that changes something would show. */
const calls = {
  cancel: {
    holds: "POST /campaigns/{id}/cancel cancels for good, from running, scheduled and paused only, and answers 204.",
    standsOn: "documented: create-campaigns-by_id-cancel",
    shownBy: NEVER,
    otherwise: "Any other answer is followed by a read, which decides.",
    page: "docs/resources.md#campaigncancellation",
    covers: "/campaigns/{id}/cancel cancel 204",
  },
  pauseAndResume: {
    holds:
      "…/pause takes running and scheduled, …/resume takes paused, with run_immediately: 1 or a time; both answer 204.",
    standsOn: "documented: create-campaigns-by_id-pause, -resume; where a resume leads is inferred",
    shownBy: NEVER,
    otherwise:
      "Any other answer is followed by a read, which decides. What may have been sent isn't sent again blindly.",
    page: PAGES.lifecycle,
    covers: "/campaigns/{id}/pause /campaigns/{id}/resume pause resume",
  },
  life: {
    holds:
      "Campaigns move on by themselves only from scheduled to running, and from there to sent, scheduled or needs_decision.",
    standsOn: "inferred: create-campaigns, ab-testing-experiments",
    shownBy: NEVER,
    otherwise:
      "A status that time doesn't explain is drift: the next update reads the campaign, and says what it would send.",
    page: PAGES.lifecycle,
    covers: "time send set-winner",
  },
  create: {
    holds: "POST /campaigns makes one campaign, and answers 201 (or 200) with the whole of it.",
    standsOn: "documented: create-campaigns",
    shownBy: NEVER,
    otherwise: "The create counts as unknown: it is looked for by its mark, and never sent again blindly.",
    page: PAGES.creates,
    covers: "201 launch",
  },
  edit: {
    holds: "PATCH /campaigns/{id} is a JSON merge patch, for draft, manual, scheduled and paused, and answers 204.",
    standsOn: "documented: update-campaigns-by_id; the statuses by exclusion",
    shownBy: NEVER,
    otherwise: "Any other answer is followed by a read; what the account stores in another way is no drift.",
    page: "docs/resources.md#campaign",
  },
  lag: {
    holds: "A read that follows a call shows what the call did, a few seconds later at most.",
    standsOn: "not documented",
    shownBy: NEVER,
    otherwise: "A call whose answer was lost is looked for during a minute, and then counts as unknown.",
    page: PAGES.lifecycle,
  },
} as const satisfies Record<string, Assumption>;

/**
 * Everything that the provider assumes of a Hood account. Much of Hood's API isn't documented: each row says what an assumption stands
 * on, what the provider does if it doesn't hold, and how that is checked. Comments in `provider/` name the rows that a piece of code
 * relies on.
 */
export const assumptions = { ...way, ...limits, ...lists, ...campaigns, ...calls };

export type AssumptionName = keyof typeof assumptions;

/** In the order in which they are listed. */
export const rows = Object.entries<Assumption>(assumptions) as [AssumptionName, Assumption][];
