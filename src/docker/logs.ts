import type { Engine } from './client.js';
import { framesOf } from './frames.js';

/** Bytes of a log that are read at most. */
const longest = 64 * 1024;

/**
 * The last lines that a container wrote, without a terminal, to its standard output and standard error.
 * @throws TsmachineError ENGINE_API, ENGINE_UNREACHABLE, ENGINE_TLS
 */
export async function lastLines(engine: Engine, container: string, count: number): Promise<string[]> {
  const query = { stdout: true, stderr: true, tail: count };
  const response = await engine.stream('GET', `/containers/${container}/logs`, { query, timeout: 10_000 });
  const parts: Uint8Array[] = [];
  let size = 0;
  const asked = { target: engine.target, operation: `GET /containers/${container}/logs`, signal: undefined };
  try {
    for await (const { data } of framesOf(response, asked, longest)) {
      parts.push(data);
      size += data.length;
      if (size > longest) break;
    }
  } finally {
    response.destroy();
  }
  const lines = Buffer.concat(parts).toString('utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').slice(-count);
}
