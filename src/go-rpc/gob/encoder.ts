import { definition, type Definition } from './definition.js';
import { Output } from './output.js';
import type { GoType, Marshaler, Schema, Writing } from './schema.js';

/** The id of the first type that a stream defines. Go 1.4 to 1.20 begin with 65, newer ones with 64; readers take any from 64 on. */
const firstId = 65;

/** Writes one stream of Go's encoding/gob, as Go writes it: each type is defined before its first value. */
export class Encoder {
  readonly #ids = new Map<GoType, number>();
  readonly #sent = new Set<GoType>();
  /** Where definitions go, and the values that hold the interface that is being written. */
  #sinks: Output[] = [];

  /**
   * @returns the messages of the value, with the definitions that the other side does not have yet
   * @throws RangeError for a value that its type cannot hold; the stream can go on without it
   */
  encode<T>(schema: Schema<T>, value: T): Buffer {
    return this.#whole(() => this.#messages(schema, value));
  }

  /** A header and a body, or neither. @throws RangeError as `encode` does */
  encodePair<H, T>(head: Schema<H>, header: H, schema: Schema<T>, value: T): Buffer {
    return this.#whole(() => Buffer.concat([this.#messages(head, header), this.#messages(schema, value)]));
  }

  /** What was defined in bytes that are never sent must be defined again. */
  #whole(work: () => Buffer): Buffer {
    const before = new Set(this.#sent);
    try {
      return work();
    } catch (error) {
      for (const type of this.#sent) if (!before.has(type)) this.#sent.delete(type);
      throw error;
    }
  }

  #messages<T>(schema: Schema<T>, value: T): Buffer {
    const [stream, pending] = [new Output(), new Output()];
    this.#sinks = [stream];
    this.#describe(schema.type, pending);
    pending.int(this.#idOf(schema.type));
    this.#single(schema, value, pending);
    stream.message(pending);
    return stream.bytes;
  }

  #single<T>(schema: Schema<T>, value: T, out: Output): void {
    if (schema.type.kind !== 'struct') out.uint(0);
    const to: Writing = {
      out,
      concrete: (name, held, inner) => {
        this.#concrete(name, held, inner, out);
      },
    };
    schema.write(value, to);
  }

  #concrete<T>(name: string, schema: Schema<T>, value: T, out: Output): void {
    out.counted(Buffer.from(name));
    this.#describe(schema.type, out);
    out.int(this.#idOf(schema.type));
    this.#sinks.push(out);
    const inner = new Output();
    this.#single(schema, value, inner);
    this.#sinks.pop();
    out.message(inner);
  }

  /** Sends the definitions of a type and those it is made of, each after what is pending, as one message. */
  #describe(type: GoType, pending: Output): void {
    if (type.kind === 'basic' || this.#sent.has(type)) return;
    pending.int(-this.#idOf(type));
    definition.write(this.#definitionOf(type), { out: pending, concrete: neverWithin });
    this.#sinks.at(-1)?.message(pending);
    this.#sent.add(type);
    for (const part of partsOf(type)) this.#describe(part, pending);
  }

  /** Ids in Go's order: a struct before its fields, all others after what they are made of. */
  #idOf(type: GoType): number {
    if (type.kind === 'basic') return type.id;
    const known = this.#ids.get(type);
    if (known !== undefined) return known;
    if (type.kind !== 'struct') for (const part of partsOf(type)) this.#idOf(part);
    const id = firstId + this.#ids.size;
    this.#ids.set(type, id);
    for (const part of partsOf(type)) this.#idOf(part);
    return id;
  }

  #definitionOf(type: Exclude<GoType, { kind: 'basic' }>): Definition {
    const CommonType = { Name: type.name, Id: this.#idOf(type) };
    switch (type.kind) {
      case 'array':
        return { ...nothing, ArrayT: { CommonType, Elem: this.#idOf(type.elem), Len: type.length } };
      case 'slice':
        return { ...nothing, SliceT: { CommonType, Elem: this.#idOf(type.elem) } };
      case 'map':
        return { ...nothing, MapT: { CommonType, Key: this.#idOf(type.key), Elem: this.#idOf(type.elem) } };
      case 'struct':
        return { ...nothing, StructT: { CommonType, Field: type.fields.map(([Name, of]) => ({ Name, Id: this.#idOf(of) })) } };
      case 'opaque':
        return { ...nothing, [marshalers[type.by]]: { CommonType } };
    }
  }
}

const nothing: Definition = {
  ...{ ArrayT: undefined, SliceT: undefined, StructT: undefined, MapT: undefined },
  ...{ GobEncoderT: undefined, BinaryMarshalerT: undefined, TextMarshalerT: undefined },
};
const marshalers = { gob: 'GobEncoderT', binary: 'BinaryMarshalerT', text: 'TextMarshalerT' } as const satisfies Record<Marshaler, string>;

function partsOf(type: GoType): readonly GoType[] {
  switch (type.kind) {
    case 'basic':
    case 'opaque':
      return [];
    case 'slice':
    case 'array':
      return [type.elem];
    case 'map':
      return [type.key, type.elem];
    case 'struct':
      return type.fields.map(([, of]) => of);
  }
}

function neverWithin(): never {
  throw new TypeError('A definition holds no interface');
}
