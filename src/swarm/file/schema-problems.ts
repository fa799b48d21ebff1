import type { ErrorObject } from 'ajv';

import { nearest } from '../../system/nearest.js';
import { formats } from './formats.js';
import { pathText, pointerTo } from './pointer.js';
import type { Problem } from './problem.js';
import type { Place, Tree } from './tree.js';

/** The part of a JSON schema that messages are made of. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What ajv found, in words and with its place in the text. */
export function schemaProblems(errors: readonly ErrorObject[], { places }: Tree): Problem[] {
  const ofWrongType = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  return errors.flatMap((error) => {
    const { instancePath: at } = error;
    if (error.keyword !== 'type' && ofWrongType.has(at)) return [];
    const place = places.get(at) ?? { value: 0, key: 0 };
    const owner = at === '' ? '' : `${pathText(at)}: `;
    const inValue = (message: string) => [{ offset: place.value, message: `${owner}${message}` }];
    const inKey = (key: string, message: string) => [{ offset: places.get(pointerTo(at, key))?.key ?? place.value, message: `${owner}${message}` }];
    const { keyword, propertyName } = error;
    const params = error.params as Readonly<Record<string, unknown>>;

    if (keyword === 'format') {
      const fault = (text: string) => formats[String(params['format'])]?.(text) ?? 'is not allowed';
      if (propertyName !== undefined) return inKey(propertyName, `the key ${JSON.stringify(propertyName)} ${fault(propertyName)}`);
      return inValue(`${shown(error.data, place)} ${fault(String(error.data))}`);
    }
    if (keyword === 'additionalProperties') return inKey(String(params['additionalProperty']), unknownKey(String(params['additionalProperty']), error));
    if (keyword === 'required') return insideOneOf(error) ? [] : [{ offset: place.key, message: `${owner}"${String(params['missingProperty'])}" is missing` }];
    if (keyword === 'oneOf') return [{ offset: place.key, message: `${owner}${countOrNames(params['passingSchemas'])}` }];
    if (keyword === 'uniqueItems') return [{ offset: places.get(`${at}/${String(params['i'])}`)?.value ?? place.value, message: `${owner}the same stands here twice` }];
    if (keyword === 'minProperties' || keyword === 'minItems' || keyword === 'minLength') return inValue('nothing stands here, and there must be one at least');
    if (keyword === 'propertyNames') return []; // its cause is an error of its own
    if (keyword === 'enum') return inValue(`${shown(error.data, place)} must be ${oneOf(params['allowedValues'], error.data, place)}`);
    return inValue(`${shown(error.data, place)} must be ${wanted(error.parentSchema as Schema)}`);
  });
}

/** `count` and `names` are alternatives: neither is missing by itself. */
const insideOneOf = ({ schemaPath }: ErrorObject) => schemaPath.includes('/oneOf/');

const countOrNames = (passing: unknown) =>
  (passing === null ? '"count" or "names" must say which machines there are' : '"count" and "names" do not go together: leave one of them out');

function unknownKey(key: string, { parentSchema }: ErrorObject): string {
  const allowed = Object.keys((parentSchema as Schema).properties ?? {});
  const meant = nearest(key, allowed);
  return `unknown key ${JSON.stringify(key)}: ${meant === undefined ? `allowed are ${allowed.join(', ')}` : `did you mean "${meant}"?`}`;
}

function oneOf(allowed: unknown, data: unknown, { hidden }: Place): string {
  const words = (allowed as readonly string[]).map(String);
  const meant = typeof data === 'string' && hidden === undefined ? nearest(data, words) : undefined;
  return `one of ${words.join(', ')}${meant === undefined ? '' : `: did you mean "${meant}"?`}`;
}

function wanted({ type, minimum, maximum }: Schema): string {
  if (Array.isArray(type)) return 'a text, a number, true, false or a list';
  if (type === 'integer') return `a whole number${minimum === undefined ? '' : ` from ${minimum}`}${maximum === undefined ? '' : ` to ${maximum}`}`;
  return { object: 'a mapping of keys and values', array: 'a list, such as [a, b]', boolean: 'true or false', string: 'a text' }[String(type)] ?? 'something else';
}

/** A value for a message: what a variable holds may be a secret, so its name is shown instead. */
export function shown(data: unknown, { hidden, written }: Place): string {
  if (hidden !== undefined) return hidden;
  if (data === null || data === undefined) return 'nothing stands here: it';
  if (Array.isArray(data)) return 'a list stands here: it';
  if (typeof data === 'object') return 'a mapping stands here: it';
  const text = typeof data === 'string' ? JSON.stringify(data) : written ?? JSON.stringify(data);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
