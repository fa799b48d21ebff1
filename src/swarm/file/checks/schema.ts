import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';

import { TsmachineError } from '../../../base/errors.js';
import { packageRoot } from '../../../system/package.js';
import { formats } from './formats.js';
import { replaceAt } from '../text/pointer.js';
import type { Place, Tree } from '../text/tree.js';

let compiled: Promise<ValidateFunction> | undefined;

/**
 * The errors that docs/swarm.schema.json finds in a tree. Values that only have the wrong type are converted in the tree first: the text of
 * a variable where a number is expected, a version that YAML reads as a number, an empty value where a list is expected.
 * @throws TsmachineError INTERNAL when the installation lacks the schema
 */
export async function schemaErrors(tree: Tree): Promise<readonly ErrorObject[]> {
  compiled ??= compile().catch((error: unknown) => {
    compiled = undefined;
    throw error;
  });
  const validate = await compiled;
  for (;;) {
    if (validate(tree.value)) return [];
    const errors = validate.errors ?? [];
    const converted = errors.filter((error) => convert(error, tree));
    if (converted.length === 0) return errors.filter(({ instancePath }) => !tree.unknown.has(instancePath));
  }
}

async function compile(): Promise<ValidateFunction> {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, strictRequired: false });
  for (const [name, fault] of Object.entries(formats)) {
    ajv.addFormat(name, { type: 'string', validate: (text: string) => fault(text) === undefined });
  }
  return ajv.compile(await readSchema());
}

async function readSchema(): Promise<object> {
  try {
    return JSON.parse(await readFile(join(packageRoot(), 'docs', 'swarm.schema.json'), 'utf8')) as object;
  } catch (error) {
    throw new TsmachineError('INTERNAL', 'The installation of tsmachine is incomplete: docs/swarm.schema.json cannot be read', {
      hint: 'Reinstall tsmachine',
      cause: error,
    });
  }
}

/** @returns whether the value was replaced by one of the expected type */
function convert({ keyword, instancePath, data, parentSchema }: ErrorObject, tree: Tree): boolean {
  if (keyword !== 'type') return false;
  const value = ofType((parentSchema as { readonly type?: unknown }).type, data, tree.places.get(instancePath));
  return value !== undefined && replaceAt(tree.value, instancePath, value);
}

function ofType(type: unknown, data: unknown, place: Place | undefined): unknown {
  if (data === null) return type === 'object' ? {} : type === 'array' ? [] : undefined;
  if (type === 'string' && (typeof data === 'number' || typeof data === 'boolean')) return place?.written;
  if (place?.hidden === undefined || typeof data !== 'string') return undefined;
  if (type === 'integer' && /^[+-]?\d{1,15}$/.test(data)) return Number(data);
  return type === 'boolean' && /^(true|false)$/.test(data) ? data === 'true' : undefined;
}
