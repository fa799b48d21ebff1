import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';

import type { Connection } from './connection.js';
import { Silence } from './silence.js';
import { engineAddress } from './target.js';

/** How far a request had got when it failed. */
export type Phase = 'connecting' | 'connected' | 'secured' | 'answered';

export interface Call {
  readonly method: string;
  /** Includes the query. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | Readable | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte in either direction; 0 waits forever. */
  readonly idleTimeout: number;
  /**
   * Milliseconds until the head of the answer, and, unless the answer is a stream, until its end; a byte now and then does not extend it.
   * 0: no limit.
   */
  readonly totalTimeout: number;
  /** The answer is read piece by piece, for as long as pieces come. */
  readonly streamed?: boolean;
}

export interface Failed {
  readonly error: Error;
  readonly phase: Phase;
  /** The socket had served an earlier request. */
  readonly reused: boolean;
  /** The error of the stream that was the request's body, when that failed. */
  readonly bodyError: Error | undefined;
}

/** Sends one request and waits for the head of the answer or the first error. */
export function attempt(connection: Connection, call: Call): Promise<IncomingMessage | Failed> {
  return new Promise((resolve) => {
    const request = begin(connection, call);
    let phase: Phase = 'connecting';
    let bodyError: Error | undefined;
    let response: IncomingMessage | undefined;
    const end = (error: Error) => {
      (response ?? request).destroy(error);
    };
    const timer = setTimeout(() => {
      end(new Silence(connection.connectTimeout));
    }, connection.connectTimeout);
    const tooLate = () => {
      end(new Silence(call.totalTimeout, response === undefined ? 'no answer' : 'no complete answer'));
    };
    const total = call.totalTimeout > 0 ? setTimeout(tooLate, call.totalTimeout) : undefined;
    const reach = (next: Phase, final = false) => {
      phase = next;
      if (final) clearTimeout(timer);
    };
    request.once('socket', (socket) => {
      watchSocket(socket, request.reusedSocket, engineAddress(connection.target).kind === 'tcp', reach);
    });
    request.once('response', (incoming) => {
      response = incoming;
      if (call.streamed === true) clearTimeout(total);
      reach('answered', true);
      resolve(incoming);
    });
    request.on('timeout', () => {
      end(new Silence(call.idleTimeout));
    });
    const fail = (error: Error) => {
      clearTimeout(timer);
      clearTimeout(total);
      resolve({ error, phase, reused: request.reusedSocket, bodyError });
    };
    request.on('error', fail);
    request.once('upgrade', ({ statusCode }: IncomingMessage, socket) => {
      socket.destroy();
      fail(new Error(`it answered ${statusCode}, as if it were asked to switch protocols`));
    });
    // after an answer or an error this changes nothing
    request.once('close', () => {
      fail(new Error('the connection was closed without an answer'));
    });
    sendBody(request, call.body, (error) => {
      bodyError = error;
    });
  });
}

function begin({ target, agent }: Connection, call: Call): ClientRequest {
  const at = engineAddress(target);
  const { method, path, signal, idleTimeout: timeout } = call;
  const headers = { 'User-Agent': 'tsmachine', ...call.headers };
  const options = { agent, method, path, headers, ...(timeout > 0 ? { timeout } : {}), ...(signal === undefined ? {} : { signal }) };
  return at.kind === 'unix' ? httpRequest({ ...options, socketPath: at.path }) : httpsRequest({ ...options, host: at.host, port: at.port });
}

function watchSocket(socket: Socket, reused: boolean, secure: boolean, reach: (phase: Phase, final?: boolean) => void): void {
  if (reused) {
    reach('secured', true);
    return;
  }
  socket.once('connect', () => {
    reach(secure ? 'connected' : 'secured', !secure);
  });
  if (secure)
    socket.once('secureConnect', () => {
      reach('secured', true);
    });
}

function sendBody(request: ClientRequest, body: Call['body'], onError: (error: Error) => void): void {
  if (!(body instanceof Readable)) {
    request.end(body);
    return;
  }
  body.once('error', onError);
  // An error is reported by the request's own 'error' event.
  pipeline(body, request, () => undefined);
}
