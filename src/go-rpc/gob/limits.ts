/**
 * What a stream may make us hold. A stream comes from another program, so each is checked before anything is stored.
 *
 * With the defaults, the memory of one stream stays below 64 MiB: the bytes of one value twice while they arrive (16 MiB), its texts as
 * strings of two bytes a character (16 MiB), at most 200 bytes for each of its parts (20 MiB; measured in Node 20 to 26), and its types
 * (3 MiB).
 */
export interface GobLimits {
  /** Bytes of one value, with the definitions of types that come before it or within it. */
  readonly bytes: number;
  /** Parts of one value: each number, text, struct, list, map and interface counts. */
  readonly values: number;
  /** Values within values. */
  readonly depth: number;
  /** Types that a stream may define. */
  readonly types: number;
  /** Parts of all definitions of a stream together; a field of a struct has three. */
  readonly definitions: number;
  /** Bytes of the name of a type or a field; Go's own limit for the names of interface values. */
  readonly name: number;
}

export const gobLimits: GobLimits = {
  bytes: 8 * 1024 * 1024,
  values: 100_000,
  depth: 100,
  types: 1000,
  definitions: 30_000,
  name: 1024,
};
