import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { TsmachineError } from '../base/errors.js';

interface OwnPackage {
  readonly root: string;
  /** The content of package.json. */
  readonly content: object & { readonly version: string; readonly homepage?: string };
}

/** The build replaces this name with the commit's short hash. */
declare const builtFrom: string | undefined;

let found: OwnPackage | undefined;
const templates = new Map<string, Promise<string>>();

/** tsmachine's own folder: the nearest one above this file with tsmachine's package.json. Works from sources, build and bundle. */
export function packageRoot(): string {
  return ownPackage().root;
}

/** The version of this package. */
export function packageVersion(): string {
  return ownPackage().content.version;
}

/** The web address of a page of the documentation, which works wherever the program was installed. @param page `swarm-file.md` */
export function pageAddress(page: string): string {
  const { homepage = '' } = ownPackage().content;
  return `${homepage.replace(/#.*$/, '')}/blob/main/docs/${page}`;
}

/**
 * The commit that the program was built from; `HEAD`, as in Docker Machine, when it is unknown: run from sources, or built outside a
 * checkout.
 */
export function packageBuild(): string {
  return typeof builtFrom === 'undefined' ? 'HEAD' : builtFrom;
}

/** The content of package.json. */
export function packageJson(): object {
  return ownPackage().content;
}

/** oclif's list of the commands, written by the build. */
export function oclifManifest(): unknown {
  try {
    return JSON.parse(readFileSync(join(packageRoot(), 'oclif.manifest.json'), 'utf8'));
  } catch (error) {
    throw new TsmachineError('INTERNAL', 'The installation of tsmachine is incomplete: oclif.manifest.json cannot be read', {
      hint: 'Reinstall tsmachine',
      cause: error,
    });
  }
}

/**
 * A file below `templates/`, read once. A line `# include NAME` is replaced by that file of the folder.
 * @param name relative to `templates/`, with slashes.
 */
export function readTemplate(name: string): Promise<string> {
  let text = templates.get(name);
  if (!text) {
    text = readFile(join(packageRoot(), 'templates', ...name.split('/')), 'utf8').then(withIncludes, (error: unknown) => {
      templates.delete(name);
      throw new TsmachineError('INTERNAL', `The installation of tsmachine is incomplete: templates/${name} cannot be read`, {
        hint: 'Reinstall tsmachine',
        cause: error,
      });
    });
    templates.set(name, text);
  }
  return text;
}

async function withIncludes(text: string): Promise<string> {
  const lines = await Promise.all(
    text.split('\n').map((line) => {
      const part = /^# include (\S+)\r?$/.exec(line)?.[1];
      return part === undefined ? Promise.resolve(line) : readTemplate(part);
    }),
  );
  return lines.join('\n');
}

function ownPackage(): OwnPackage {
  found ??= search(dirname(fileURLToPath(import.meta.url)));
  return found;
}

function search(folder: string): OwnPackage {
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isOwn(content)) return { root: folder, content };
  }
  if (dirname(folder) === folder) {
    throw new TsmachineError('INTERNAL', 'The installation of tsmachine is incomplete: its package.json was not found', {
      hint: 'Reinstall tsmachine',
    });
  }
  return search(dirname(folder));
}

function isOwn(content: unknown): content is OwnPackage['content'] {
  return (
    typeof content === 'object' &&
    content !== null &&
    'name' in content &&
    content.name === 'tsmachine' &&
    'version' in content &&
    typeof content.version === 'string'
  );
}
