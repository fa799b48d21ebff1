import { basicIds, refuse } from './basic.js';
import type { Of, Schema } from './schema.js';
import { Concrete, type GobValue } from './values.js';

type Types = Readonly<Record<string, Schema<unknown>>>;

/** What an interface holds: a value of one of the known types, one of a type that only the other side knows, or nothing. */
export type Held<T extends Types> = { [K in keyof T]: { readonly type: K; readonly value: Of<T[K]> } }[keyof T] | Foreign | null;

/** A value of a type that is not in the schema of its interface. It can be read, never written. */
export interface Foreign {
  readonly type: undefined;
  readonly name: string;
  readonly value: GobValue;
}

/** An interface. @param types what it may hold, by the names under which Go registers them, such as `*mcnflag.StringFlag` or `[]string` */
export function interfaceOf<T extends Types>(types: T): Schema<Held<T>> {
  const known = new Map(Object.entries(types));
  return {
    type: { kind: 'basic', id: basicIds.interface },
    omits: (value) => value === null,
    write(value, to) {
      const schema = known.get(String(value?.type));
      if (value === null) to.out.uint(0);
      else if (schema) to.concrete(String(value.type), schema, value.value);
      else throw new RangeError(`The type ${String(value.type)} is not among those of this interface: ${[...known.keys()].join(', ')}`);
    },
    read(value = null, place) {
      if (value === null) return null;
      if (!(value instanceof Concrete)) return refuse(value, 'an interface value', place);
      const schema = known.get(value.type);
      if (!schema) return { type: undefined, name: value.type, value: value.value };
      return { type: value.type, value: schema.read(value.value, place.within(`.(${value.type})`)) } as Held<T>;
    },
  };
}
