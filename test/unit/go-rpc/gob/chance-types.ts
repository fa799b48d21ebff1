import { bool, bytes, complex, float, int, int64, opaque, string, uint, uint64 } from '../../../../src/go-rpc/gob/basic.js';
import { array, map, optional, slice, struct } from '../../../../src/go-rpc/gob/composite.js';
import { interfaceOf } from '../../../../src/go-rpc/gob/interface.js';
import type { Schema } from '../../../../src/go-rpc/gob/schema.js';
import { Complex } from '../../../../src/go-rpc/gob/values.js';

/** A type, and values of it. */
export interface Sample<T = unknown> {
  readonly schema: Schema<T>;
  readonly value: () => T;
}

/** Types by chance, as deep as asked. */
export class Types {
  readonly #next: () => number;

  constructor(next: () => number) {
    this.#next = next;
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  any(depth: number): Sample {
    const kinds = depth > 0 ? this.#kinds.length : this.#leaves.length;
    const made = this.#kinds[this.below(kinds)];
    if (!made) throw new RangeError('no such kind');
    return made(depth - 1);
  }

  #list(most = 5): undefined[] {
    return Array.from({ length: this.below(most) });
  }

  #integer(): bigint {
    const bits = this.below(64);
    const value = BigInt.asUintN(bits, (BigInt(this.below(2 ** 32)) << 32n) | BigInt(this.below(2 ** 32)));
    return this.below(2) === 0 ? value : -value - 1n;
  }

  #text(): string {
    const characters = ['a', 'Z', '0', ' ', '\0', '"', 'ß', '€', '😀', '\u2028'];
    return this.#list(this.below(10) === 0 ? 400 : 8)
      .map(() => characters[this.below(characters.length)])
      .join('');
  }

  #float(): number {
    return [0, -0, 1, -1.5, 1e300, 5e-324, Infinity, -Infinity, NaN, this.#next(), this.below(1000)][this.below(11)] ?? 0;
  }

  readonly #leaves: readonly ((depth: number) => Sample)[] = [
    () => ({ schema: bool, value: () => this.below(2) === 1 }),
    () => ({ schema: int, value: () => Number(BigInt.asIntN(53, this.#integer())) }),
    () => ({ schema: int64, value: () => this.#integer() }),
    () => ({ schema: uint, value: () => Number(BigInt.asUintN(53, this.#integer())) }),
    () => ({ schema: uint64, value: () => BigInt.asUintN(64, this.#integer()) }),
    () => ({ schema: float, value: () => this.#float() }),
    () => ({ schema: complex, value: () => new Complex(this.#float(), this.#float()) }),
    () => ({ schema: string, value: () => this.#text() }),
    () => ({ schema: bytes, value: () => Buffer.from(this.#text()) }),
    () => ({ schema: opaque('Time', (['gob', 'binary', 'text'] as const)[this.below(3)]), value: () => Buffer.from(this.#text()) }),
  ];

  readonly #kinds: readonly ((depth: number) => Sample)[] = [
    ...this.#leaves,
    (depth) => this.#struct(depth),
    (depth) => this.#struct(depth),
    (depth) => {
      const { schema, value } = this.any(depth);
      return { schema: slice(schema), value: () => this.#list().map(value) };
    },
    (depth) => {
      const { schema, value } = this.any(depth);
      const length = this.below(4);
      return { schema: array(schema, length), value: () => Array.from({ length }, value) };
    },
    (depth) => {
      const { schema, value } = this.any(depth);
      return { schema: map(string, schema), value: () => new Map(this.#list().map(() => [this.#text(), value()])) };
    },
    (depth) => {
      const types = Object.fromEntries(this.#list().map((_, i) => [`*main.T${i}`, this.any(depth)]));
      const schema = interfaceOf(Object.fromEntries(Object.entries(types).map(([name, one]) => [name, one.schema])));
      const value = () => {
        const [name, one] = Object.entries(types)[this.below(5)] ?? [];
        return name === undefined || !one ? null : { type: name, value: one.value() };
      };
      return { schema, value };
    },
  ];

  #struct(depth: number): Sample {
    const fields = Object.fromEntries(
      this.#list().map((_, i) => {
        const { schema, value } = this.any(depth);
        const pointer = { schema: optional(schema), value: () => (this.below(2) === 0 ? undefined : value()) };
        return [`Field${i}`, this.below(3) === 0 ? pointer : { schema, value }] as const;
      }),
    );
    const mapped = <T>(get: (one: Sample) => T) =>
      Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, get(one as Sample)]));
    return {
      schema: struct(
        'S',
        mapped(({ schema }) => schema),
      ),
      value: () => mapped(({ value }) => value()),
    };
  }
}
