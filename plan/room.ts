/** A part of the report that may be too long to be shown whole. */
export interface Section {
  /** Gets room before all others. */
  readonly first?: boolean;
  readonly head: readonly string[];
  /** Each is some lines that belong together. */
  readonly rows: readonly (readonly string[])[];
  /** Says how many rows are left out. */
  rest(n: number): string;
}

/** A comment on GitHub takes 65,536 characters. What stands around the sections, and what says that rows are left out, needs little of it. */
const ROOM = 58_000;

/** The lines of the sections, in their order, with as many rows as there is room for; none for a section without rows. */
export function inRoom(sections: readonly Section[]): string[] {
  const byPriority = [...sections].sort((a, b) => Number(b.first ?? false) - Number(a.first ?? false));
  const shown = new Map<Section, number>();
  let room = ROOM;
  for (const section of byPriority.filter(({ rows }) => rows.length > 0)) {
    const { head, rows } = section;
    room -= lengthOf(head);
    let n = 0;
    for (let row = rows[n]; row && lengthOf(row) <= room; row = rows[n]) {
      room -= lengthOf(row);
      n += 1;
    }
    shown.set(section, n);
  }
  return sections.flatMap((section) => linesOf(section, shown.get(section) ?? 0));
}

function linesOf({ head, rows, rest }: Section, n: number): string[] {
  if (rows.length === 0) return [];
  const left = rows.length - n;
  return [...(n > 0 ? [...head, ...rows.slice(0, n).flat()] : []), ...(left > 0 ? ["", rest(left)] : [])];
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
