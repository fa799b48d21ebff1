import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this driver's files for hosts, found upwards of this module: it runs from the sources, from dist and from a bundle. */
export function templatesDir(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(dir, 'templates', 'nspawn');
    if (existsSync(join(candidate, 'run.sh'))) return candidate;
    if (dirname(dir) === dir) throw new Error('templates/nspawn is not in the package');
    dir = dirname(dir);
  }
}
