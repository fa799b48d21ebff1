import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { packageRoot } from '../../system/package.js';

/** What Node 22.15 and later have besides. */
interface SynchronousHooks {
  readonly registerHooks?: (hooks: {
    resolve(specifier: string, context: object, next: (specifier: string, context: object) => object): object;
  }) => void;
}

const specifier = 'tsmachine/driver';
let served = false;

/**
 * Lets every package that is loaded from now on import `tsmachine/driver`, wherever it lies: in the store there is no node_modules above
 * it, and a copy of tsmachine that a package brings along may be of another version than this program.
 */
export function serveDriverExport(): void {
  if (served) return;
  served = true;
  const url = driverExport();
  const { registerHooks } = module as SynchronousHooks;
  if (registerHooks) {
    registerHooks({ resolve: (name, context, next) => next(name === specifier ? url : name, context) });
    return;
  }
  // Node 20 runs such functions in a thread of their own, which gets them as the text of a module
  const text = `export const resolve = async (name, context, next) =>
    next(name === ${JSON.stringify(specifier)} ? ${JSON.stringify(url)} : name, context);`;
  module.register(`data:text/javascript,${encodeURIComponent(text)}`);
}

/** The address of what the package exports; of the source where the program runs from its sources. */
function driverExport(): string {
  const path = ['src', 'driver', 'index'];
  const source = `${join(packageRoot(), ...path)}.ts`;
  const built = `${join(packageRoot(), 'dist', ...path)}.js`;
  return pathToFileURL(import.meta.url.endsWith('.ts') && existsSync(source) ? source : built).href;
}
