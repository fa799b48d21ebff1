import { flags as specs } from '../../../drivers/azure/flags.js';
import { flagValues } from '../../../src/base/flags.js';
import { silentIo } from '../../../src/base/io.js';
import { ensureAuthority } from '../../../src/certs/authority.js';
import { attachDriver } from '../../../src/machine/machine.js';
import { openSession } from '../../../src/session.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import type { ArmStandIn } from './index.js';

interface Wanted {
  /** Folder of the store. */
  readonly root: string;
  readonly location: string;
  readonly count: number;
}

/**
 * Makes machines `azure-0`, `azure-1`... in a store, as the driver makes them, without a guest. Their public address becomes loopback: nothing
 * answers as an engine there, at once.
 * @returns how many calls each of them took, without looks at operations and logins
 */
export async function fillStoreWithMachines(cloud: ArmStandIn, { root, location, count }: Wanted): Promise<readonly number[]> {
  const env = cloud.env(root);
  const session = openSession({ storePath: root, io: silentIo, env });
  const { store } = session;
  const { driver } = await session.drivers.open('azure');
  const given = { ...flagValues(specs, {}, env), 'azure-location': location, 'azure-allowed-cidr': ['192.0.2.0/24'] };
  const calls: number[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const name = `azure-${i}`;
      await store.reserve(name);
      if (i === 0) await ensureAuthority(store.paths, { io: silentIo, user: 'stand-in' });
      const before = (await cloud.calls()).length;
      const data = await driver.parse({ machineName: name, storePath: root, machineDir: store.machine(name).dir, flags: given });
      const config = newHostConfig({ name, root, driverName: 'azure', driver: data, engine: {}, serverCertSans: [] });
      const machine = await attachDriver(session, config);
      await machine.save();
      await driver.precheck(machine.data, machine.ctx);
      await driver.create(machine.data, machine.ctx);
      await machine.save();
      calls.push((await cloud.calls(before)).filter(({ action }) => action !== 'poll' && action !== 'token').length);
    }
  } finally {
    await session.drivers.close();
  }
  for (const { id } of await cloud.machines()) await cloud.setMachine(id, { publicAddress: '127.0.0.1' });
  return calls;
}
