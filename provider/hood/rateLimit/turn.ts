/**
 * What one intention has of the queue: its place, and what the account has made it wait for. A look, the call that stands on
 * it, and both of them again, are one intention.
 */
export interface Turn {
  place?: number;
  /** Milliseconds that the account's answers have asked it to wait. */
  waited: number;
  /** Grew with each answer to a call until this one last came too late for its look. */
  progress?: number;
  /** How often it came too late for its look without any answer to a call in between. */
  idle: number;
}

export function newTurn(): Turn {
  return { waited: 0, idle: 0 };
}
