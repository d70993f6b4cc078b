import type { Contender } from "../contender";
import type { Contest } from "../contest";
import type { Figure } from "../figure";

const MOST = 1_200;

/** What each resource adds to the state by itself: its inputs and outputs. */
export async function state({ contenders }: Contest): Promise<Figure[]> {
  const [ours, baseline] = [await largest(contenders.ours), await largest(contenders.baseline)];
  return [
    {
      row: "state for each resource, inputs and outputs",
      reach: `<= ${MOST} bytes`,
      reached: `${ours} bytes`,
      measured: `baseline ${baseline} bytes`,
      ok: ours <= MOST,
    },
  ];
}

async function largest(contender: Contender): Promise<number> {
  const sizes = (await contender.resources()).map(({ inputs, outputs }) =>
    Buffer.byteLength(JSON.stringify({ inputs, outputs })),
  );
  return Math.max(...sizes);
}
