import type { Contest } from "../contest";
import type { Figure } from "../figure";
import { requestsFigure } from "../requests";

/** A refresh of everything. */
export async function refresh({ hood, contenders, resources }: Contest): Promise<Figure[]> {
  hood.clearRequests();
  await contenders.ours.succeed(["refresh", "--yes", "--skip-preview"]);
  return [requestsFigure(`refresh, ${resources}`, [hood.requests.map(({ method }) => method)])];
}
