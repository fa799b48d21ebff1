import { Cursor } from './cursor.js';
import { GobError } from './error.js';
import { Incoming } from './incoming.js';
import { gobLimits, type GobLimits } from './limits.js';
import { Place, type Schema } from './schema.js';
import { ValueReader } from './value-reader.js';
import type { GobValue } from './values.js';

/** One value of a stream. */
export class Received {
  /** @param offset where in the stream it begins */
  constructor(
    readonly value: GobValue,
    readonly offset: number,
  ) {}

  /** @throws GobError for a value of another type */
  as<T>(schema: Schema<T>): T {
    return schema.read(this.value, new Place(this.offset));
  }
}

/** Reads one stream of Go's encoding/gob, in whatever pieces it comes. */
export class Decoder {
  readonly #limits: GobLimits;
  readonly #cursor = new Cursor();
  readonly #reader: ValueReader;
  #reading: Generator<void, GobValue, void> | undefined;
  readonly #incoming = new Incoming();
  /** Where in the stream the first of the incoming bytes is, and where the value that is being read began. */
  #offset = 0;
  #began = 0;
  /** Bytes of the message that comes, once its length is known. */
  #awaited: number | undefined;
  #failed: GobError | undefined;

  constructor(limits: Partial<GobLimits> = {}) {
    this.#limits = { ...gobLimits, ...limits };
    this.#reader = new ValueReader(this.#cursor, this.#limits);
  }

  /**
   * Takes the next piece of the stream.
   * @param take gets each value that is complete with it
   * @throws GobError for what is no gob or beyond the limits, and from then on always; what `take` throws
   */
  push(piece: Uint8Array, take: (received: Received) => void): void {
    if (this.#failed) throw this.#failed;
    this.#incoming.push(piece);
    for (let received = this.#next(); received; received = this.#next()) take(received);
  }

  /** Says that the stream has ended. @throws GobError when it ended within a value */
  end(): void {
    if (this.#failed) throw this.#failed;
    if (this.#reading !== undefined || this.#incoming.length > 0 || this.#awaited !== undefined)
      throw new GobError('the stream ends within a value', this.#offset + this.#incoming.length);
  }

  /** The next value, when all of it is there. */
  #next(): Received | undefined {
    try {
      for (let message = this.#message(); message; message = this.#message()) {
        this.#cursor.load(message, this.#offset - message.length);
        this.#reading ??= this.#reader.value();
        const { done, value } = this.#reading.next();
        if (!done) continue;
        const began = this.#began;
        [this.#reading, this.#began] = [undefined, this.#offset];
        return new Received(value, began);
      }
      return undefined;
    } catch (error) {
      if (error instanceof GobError) this.#failed = error;
      throw error;
    }
  }

  /** The next message, when all of it is there. */
  #message(): Buffer | undefined {
    this.#awaited ??= this.#length();
    if (this.#awaited === undefined || this.#incoming.length < this.#awaited) return undefined;
    const message = this.#take(this.#awaited);
    this.#awaited = undefined;
    return message;
  }

  /** The length before a message, when all of its bytes are there. */
  #length(): number | undefined {
    const { first } = this.#incoming;
    const size = first === undefined || first < 0x80 ? 1 : 257 - first;
    if (size <= 9 && this.#incoming.length < size) return undefined;
    const start = this.#offset;
    this.#cursor.load(this.#take(Math.min(size, this.#incoming.length)), start);
    const length = this.#cursor.uint();
    if (length === 0) throw new GobError('an empty message', this.#offset);
    const before = this.#offset - this.#began;
    if (length > this.#limits.bytes - before)
      throw new GobError(`a message of ${length} bytes; a value may have ${this.#limits.bytes}`, this.#offset);
    return Number(length);
  }

  #take(count: number): Buffer {
    this.#offset += count;
    return this.#incoming.take(count);
  }
}
