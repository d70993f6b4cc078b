/**
 * Shows a warning on the stack. What a provider process prints is shown as information only; its first argument is the
 * address of the engine, which takes messages with a severity.
 */
export async function warn(message: string): Promise<void> {
  // Loaded when there is something to say, so that the provider is quick to load.
  const { log, runtime } = await import("@pulumi/pulumi");
  if (!runtime.hasEngine()) runtime.resetOptions("", "", -1, process.argv[2] ?? "", "", false, "");
  await log.warn(message);
}
