/** A text without these values; values of fewer than four characters stand in any text. */
export function masked(words: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => (secret.length < 4 ? text : text.replaceAll(secret, '...')), words);
}

/** The same error: its stack is shown with --debug, and providers repeat in their words what they were sent. */
export function withoutSecrets(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof Error)) return error;
  error.message = masked(error.message, secrets);
  if (error.stack !== undefined) error.stack = masked(error.stack, secrets);
  return error;
}
