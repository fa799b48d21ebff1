import type { ErrorObject } from 'ajv';

import { nearest } from '../../../base/nearest.js';
import { formats } from './formats.js';
import { pathText, pointerTo } from '../text/pointer.js';
import type { FileProblem } from '../text/file-problem.js';
import type { Place, Tree } from '../text/tree.js';

/** The part of a JSON schema that messages need. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The errors of ajv as messages, with their places in the text. */
export function schemaProblems(errors: readonly ErrorObject[], { places }: Tree): FileProblem[] {
  const ofWrongType = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  return errors.flatMap((error) => {
    const { instancePath: at, keyword } = error;
    if (keyword !== 'type' && ofWrongType.has(at)) return [];
    const place = places.get(at) ?? { value: 0, key: 0 };
    const described = describe(error, place);
    if (described === undefined) return [];
    const { entry, of = 'value', message } = described;
    const where = entry === undefined ? place : (places.get(pointerTo(at, entry)) ?? place);
    return [{ offset: where[of], message: at === '' ? message : `${pathText(at)}: ${message}` }];
  });
}

interface Description {
  readonly message: string;
  /** The message is about the key, not the value. */
  readonly of?: 'key';
  /** The message is about this entry of the value. */
  readonly entry?: string;
}

function describe(error: ErrorObject, place: Place): Description | undefined {
  const { keyword, data, propertyName: key } = error;
  const param = (name: string) => (error.params as Readonly<Record<string, unknown>>)[name];
  switch (keyword) {
    case 'format': {
      const fault = formats[String(param('format'))];
      if (key !== undefined) return { of: 'key', entry: key, message: `the key ${JSON.stringify(key)} ${fault?.(key) ?? ''}` };
      return { message: `${shown(data, place)} ${fault?.(String(data)) ?? ''}` };
    }
    case 'additionalProperties': {
      const unknown = String(param('additionalProperty'));
      return { of: 'key', entry: unknown, message: unknownKey(unknown, error) };
    }
    case 'required':
      return insideOneOf(error) ? undefined : { of: 'key', message: `"${String(param('missingProperty'))}" is missing` };
    case 'oneOf':
      return { of: 'key', message: countOrNames(param('passingSchemas')) };
    case 'uniqueItems':
      return { entry: String(Math.max(Number(param('i')), Number(param('j')))), message: 'this value is in the list twice' };
    case 'minProperties':
    case 'minItems':
    case 'minLength':
      return { message: 'must not be empty' };
    case 'propertyNames':
      return undefined; // ajv reports the cause as another error
    case 'enum':
      return { message: `${shown(data, place)} must be ${oneOf(param('allowedValues'), data, place)}` };
    default:
      return { message: `${shown(data, place)} must be ${wanted(error.parentSchema as Schema)}` };
  }
}

/** `count` and `names` are alternatives, so neither of them is missing by itself. */
const insideOneOf = ({ schemaPath }: ErrorObject) => schemaPath.includes('/oneOf/');

function countOrNames(passing: unknown): string {
  if (passing === null) return 'either "count" or "names" is required';
  return '"count" and "names" cannot be used together: remove one of them';
}

function unknownKey(key: string, { parentSchema }: ErrorObject): string {
  const allowed = Object.keys((parentSchema as Schema).properties ?? {});
  const meant = nearest(key, allowed);
  const instead = meant === undefined ? `the allowed keys are ${allowed.join(', ')}` : `did you mean "${meant}"?`;
  return `unknown key ${JSON.stringify(key)}: ${instead}`;
}

function oneOf(allowed: unknown, data: unknown, { hidden }: Place): string {
  const options = (allowed as readonly string[]).map(String);
  const meant = typeof data === 'string' && hidden === undefined ? nearest(data, options) : undefined;
  return `one of ${options.join(', ')}${meant === undefined ? '' : `: did you mean "${meant}"?`}`;
}

const types: Readonly<Record<string, string>> = {
  object: 'a mapping of keys and values',
  array: 'a list, such as [a, b]',
  boolean: 'true or false',
  string: 'a text',
};

function wanted({ type, minimum, maximum }: Schema): string {
  if (Array.isArray(type)) return 'a text, a number, true, false or a list';
  if (type !== 'integer') return types[String(type)] ?? 'something else';
  return `a whole number${minimum === undefined ? '' : ` from ${minimum}`}${maximum === undefined ? '' : ` to ${maximum}`}`;
}

/** A value as the subject of a message. A variable is shown by its name, because its value may be a secret. */
export function shown(data: unknown, { hidden, written }: Place): string {
  if (hidden !== undefined) return hidden;
  if (data === null || data === undefined) return 'it is empty but';
  if (Array.isArray(data)) return 'it is a list but';
  if (typeof data === 'object') return 'it is a mapping but';
  const text = typeof data === 'string' ? JSON.stringify(data) : (written ?? JSON.stringify(data));
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
