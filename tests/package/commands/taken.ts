import { readPages } from "./reading";
import { RUNS } from "./runs";

export interface Taken {
  /** The block of that language under a heading; of several, the one at that place. */
  block(where: string, language?: string, index?: number): string;
  /** The command, which must be in a page. */
  span(text: string): string;
  /** What was to be taken, and wasn't yet. */
  left(): string[];
}

/** Takes from the pages what {@link RUNS} has for a test file, and keeps count. */
export async function takeFor(place: keyof typeof RUNS): Promise<Taken> {
  const run: { blocks: readonly string[]; spans: readonly string[] } = RUNS[place];
  const { blocks, spans } = await readPages();
  const ours = blocks.filter(({ where, language }) => run.blocks.includes(where) && language !== "ts");
  const left = new Set<unknown>([...ours, ...run.spans]);
  return {
    block(where, language = "sh", index = 0) {
      const block = ours.filter((one) => one.where === where && one.language === language)[index];
      if (!block) throw new Error(`${place} is to run block ${index} of "${where}", and there is none in ${language}.`);
      left.delete(block);
      return block.text;
    },
    span(text) {
      if (!spans.some((span) => span.text === text)) throw new Error(`No page has the command "${text}" any more.`);
      if (!left.delete(text)) throw new Error(`"${text}" isn't in what ${place} runs, or was run before.`);
      return text;
    },
    left: () => [...left].map((one) => (typeof one === "string" ? one : JSON.stringify(one))),
  };
}
