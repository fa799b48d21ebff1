import type { Duplex } from 'node:stream';

import { TsmachineError, messageOf } from '../../base/errors.js';
import { say } from '../../base/text.js';
import { shown } from '../gob/error.js';
import type { CallOptions } from './client.js';

const path = '/_goRPC_';
const connected = '200 Connected to Go RPC';
/** Bytes of the lines before the first value, at most. */
const longest = 8192;

/**
 * Asks a server of Go's net/rpc over HTTP for a connection, as Go's rpc.DialHTTP does.
 * @throws TsmachineError RPC_PROTOCOL when something else answers, RPC_LOST when it ends, WAIT_TIMEOUT; the signal's reason when aborted.
 *   The stream is destroyed then.
 */
export async function connect(stream: Duplex, options: CallOptions = {}): Promise<void> {
  stream.write(`CONNECT ${path} HTTP/1.0\n\n`);
  const [status = ''] = await head(stream, options);
  if (/^HTTP\/1\.[01] (.*)$/.exec(status)?.[1] === connected) return;
  stream.destroy();
  throw new TsmachineError('RPC_PROTOCOL', `This is no server of Go's net/rpc: it answers ${shown(status)}`);
}

/**
 * Answers a client that asks for a connection.
 * @throws TsmachineError RPC_PROTOCOL when it asks for something else, RPC_LOST when it ends, WAIT_TIMEOUT; the signal's reason when
 *   aborted. The stream is ended then.
 */
export async function accept(stream: Duplex, options: CallOptions = {}): Promise<void> {
  const [line = ''] = await head(stream, options);
  const [verb, target] = line.split(' ');
  if (verb === 'CONNECT' && target === path) {
    stream.write(`HTTP/1.0 ${connected}\n\n`);
    return;
  }
  stream.end(verb === 'CONNECT' ? 'HTTP/1.0 404 Not Found\n\n' : 'HTTP/1.0 405 Method Not Allowed\n\n405 must CONNECT\n');
  throw new TsmachineError('RPC_PROTOCOL', `This is no client of Go's net/rpc: it asks ${shown(line)}`);
}

/** The lines before the first empty one. What follows stays in the stream. */
function head(stream: Duplex, { signal, timeout }: CallOptions): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let found: Buffer = Buffer.alloc(0);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      stream.off('data', take).off('end', ended).off('close', ended);
      stream.pause(); // the listener for errors stays: an error before the next one listens is in `stream.errored`
    };
    const fail = (error: Error) => {
      settle();
      stream.destroy();
      reject(error);
    };
    const aborted = () => {
      fail(signal?.reason as Error);
    };
    const broken = (error: Error) => {
      fail(new TsmachineError('RPC_LOST', say`The connection broke: ${messageOf(error)}`, { cause: error }));
    };
    const ended = () => {
      fail(new TsmachineError('RPC_LOST', 'The connection ended before it began'));
    };
    const late = () => {
      fail(new TsmachineError('WAIT_TIMEOUT', `No answer to the request for a connection within ${(timeout ?? 0) / 1000} s`));
    };
    const take = (piece: Buffer) => {
      found = Buffer.concat([found, piece]);
      const end = /\r?\n\r?\n/.exec(found.toString('latin1', 0, longest));
      if (end) {
        const rest = found.subarray(end.index + end[0].length);
        settle();
        if (rest.length > 0) stream.unshift(rest);
        resolve(found.toString('latin1', 0, end.index).split(/\r?\n/));
      } else if (found.length > longest) {
        fail(new TsmachineError('RPC_PROTOCOL', `No end of the request for a connection within ${longest} bytes`));
      }
    };
    const timer = timeout === undefined ? undefined : setTimeout(late, timeout);
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted);
    stream.on('data', take).on('error', broken).on('end', ended).on('close', ended);
  });
}
