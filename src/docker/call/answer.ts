import type { IncomingMessage } from 'node:http';

import { TsmachineError } from '../../base/errors.js';
import { NestedTooDeep, jsonOrNothing, parseJson } from '../../base/json.js';
import { explain } from './failure.js';
import { EngineRefusal } from './engine-refusal.js';
import { engineAddress } from './target.js';
import type { EngineTarget } from './target.js';

/** The request that was answered, for messages. */
export interface Asked {
  readonly target: EngineTarget;
  readonly operation: string;
  readonly signal?: AbortSignal | undefined;
}

/** More bytes than any JSON answer of an engine; a hostile one must not fill the memory. */
const limit = 64 * 1024 * 1024;

/** Reads an answer to its end. @throws TsmachineError ENGINE_UNREACHABLE when it breaks off, ENGINE_API when it is too long. */
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

/** The JSON of an answer; undefined for an empty one. @throws TsmachineError ENGINE_API when it is not JSON. */
export async function readJson(response: IncomingMessage, asked: Asked): Promise<unknown> {
  const text = await readText(response, asked);
  if (text.trim() === '') return undefined;
  try {
    return parseJson(text);
  } catch (error) {
    const isDeep = error instanceof NestedTooDeep;
    throw engineError(
      asked,
      isDeep ? `the answer is nested deeper than ${error.most} levels` : `the answer is not JSON: ${excerpt(text)}`,
      error,
    );
  }
}

/** Accepts answers with status 2xx and 304 (not modified). @throws TsmachineError ENGINE_API with the engine's own message. */
export async function expectSuccess(response: IncomingMessage, asked: Asked): Promise<void> {
  const status = response.statusCode ?? 0;
  if ((status >= 200 && status < 300) || status === 304) return;
  const text = await readText(response, asked);
  const words = excerpt(messageIn(text) ?? text, 900) || 'no explanation';
  throw engineError(asked, `${words} (HTTP ${status})`, new EngineRefusal(status, words));
}

/** An error that the engine itself reports. */
export function engineError(asked: Asked, words: string, cause?: unknown): TsmachineError {
  const { target, operation } = asked;
  return new TsmachineError(
    'ENGINE_API',
    `The engine of "${target.machine}" at ${engineAddress(target).text} failed at ${operation}: ${excerpt(words, 1000)}`,
    { cause },
  );
}

/** Undefined where a proxy or an old engine answers in plain text, which is shown as it is. */
function messageIn(text: string): string | undefined {
  const answer = jsonOrNothing(text);
  const message = typeof answer === 'object' && answer !== null && 'message' in answer ? answer.message : undefined;
  return typeof message === 'string' && message !== '' ? message : undefined;
}

/** One line of at most `most` characters: an engine's words must not look like ours, nor fill the screen. */
function excerpt(text: string, most = 200): string {
  const line = text.slice(0, 10_000).replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}...` : line;
}
