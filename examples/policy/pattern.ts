/** A pattern of the configuration. @throws Error that names the setting, if it isn't a regular expression. */
export function toPattern(setting: string, text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new Error(
      `Could not use ${setting}: ${JSON.stringify(text)} is no regular expression (${(error as Error).message}). Correct it in the policy pack's configuration.`,
    );
  }
}
