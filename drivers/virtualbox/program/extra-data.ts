/** What `getextradata ... enumerate` prints: `Key: K, Value: V` lines. */
export function extraData(output: string): ReadonlyMap<string, string> {
  return new Map(
    output.split(/\r?\n/).flatMap((line) => {
      const [, key, value = ''] = /^Key: (.*?), Value: (.*)$/.exec(line) ?? [];
      return key === undefined ? [] : [[key, value] as const];
    }),
  );
}
