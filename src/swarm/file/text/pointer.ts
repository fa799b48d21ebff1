/** JSON pointers (RFC 6901): the path of a value, as ajv reports it. */

export function pointerTo(parent: string, ...keys: readonly string[]): string {
  return parent + keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export function keysOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A pointer, and those of everything that it is within. */
export function withParents(pointer: string): string[] {
  const found = [pointer];
  for (let end = pointer.lastIndexOf('/'); end >= 0; end = pointer.lastIndexOf('/', end - 1)) {
    found.push(pointer.slice(0, end));
    if (end === 0) break;
  }
  return found;
}

/** The path for messages: `groups.worker.engine.opts`, also for an entry of that list. */
export function pathText(pointer: string): string {
  return keysOf(pointer.replace(/\/\d+$/, '')).join('.');
}

/** Replaces the value at a pointer. @returns false when there is no such place in the root */
export function replaceAt(root: unknown, pointer: string, value: unknown): boolean {
  const keys = keysOf(pointer);
  const last = keys.pop();
  let parent = root;
  for (const key of keys) parent = member(parent, key);
  if (last === undefined || typeof parent !== 'object' || parent === null) return false;
  Object.defineProperty(parent, last, { value, writable: true, enumerable: true, configurable: true });
  return true;
}

function member(of: unknown, key: string): unknown {
  return typeof of === 'object' && of !== null && Object.hasOwn(of, key) ? (of as Readonly<Record<string, unknown>>)[key] : undefined;
}
