/** A JSON object whose fields are not known yet. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong with a document; the caller names the file. */
export class Misfit extends Error {}

/**
 * Gives known fields their exact spelling (Go reads them in any case), fills in missing ones, and keeps everything else.
 * @param at the object's path in the document, for the error: `HostOptions.EngineOptions`
 * @throws Misfit for a field whose type differs from its default's. A null default stands for a list of strings.
 */
export function conform<T extends object>(given: unknown, defaults: T, at: string): T {
  if (given === undefined || given === null) return defaults;
  if (!isJson(given)) throw new Misfit(`${at}: expected an object, found ${describe(given)}`);
  const known: [string, unknown][] = Object.entries(defaults);
  const spelled = spell(given, Object.keys(defaults));
  const checked = known.map(([key, standard]) => [key, field(spelled[key], standard, `${at}.${key}`)] as const);
  return { ...spelled, ...Object.fromEntries(checked) } as T;
}

/** Known keys in any case get their proper spelling; a key that already has it wins. */
export function spell(given: Json, names: readonly string[]): Json {
  if (names.every((name) => Object.hasOwn(given, name))) return given;
  const proper = new Map(names.map((name) => [name.toLowerCase(), name]));
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(given)) {
    const name = proper.get(key.toLowerCase());
    if (name === undefined || name === key) entries.push([key, value]);
    else if (!Object.hasOwn(given, name)) entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

function field(value: unknown, standard: unknown, at: string): unknown {
  if (value === undefined) return standard;
  if (Array.isArray(standard) || standard === null) {
    if (value === null) return standard;
    if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
    throw new Misfit(`${at}: expected a list of strings, found ${describe(value)}`);
  }
  if (value === null) return standard;
  if (typeof value === typeof standard) return value;
  throw new Misfit(`${at}: expected ${article[typeof standard] ?? typeof standard}, found ${describe(value)}`);
}

const article: Readonly<Record<string, string>> = { string: 'a string', boolean: 'true or false', number: 'a number' };

/** The kind of a JSON value in words; never the value, which may be a secret. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : (article[typeof value] ?? typeof value);
}
