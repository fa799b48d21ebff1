import { readFileSync } from 'node:fs';

import { TsmachineError } from '../../../src/base/errors.js';
import type { MachineRow } from '../../../src/machine/list.js';

/** What Go's text/template makes of a template: test/fixtures/templates/README.md. */
export interface Expected {
  readonly template: string;
  readonly output?: string;
  readonly error?: string;
}

interface Cases {
  readonly config: Record<string, unknown>;
  readonly row: MachineRow;
  readonly blank: MachineRow;
}

const folder = new URL('../../fixtures/templates/', import.meta.url);
const fixture = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as unknown;

export const cases = fixture('cases.json') as Cases;
export const expected = fixture('expected.json') as Readonly<Record<'inspect' | 'row' | 'blank' | 'header', readonly Expected[]>>;

/** The output, or the message of the error. */
export function outcome(run: () => string): Omit<Expected, 'template'> {
  try {
    return { output: run() };
  } catch (error) {
    if (!TsmachineError.is(error) || error.code !== 'TEMPLATE') throw error;
    return { error: error.message };
  }
}
