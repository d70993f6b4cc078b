import type { SimulatedCampaign } from "./campaigns";
import { arrival, startsFrom } from "./lifecycle";
import { isObject } from "./mergePatch";
import type { Settings } from "./options";
import { nextRun, recurs } from "./recurrence";
import { hoodTime, parseHoodTime } from "./time";

/** Where a campaign stands. */
interface Stage {
  readonly status: string;
  /** Since when, in ms since the epoch. */
  readonly since: number;
  /** For how many ms its delivery had gone on before that. */
  readonly delivered: number;
  /** Whether the winner of its A/B test was set. */
  readonly decided: boolean;
}

/** Something that time brings to a campaign, at a moment in ms since the epoch. */
interface Event {
  readonly at: number;
  readonly changes: Partial<SimulatedCampaign>;
}

/** Lets campaigns start and end. No timer runs: what was due by now happens when somebody looks. */
export class Clock {
  private readonly stages = new WeakMap<SimulatedCampaign, Stage>();

  constructor(private readonly settings: Pick<Settings, "now" | "runsFor" | "startsOnTime" | "abTestResult">) {}

  /** Notes that a campaign's status may have changed at this moment. */
  note(campaign: SimulatedCampaign, at = this.settings.now()): Stage {
    const { status } = campaign;
    const last = this.stages.get(campaign) ?? { status, since: at, delivered: 0, decided: false };
    const decided = last.decided || (last.status === "needs_decision" && status === "running");
    const stage = { status, since: at, delivered: deliveredBy(last, status, at), decided };
    this.stages.set(campaign, stage);
    return stage;
  }

  /** Lets everything happen to a campaign that is due by now, each at its own moment. */
  catchUp(campaign: SimulatedCampaign): void {
    const now = this.settings.now();
    let stage = this.stages.get(campaign);
    if (stage?.status !== campaign.status) stage = this.note(campaign, now);
    for (;;) {
      const event = this.next(campaign, stage);
      if (!event || event.at > now) return;
      Object.assign(campaign, event.changes, { update_time: hoodTime(event.at) });
      stage = this.note(campaign, event.at);
    }
  }

  private next(campaign: SimulatedCampaign, stage: Stage): Event | undefined {
    if (this.settings.startsOnTime && startsFrom("start", stage.status)) return started(campaign, stage);
    const at = stage.since + this.settings.runsFor - stage.delivered;
    if (startsFrom("finish", stage.status) && Number.isFinite(at)) {
      return { at, changes: this.finished(campaign, stage, at) };
    }
    return undefined;
  }

  private finished(campaign: SimulatedCampaign, stage: Stage, at: number): Partial<SimulatedCampaign> {
    const { ab_test, run_counter } = campaign;
    if (isObject(ab_test) && !stage.decided) {
      if (this.settings.abTestResult === "draw") {
        return { ...arrival<"finish">("needs_decision"), ab_test: { ...ab_test, winner_delivery_mode: "manual" } };
      }
      if (ab_test.winner_delivery_mode === "manual") return arrival<"finish">("needs_decision");
    }
    const ended = run_counter + 1;
    if (!recurs(campaign)) return { ...arrival<"finish">("sent"), run_counter: ended };
    const next = hoodTime(nextRun(campaign, stage.since - stage.delivered, at));
    return { ...arrival<"finish">("scheduled", next), run_counter: ended };
  }
}

/** How far a delivery has got: a pause keeps what is done, the end of the delivery does not. */
function deliveredBy(last: Stage, status: string, at: number): number {
  if (last.status !== "running") return last.delivered;
  return status === "paused" ? last.delivered + at - last.since : 0;
}

function started(campaign: SimulatedCampaign, { since }: Stage): Event | undefined {
  const due = parseHoodTime(campaign.next_run_time ?? campaign.scheduled_time) ?? 0;
  // A time that was past when the campaign got its status was meant to be: it never comes.
  const start = due > since ? due : Number.POSITIVE_INFINITY;
  const end = endOf(campaign);
  if (recurs(campaign) && end <= start) return { at: Math.max(end, since), changes: arrival<"expire">("sent") };
  return { at: start, changes: arrival<"start">("running") };
}

/** When the runs of a recurring campaign are over, in ms since the epoch. */
function endOf({ end_time }: SimulatedCampaign): number {
  return parseHoodTime(end_time) ?? Number.POSITIVE_INFINITY;
}
