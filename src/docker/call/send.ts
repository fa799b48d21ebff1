import { IncomingMessage } from 'node:http';

import { reporting } from '../../system/calls.js';
import { attempt } from './attempt.js';
import type { Call, Failed } from './attempt.js';
import type { Connection } from './connection.js';
import { explain, isRefusal } from './failure.js';
import { refusalOf } from './refusal.js';
import { Silence } from './silence.js';

/** A call and its name in messages. */
export interface NamedCall extends Call {
  readonly operation: string;
}

/**
 * Sends one request and returns the answer as soon as its head has arrived, whatever its status.
 * @throws TsmachineError ENGINE_UNREACHABLE or ENGINE_TLS; the signal's reason when aborted; the body's own error.
 */
export function send(connection: Connection, call: NamedCall): Promise<IncomingMessage> {
  const { machine, url } = connection.target;
  return reporting(
    `engine ${machine} (${url}): ${call.operation}`,
    () => sendPatiently(connection, call),
    ({ statusCode }) => `${statusCode ?? 'no status'}`,
  );
}

async function sendPatiently(connection: Connection, call: NamedCall): Promise<IncomingMessage> {
  call.signal?.throwIfAborted();
  let outcome = await attempt(connection, call);
  // The engine may close an idle connection just as it is used again.
  if (!(outcome instanceof IncomingMessage) && wasClosed(outcome) && call.method === 'GET') outcome = await attempt(connection, call);
  if (outcome instanceof IncomingMessage) return outcome;
  call.signal?.throwIfAborted();
  if (outcome.bodyError !== undefined) throw outcome.bodyError;
  const error = (await refused(connection, call, outcome)) ?? outcome.error;
  throw explain(error, { target: connection.target, operation: call.operation, phase: outcome.phase });
}

function wasClosed({ reused, error }: Failed): boolean {
  return reused && !(error instanceof Silence);
}

/**
 * A TLS 1.3 server refuses a client's certificate only after the client has finished the handshake, and its alert can get lost when our
 * request crosses it. With TLS 1.2 the server has to refuse within the handshake, so the handshake is repeated with that version.
 */
async function refused({ target, connectTimeout }: Connection, call: NamedCall, { error, phase }: Failed): Promise<Error | undefined> {
  const reset = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
  if (phase !== 'secured' || !reset) return undefined;
  const word = await refusalOf(target, connectTimeout, call.signal);
  return word !== undefined && isRefusal(word) ? word : undefined;
}
