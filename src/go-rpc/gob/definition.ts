import { basicIds, int, string } from './basic.js';
import { optional, slice, struct } from './composite.js';
import type { Of } from './schema.js';

/** A type as the reader of a stream knows it; other types are named by their ids. */
export type WireType =
  | { readonly kind: keyof typeof basicIds | 'opaque' }
  | { readonly kind: 'slice'; readonly elem: number }
  | { readonly kind: 'array'; readonly elem: number; readonly length: number }
  | { readonly kind: 'map'; readonly key: number; readonly elem: number }
  | { readonly kind: 'struct'; readonly fields: readonly WireField[] };

export interface WireField {
  readonly name: string;
  readonly type: number;
}

const common = struct('CommonType', { Name: string, Id: int });
const itself = optional(struct('gobEncoderType', { CommonType: common }));

/** How gob describes a type: `wireType` of Go's encoding/gob. */
export const definition = struct('wireType', {
  ArrayT: optional(struct('arrayType', { CommonType: common, Elem: int, Len: int })),
  SliceT: optional(struct('sliceType', { CommonType: common, Elem: int })),
  StructT: optional(struct('structType', { CommonType: common, Field: slice(struct('fieldType', { Name: string, Id: int })) })),
  MapT: optional(struct('mapType', { CommonType: common, Key: int, Elem: int })),
  GobEncoderT: itself,
  BinaryMarshalerT: itself,
  TextMarshalerT: itself,
});

export type Definition = Of<typeof definition>;

/** @returns undefined for a definition that defines nothing */
export function wireTypeOf(sent: Definition): WireType | undefined {
  if (sent.ArrayT) return { kind: 'array', elem: sent.ArrayT.Elem, length: sent.ArrayT.Len };
  if (sent.SliceT) return { kind: 'slice', elem: sent.SliceT.Elem };
  if (sent.MapT) return { kind: 'map', key: sent.MapT.Key, elem: sent.MapT.Elem };
  if (sent.StructT) return { kind: 'struct', fields: sent.StructT.Field.map(({ Name, Id }) => ({ name: Name, type: Id })) };
  return (sent.GobEncoderT ?? sent.BinaryMarshalerT ?? sent.TextMarshalerT) && { kind: 'opaque' };
}

const fieldsOf = (...fields: readonly (readonly [name: string, type: number])[]): WireType => ({
  kind: 'struct',
  fields: fields.map(([name, type]) => ({ name, type })),
});
const described = ['CommonType', 18] as const;

/** The id of the type of definitions. */
export const definitionId = 16;
/** Ids below are not for definitions of a stream. */
export const firstFreeId = 64;

/** The types that need no definition, by id. Those from 16 on describe definitions; their ids are Go's. */
export const predefined: ReadonlyMap<number, WireType> = new Map<number, WireType>([
  ...Object.entries(basicIds).map(([kind, id]): [number, WireType] => [id, { kind: kind as keyof typeof basicIds }]),
  [
    definitionId,
    fieldsOf(
      ...([
        ['ArrayT', 17],
        ['SliceT', 19],
        ['StructT', 20],
        ['MapT', 23],
      ] as const),
      ...([
        ['GobEncoderT', 24],
        ['BinaryMarshalerT', 24],
        ['TextMarshalerT', 24],
      ] as const),
    ),
  ],
  [17, fieldsOf(described, ['Elem', basicIds.int], ['Len', basicIds.int])],
  [18, fieldsOf(['Name', basicIds.string], ['Id', basicIds.int])],
  [19, fieldsOf(described, ['Elem', basicIds.int])],
  [20, fieldsOf(described, ['Field', 22])],
  [21, fieldsOf(['Name', basicIds.string], ['Id', basicIds.int])],
  [22, { kind: 'slice', elem: 21 }],
  [23, fieldsOf(described, ['Key', basicIds.int], ['Elem', basicIds.int])],
  [24, fieldsOf(described)],
]);
