/**
 * What all requests of one intention share: its place in the queue, and how long the account has made it wait. A read, the call that
 * stands on it, and both of them again, are one intention.
 */
export interface Turn {
  place?: number;
  /** Milliseconds that the account's answers have asked it to wait. */
  waited: number;
  /** A measure that grows with each answer to a call, as it was when this intention's call last came too late for its read. */
  progress?: number;
  /** How often in a row it came too late for its read without any progress. */
  idle: number;
}

export function newTurn(): Turn {
  return { waited: 0, idle: 0 };
}
