import { Unknown } from './errors.js';
import type { Value } from './values/values.js';

const constants: Readonly<Record<string, Value>> = { null: null, true: true, false: false };

/** Variables, their names in whatever letters. One that was never set is $null. */
export class Scope {
  readonly #variables = new Map<string, Value>();

  constructor(readonly parent?: Scope) {}

  get(name: string): Value {
    const key = name.toLowerCase();
    if (Object.hasOwn(constants, key)) return constants[key] ?? null;
    return this.#variables.has(key) ? (this.#variables.get(key) ?? null) : (this.parent?.get(key) ?? null);
  }

  set(name: string, value: Value): void {
    const key = name.toLowerCase();
    if (key === 'null') return;
    if (Object.hasOwn(constants, key)) throw new Unknown(`an assignment to $${name}`);
    this.#variables.set(key, value);
  }

  /** Sets a variable for as long as `work` lasts. */
  async during<T>(name: string, value: Value, work: () => Promise<T>): Promise<T> {
    const before = this.get(name);
    this.set(name, value);
    try {
      return await work();
    } finally {
      this.set(name, before);
    }
  }
}
