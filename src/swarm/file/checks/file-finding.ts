/** What a check found about the value at a JSON pointer. */
export interface FileFinding {
  readonly pointer: string;
  /** `key` for what concerns a whole section. */
  readonly at: 'key' | 'value';
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export function finding(severity: FileFinding['severity'], at: FileFinding['at'], pointer: string, message: string): FileFinding {
  return { severity, at, pointer, message };
}
