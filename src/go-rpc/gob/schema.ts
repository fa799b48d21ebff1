import { GobError } from './error.js';
import type { Output } from './output.js';
import type { GobValue } from './values.js';

/** A Go type: how it is described, written and read. Values of it are `T`. */
export interface Schema<T> {
  readonly type: GoType;
  /** Whether a field with this value is left out of a struct. */
  omits(value: T): boolean;
  /** @throws RangeError for a value that the type cannot hold */
  write(value: T, to: Writing): void;
  /**
   * @param value what was sent; undefined for a field that was left out, which is zero
   * @throws GobError for a value of another type
   */
  read(value: GobValue | undefined, place: Place): T;
}

/** What values of a schema are. */
export type Of<S> = S extends Schema<infer T> ? T : never;

/** A type as one side tells it to the other. It is told once in a stream for each object of this kind. */
export type GoType =
  | { readonly kind: 'basic'; readonly id: number }
  | { readonly kind: 'slice'; readonly name: string; readonly elem: GoType }
  | { readonly kind: 'array'; readonly name: string; readonly elem: GoType; readonly length: number }
  | { readonly kind: 'map'; readonly name: string; readonly key: GoType; readonly elem: GoType }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: readonly (readonly [name: string, type: GoType])[] }
  | { readonly kind: 'opaque'; readonly name: string; readonly by: Marshaler };

/** Which of Go's interfaces makes the bytes of an opaque value. */
export type Marshaler = 'gob' | 'binary' | 'text';

/** Where a value is written to. */
export interface Writing {
  readonly out: Output;
  /** Writes what an interface holds: the name of its type, the type when the other side does not know it yet, and the value. */
  concrete<T>(name: string, schema: Schema<T>, value: T): void;
}

/** Where a value is, for messages. */
export class Place {
  constructor(
    readonly offset: number,
    readonly path = 'the value',
  ) {}

  within(step: string): Place {
    return new Place(this.offset, `${this.path}${step}`);
  }

  fail(what: string): GobError {
    return new GobError(`${this.path} ${what}`, this.offset);
  }
}
