import type { Readable } from 'node:stream';

import { engineError } from './call/answer.js';
import type { Asked } from './call/answer.js';
import type { Engine } from './client.js';
import { explain } from './call/failure.js';
import { jsonLines } from './lines.js';

export interface ProgressOptions {
  readonly signal?: AbortSignal;
  /** Called with each line of the engine's progress. */
  readonly onProgress?: (line: string) => void;
}

/**
 * Makes an image of one layer out of a root file system; `reference` is `name:tag`. Returns the image's id.
 * @throws TsmachineError ENGINE_API also for an error within the engine's progress, after its status 200.
 */
export async function importImage(engine: Engine, tar: Readable, reference: string, options: ProgressOptions = {}): Promise<string> {
  const { repo, tag } = splitReference(reference);
  return progress(engine, { fromSrc: '-', repo, tag }, options, { body: tar, contentType: 'application/x-tar' });
}

/** Fetches an image from its registry. Returns the engine's last word on it. @throws as importImage */
export async function pullImage(engine: Engine, reference: string, options: ProgressOptions = {}): Promise<string> {
  const { repo, tag } = splitReference(reference);
  return progress(engine, { fromImage: repo, tag }, options, {});
}

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
  try {
    for await (const line of jsonLines(response)) {
      if (typeof line['error'] === 'string') throw engineError(asked, line['error']);
      if (typeof line['status'] === 'string') last = line['status'];
      onProgress?.(last);
    }
  } catch (error) {
    signal?.throwIfAborted();
    // The engine answers while it still receives: what broke may be the archive.
    if (content.body?.errored) throw content.body.errored;
    throw explain(error, { ...asked, phase: 'answered' });
  }
  return last;
}

/** What matters of `GET /images/REFERENCE/json`. */
export interface ImageFacts {
  readonly Id: string;
  readonly Config?: { readonly Env?: readonly string[] | null } | null;
}

/** The image as the engine has it; undefined when it has none of that name. */
export function findImage(engine: Engine, reference: string): Promise<ImageFacts | undefined> {
  return engine.find(`/images/${reference.split('/').map(encodeURIComponent).join('/')}/json`);
}

/** `registry:5000/name:tag` has its tag behind the last colon after the last slash; a digest (`name@sha256:...`) goes where tags go. */
function splitReference(reference: string): { repo: string; tag: string } {
  const at = reference.indexOf('@');
  if (at > 0) return { repo: reference.slice(0, at), tag: reference.slice(at + 1) };
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) }
    : { repo: reference, tag: 'latest' };
}
