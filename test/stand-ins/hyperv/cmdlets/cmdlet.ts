import type { Arguments } from '../powershell/commands/binding.js';
import { BlockValue, Instance, isArray, Whole, type Value } from '../powershell/values/values.js';

/** What a cmdlet does with one call, or with one object of the pipeline. Returns what it puts out. */
export type Cmdlet = (given: Given, says: Says) => readonly Value[] | Promise<readonly Value[]>;

export interface Says {
  readonly warn: (text: string) => void;
}

/** The arguments of a call, bound and converted. */
export class Given {
  constructor(private readonly args: Arguments) {}

  has(name: string): boolean {
    return this.args.has(name);
  }

  flag(name: string): boolean {
    return this.args.get(name) === true;
  }

  value(name: string): Value {
    return this.args.get(name) ?? null;
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== 'string') throw new Error(`-${name} was not given`);
    return value;
  }

  number(name: string): number {
    const value = this.value(name);
    if (!(value instanceof Whole)) throw new Error(`-${name} was not given`);
    return value.value;
  }

  block(name: string): BlockValue {
    const value = this.value(name);
    if (!(value instanceof BlockValue)) throw new Error(`-${name} was not given`);
    return value;
  }

  objects(name: string): Instance[] {
    const value = this.value(name);
    return isArray(value) ? value.filter((one) => one instanceof Instance) : [];
  }
}
