import type ssh2 from 'ssh2';

/**
 * Loads ssh2, which takes a tenth of a second, when it is needed.
 * Some of its exports have no names an `import` could see: hence `default`.
 */
export async function library(): Promise<typeof ssh2> {
  return (await import('ssh2')).default;
}
