const none: Buffer = Buffer.alloc(0);

/** Bytes that have come and were not read yet: never more memory than four times as many, however small the pieces. */
export class Incoming {
  #bytes = none;
  #from = 0;
  #to = 0;
  /** Whether the buffer is ours, so that more may be written behind what it holds. */
  #ours = false;

  get length(): number {
    return this.#to - this.#from;
  }

  get first(): number | undefined {
    return this.length === 0 ? undefined : this.#bytes[this.#from];
  }

  push(piece: Uint8Array): void {
    if (this.length === 0) {
      this.#bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      [this.#from, this.#to, this.#ours] = [0, piece.length, false];
      return;
    }
    if (!this.#ours || this.#to + piece.length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.length, this.length + piece.length));
      this.#bytes.copy(larger, 0, this.#from, this.#to);
      [this.#bytes, this.#from, this.#to, this.#ours] = [larger, 0, this.length, true];
    }
    this.#bytes.set(piece, this.#to);
    this.#to += piece.length;
  }

  /** @returns a view that holds until the next push */
  take(count: number): Buffer {
    this.#from += count;
    const taken = this.#bytes.subarray(this.#from - count, this.#from);
    if (this.length === 0) [this.#bytes, this.#from, this.#to] = [none, 0, 0]; // what was large is not kept
    return taken;
  }
}
