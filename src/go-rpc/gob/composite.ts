import { refuse } from './basic.js';
import type { Of, Schema } from './schema.js';
import { isList, isMap, isStruct } from './values.js';

type Fields = Readonly<Record<string, Schema<unknown>>>;
type Values<F extends Fields> = { readonly [K in keyof F]: Of<F[K]> };

/**
 * A struct. Fields are matched by name, as Go does: what the other side has besides these is skipped, what it leaves out is zero.
 * @param name the name of the type in Go, without its package
 */
export function struct<F extends Fields>(name: string, fields: F): Schema<Values<F>> {
  const entries = Object.entries(fields);
  return {
    type: {
      kind: 'struct',
      name,
      get fields() {
        return entries.map(([field, { type }]) => [field, type] as const);
      },
    },
    omits: () => false,
    write(value, to) {
      let last = -1;
      entries.forEach(([field, schema], i) => {
        const one = value[field];
        if (schema.omits(one)) return;
        to.out.uint(i - last);
        last = i;
        schema.write(one, to);
      });
      to.out.uint(0);
    },
    read(value, place) {
      if (value !== undefined && !isStruct(value)) return refuse(value, 'a struct', place);
      return Object.fromEntries(
        entries.map(([field, schema]) => [field, schema.read(value?.[field], place.within(`.${field}`))]),
      ) as Values<F>;
    },
  };
}

/** A pointer: it is sent as what it points to, and a nil pointer is left out. Only for the fields of a struct. */
export function optional<T>(schema: Schema<T>): Schema<T | undefined> {
  return {
    get type() {
      return schema.type;
    },
    omits: (value) => value === undefined,
    write(value, to) {
      if (value === undefined) throw new RangeError('A nil pointer can only be left out of a struct');
      schema.write(value, to);
    },
    read: (value, place) => (value === undefined ? undefined : schema.read(value, place)),
  };
}

/** @param name what Go calls the type, such as `[]string`; nothing depends on it */
export function slice<T>(elem: Schema<T>, name = ''): Schema<readonly T[]> {
  return {
    type: {
      kind: 'slice',
      name,
      get elem() {
        return elem.type;
      },
    },
    omits: ({ length }) => length === 0,
    write(value, to) {
      to.out.uint(value.length);
      for (const one of value) elem.write(one, to);
    },
    read(value = [], place) {
      if (!isList(value)) return refuse(value, 'a list', place);
      return value.map((one, i) => elem.read(one, place.within(`[${i}]`)));
    },
  };
}

/** @throws RangeError when a list of another length is written */
export function array<T>(elem: Schema<T>, length: number, name = ''): Schema<readonly T[]> {
  return {
    type: {
      kind: 'array',
      name,
      length,
      get elem() {
        return elem.type;
      },
    },
    omits: () => false,
    write(value, to) {
      if (value.length !== length) throw new RangeError(`An array of ${length} got ${value.length} elements`);
      to.out.uint(length);
      for (const one of value) elem.write(one, to);
    },
    read(value, place) {
      if (value === undefined) return Array.from({ length }, () => elem.read(undefined, place));
      if (!isList(value)) return refuse(value, 'a list', place);
      if (value.length !== length) throw place.fail(`should have ${length} elements and has ${value.length}`);
      return value.map((one, i) => elem.read(one, place.within(`[${i}]`)));
    },
  };
}

/** A map. An empty one is sent, as Go sends one that is empty but not nil: the receiver may mean to add to it. */
export function map<K, V>(key: Schema<K>, elem: Schema<V>, name = ''): Schema<ReadonlyMap<K, V>> {
  return {
    type: {
      kind: 'map',
      name,
      get key() {
        return key.type;
      },
      get elem() {
        return elem.type;
      },
    },
    omits: () => false,
    write(value, to) {
      to.out.uint(value.size);
      for (const [one, other] of value) {
        key.write(one, to);
        elem.write(other, to);
      }
    },
    read(value, place) {
      if (value === undefined) return new Map<K, V>();
      if (!isMap(value)) return refuse(value, 'a map', place);
      return new Map([...value].map(([one, other]) => [key.read(one, place.within(' (a key)')), elem.read(other, place.within('[...]'))]));
    },
  };
}

/**
 * A schema that is made when it is first used, for types that hold themselves; such a circle must go through a struct.
 * The types of the others ask for their parts late, so that it can be closed.
 */
export function later<T>(make: () => Schema<T>): Schema<T> {
  let made: Schema<T> | undefined;
  const itself = () => (made ??= make());
  return {
    get type() {
      return itself().type;
    },
    omits: (value) => itself().omits(value),
    write: (value, to) => {
      itself().write(value, to);
    },
    read: (value, place) => itself().read(value, place),
  };
}
