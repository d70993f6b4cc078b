import { type Contest, inTurn } from "../contest";
import { type Figure, wallFigure } from "../figure";

const ROUNDS = 3;

/** An update that creates everything. The stacks of the last round stay, for what follows on them. */
export async function update(contest: Contest): Promise<Figure[]> {
  const { hood, contenders, resources } = contest;
  const posts: number[] = [];
  const seconds = await inTurn(contest, ROUNDS, async (contender) => {
    await contender.newStack();
    contest.reset();
    const ran = await contender.succeed(["up", "--yes", "--skip-preview"]);
    if (contender === contenders.ours) posts.push(hood.requests.filter(({ method }) => method === "POST").length);
    return ran.seconds;
  });
  const row = `up, ${resources} new, windows lifted`;
  return [
    {
      row,
      reach: `${resources} POST requests`,
      reached: [...new Set(posts)].join(" and "),
      measured: "",
      ok: posts.every((count) => count === resources),
    },
    wallFigure(row, seconds, "baseline", 0.7),
    wallFigure(row, seconds, "floor", 1.15),
  ];
}
