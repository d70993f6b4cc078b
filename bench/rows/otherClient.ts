import type { Contest } from "../contest";
import type { Figure } from "../figure";

const MOST_REJECTED = 0.02;

/** Another client takes a third of what the windows let through in a minute, evenly spread. */
export const OTHER_CLIENT = "50/60s";

/** The update beside another client of the same account. */
export async function otherClient(contest: Contest): Promise<Figure[]> {
  const { hood, contenders, resources } = contest;
  await contenders.ours.newStack();
  contest.reset();
  const { code, seconds } = await contenders.ours.run(["up", "--yes", "--skip-preview"]);
  const rejected = hood.requests.filter(({ status }) => status === 429).length;
  const canceled = hood.requests.filter(({ effect }) => effect?.to === "canceled").length;
  const recorded = (await contenders.ours.resources()).length;
  const row = `up, ${resources} new, another client takes a third`;
  return [
    {
      row,
      reach: "all done, 0 failures",
      reached: `${canceled} canceled, ${recorded} recorded, exit code ${code}`,
      measured: `${seconds.toFixed(1)} s`,
      ok: code === 0 && canceled === resources && recorded === resources,
    },
    {
      row,
      reach: `429s <= ${MOST_REJECTED * 100} % of requests`,
      reached: `${((100 * rejected) / hood.requests.length).toFixed(1)} %`,
      measured: `${rejected} of ${hood.requests.length}`,
      ok: rejected <= MOST_REJECTED * hood.requests.length,
    },
  ];
}
