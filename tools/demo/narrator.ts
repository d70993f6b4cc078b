/** Tells the story on a terminal, and holds each step to what it should have done. */
export class Narrator {
  #step = 0;

  constructor(private readonly write: (text: string) => void) {}

  say(text: string): void {
    this.write(`\n${text}\n`);
  }

  /** Progress of something that takes a while. */
  aside(text: string): void {
    this.write(`  ${text}\n`);
  }

  step(title: string, why: string): void {
    this.#step++;
    this.write(`\n━━━ ${this.#step}. ${title}\n    ${why}\n\n`);
  }

  command(text: string): void {
    this.write(`$ ${text}\n`);
  }

  /** Real output of a command, set off from the story. */
  readonly output = (text: string): void => {
    this.write(text);
  };

  /** One thing that must be true after a step. @throws Error where it isn't. */
  check(claim: string, holds: boolean): void {
    if (!holds) throw new Error(`step ${this.#step} did not do what it should: ${claim}`);
    this.write(`  ✓ ${claim}\n`);
  }
}
