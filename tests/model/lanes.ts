/** Lets so many at a time act; the others wait in the order in which they came. */
export function lanes(most: number): (act: () => Promise<void>) => Promise<void> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
