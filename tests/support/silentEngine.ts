import type { Engine } from "../../provider/hosts/engine";

export interface SilentEngine extends Engine {
  readonly warnings: readonly string[];
  readonly progress: readonly string[];
}

/** An engine that keeps to itself what a provider tells it. */
export function silentEngine(stack: { project?: string; stack?: string } = {}): SilentEngine {
  const warnings: string[] = [];
  const progress: string[] = [];
  return {
    warnings,
    progress,
    warn: async (message) => {
      warnings.push(message);
    },
    showProgress: async (line) => {
      progress.push(line);
    },
    currentStack: async () => stack,
    isGone: async () => false,
  };
}
