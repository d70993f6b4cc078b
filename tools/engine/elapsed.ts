const EVERY_MS = 20_000;

/** Reports `what` at the start of some long work and every 20 s until it ends, with the time it has taken so far. */
export async function withElapsed<T>(what: string, progress: (line: string) => void, work: () => Promise<T>) {
  const start = Date.now();
  progress(what);
  const timer = setInterval(() => progress(`${what}: ${duration(Date.now() - start)} so far`), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
