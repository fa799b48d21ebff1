import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

import { expectSuccess, readJson, readText } from './call/answer.js';
import type { Asked } from './call/answer.js';
import { openConnection } from './call/connection.js';
import { send } from './call/send.js';
import type { EngineTarget } from './call/target.js';
import { negotiateApi, parseEngineVersion } from './version.js';
import type { EngineVersion } from './version.js';

export type { EngineTarget } from './call/target.js';
export type { EngineVersion } from './version.js';

export type QueryValue = string | number | boolean | undefined;

export interface RequestOptions {
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** Bytes and streams are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** The type of bytes and streams; default application/octet-stream. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /**
   * Milliseconds for the whole call, however its bytes arrive; default 60 000, for GET that of the engine's options. Of a stream: without a
   * byte, until it fails; 0 waits forever.
   */
  readonly timeout?: number;
  /** The engine's own signal does not end this request: for cleaning up after an interruption. */
  readonly evenAborted?: boolean;
}

export interface EngineOptions {
  /** Ends every request when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for connecting and the TLS handshake; default 10 000. */
  readonly timeout?: number | undefined;
  /** Milliseconds for a whole GET; default 30 000. */
  readonly readTimeout?: number | undefined;
}

/** An engine's API. Every call throws ENGINE_UNREACHABLE, ENGINE_TLS or ENGINE_API, or the reason of the signal that ended it. */
export interface Engine {
  readonly target: EngineTarget;
  /** Requested once, without an API version, so that every engine answers. */
  version(): Promise<EngineVersion>;
  ping(): Promise<void>;
  info(): Promise<Record<string, unknown>>;
  /**
   * One call with the API version that both sides support; the JSON of the answer, undefined for an empty one. Nothing checks that it is a
   * T: `ask` of shape.ts does.
   */
  request<T = unknown>(method: string, path: string, options?: RequestOptions): Promise<T>;
  /** GET of something that may not exist: undefined when the engine answers 404. */
  find<T = unknown>(path: string, options?: RequestOptions): Promise<T | undefined>;
  /**
   * As `request`, for answers that arrive piece by piece: logs, progress, an attached container. Destroy a response that is not read to its
   * end.
   */
  stream(method: string, path: string, options?: RequestOptions): Promise<IncomingMessage>;
  close(): void;
}

const defaultTimeout = 60_000;

/** How a call is made. */
interface Manner {
  /** The API version in the path. */
  readonly prefix?: string;
  /** The status that says there is no such thing, which is no failure then. */
  readonly absence?: number;
  readonly streamed?: boolean;
}

/** Does not connect yet: the first call does. @throws TsmachineError FLAG_INVALID for the URL, CERT_UNREADABLE. */
export function openEngine(target: EngineTarget, options: EngineOptions = {}): Engine {
  const { signal: engineSignal, timeout = 10_000, readTimeout = 30_000 } = options;
  const connection = openConnection(target, timeout);
  let known: Promise<EngineVersion> | undefined;

  async function call(
    method: string,
    path: string,
    options: RequestOptions = {},
    { prefix = '', absence, streamed = false }: Manner = {},
  ): Promise<[IncomingMessage, Asked]> {
    const signal = either(options.evenAborted === true ? undefined : engineSignal, options.signal);
    const operation = `${method} ${path}`;
    const asked = { target, operation, signal };
    const { headers, body } = encode(options);
    const limit = options.timeout ?? (method === 'GET' ? readTimeout : defaultTimeout);
    const response = await send(connection, {
      method,
      path: prefix + path + queryText(options.query),
      headers,
      body,
      signal,
      operation,
      idleTimeout: limit,
      totalTimeout: body instanceof Readable ? 0 : limit || defaultTimeout, // an upload takes its time
      streamed,
    });
    if (response.statusCode !== absence) await expectSuccess(response, asked);
    return [response, asked];
  }

  async function askVersion(): Promise<EngineVersion> {
    return parseEngineVersion(await readJson(...(await call('GET', '/version'))), target.machine);
  }

  function version(): Promise<EngineVersion> {
    known ??= askVersion().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  }

  async function versioned(method: string, path: string, options: RequestOptions, manner: Manner = {}): Promise<[IncomingMessage, Asked]> {
    return call(method, path, options, { ...manner, prefix: `/v${negotiateApi(await version(), target.machine)}` });
  }

  async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    return (await readJson(...(await versioned(method, path, options)))) as T;
  }

  async function find<T>(path: string, options: RequestOptions = {}): Promise<T | undefined> {
    const [response, asked] = await versioned('GET', path, options, { absence: 404 });
    const answer = await readJson(response, asked);
    return response.statusCode === 404 ? undefined : (answer as T);
  }

  return {
    target,
    version,
    async ping() {
      await readText(...(await call('GET', '/_ping')));
    },
    info: () => request('GET', '/info'),
    request,
    find,
    async stream(method, path, options = {}) {
      const [response] = await versioned(method, path, options, { streamed: true });
      return response;
    },
    close() {
      connection.agent.destroy();
    },
  };
}

function encode({ body, contentType = 'application/octet-stream' }: RequestOptions) {
  if (body === undefined) return { headers: {}, body: undefined };
  if (body instanceof Readable) return { headers: { 'Content-Type': contentType }, body };
  if (body instanceof Uint8Array) return { headers: { 'Content-Type': contentType, 'Content-Length': body.length }, body };
  const json = Buffer.from(JSON.stringify(body));
  return { headers: { 'Content-Type': 'application/json', 'Content-Length': json.length }, body: json };
}

function queryText(query: RequestOptions['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(name, String(value));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

function either(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  if (one !== undefined && other !== undefined) return AbortSignal.any([one, other]);
  return one ?? other;
}
