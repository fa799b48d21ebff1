/**
 * The nspawn driver in a process of its own, so that a test can end it.
 *   nspawn-process.ts create|remove STORE NAME [FLAG=VALUE...]
 * Prints the driver data.
 */
import './state-dir.js';
import { plain } from '../../src/base/text.js';
import { silentIo } from '../../src/base/io.js';
import { attachDriver } from '../../src/machine/machine.js';
import { openSession } from '../../src/session.js';
import type { FlagValue } from '../../src/base/flags.js';
import { newHostConfig, type HostConfig } from '../../src/store/config/schema.js';

const [verb = '', storePath = '', name = '', ...given] = process.argv.slice(2);
const session = openSession({
  storePath,
  io: {
    ...silentIo,
    warn: (text) => {
      process.stderr.write(`${plain(text)}\n`);
    },
  },
  signal: new AbortController().signal,
});
const { driver, flags: specs } = await session.drivers.open('nspawn');
const machine = await attachDriver(session, await configOf());

if (verb === 'create') {
  await machine.save();
  await driver.create(machine.data, machine.ctx);
  process.stdout.write(JSON.stringify(machine.data));
} else {
  await driver.remove(machine.data, machine.ctx);
  await session.store.remove(name);
}

async function configOf(): Promise<HostConfig> {
  const { store } = session;
  const { dir, config } = store.machine(name);
  const { existsSync } = await import('node:fs');
  if (existsSync(config)) return (await store.load(name)).config;
  await store.reserve(name);
  const flags: Record<string, FlagValue | undefined> = Object.fromEntries(specs.map((flag) => [flag.name, flag.default]));
  for (const pair of given) flags[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
  const data = await driver.parse({ machineName: name, storePath, machineDir: dir, flags });
  return newHostConfig({ name, root: storePath, driverName: 'nspawn', driver: data, engine: {}, serverCertSans: [] });
}
