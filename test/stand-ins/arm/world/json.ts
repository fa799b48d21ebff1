/** JSON whose shape nobody promises: bodies of requests, and resources as they are shown. Paths are like `properties.subnet.id`. */
export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function dig(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) found = isJson(found) ? found[key] : undefined;
  return found;
}

export function text(value: unknown, path: string): string | undefined {
  const found = dig(value, path);
  return typeof found === 'string' ? found : undefined;
}

export function number(value: unknown, path: string): number | undefined {
  const found = dig(value, path);
  return typeof found === 'number' ? found : undefined;
}

export function json(value: unknown, path: string): Json {
  const found = dig(value, path);
  return isJson(found) ? found : {};
}

export function list(value: unknown, path: string): Json[] {
  const found = dig(value, path);
  return Array.isArray(found) ? found.filter(isJson) : [];
}

export function texts(value: unknown, path: string): string[] {
  const found = dig(value, path);
  return Array.isArray(found) ? found.filter((each) => typeof each === 'string') : [];
}

export function put(value: Json, path: string, what: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let place = value;
  for (const key of keys) {
    const next = place[key];
    place = isJson(next) ? next : (place[key] = {});
  }
  place[last] = what;
}

export function copy<T>(value: T): T {
  return structuredClone(value);
}

/** Resource ids and names of Azure are compared without case. */
export function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();
}
