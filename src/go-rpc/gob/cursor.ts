import { GobError } from './error.js';

/** Reads Go's numbers and bytes from one message after the other. The format: https://pkg.go.dev/encoding/gob */
export class Cursor {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #start = 0;

  /** @param start where in the stream the message begins */
  load(message: Buffer, start: number): void {
    [this.#bytes, this.#at, this.#start] = [message, 0, start];
  }

  /** Bytes of the message that were not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  get offset(): number {
    return this.#start + this.#at;
  }

  fail(what: string): GobError {
    return new GobError(what, this.offset);
  }

  take(count: number): Buffer {
    if (count > this.left) throw this.fail(`${count} bytes should follow, and the message has ${this.left} more`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  uint(): number | bigint {
    const bytes = this.#number();
    if (bytes.length <= 6) return bytes.length === 0 ? 0 : bytes.readUIntBE(0, bytes.length);
    return safe(bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n));
  }

  int(): number | bigint {
    const raw = this.uint();
    if (typeof raw === 'number') return raw % 2 === 0 ? raw / 2 : -(raw - 1) / 2 - 1;
    return safe(raw & 1n ? ~(raw >> 1n) : raw >> 1n);
  }

  /** A float is sent as an integer of its bytes in reverse order. */
  float(): number {
    const bytes = this.#number();
    const whole = Buffer.alloc(8);
    bytes.copy(whole, 8 - bytes.length);
    return whole.readDoubleLE();
  }

  /** A number of things that follow, each of which takes at least so many bytes of this message. */
  count(what: string, least = 1): number {
    const count = this.uint();
    if (Number(count) * least > this.left) throw this.fail(`${count} ${what} should follow, and the message has ${this.left} more bytes`);
    return Number(count);
  }

  /** Bytes after their count, as a view of the message. */
  bytes(): Buffer {
    return this.take(this.count('bytes'));
  }

  /** The significant bytes of a number: one below 128, or after a byte that says how many there are. */
  #number(): Buffer {
    const first = this.take(1);
    const [byte = 0] = first;
    if (byte < 128) return first;
    if (byte < 0xf8) throw this.fail(`a number of ${256 - byte} bytes`);
    return this.take(256 - byte);
  }
}

function safe(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
