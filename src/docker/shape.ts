import { engineError } from './call/answer.js';
import type { Engine, RequestOptions } from './client.js';

/** Reads a value of JSON as a T. `at` is its place in the answer. @throws Misshapen */
export type Shape<T> = (value: unknown, at: string) => T;

/** A value that is not what an engine answers there. */
class Misshapen extends Error {}

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Required<F extends Fields> = { readonly [K in keyof F]: ReturnType<F[K]> };
type Optional<F extends Fields> = { readonly [K in keyof F]?: ReturnType<F[K]> };

function basic<T>(what: string, is: (value: unknown) => value is T): Shape<T> {
  return (value, at) => {
    if (is(value)) return value;
    throw new Misshapen(`${at} is not ${what}`);
  };
}

export const text = basic('a text', (value) => typeof value === 'string');
export const number = basic('a number', (value) => typeof value === 'number');
export const flag = basic('true or false', (value) => typeof value === 'boolean');
/** An id or a name: it may become part of a path. */
export const id = basic('an id', isId);

/** An id, or the empty text that Go writes for none. */
export const idOrNone = basic('an id', (value): value is string => value === '' || isId(value));

export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  return basic(`one of ${words.join(', ')}`, (value): value is T => words.some((word) => word === value));
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new Misshapen(`${at} is not a list`);
    return value.map((one: unknown, i) => item(one, `${at}[${i}]`));
  };
}

export function record<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, at) => Object.fromEntries(Object.entries(fieldsOf(value, at)).map(([key, one]) => [key, item(one, `${at}.${key}`)]));
}

/** Fields that are not named here pass through. Optional ones may be null, as Go writes what is empty. */
export function object<R extends Fields, O extends Fields>(required: R, optional: O): Shape<Required<R> & Optional<O>> {
  return (value, at) => {
    const given = fieldsOf(value, at);
    const read = (fields: Fields) =>
      Object.entries(fields).flatMap(([key, shape]) => {
        const one = given[key];
        return fields === optional && (one === undefined || one === null) ? [] : [[key, shape(one, `${at}.${key}`)]];
      });
    const absent = Object.keys(optional).filter((key) => given[key] === null);
    const others = Object.entries(given).filter(([key]) => !absent.includes(key));
    return Object.fromEntries([...others, ...read(required), ...read(optional)]) as Required<R> & Optional<O>;
  };
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]{1,128}$/.test(value);
}

function fieldsOf(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misshapen(`${at} is not an object`);
  return { ...value };
}

/** One call whose answer is used. @throws TsmachineError ENGINE_API also for an answer of another shape, naming its place */
export async function ask<T>(engine: Engine, shape: Shape<T>, method: string, path: string, options?: RequestOptions): Promise<T> {
  return shaped(engine, shape, `${method} ${path}`, await engine.request(method, path, options));
}

/** GET of something that may not exist: undefined when the engine answers 404. @throws as `ask` */
export async function askFor<T>(engine: Engine, shape: Shape<T>, path: string, options?: RequestOptions): Promise<T | undefined> {
  const answer = await engine.find(path, options);
  return answer === undefined ? undefined : shaped(engine, shape, `GET ${path}`, answer);
}

function shaped<T>({ target }: Engine, shape: Shape<T>, operation: string, answer: unknown): T {
  try {
    return shape(answer, 'the answer');
  } catch (error) {
    if (!(error instanceof Misshapen)) throw error;
    throw engineError({ target, operation }, `it is not what an engine answers: ${error.message}`, error);
  }
}
