import type { Contest } from "../contest";
import type { Figure } from "../figure";

const MOST_REFUSED = 0.02;

/** A stranger takes a third of what the windows let through in a minute, evenly spread. */
export const STRANGER = "50/60s";

/** The update beside somebody else who uses the same account. */
export async function stranger(contest: Contest): Promise<Figure[]> {
  const { hood, contenders, resources } = contest;
  await contenders.ours.newStack();
  contest.reset();
  const { code, seconds } = await contenders.ours.run(["up", "--yes", "--skip-preview"]);
  const refused = hood.requests.filter(({ status }) => status === 429).length;
  const canceled = hood.requests.filter(({ effect }) => effect?.to === "canceled").length;
  const recorded = (await contenders.ours.resources()).length;
  const row = `up, ${resources} new, a stranger takes a third`;
  return [
    {
      row,
      reach: "all done, 0 failures",
      reached: `${canceled} cancelled, ${recorded} recorded, exit code ${code}`,
      measured: `${seconds.toFixed(1)} s`,
      ok: code === 0 && canceled === resources && recorded === resources,
    },
    {
      row,
      reach: `429s <= ${MOST_REFUSED * 100} % of requests`,
      reached: `${((100 * refused) / hood.requests.length).toFixed(1)} %`,
      measured: `${refused} of ${hood.requests.length}`,
      ok: refused <= MOST_REFUSED * hood.requests.length,
    },
  ];
}
