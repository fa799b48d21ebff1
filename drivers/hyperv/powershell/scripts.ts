import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = new Map<string, Promise<string>>();

/** The text of a script of templates/hyperv, as it lies there. */
export function readScript(name: string): Promise<string> {
  const text = scripts.get(name) ?? readFile(join(folder(), `${name}.ps1`), 'utf8');
  scripts.set(name, text);
  return text;
}

/** Found upwards of this module: it runs from the sources, from dist and from a bundle. */
function folder(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(dir, 'templates', 'hyperv');
    if (existsSync(join(candidate, 'vms.ps1'))) return candidate;
    if (dirname(dir) === dir) throw new Error('templates/hyperv is not in the package');
    dir = dirname(dir);
  }
}
