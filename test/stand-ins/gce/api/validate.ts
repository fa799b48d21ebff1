import type { Description, Method, Schema } from './description.js';

/** What is wrong, where: `resource.disks[0].boot`. */
export interface Wrong {
  readonly where: string;
  /** As errors of Google name it. */
  readonly reason: 'invalid' | 'required' | 'unknown' | 'readOnly';
  readonly message: string;
}

/** `requestFor`: the method whose request it is; without it, it is an answer of ours. */
interface Side {
  readonly requestFor?: string;
}

/**
 * The document of this revision recommends `returnPartialSuccess` in the text of its methods and lists it for none; Google's clients have
 * it.
 */
const forgotten: Readonly<Record<string, Schema>> = { returnPartialSuccess: { type: 'boolean', location: 'query' } };

/** Checks requests and answers against Google's description. */
export class Validator {
  readonly #description: Description;

  constructor(description: Description) {
    this.#description = description;
  }

  parameters(method: Method, place: Readonly<Record<string, string>>, query: URLSearchParams): Wrong[] {
    const known = { ...this.#description.parameters, ...(/list$/i.test(method.id) ? forgotten : {}), ...method.parameters };
    const wrong: Wrong[] = [];
    for (const [name, value] of Object.entries(place)) {
      const pattern = known[name]?.pattern;
      if (pattern !== undefined && !whole(pattern).test(value)) wrong.push(notLike(name, value, pattern));
    }
    for (const name of new Set(query.keys())) {
      const schema = known[name];
      if (schema?.location !== 'query') {
        const why = `Cannot bind query parameter. Field '${name}' could not be found in request message.`;
        const message = `Invalid JSON payload received. Unknown name "${name}": ${why}`;
        wrong.push({ where: name, reason: 'unknown', message });
      } else wrong.push(...query.getAll(name).flatMap((value) => parameter(name, value, schema)));
      if (schema?.repeated !== true && query.getAll(name).length > 1)
        wrong.push({ where: name, reason: 'invalid', message: `${name} is given more than once` });
    }
    for (const [name, { required, location }] of Object.entries(method.parameters))
      if (required === true && location === 'query' && !query.has(name)) wrong.push(missing(name));
    return wrong;
  }

  request(method: Method, body: unknown): Wrong[] {
    if (method.request === undefined)
      return body === undefined ? [] : [{ where: 'body', reason: 'unknown', message: `${method.id} takes no body` }];
    if (body === undefined) return [missing('resource')];
    return [...this.#value('resource', body, method.request, { requestFor: method.id })];
  }

  answer(method: Method, body: unknown): Wrong[] {
    return method.response === undefined ? [] : [...this.#value('answer', body, method.response, {})];
  }

  *#value(where: string, value: unknown, given: Schema, side: Side): Generator<Wrong> {
    const schema = given.$ref === undefined ? given : this.#description.schemas[given.$ref];
    if (schema === undefined) throw new Error(`Google's description lacks ${given.$ref ?? where}`);
    if (schema.type === 'array') {
      if (!Array.isArray(value)) yield notA(where, value, 'list');
      else for (const [i, item] of value.entries()) if (schema.items) yield* this.#value(`${where}[${i}]`, item, schema.items, side);
    } else if (schema.type === 'object') yield* this.#object(where, value, schema, side);
    else if (schema.type !== 'any') yield* scalar(where, value, schema);
  }

  *#object(where: string, value: unknown, schema: Schema, side: Side): Generator<Wrong> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      yield notA(where, value, 'object');
      return;
    }
    for (const [name, item] of Object.entries(value)) {
      const field = schema.properties?.[name] ?? schema.additionalProperties;
      if (item === undefined) continue;
      if (field === undefined) {
        const message = `Invalid JSON payload received. Unknown name "${name}" at '${where}': Cannot find field.`;
        yield { where: `${where}.${name}`, reason: 'unknown', message };
      } else if (side.requestFor !== undefined && isOutputOnly(field)) {
        yield { where: `${where}.${name}`, reason: 'readOnly', message: `Field '${where}.${name}' is output only` };
      } else yield* this.#value(`${where}.${name}`, item, field, side);
    }
    for (const [name, field] of Object.entries(schema.properties ?? {}))
      if (field.annotations?.required?.includes(side.requestFor ?? '') && !(name in value)) yield missing(`${where}.${name}`);
  }
}

/** Google marks them in either way, and some in the text alone. */
function isOutputOnly({ readOnly, description = '' }: Schema): boolean {
  return readOnly === true || /^\[?Output[ -]only\]?/i.test(description);
}

function parameter(name: string, value: string, schema: Schema): Wrong[] {
  if (schema.type === 'integer') {
    const number = Number(value);
    const fits = /^-?\d+$/.test(value) && number >= Number(schema.minimum ?? -Infinity) && number <= Number(schema.maximum ?? Infinity);
    return fits ? [] : [notA(name, value, 'number that is allowed here')];
  }
  if (schema.type === 'boolean') return /^(true|false)$/.test(value) ? [] : [notA(name, value, 'boolean')];
  return [...scalar(name, value, schema)];
}

const bits: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

function* scalar(where: string, value: unknown, schema: Schema): Generator<Wrong> {
  const { type, format = '', pattern } = schema;
  if (type === 'boolean') {
    if (typeof value !== 'boolean') yield notA(where, value, 'boolean');
  } else if (type === 'number') {
    if (typeof value !== 'number') yield notA(where, value, 'number');
  } else if (format in bits) {
    const [low, high] = bits[format] ?? [0n, 0n];
    // 64 bits are text in JSON, and Google takes numbers as well
    const fits = type === 'integer' ? typeof value === 'number' : typeof value === 'string' || typeof value === 'number';
    if (!fits || !/^-?\d+$/.test(String(value)) || BigInt(String(value)) < low || BigInt(String(value)) > high)
      yield notA(where, value, format);
  } else if (typeof value !== 'string') yield notA(where, value, 'string');
  else if (format === 'byte' && !/^[\w+/-]*={0,2}$/.test(value)) yield notA(where, value, 'text in base64');
  else if (schema.enum && !schema.enum.includes(value)) {
    const why = `Invalid enum value '${value}'. Acceptable values are '${schema.enum.join("', '")}'.`;
    const message = `Invalid value for field '${where}': '${value}'. ${why}`;
    yield { where, reason: 'invalid', message };
  } else if (pattern !== undefined && !whole(pattern).test(value)) yield notLike(where, value, pattern);
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

function notLike(where: string, value: string, pattern: string): Wrong {
  const message = `Invalid value for field '${where}': '${value}'. Must be a match of regex '${pattern}'`;
  return { where, reason: 'invalid', message };
}

function notA(where: string, value: unknown, what: string): Wrong {
  return { where, reason: 'invalid', message: `Invalid value at '${where}' (${what}), ${JSON.stringify(value)}` };
}

function missing(where: string): Wrong {
  return { where, reason: 'required', message: `Required field '${where}' not specified` };
}
