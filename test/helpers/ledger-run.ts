import { readFileSync, writeFileSync } from 'node:fs';

import { silentIo } from '../../src/base/io.js';
import { Machine } from '../../src/machine/machine.js';
import { openMachineSession } from '../../src/machine/session.js';
import { newHostConfig } from '../../src/store/config/schema.js';
import { FakeCloud, type CloudThing } from '../stand-ins/fake-cloud.js';
import { fakeDriver, fakeModule } from './fake-cloud-driver.js';

export interface Places {
  readonly root: string;
  readonly stateDir: string;
}

/** A machine of a real store on disk whose driver works on this cloud, as one process has it. */
export async function openFake(name: string, { root, stateDir }: Places, cloud: FakeCloud): Promise<Machine> {
  const session = openMachineSession(
    { storePath: root, io: silentIo, signal: new AbortController().signal, env: { TSMACHINE_STATE_DIR: stateDir } },
    [],
  );
  const driver = fakeDriver(cloud);
  const { flags, features } = await fakeModule.describe();
  const open = { name: 'fake', flags, features, driver };
  if (await session.store.exists(name)) return new Machine(session, (await session.store.load(name)).config, open);
  await session.store.reserve(name);
  const data = await driver.parse({
    machineName: name,
    storePath: root,
    machineDir: session.store.machine(name).dir,
    flags: { 'fake-region': 'north', 'fake-disk-size': 10 },
  });
  const machine = new Machine(
    session,
    newHostConfig({ name, root, driverName: 'fake', driver: data, engine: {}, serverCertSans: [] }),
    open,
  );
  await machine.save();
  return machine;
}

interface SavedCloud {
  things: [string, CloudThing][];
  operations: [string, string][];
}

/** A cloud that outlives the process: it is written to a file after every call. */
export function cloudIn(file: string): FakeCloud {
  const cloud = new FakeCloud();
  try {
    const { things, operations } = JSON.parse(readFileSync(file, 'utf8')) as SavedCloud;
    for (const [id, thing] of things) cloud.things.set(id, thing);
    for (const [operation, id] of operations) cloud.operations.set(operation, id);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  cloud.around = async (_call, carryOut) => {
    try {
      return await carryOut();
    } finally {
      writeFileSync(file, JSON.stringify({ things: [...cloud.things], operations: [...cloud.operations] }));
    }
  };
  return cloud;
}

// ledger-run.ts create|remove NAME ROOT STATE_DIR CLOUD: one process of its own, to be killed
const [, program = '', verb = '', name = '', root = '', stateDir = '', cloudFile = ''] = process.argv;
if (program.endsWith('ledger-run.ts')) {
  const machine = await openFake(name, { root, stateDir }, cloudIn(cloudFile));
  if (verb === 'create') await machine.driver.create(machine.data, machine.ctx);
  else await machine.driver.remove(machine.data, machine.ctx);
}
