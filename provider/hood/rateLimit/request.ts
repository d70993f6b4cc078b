/** A request that went out. The account counted it at some moment from `sent` to `answered`; nobody can tell when. */
export interface Request {
  readonly sent: number;
  /** Infinity while it is on its way. */
  answered: number;
}
