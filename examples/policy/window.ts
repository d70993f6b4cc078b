import { describe, type End, type Violation } from "./ends";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
type Day = (typeof DAYS)[number];

/** When campaigns may be canceled, in UTC. */
export interface WindowConfig {
  /** Days of the week. None: no campaign may be canceled at all. */
  readonly days: readonly Day[];
  /** From this time of day on, `HH:MM`. */
  readonly from: string;
  /** Before this time of day, `HH:MM`, up to `24:00`; later than `from`. */
  readonly to: string;
}

export const windowDefaults: WindowConfig = {
  days: ["mon", "tue", "wed", "thu", "fri"],
  from: "08:00",
  to: "16:00",
};

/** Campaigns are canceled while people are there who notice. @throws Error if the window can't be used. */
export function checkWindow(ends: readonly End[], config: WindowConfig, now: Date): Violation[] {
  const from = minutesOf("from", config.from);
  const to = minutesOf("to", config.to);
  if (from >= to) {
    throw new Error(
      `Could not use end-window: from ${config.from} isn't before to ${config.to}. Correct it in the policy pack's configuration.`,
    );
  }
  const day = DAYS[now.getUTCDay()] as Day;
  const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
  if (config.days.includes(day) && minute >= from && minute < to) return [];
  return ends.map((end) => ({ urn: end.urn, message: describeClosed(end, config, day, now) }));
}

function minutesOf(setting: string, text: string): number {
  const [, hours, minutes] = /^(\d{2}):([0-5]\d)$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  if (total <= 24 * 60) return total;
  throw new Error(
    `Could not use end-window, ${setting}: ${JSON.stringify(text)} is no time of day such as 08:00. Correct it in the policy pack's configuration.`,
  );
}

function describeClosed(end: End, { days, from, to }: WindowConfig, day: Day, now: Date): string {
  const open = days.length === 0 ? "never" : `${days.join(", ")}, ${from} to ${to} UTC`;
  return [
    `This would end ${describe(end)} for good, now, on ${day} at ${now.toISOString().slice(11, 16)} UTC. Campaigns may end: ${open}.`,
    "Apply it then. To stop the campaign until then, pause it: that can be undone.",
  ].join("\n");
}
