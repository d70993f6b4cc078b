import { type Contest, inTurn } from "../contest";
import { type Figure, wallFigure } from "../figure";

const ROUNDS = 5;

/** An update of what stands already. */
export async function noop(contest: Contest): Promise<Figure[]> {
  const { hood, contenders, resources } = contest;
  let requests = 0;
  const seconds = await inTurn(contest, ROUNDS, async (contender) => {
    hood.clearRequests();
    const ran = await contender.succeed(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
    if (contender === contenders.ours) requests += hood.requests.length;
    return ran.seconds;
  });
  const row = `up without changes, ${resources}`;
  return [
    { row, reach: "0 requests", reached: String(requests), measured: "", ok: requests === 0 },
    wallFigure(row, seconds, "baseline", 1.0),
    wallFigure(row, seconds, "floor", 1.1),
  ];
}
