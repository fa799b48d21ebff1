/** Writes Go's numbers and bytes. */
export class Output {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** @throws RangeError unless it is an integer from 0 to 2^64 - 1, and not beyond 2^53 as a number */
  uint(value: number | bigint): void {
    const whole = integer(value);
    if (whole < 0n || whole !== BigInt.asUintN(64, whole)) throw new RangeError(`${value} is no unsigned integer of 64 bits`);
    this.#unsigned(whole);
  }

  /** @throws RangeError unless it is an integer from -2^63 to 2^63 - 1, and not beyond 2^53 as a number */
  int(value: number | bigint): void {
    const whole = integer(value);
    if (whole !== BigInt.asIntN(64, whole)) throw new RangeError(`${value} is no integer of 64 bits`);
    this.#unsigned(whole < 0n ? (~whole << 1n) | 1n : whole << 1n);
  }

  float(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#unsigned(bytes.readBigUInt64BE());
  }

  /** Bytes after their count. */
  counted(bytes: Uint8Array): void {
    this.#unsigned(BigInt(bytes.length));
    this.raw(bytes);
  }

  /** Moves everything that another output holds into this one, after its count: that is a message. */
  message(other: Output): void {
    this.counted(other.bytes);
    other.#length = 0;
  }

  #unsigned(value: bigint): void {
    this.#room(9);
    if (value < 128n) {
      this.#bytes[this.#length++] = Number(value);
      return;
    }
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    this.#bytes[this.#length++] = 256 - bytes.length;
    this.raw(bytes);
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

function integer(value: number | bigint): bigint {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new RangeError(`${value} is no integer, or beyond 2^53`);
  return BigInt(value);
}
