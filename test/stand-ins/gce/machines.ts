import { flags as specs } from '../../../drivers/google/flags.js';
import { flagValues } from '../../../src/base/flags.js';
import { silentIo } from '../../../src/base/io.js';
import { ensureAuthority } from '../../../src/certs/authority.js';
import { attachDriver } from '../../../src/machine/machine.js';
import { openSession } from '../../../src/session.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import type { GceStandIn } from './index.js';

interface Wanted {
  /** Folder of the store. */
  readonly root: string;
  /** One after the other, in turn. */
  readonly zones: readonly string[];
  readonly count: number;
}

/**
 * Makes machines `google-0`, `google-1`... in a store, as the driver makes them, without a guest. Their public address becomes loopback: nothing
 * answers as an engine there, at once.
 * @returns how many calls each of them took, without waiting for operations and tokens
 */
export async function fillStoreWithMachines(cloud: GceStandIn, { root, zones, count }: Wanted): Promise<readonly number[]> {
  const env = cloud.env(root);
  const restore = setVariables(env); // Google's own library knows no others
  const calls: number[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const before = (await cloud.calls()).length;
      await makeOne(root, env, { name: `google-${i}`, zone: zones[i % zones.length] ?? '' });
      const made = (await cloud.calls(before)).filter(({ service, action }) => service === 'compute' && !action.endsWith('.wait'));
      calls.push(made.length);
    }
  } finally {
    restore();
  }
  for (const { id } of await cloud.instances()) await cloud.setInstance(id, { publicAddress: '127.0.0.1' });
  return calls;
}

/** In a run of its own, which knows nothing of the others. */
async function makeOne(
  root: string,
  env: Readonly<Record<string, string>>,
  { name, zone }: { readonly name: string; readonly zone: string },
) {
  const session = openSession({ storePath: root, io: silentIo, env, signal: new AbortController().signal });
  const { store } = session;
  try {
    const { driver } = await session.drivers.open('google');
    const given = { ...flagValues(specs, {}, env), 'google-zone': [zone], 'google-allowed-cidr': ['192.0.2.0/24'] };
    await store.reserve(name);
    await ensureAuthority(store.paths, { io: silentIo, user: 'stand-in' });
    const data = await driver.parse({ machineName: name, storePath: root, machineDir: store.machine(name).dir, flags: given });
    const config = newHostConfig({ name, root, driverName: 'google', driver: data, engine: {}, serverCertSans: [] });
    const machine = await attachDriver(session, config);
    await machine.save();
    await driver.precheck(machine.data, machine.ctx);
    await driver.create(machine.data, machine.ctx);
    await machine.save();
  } finally {
    await session.drivers.close();
  }
}

function setVariables(env: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
}
