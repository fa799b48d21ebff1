import type { Duplex } from 'node:stream';

import { TsmachineError, messageOf } from '../../base/errors.js';
import { say } from '../../base/text.js';
import { Decoder, type Received } from '../gob/decoder.js';
import { Encoder } from '../gob/encoder.js';
import type { GobLimits } from '../gob/limits.js';
import type { Of, Schema } from '../gob/schema.js';

/** What a connection tells its user. */
export interface Listener<H> {
  /** A header and the body after it. */
  take(header: H, body: Received): void;
  /** Once, at the end, whoever ended it. */
  ended(why: TsmachineError): void;
}

/** Headers and bodies of net/rpc over a stream, in both directions: one gob stream each. */
export class Connection<In extends Schema<unknown>, Out extends Schema<unknown>> {
  readonly #stream: Duplex;
  readonly #heads: { readonly incoming: In; readonly outgoing: Out };
  readonly #listener: Listener<Of<In>>;
  readonly #encoder = new Encoder();
  readonly #decoder: Decoder;
  #header: Of<In> | undefined;
  #ended: TsmachineError | undefined;

  constructor(
    stream: Duplex,
    heads: { readonly incoming: In; readonly outgoing: Out },
    listener: Listener<Of<In>>,
    limits: Partial<GobLimits> = {},
  ) {
    [this.#stream, this.#heads, this.#listener] = [stream, heads, listener];
    this.#decoder = new Decoder(limits);
    stream.on('data', (piece: Buffer) => {
      this.#push(piece);
    });
    stream.on('error', (error) => {
      this.end(broken(error));
    });
    const lost = () => {
      this.end(this.#lost());
    };
    stream.once('end', lost);
    stream.once('close', lost);
    stream.resume(); // the handshake has paused it
    if (stream.destroyed || stream.readableEnded) process.nextTick(lost);
  }

  /** Why the connection has ended; undefined while it is open. */
  get ended(): TsmachineError | undefined {
    return this.#ended;
  }

  /**
   * @returns false when the other side does not read fast enough; 'drain' of the stream tells when it has
   * @throws RangeError for a value that its type cannot hold: then nothing of it is sent
   */
  send<T>(header: Of<Out>, schema: Schema<T>, value: T): boolean {
    return this.#ended !== undefined || this.#stream.write(this.#encoder.encodePair(this.#heads.outgoing, header, schema, value));
  }

  /** Ends the connection for that reason, and tells the listener, once. */
  end(why: TsmachineError): void {
    if (this.#ended) return;
    this.#ended = why;
    this.#stream.destroy();
    this.#listener.ended(why);
  }

  #push(piece: Buffer): void {
    if (this.#ended) return;
    try {
      this.#decoder.push(piece, (received) => {
        this.#take(received);
      });
    } catch (error) {
      this.end(TsmachineError.from(error));
    }
  }

  #take(received: Received): void {
    const header = this.#header;
    if (this.#ended) return;
    if (header === undefined) this.#header = received.as(this.#heads.incoming) as Of<In>;
    else {
      this.#header = undefined;
      this.#listener.take(header, received);
    }
  }

  #lost(): TsmachineError {
    if (this.#stream.errored) return broken(this.#stream.errored);
    try {
      this.#decoder.end();
    } catch (error) {
      return new TsmachineError('RPC_LOST', say`The connection has ended: ${messageOf(error)}`, { cause: error });
    }
    return new TsmachineError('RPC_LOST', 'The connection has ended');
  }
}

function broken(error: Error): TsmachineError {
  return new TsmachineError('RPC_LOST', say`The connection broke: ${messageOf(error)}`, { cause: error });
}
