/** One fault over one request of our stack; the first request is 1. */
export interface Placement {
  readonly at: number;
  readonly fault: string;
}

export type Schedule = readonly Placement[];

/** A schedule in the notation that plays it again: `3 done late, 5 killed after`. */
export function written(schedule: Schedule): string {
  return schedule.map(({ at, fault }) => `${at} ${fault}`).join(", ");
}

export function read(text: string): Schedule {
  return text.split(", ").flatMap((part) => {
    const [, at, fault] = /^(\d+) (.+)$/.exec(part) ?? [];
    return at !== undefined && fault !== undefined ? [{ at: Number(at), fault }] : [];
  });
}
