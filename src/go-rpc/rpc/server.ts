import type { Duplex } from 'node:stream';

import { TsmachineError, errorText } from '../../base/errors.js';
import { plain } from '../../base/text.js';
import type { Received } from '../gob/decoder.js';
import type { GobLimits } from '../gob/limits.js';
import type { Of, Schema } from '../gob/schema.js';
import { Connection } from './connection.js';
import { nothing, request, response, type Shape } from './messages.js';

/** A method as a server offers it. Made by `method`. */
export interface Handler {
  /** @throws what the method throws: its message is the answer */
  run(argument: Received, signal: AbortSignal): Promise<Answer>;
}
interface Answer {
  readonly schema: Schema<unknown>;
  readonly value: unknown;
}

/** @param run gets a signal that is aborted when the connection ends */
export function method<A, R>({ argument, result }: Shape<A, R>, run: (argument: A, signal: AbortSignal) => Promise<R> | R): Handler {
  return { run: async (received, signal) => ({ schema: result, value: await run(received.as(argument), signal) }) };
}

/** Methods by service and name. */
export type Services = Readonly<Record<string, Readonly<Record<string, Handler>>>>;

/** Calls of one connection at the same time; while there are so many, no more is read. */
const mostCalls = 64;

/**
 * Serves one connection in the manner of Go's net/rpc: calls run at the same time, and answers are sent as they come. What a method throws
 * is told to the client as a text. A method that does not exist is answered with Go's own words.
 * @param stream after the handshake (`accept`)
 * @returns when the connection has ended and all calls have: why it ended
 */
export async function serve(stream: Duplex, services: Services, limits: Partial<GobLimits> = {}): Promise<TsmachineError> {
  const abort = new AbortController();
  const running = new Set<Promise<void>>();
  const waiting: Call[] = [];
  const start = (call: Call) => {
    const work = run(call, services, abort.signal).then((answer) => {
      running.delete(work);
      send(call, answer);
      next();
    });
    running.add(work);
  };
  /** Calls that came in one piece may be more than may run. */
  const next = () => {
    while (running.size < mostCalls && !abort.signal.aborted) {
      const call = waiting.shift();
      if (!call) break;
      start(call);
    }
    if (running.size >= mostCalls || stream.writableNeedDrain) stream.pause();
    else stream.resume();
  };
  stream.on('drain', next);
  let connection: Connection<typeof request, typeof response> | undefined;
  const send = ({ header }: Call, { error, schema, value }: Outcome) => {
    const head = { ...header, Error: error };
    try {
      connection?.send(head, schema, value);
    } catch (failure) {
      // a result that its type cannot hold: nothing of it was sent
      connection?.send({ ...header, Error: errorText(failure) }, nothing, {});
    }
  };
  const why = await new Promise<TsmachineError>((resolve) => {
    const take = (header: Of<typeof request>, body: Received) => {
      waiting.push({ header, body });
      next();
    };
    connection = new Connection(stream, { incoming: request, outgoing: response }, { take, ended: resolve }, limits);
  });
  stream.off('drain', next);
  abort.abort(why);
  await Promise.all(running);
  return why;
}

interface Call {
  readonly header: Of<typeof request>;
  readonly body: Received;
}
interface Outcome extends Answer {
  readonly error: string;
}

async function run({ header, body }: Call, services: Services, signal: AbortSignal): Promise<Outcome> {
  const refuse = (error: string) => ({ error, schema: nothing, value: {} });
  const { ServiceMethod: name } = header;
  const dot = name.lastIndexOf('.');
  if (dot < 0) return refuse(`rpc: service/method request ill-formed: ${name}`);
  const service = own(services, name.slice(0, dot));
  if (!service) return refuse(`rpc: can't find service ${name}`);
  const handler = own(service, name.slice(dot + 1));
  if (!handler) return refuse(`rpc: can't find method ${name}`);
  try {
    return { error: '', ...(await handler.run(body, signal)) };
  } catch (error) {
    return refuse((TsmachineError.is(error) ? plain(error.text) : errorText(error)) || 'unknown error');
  }
}

function own<T>(all: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}
