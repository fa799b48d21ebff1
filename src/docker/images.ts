import type { Readable } from 'node:stream';

import { engineError } from './call/answer.js';
import type { Asked } from './call/answer.js';
import type { Engine } from './client.js';
import { explain } from './call/failure.js';
import { jsonLines } from './lines.js';
import { askFor, list, object, text, type Shape } from './shape.js';
import { Silence } from './call/silence.js';

export interface ProgressOptions {
  readonly signal?: AbortSignal;
  /** Called with each status line of the engine's progress. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Imports a root file system as an image with one layer; `reference` is `name:tag`. Returns the image's id.
 * @throws TsmachineError ENGINE_API, also for an error that the engine reports after its status 200.
 */
export async function importImage(engine: Engine, tar: Readable, reference: string, options: ProgressOptions = {}): Promise<string> {
  const { repo, tag } = splitReference(reference);
  return progress(engine, { fromSrc: '-', repo, tag }, options, { body: tar, contentType: 'application/x-tar' });
}

/** Pulls an image from its registry. Returns the engine's last status line. @throws as importImage */
export async function pullImage(engine: Engine, reference: string, options: ProgressOptions = {}): Promise<string> {
  const { repo, tag } = splitReference(reference);
  return progress(engine, { fromImage: repo, tag }, options, {});
}

/** Milliseconds in which an image has to arrive, however much the engine reports meanwhile. */
const longestPull = 2 * 60 * 60_000;

async function progress(
  engine: Engine,
  query: Record<string, string>,
  { signal, onProgress }: ProgressOptions,
  content: { body?: Readable; contentType?: string },
): Promise<string> {
  const path = '/images/create';
  const asked: Asked = { target: engine.target, operation: `POST ${path}`, signal };
  const response = await engine.stream('POST', path, { query, ...content, ...(signal === undefined ? {} : { signal }) });
  let last = '';
  const total = setTimeout(() => response.destroy(new Silence(longestPull, 'no complete answer')), longestPull);
  try {
    for await (const line of jsonLines(response)) {
      if (typeof line['error'] === 'string') throw engineError(asked, line['error']);
      if (typeof line['status'] === 'string') last = line['status'];
      onProgress?.(last);
    }
  } catch (error) {
    signal?.throwIfAborted();
    // The engine answers while it is still receiving, so the cause may be an error of the archive.
    if (content.body?.errored) throw content.body.errored;
    if (error instanceof SyntaxError) throw engineError(asked, `the answer is not JSON: ${error.message}`, error);
    throw explain(error, { ...asked, phase: 'answered' });
  } finally {
    clearTimeout(total);
    response.destroy();
  }
  return last;
}

/** The fields of `GET /images/REFERENCE/json` that are used. */
export interface ImageFacts {
  readonly Id: string;
  readonly Config?: { readonly Env?: readonly string[] | null } | null;
}

const imageFacts: Shape<ImageFacts> = object({ Id: text }, { Config: object({}, { Env: list(text) }) });

/** Looks up an image; undefined when the engine has none of that name. */
export function findImage(engine: Engine, reference: string): Promise<ImageFacts | undefined> {
  return askFor(engine, imageFacts, `/images/${reference.split('/').map(encodeURIComponent).join('/')}/json`);
}

/**
 * In `registry:5000/name:tag` the tag follows the last colon after the last slash; a digest (`name@sha256:...`) takes the place of a tag.
 */
function splitReference(reference: string): { repo: string; tag: string } {
  const at = reference.indexOf('@');
  if (at > 0) return { repo: reference.slice(0, at), tag: reference.slice(at + 1) };
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) }
    : { repo: reference, tag: 'latest' };
}
