/** What a check found about a value, by its JSON pointer. */
export interface Finding {
  readonly pointer: string;
  /** What is about the whole section points at its key. */
  readonly at: 'key' | 'value';
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export function finding(severity: Finding['severity'], at: Finding['at'], pointer: string, message: string): Finding {
  return { severity, at, pointer, message };
}
