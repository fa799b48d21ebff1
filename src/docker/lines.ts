/** The JSON documents of a stream with one per line, as engines report progress. @throws SyntaxError for a line that is not JSON. */
export async function* jsonLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const part of source) {
    pending += decoder.decode(part, { stream: true });
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    yield* lines.flatMap(parsed);
  }
  yield* parsed(pending + decoder.decode());
}

function parsed(line: string): Record<string, unknown>[] {
  if (line.trim() === '') return [];
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? [{ ...value }] : [];
}
