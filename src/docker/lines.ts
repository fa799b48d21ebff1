import { parseJson } from '../base/json.js';

/** Characters of one line. */
const longest = 2 ** 20;

/**
 * The JSON documents of a stream with one per line, as engines report progress.
 * @throws SyntaxError for a line that is endless or not JSON
 */
export async function* jsonLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const part of source) {
    pending += decoder.decode(part, { stream: true });
    const lines = pending.split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > longest) throw new SyntaxError(`a line is longer than ${longest} characters`);
    yield* lines.flatMap(parsed);
  }
  yield* parsed(pending + decoder.decode());
}

function parsed(line: string): Record<string, unknown>[] {
  if (line.trim() === '') return [];
  const value: unknown = parseJson(line);
  return typeof value === 'object' && value !== null ? [{ ...value }] : [];
}
