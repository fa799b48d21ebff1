import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Files } from '../../../src/driver/contract.js';

const scripts = new Map<string, Promise<string>>();

/** The text of a script of templates/hyperv. */
export function readScript(name: string, files: Files): Promise<string> {
  const text = scripts.get(name) ?? read(name, files);
  scripts.set(name, text);
  return text;
}

/** Looks in every folder above this module, which runs from the sources, from dist and from a bundle. */
async function read(name: string, files: Files): Promise<string> {
  let dir = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const text = await files.read(join(dir, 'templates', 'hyperv', `${name}.ps1`));
    if (text !== undefined) return text;
    if (dirname(dir) === dir) throw new Error(`templates/hyperv/${name}.ps1 is not in the package`);
    dir = dirname(dir);
  }
}
