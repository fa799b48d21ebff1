import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What is put in the place of the good package's. */
export interface Different {
  readonly name?: string;
  readonly json?: object;
  readonly code?: string;
}

const good = {
  version: '1.2.3',
  type: 'module',
  exports: { '.': { require: './none.cjs', import: './index.js' } },
  tsmachine: { driver: 'hello', contract: 2 },
};

/** The package.json of the good package. @param different what is put in the place of its own */
export const packageJsonOf = (name: string, different: object = {}) => ({ name, ...good, ...different });

/** A driver for engines that are there already. */
export const helloCode = `
import { baseData, textFlag, textOf } from 'tsmachine/driver';
const nothing = async () => undefined;
export default {
  name: 'hello', contract: 2, summary: 'Says hello',
  describe: async () => ({
    flags: [
      { name: 'hello-url', type: 'string', usage: 'URL of the engine', env: 'HELLO_URL' },
      { name: 'hello-token', type: 'string', usage: 'Secret', env: 'HELLO_TOKEN', secret: true },
    ],
    features: { provision: false, powerControl: false, ownsHost: false, hostKeyKnown: false },
  }),
  open: async () => ({
    parse: async (input) => ({ ...baseData(input, { sshUser: '', sshPort: 0, sshKeyPath: '' }), Url: textFlag(input.flags, 'hello-url') }),
    check() {}, precheck: nothing, create: nothing, start: nothing, stop: nothing, kill: nothing, close: nothing,
    look: async (data) => ({ state: 'Running', addresses: [], dockerUrl: textOf(data, 'Url') }),
    remove: async () => ({ left: [] }),
  }),
};
`;

/**
 * Writes a driver package below a folder, as npm would install it.
 * @returns its own folder
 */
export function writePackage(folder: string, { name = 'tsmachine-driver-hello', json = {}, code = helloCode }: Different = {}): string {
  const dir = join(folder, ...name.split('/'));
  mkdirSync(dirname(dir), { recursive: true });
  writeFiles(dir, { 'package.json': JSON.stringify(packageJsonOf(name, json)), 'index.js': code });
  return dir;
}

function writeFiles(dir: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
}
