import type ssh2 from 'ssh2';

/**
 * Loads ssh2 on first use, because loading it takes a tenth of a second.
 * A named `import` does not see some of its exports, hence `default`.
 */
export async function loadSsh2(): Promise<typeof ssh2> {
  return (await import('ssh2')).default;
}
