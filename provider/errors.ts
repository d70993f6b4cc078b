import type { Properties } from "./context";

/** A failure in words for the user: what was tried, what is wrong, what to do next. At most three lines. */
export class UserError extends Error {
  override name = "UserError";

  constructor(message: string) {
    super(message);
    // Pulumi prints the stack of what some methods throw; a user has no use for ours.
    this.stack = message;
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
