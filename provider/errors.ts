import type { Properties } from "./context";

/** A failure in words for the user: what was tried, what is wrong, what to do next. At most three lines. */
export class UserError extends Error {
  override name = "UserError";

  constructor(message: string) {
    super(message);
    this.stack = "its error says why";
  }

  /** Pulumi prints this and the stack, beside the message itself, for what some methods throw: once is enough. */
  override toString(): string {
    return "A resource of pulumi-ocamba-hood failed";
  }
}

/** A call went out, and nobody can tell what became of it: no look succeeded since. */
export class UncertainError extends UserError {
  override name = "UncertainError";
}

/** Something was begun and its end isn't known. What is known is recorded under `id`; the next update goes on from there. */
export class UnfinishedError extends UserError {
  override name = "UnfinishedError";

  constructor(
    message: string,
    readonly id: string,
    readonly properties: Properties,
  ) {
    super(message);
  }
}
