import { type Contest, inTurn } from "../contest";
import { type Figure, wallFigure } from "../figure";
import { requestsFigure } from "../requests";

const ROUNDS = 5;

/** A preview of nothing but new cancellations, all of them looked at by ours and none by the others. */
export async function preview(contest: Contest): Promise<Figure[]> {
  const { hood, contenders, resources } = contest;
  for (const contender of Object.values(contenders)) await contender.newStack();
  const requests: string[][] = [];
  const seconds = await inTurn(contest, ROUNDS, async (contender) => {
    contest.reset();
    const ran = await contender.succeed(["preview"]);
    if (contender === contenders.ours) requests.push(hood.requests.map(({ method }) => method));
    return ran.seconds;
  });
  const row = `preview, ${resources} new`;
  return [
    requestsFigure(row, requests),
    wallFigure(row, seconds, "baseline", 0.75),
    wallFigure(row, seconds, "floor", 1.15),
  ];
}
