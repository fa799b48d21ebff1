import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import none from '../../../drivers/none/index.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import { openStore } from '../../../src/store/store.js';
import { program } from '../../helpers/cli.js';

/** The real program, but for what would need an engine that answers. */
const stub = `#!/bin/sh
case "$1 $3 $4" in
  "env fish alpha") echo 'set -gx DOCKER_MACHINE_NAME "alpha";' ;;
  "env bash alpha") echo 'export DOCKER_MACHINE_NAME="alpha"'; echo '# a remark' ;;
  "status "*) echo "\${STATE:-Running}" ;;
  *) exec '${process.execPath}' '${program}' "$@" ;;
esac
`;

/** A shell user: a home, a store with machines, and a folder of files; tsmachine is found on PATH. */
export interface User {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

export async function newUser(home: string): Promise<User> {
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'tsmachine'), stub, { mode: 0o755 });
  const root = join(home, 'store');
  const store = openStore(root);
  const driver = await none.open({ env: {}, signal: new AbortController().signal });
  for (const [name, driverName] of [
    ['alpha', 'none'],
    ['beta', 'none'],
    ['gamma', 'generic'],
  ] as const) {
    await store.reserve(name);
    const data = await driver.parse({
      machineName: name,
      storePath: root,
      machineDir: store.machine(name).dir,
      flags: { url: 'tcp://127.0.0.1:1' },
    });
    await store.save({ name, config: newHostConfig({ name, root, driverName, driver: data, engine: {}, serverCertSans: [] }) });
  }
  mkdirSync(join(home, 'work'));
  for (const name of ['key one', 'key two']) writeFileSync(join(home, 'work', name), '');
  symlinkSync('key one', join(home, 'work', 'link'));
  const { NODE_EXTRA_CA_CERTS: _, DOCKER_MACHINE_NAME: _name, ...inherited } = process.env;
  return {
    home,
    env: {
      ...inherited,
      HOME: home,
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      MACHINE_STORAGE_PATH: root,
      SHELL: '/bin/bash',
    },
  };
}

export function runIn(user: User, file: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: join(user.home, 'work'),
    env: user.env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status !== 0 || stderr !== '') throw new Error(`${file} ended with ${status ?? 'a signal'}\n${stdout}${stderr}`);
  return stdout;
}

export function isInstalled(file: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      return readdirSync(folder).includes(file);
    } catch {
      return false; // folders of PATH need not exist
    }
  });
}

/** A word in single quotes, as every one of these shells reads it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
