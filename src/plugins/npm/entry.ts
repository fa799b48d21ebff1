import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';

import { isObject, unusable, type DriverPackage } from './package.js';

/** Conditions of `exports` that hold for a package that is imported, in the order in which a package lists them. */
const conditions = ['node', 'import', 'module-sync', 'default'];

/**
 * The file that `import` of a package loads: by `exports`, else by `main`, else index.js, as Node chooses it.
 * @throws TsmachineError DRIVER_PACKAGE when there is no such file
 */
export function entryOf({ name, dir, shown, json }: DriverPackage): string {
  const { exports, main } = json;
  const chosen = exports === undefined ? (typeof main === 'string' ? main : 'index.js') : target(exports);
  if (chosen === undefined) throw unusable(`Driver package ${name} (${shown})`, 'its package.json has "exports" without "."');
  return fileOf({ name, dir, shown }, chosen);
}

/**
 * A file of a package. @param path as its package.json names it
 * @throws TsmachineError DRIVER_PACKAGE when there is no such file, or it is not in the package
 */
export function fileOf({ name, dir, shown }: Pick<DriverPackage, 'name' | 'dir' | 'shown'>, path: string): string {
  const file = join(dir, path);
  const inner = relative(dir, file);
  const label = `Driver package ${name} (${shown})`;
  if (inner.startsWith('..') || isAbsolute(inner)) throw unusable(label, `${JSON.stringify(path)} lies outside of it`);
  const found = [file, `${file}.js`, join(file, 'index.js')].find((one) => /\.[cm]?[jt]s$/.test(one) && existsSync(one));
  if (found === undefined) throw unusable(label, `its package.json names ${JSON.stringify(path)}, which is not there`);
  return found;
}

function target(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (Array.isArray(exports)) return exports.map(target).find((one) => one !== undefined);
  if (!isObject(exports)) return undefined;
  if ('.' in exports) return target(exports['.']);
  for (const [condition, value] of Object.entries(exports)) {
    const found = conditions.includes(condition) ? target(value) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
