import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import '../../../../helpers/state-dir.js';
import { silentIo } from '../../../../../src/base/io.js';
import { TsmachineError } from '../../../../../src/base/errors.js';
import { createMachine } from '../../../../../src/machine/create.js';
import { openSession, type Session } from '../../../../../src/session.js';
import { removeMachine, removeMachines } from '../../../../../src/swarm/members/leave/removal.js';
import { failureOf } from '../../../../helpers/failure.js';

describe('removal of machines', () => {
  let root: string;
  let session: Session;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tsmachine-removal-'));
    session = openSession({ storePath: root, io: silentIo, signal: new AbortController().signal });
    for (const name of ['m1', 'm2', 'alone']) {
      const flags = { url: 'tcp://127.0.0.1:1' };
      await createMachine(session, { name, driverName: 'none', flags, engine: {}, install: { mode: 'none' }, tlsSans: [] });
    }
    const members = { m1: { role: 'manager', node: 'n1' }, m2: { role: 'worker', node: 'n2' } } as const;
    await session.store.swarms.save({ version: 1, name: 'prod', cluster: 'c1', members });
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const ends = async (names: readonly string[], force = false) =>
    (await removeMachines(session, names, { force })).map((one) => ('error' in one ? TsmachineError.from(one.error).code : one.name));

  it('has an outcome for each name, and one failure stops no other', async () => {
    expect(await ends(['m2', 'missing', 'alone'])).to.deep.equal(['SWARM_STATE', 'MACHINE_NOT_FOUND', 'alone']);
    expect(await session.store.names()).to.deep.equal(['m1', 'm2']);
  });

  it('asks the swarm of a machine before it is removed, unless it is forced', async () => {
    expect((await failureOf(removeMachine(session, 'm2', { force: false }))).code).to.equal('SWARM_STATE');
    await removeMachine(session, 'm2', { force: true });
    expect(await session.store.names()).to.deep.equal(['alone', 'm1']);
    expect(Object.keys((await session.store.swarms.find('prod'))?.members ?? {})).to.deep.equal(['m1']);
  });

  it('ends a swarm of which all machines are named, with its record', async () => {
    expect(await ends(['m1', 'm2'])).to.deep.equal(['m1', 'm2']);
    expect(await session.store.names()).to.deep.equal(['alone']);
    expect(await session.store.swarms.names()).to.deep.equal([]);
  });

  it('goes through the machines as the caller wants to', async () => {
    const seen: string[] = [];
    await removeMachines(session, ['alone'], { force: false }, async (names, remove) => {
      for (const name of names) {
        await remove(session, name);
        seen.push(name);
      }
    });
    expect(seen).to.deep.equal(['alone']);
  });
});
