import type { Duplex } from 'node:stream';

import { TsmachineError } from '../../base/errors.js';
import type { Received } from '../gob/decoder.js';
import type { GobLimits } from '../gob/limits.js';
import type { Of } from '../gob/schema.js';
import { Connection } from './connection.js';
import { request, response, type Shape } from './messages.js';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the call fails with WAIT_TIMEOUT. */
  readonly timeout?: number | undefined;
}

interface Pending {
  readonly succeed: (body: Received) => void;
  readonly fail: (error: Error) => void;
}

/** The calling half of Go's net/rpc. Any number of calls at the same time; answers may come in any order. */
export class RpcClient {
  /** Resolves with the reason when the connection has ended. */
  readonly ended: Promise<TsmachineError>;
  readonly #connection: Connection<typeof response, typeof request>;
  readonly #pending = new Map<bigint, Pending>();
  #next = 0n;

  /** @param stream after the handshake (`connect`), or a plain one when the server speaks without it */
  constructor(stream: Duplex, limits: Partial<GobLimits> = {}) {
    let end: (why: TsmachineError) => void;
    this.ended = new Promise((resolve) => (end = resolve));
    const listener = {
      take: (header: Of<typeof response>, body: Received) => {
        this.#take(header, body);
      },
      ended: (why: TsmachineError) => {
        const pending = [...this.#pending.values()];
        this.#pending.clear();
        for (const { fail } of pending) fail(why);
        end(why);
      },
    };
    this.#connection = new Connection(stream, { incoming: response, outgoing: request }, listener, limits);
  }

  /**
   * Calls a method.
   * @param method `Service.Method`
   * @throws TsmachineError RPC_FAILED with the server's own words when the method fails, RPC_LOST when the connection ends before the
   *   answer, RPC_PROTOCOL (GobError) when the answer is of another type, WAIT_TIMEOUT; the signal's reason when aborted. A call that was
   *   given up goes on at the server; its answer is dropped.
   */
  call<A, R>(method: string, { argument, result }: Shape<A, R>, value: A, { signal, timeout }: CallOptions = {}): Promise<R> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#connection.ended) throw this.#connection.ended;
      const sequence = this.#next++;
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#pending.delete(sequence);
      };
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      const abort = () => {
        fail(signal?.reason as Error);
      };
      const late = () => {
        fail(new TsmachineError('WAIT_TIMEOUT', `${method} has not answered within ${(timeout ?? 0) / 1000} s`));
      };
      const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
      signal?.addEventListener('abort', abort);
      const succeed = (body: Received) => {
        resolve(body.as(result));
        settle();
      };
      this.#pending.set(sequence, {
        fail,
        succeed: (body) => {
          try {
            succeed(body);
          } catch (error) {
            fail(error as Error);
          }
        },
      });
      try {
        this.#connection.send({ ServiceMethod: method, Seq: sequence }, argument, value);
      } catch (error) {
        fail(error as Error);
      }
    });
  }

  /** Ends the connection; calls that wait fail with RPC_LOST. */
  close(): void {
    this.#connection.end(new TsmachineError('RPC_LOST', 'The connection was closed'));
  }

  #take({ Seq, Error: failure }: Of<typeof response>, body: Received): void {
    const pending = this.#pending.get(Seq); // none for a call that was given up
    if (failure === '') pending?.succeed(body);
    else pending?.fail(new TsmachineError('RPC_FAILED', failure));
  }
}
