import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One thing that the provider assumes of a Hood account. */
export interface Assumption {
  readonly name: string;
  /** What the provider assumes, as a sentence. */
  readonly holds: string;
  /** The page of Hood's documentation that says so, or what it was inferred from. */
  readonly standsOn: string;
  /** The request that shows it; {@link NEVER} if only a call that changes something could. */
  readonly shownBy: string;
  /** What the provider does if it doesn't hold. */
  readonly otherwise: string;
  /** The page of this package that explains it. */
  readonly page: string;
}

export const NEVER = "none";

/** What is assumed is said once, in the table of the page that people read. The package brings it along. */
const PAGE = join(__dirname, "../../docs/doctor.md");
const ROW = /^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| \[.+?\]\((.+?)\) \|$/gm;

/** Everything that the provider assumes of a Hood account, in the order in which it is listed. Comments in `provider/` name these. */
export const assumptions: readonly Assumption[] = [...readFileSync(PAGE, "utf8").matchAll(ROW)].map(
  ([, name = "", holds = "", standsOn = "", shownBy = "", otherwise = "", page = ""]) => {
    return { name, holds, standsOn, shownBy, otherwise, page: `docs/${page}` };
  },
);
