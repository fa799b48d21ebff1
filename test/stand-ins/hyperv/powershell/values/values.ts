/** Values of PowerShell. Text, truth and arrays are JavaScript's own. */
export type Value =
  null | typeof nothing | string | boolean | Whole | Char | Choice | Table | Instance | BlockValue | TypeValue | readonly Value[];

/** What a command without output leaves: as a value it is $null, in a pipeline it is no object at all. */
export const nothing: unique symbol = Symbol('AutomationNull');

export type WholeType = 'Int16' | 'Int32' | 'Int64' | 'UInt32' | 'UInt64';

export class Whole {
  constructor(
    readonly value: number,
    readonly type: WholeType = Math.abs(value) < 2 ** 31 ? 'Int32' : 'Int64',
  ) {
    if (!Number.isSafeInteger(value)) throw new Error(`${value} is not kept exactly`);
  }
}

export class Char {
  constructor(readonly code: number) {}
}

/** A value of an enumeration, whose values have numbers. */
export class Choice {
  constructor(
    readonly type: string,
    readonly members: Readonly<Record<string, number>>,
    readonly name: string,
  ) {
    if (!Object.hasOwn(members, name)) throw new Error(`${type} has no ${name}`);
  }

  get number(): number {
    return this.members[this.name] ?? NaN;
  }
}

/** A hash table, or an object of ConvertFrom-Json: keys in whatever letters, none is missed. */
export class Table {
  readonly #entries = new Map<string, { key: string; value: Value }>();

  constructor(readonly type: 'Hashtable' | 'PSCustomObject' = 'Hashtable') {}

  get(key: string): Value {
    return this.#entries.get(key.toLowerCase())?.value ?? null;
  }

  has(key: string): boolean {
    return this.#entries.has(key.toLowerCase());
  }

  set(key: string, value: Value): this {
    this.#entries.set(key.toLowerCase(), { key, value: value === nothing ? null : value });
    return this;
  }

  entries(): readonly (readonly [string, Value])[] {
    return [...this.#entries.values()].map(({ key, value }) => [key, value] as const);
  }
}

export type Method = (...args: readonly Value[]) => Value;

/** An object of .NET, with as much of it as is known here. */
export class Instance {
  constructor(
    readonly type: string,
    readonly properties: Readonly<Record<string, Value>> = {},
    readonly methods: Readonly<Record<string, Method>> = {},
    /** What `[string]` makes of it. */
    readonly text?: string,
    readonly bases: readonly string[] = [],
  ) {}
}

/** A script block, ready to be run. */
export class BlockValue {
  constructor(
    /** As ForEach-Object does: among the caller's variables, with `$_`. */
    readonly forItem: (item: Value) => Promise<readonly Value[]>,
    /** As .NET does: among its own, with `$args`. */
    readonly invoke: (args: readonly Value[]) => Promise<readonly Value[]>,
  ) {}
}

export class TypeValue {
  constructor(readonly name: string) {}
}

/** What goes down a pipeline. */
export function unrolled(value: Value): readonly Value[] {
  if (value === nothing) return [];
  return isArray(value) ? value : [value];
}

/** What a pipeline's output is as a value. */
export function collected(output: readonly Value[]): Value {
  return output.length === 0 ? nothing : output.length === 1 ? (output[0] ?? null) : output;
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Looks a name up in whatever letters. */
export function lookUp<T>(names: Readonly<Record<string, T>>, name: string): T | undefined {
  const found = Object.keys(names).find((one) => one.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : names[found];
}
