/** The name of the tool, as every message, hint and usage line prints it. */
export function programName(): string {
  return 'tsmachine';
}
