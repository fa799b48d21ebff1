import type { IncomingMessage } from 'node:http';

import { TsmachineError } from '../../base/errors.js';
import { explain } from './failure.js';
import { EngineRefusal } from './engine-refusal.js';
import { engineAddress } from './target.js';
import type { EngineTarget } from './target.js';

/** Whose answer it is, for messages. */
export interface Asked {
  readonly target: EngineTarget;
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
}

/** More than any JSON answer of an engine; a hostile one must not fill the memory. */
const limit = 64 * 1024 * 1024;

/** Reads an answer to its end. @throws TsmachineError ENGINE_UNREACHABLE when it breaks off, ENGINE_API when it has no end. */
export async function readText(response: IncomingMessage, asked: Asked): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Uint8Array>) {
      size += part.length;
      if (size > limit) throw engineError(asked, `the answer is longer than ${limit} bytes`);
      parts.push(part);
    }
  } catch (error) {
    asked.signal?.throwIfAborted();
    throw explain(error, { ...asked, phase: 'answered' });
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The JSON of an answer; undefined for an empty one. @throws TsmachineError ENGINE_API when it is none. */
export async function readJson(response: IncomingMessage, asked: Asked): Promise<unknown> {
  const text = await readText(response, asked);
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw engineError(asked, `the answer is no JSON: ${excerpt(text)}`, error);
  }
}

/** Lets answers of status 2xx and 304 (already so) pass. @throws TsmachineError ENGINE_API in the engine's own words. */
export async function expectSuccess(response: IncomingMessage, asked: Asked): Promise<void> {
  const status = response.statusCode ?? 0;
  if ((status >= 200 && status < 300) || status === 304) return;
  const text = await readText(response, asked);
  const words = messageIn(text) ?? (excerpt(text) || 'no explanation');
  throw engineError(asked, `${words} (HTTP ${status})`, new EngineRefusal(status, words));
}

/** An error that the engine itself reports. */
export function engineError(asked: Asked, words: string, cause?: unknown): TsmachineError {
  const { target, operation } = asked;
  return new TsmachineError(
    'ENGINE_API',
    `The engine of "${target.machine}" at ${engineAddress(target).text} failed at ${operation}: ${words}`,
    { cause },
  );
}

function messageIn(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    const message = typeof answer === 'object' && answer !== null && 'message' in answer ? answer.message : undefined;
    return typeof message === 'string' && message !== '' ? message : undefined;
  } catch {
    return undefined; // a proxy or an old engine answers in plain text, which is then shown as it is
  }
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}...` : line;
}
