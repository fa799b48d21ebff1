import type { Cursor } from './cursor.js';
import { definition, definitionId, firstFreeId, predefined, wireTypeOf, type WireField, type WireType } from './definition.js';
import { shown } from './error.js';
import type { GobLimits } from './limits.js';
import { Place } from './schema.js';
import { Complex, Concrete, type GobStruct, type GobValue } from './values.js';

/** Reads on after each `yield` when the cursor has the next message. */
type Reading<T> = Generator<void, T, void>;

/**
 * Reads the values of one stream, and keeps the types that the stream defines. It is a generator because a value does not end with its
 * message: Go ends the message wherever an interface holds a type that must be defined first, and continues in the next one.
 */
export class ValueReader {
  readonly #cursor: Cursor;
  readonly #limits: GobLimits;
  readonly #types = new Map(predefined);
  #budget: number;
  #definitions: number;

  constructor(cursor: Cursor, limits: GobLimits) {
    [this.#cursor, this.#limits] = [cursor, limits];
    [this.#budget, this.#definitions] = [limits.values, limits.definitions];
  }

  /** One value with the definitions before it; the cursor has its first message. */
  *value(): Reading<GobValue> {
    this.#budget = this.#limits.values;
    const value = yield* this.#single(yield* this.#typeId(false), 0);
    if (this.#cursor.left > 0) throw this.#cursor.fail(`${this.#cursor.left} bytes follow the value in its message`);
    return value;
  }

  /** Takes definitions until a value follows. @returns the id of its type */
  *#typeId(withinInterface: boolean): Reading<number> {
    for (;;) {
      if (this.#cursor.left === 0) yield;
      const id = this.#id();
      if (id >= 0) return id;
      this.#define(-id);
      if (this.#cursor.left === 0) continue;
      if (!withinInterface) throw this.#cursor.fail('more follows a definition in its message');
      this.#cursor.uint(); // the rest of the message is one within it, after its length
    }
  }

  #id(): number {
    const id = this.#cursor.int();
    if (typeof id === 'bigint' || Math.abs(id) > 0x7fffffff) throw this.#cursor.fail(`${id} is no id of a type`);
    return id;
  }

  #define(id: number): void {
    if (id < firstFreeId || this.#types.has(id)) throw this.#cursor.fail(`the type ${id} is defined already`);
    if (this.#types.size - predefined.size >= this.#limits.types) throw this.#cursor.fail(`more than ${this.#limits.types} types`);
    const place = new Place(this.#cursor.offset, 'the definition');
    const budget = this.#budget;
    this.#budget = this.#definitions;
    const read = this.#struct(this.#typeOf(definitionId) as Struct, 0).next();
    [this.#definitions, this.#budget] = [this.#budget, budget];
    const type = read.done ? wireTypeOf(definition.read(read.value, place)) : undefined;
    if (!type) throw place.fail(`of type ${id} defines nothing`);
    if (type.kind === 'struct') this.#checkFields(type.fields);
    this.#types.set(id, type);
  }

  #checkFields(fields: readonly WireField[]): void {
    if (fields.some(({ name }) => name === '')) throw this.#cursor.fail('a field without a name');
    const long = fields.find(({ name }) => name.length > this.#limits.name);
    if (long) throw this.#cursor.fail(`a field has a name of ${long.name.length} characters: ${shown(long.name)}`);
  }

  #typeOf(id: number): WireType {
    const type = this.#types.get(id);
    if (!type) throw this.#cursor.fail(`the type ${id} is not defined`);
    return type;
  }

  /** A value that stands for itself: what is no struct has a zero before it. */
  *#single(id: number, depth: number): Reading<GobValue> {
    if (this.#typeOf(id).kind !== 'struct' && this.#cursor.uint() !== 0)
      throw this.#cursor.fail('no zero before a value that is no struct');
    return yield* this.#any(id, depth);
  }

  *#any(id: number, depth: number): Reading<GobValue> {
    if (--this.#budget < 0) throw this.#cursor.fail('too many values');
    if (depth > this.#limits.depth) throw this.#cursor.fail(`values within values, more than ${this.#limits.depth} deep`);
    const type = this.#typeOf(id);
    switch (type.kind) {
      case 'struct':
        return yield* this.#struct(type, depth);
      case 'slice':
        return yield* this.#list(type.elem, this.#count('elements', [type.elem]), depth);
      case 'array':
        return yield* this.#list(type.elem, this.#count('elements', [type.elem], type.length), depth);
      case 'map':
        return yield* this.#map(type, depth);
      case 'interface':
        return yield* this.#interface(depth);
      default:
        return this.#leaf(type.kind);
    }
  }

  #leaf(kind: Leaf): GobValue {
    const cursor = this.#cursor;
    switch (kind) {
      case 'bool':
        return cursor.uint() !== 0;
      case 'int':
        return cursor.int();
      case 'uint':
        return cursor.uint();
      case 'float':
        return cursor.float();
      case 'complex':
        return new Complex(cursor.float(), cursor.float());
      case 'string':
        return cursor.bytes().toString();
      case 'bytes':
      case 'opaque':
        return Buffer.from(cursor.bytes()); // a copy: a view would keep the whole message
    }
  }

  *#struct({ fields }: Struct, depth: number): Reading<GobStruct> {
    const found = Object.create(null) as Record<string, GobValue>;
    for (let last = -1; ;) {
      const step = this.#cursor.uint();
      if (step === 0) return found;
      last += Number(step);
      const field = fields[last];
      if (!field) throw this.#cursor.fail(`field ${last} of a struct that has ${fields.length}`);
      found[field.name] = yield* this.#any(field.type, depth + 1);
    }
  }

  *#list(elem: number, count: number, depth: number): Reading<GobValue[]> {
    const found: GobValue[] = [];
    while (found.length < count) found.push(yield* this.#any(elem, depth + 1));
    return found;
  }

  *#map({ key, elem }: { readonly key: number; readonly elem: number }, depth: number): Reading<Map<GobValue, GobValue>> {
    const found = new Map<GobValue, GobValue>();
    for (let left = this.#count('entries', [key, elem]); left > 0; left--) {
      const one = yield* this.#any(key, depth + 1);
      found.set(one, yield* this.#any(elem, depth + 1));
    }
    return found;
  }

  /** A count of elements. Those that can hold an interface may go on in later messages; any others must fit into this one. */
  #count(what: string, elems: readonly number[], wanted?: number): number {
    const before = this.#cursor.offset;
    const count = elems.some((id) => !isLeaf(this.#typeOf(id))) ? this.#cursor.uint() : this.#cursor.count(what, elems.length);
    if (wanted !== undefined && count !== wanted) throw this.#cursor.fail(`an array of ${wanted} with ${count} elements`);
    if (Number(count) * elems.length > this.#budget) throw this.#cursor.fail(`${count} ${what} at byte ${before} are too many`);
    return Number(count);
  }

  *#interface(depth: number): Reading<Concrete | null> {
    const name = this.#cursor.bytes();
    if (name.length > this.#limits.name) throw this.#cursor.fail(`the name of a type has ${name.length} bytes`);
    if (name.length === 0) return null;
    const type = name.toString();
    const id = yield* this.#typeId(true);
    this.#cursor.uint(); // the length of the value, for readers that skip it
    return new Concrete(type, yield* this.#single(id, depth + 1));
  }
}

type Struct = Extract<WireType, { kind: 'struct' }>;
type Leaf = Exclude<WireType['kind'], 'struct' | 'slice' | 'array' | 'map' | 'interface'>;

function isLeaf({ kind }: WireType): boolean {
  return !['struct', 'slice', 'array', 'map', 'interface'].includes(kind);
}
