/** What the stand-in was never taught: a gap in it, or a mistake in a script. It never guesses. */
export class Unknown extends Error {
  constructor(what: string) {
    super(`the stand-in does not know ${what}`);
  }
}

/** What PowerShell says of a text that is no script. */
export class ParseError extends Error {}

/** An error of PowerShell: its message, and its id, FullyQualifiedErrorId. */
export class Complaint extends Error {
  /** Ends its statement whatever $ErrorActionPreference says; what cmdlets write does not. */
  readonly isTerminating: boolean;

  constructor(
    message: string,
    readonly id: string,
    { isTerminating = false } = {},
  ) {
    super(message);
    this.isTerminating = isTerminating;
  }
}

export function terminating(message: string, id: string): Complaint {
  return new Complaint(message, id, { isTerminating: true });
}
