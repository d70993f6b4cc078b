import { type Message, say } from "./text";

/** The command that tells how an account differs from what the provider assumes: by its package, since any other may bring that name. */
export const DOCTOR = say`\`npx -p pulumi-ocamba-hood hood-doctor\``;

/** A failure in words for the user: what was tried, what is wrong, what to do next. At most three lines. */
export class UserError extends Error {
  override name = "UserError";
  declare readonly message: Message;

  constructor(message: Message) {
    super(message);
    this.stack = "its error says why";
  }

  /** Pulumi prints this and the stack, beside the message itself, for what some methods throw: once is enough. */
  override toString(): string {
    return "A resource of pulumi-ocamba-hood failed";
  }
}

/** The live campaign, as it is now, doesn't allow what is asked for. Nothing was done. */
export class ImpossibleError extends UserError {
  override name = "ImpossibleError";

  /** @param status the live one. @param property the argument that it belongs to, if there is one. */
  constructor(
    message: Message,
    readonly status: string,
    readonly property = "",
  ) {
    super(message);
  }
}

/** Something was begun and it isn't known how it ended. `state` is recorded under `id`; the next update goes on from there. */
export class UnfinishedError<State extends object = object> extends UserError {
  override name = "UnfinishedError";

  constructor(
    message: Message,
    readonly id: string,
    readonly state: State,
  ) {
    super(message);
  }
}
