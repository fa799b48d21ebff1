import type { IncomingMessage } from 'node:http';

import { engineError } from '../../src/docker/call/answer.js';
import type { Engine, RequestOptions } from '../../src/docker/client.js';
import { EngineRefusal, refusalIn } from '../../src/docker/call/engine-refusal.js';
import { parseEngineVersion } from '../../src/docker/version.js';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: RequestOptions['query'];
  readonly body: unknown;
}

/** An engine without a network: `answer` gives what a call answers, or throws `refuse(…)`. It records the calls that changed something. */
export class FakeEngine implements Engine {
  readonly target;
  readonly changes: Call[] = [];
  closed = false;
  readonly #answer: (call: Call) => unknown;

  constructor(machine: string, answer: (call: Call) => unknown) {
    this.target = { url: 'tcp://192.0.2.1:2376', ca: '', cert: '', key: '', machine };
    this.#answer = answer;
  }

  async version() {
    return parseEngineVersion(await this.request('GET', '/version'), this.target.machine);
  }

  async ping(): Promise<void> {
    await this.request('GET', '/_ping');
  }

  info(): Promise<Record<string, unknown>> {
    return this.request('GET', '/info');
  }

  request<T>(method: string, path: string, { query, body }: RequestOptions = {}): Promise<T> {
    const call = { method, path, query, body };
    if (method !== 'GET') this.changes.push(call);
    return Promise.resolve()
      .then(() => this.#answer(call) as T)
      .catch((error: unknown) => {
        if (!(error instanceof EngineRefusal)) throw error;
        throw engineError({ target: this.target, operation: `${method} ${path}` }, `${error.message} (HTTP ${error.status})`, error);
      });
  }

  async find<T>(path: string, options: RequestOptions = {}): Promise<T | undefined> {
    try {
      return await this.request<T>('GET', path, options);
    } catch (error) {
      if (refusalIn(error)?.status === 404) return undefined;
      throw error;
    }
  }

  stream(): Promise<IncomingMessage> {
    throw new Error('a fake engine has no streams');
  }

  close(): void {
    this.closed = true;
  }
}

/** What an engine answers when it will not. */
export function refuse(status: number, words: string): never {
  throw new EngineRefusal(status, words);
}
