import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import type { Machine } from '../../../../src/machine/machine.js';
import { ownLedger } from '../../../../src/store/identity.js';
import type { Ledger } from '../../../../src/store/ledger.js';
import { withDiskFault, type DiskFault } from '../../../helpers/disk-fault.js';
import { openFake, type Places } from '../../../helpers/ledger-run.js';
import { scratch } from '../../../helpers/scratch.js';
import { FakeCloud } from '../../../stand-ins/fake-cloud.js';

const create = (machine: Machine) => machine.driver.create(machine.data, machine.ctx);
const remove = (machine: Machine) => machine.driver.remove(machine.data, machine.ctx);

describe('the ledger of resources', () => {
  let places: Places;
  let cloud: FakeCloud;
  beforeEach(() => {
    places = { root: join(scratch(), 'store'), stateDir: scratch() };
    cloud = new FakeCloud();
  });

  const open = (name = 'm1', at = places) => openFake(name, at, cloud);
  const ledgerOf = (file: string): Ledger => JSON.parse(readFileSync(file, 'utf8')) as Ledger;
  const ids = () => [...cloud.things.keys()].sort();

  /** One of each, all of them known to the ledgers. */
  const expectOneOfEach = async (machine: Machine, what = '') => {
    for (const kind of ['group', 'volume', 'instance'] as const) expect(cloud.count(kind), `${kind} ${what}`).to.equal(1);
    const known = (await machine.resources.entries()).map(({ id }) => id).sort();
    expect(known, what).to.deep.equal(ids());
    expect(machine.data['InstanceId'], what).to.be.oneOf(known);
  };

  /** After whatever happened: the next process finishes the machine, or removes it; either way nothing is doubled or forgotten. */
  const expectRecovery = async (next: 'create' | 'remove', what: string) => {
    cloud.fate = () => 'answered';
    cloud.around = (_call, carryOut) => carryOut();
    const machine = await open();
    if (next === 'create') {
      await create(machine);
      await expectOneOfEach(machine, what);
    }
    await remove(await open());
    expect(ids(), `${what}, then removed`).to.deep.equal([]);
    expect(await (await open()).resources.entries(), `${what}, then removed`).to.deep.equal([]);
  };

  it('knows everything that was made, and the computer remembers it', async () => {
    const machine = await open();
    await create(machine);
    await expectOneOfEach(machine);
    const owner = await machine.ctx.owner();
    const remembered = JSON.parse(readFileSync(join(places.stateDir, 'stores', `${owner.store}.json`), 'utf8')) as {
      machines: Record<string, { id: string; resources: { id: string }[] }>;
    };
    expect(remembered.machines['m1']?.id).to.equal(owner.machine);
    expect(remembered.machines['m1']?.resources.map(({ id }) => id)).to.have.members(ids().filter((id) => !id.startsWith('group')));
  });

  for (const next of ['create', 'remove'] as const) {
    for (const fate of ['refused', 'lost'] as const) {
      it(`survives every call that is ${fate}, then ${next}`, async () => {
        for (let call = 0; ; call += 1) {
          places = { root: join(scratch(), 'store'), stateDir: scratch() };
          cloud = new FakeCloud();
          const machine = await open();
          cloud.fate = (_name, index) => (index === call ? fate : 'answered');
          await create(machine).catch(() => undefined);
          if (cloud.calls.length <= call) return;
          await expectRecovery(next, `call ${call} ${fate}`);
        }
      });
    }

    for (const when of ['before', 'after'] as const) {
      it(`survives being killed ${when} every write, then ${next}`, async () => {
        for (let at = 0; ; at += 1) {
          places = { root: join(scratch(), 'store'), stateDir: scratch() };
          cloud = new FakeCloud();
          const machine = await open();
          const killed: DiskFault = {
            at,
            when,
            code: 'EIO',
            then: () => {
              cloud.around = () => Promise.reject(new Error('killed'));
            },
          };
          const { happened, error } = await withDiskFault(killed, () => create(machine));
          if (!happened) return;
          expect(error, `write ${at}`).to.be.instanceOf(Error);
          await expectRecovery(next, `killed ${when} write ${at}`);
        }
      });
    }
  }

  it('survives every call and every write of a remove', async () => {
    for (const fate of ['refused', 'lost'] as const) {
      for (let call = 0; ; call += 1) {
        places = { root: join(scratch(), 'store'), stateDir: scratch() };
        cloud = new FakeCloud();
        await create(await open());
        const made = cloud.calls.length;
        cloud.fate = (_name, index) => (index === made + call ? fate : 'answered');
        await remove(await open()).catch(() => undefined);
        if (cloud.calls.length <= made + call) break;
        await expectRecovery('remove', `call ${call} of remove ${fate}`);
      }
    }
    for (let at = 0; ; at += 1) {
      places = { root: join(scratch(), 'store'), stateDir: scratch() };
      cloud = new FakeCloud();
      await create(await open());
      const machine = await open();
      const { happened } = await withDiskFault({ at, when: 'before', code: 'EIO' }, () => remove(machine));
      if (!happened) break;
      await expectRecovery('remove', `write ${at} of remove`);
    }
  });

  it('says that the disk is full, and goes on when there is room again', async () => {
    for (let at = 0; ; at += 1) {
      places = { root: join(scratch(), 'store'), stateDir: scratch() };
      cloud = new FakeCloud();
      const machine = await open();
      const { happened, error } = await withDiskFault({ at, when: 'before', code: 'ENOSPC' }, () => create(machine));
      if (!happened) return;
      expect(TsmachineError.is(error) && error.code, `write ${at}`).to.equal('STORE_FULL');
      await create(machine); // the same process as well
      await expectOneOfEach(machine, `write ${at}`);
    }
  });

  it('asks for nothing before the request is on disk', async () => {
    const machine = await open();
    const { ledger } = machine.ctx.machineDir ? { ledger: join(machine.ctx.machineDir, 'ledger.json') } : { ledger: '' };
    let seen = 0;
    cloud.around = (call, carryOut) => {
      if (call === 'make volume' || call === 'begin instance') {
        const entry = ledgerOf(ledger).entries.find(({ kind }) => call.endsWith(kind));
        expect(entry, call).to.include.keys('token', 'request', 'wanted');
        expect(entry, call).not.to.have.property('id');
        seen += 1;
      }
      if (call === 'wait') {
        expect(ledgerOf(ledger).entries.find(({ kind }) => kind === 'instance')?.operation).to.match(/^operation-/);
        seen += 1;
      }
      return carryOut();
    };
    await create(machine);
    expect(seen).to.equal(3);
  });

  it('asks again for what was on disk, not for what is wanted now', async () => {
    const machine = await open();
    const asked: unknown[] = [];
    const calls = {
      find: () => Promise.resolve(undefined),
      make: (request: { size: number }) => {
        asked.push(request);
        return asked.length === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve('v1');
      },
    };
    const wanted = (size: number) => ({ kind: 'volume', scope: 'machine' as const, request: { size } });
    await machine.ctx.resource('v', wanted(1), calls).catch(() => undefined);
    await machine.ctx.resource('v', wanted(2), calls);
    expect(asked).to.deep.equal([{ size: 1 }, { size: 1 }]);
    await machine.ctx.resource('v', wanted(3), calls); // it vanished: what is made now is a new one
    expect(asked.at(-1)).to.deep.equal({ size: 3 });
  });

  it('makes one thing for parallel calls of one key', async () => {
    const machine = await open();
    let made = 0;
    const calls = {
      find: ({ id }: { id?: string }) => Promise.resolve(id),
      make: () => {
        made += 1;
        return Promise.resolve(`v${made}`);
      },
    };
    const one = () => machine.ctx.resource('v', { kind: 'volume', scope: 'machine', request: {} }, calls);
    expect(await Promise.all([one(), one(), one()])).to.deep.equal(['v1', 'v1', 'v1']);
  });

  it('shares what has the scope of the store, made once by machines that are made at once, gone with the last', async () => {
    const [one, two] = [await open('m1'), await open('m2')];
    await Promise.all([create(one), create(two)]);
    expect(cloud.count('group')).to.equal(1);
    expect(cloud.count('instance')).to.equal(2);
    await remove(one);
    expect(cloud.count('group')).to.equal(1);
    expect(ledgerOf(join(places.root, 'ledger.json')).entries.map(({ users }) => users)).to.deep.equal([[(await two.ctx.owner()).machine]]);
    await remove(two);
    expect(ids()).to.deep.equal([]);
    expect(ledgerOf(join(places.root, 'ledger.json')).entries).to.deep.equal([]);
  });

  it('lets one of two machines that are removed at the same time be the last', async () => {
    const [one, two] = [await open('m1'), await open('m2')];
    await Promise.all([create(one), create(two)]);
    await Promise.all([remove(one), remove(two)]);
    expect(ids()).to.deep.equal([]);
    expect(ledgerOf(join(places.root, 'ledger.json')).entries).to.deep.equal([]);
  });

  it('keeps what is shared in the ledger when the last machine could not remove it', async () => {
    const one = await open('m1');
    const wanted = { kind: 'group', scope: 'store' as const, request: {} };
    await one.ctx.resource('group', wanted, { find: () => Promise.resolve('g1'), make: () => Promise.resolve('g1') });
    await one.ctx.released({ key: 'group', scope: 'store' }, () => Promise.resolve(false));
    expect((await one.ctx.resources()).map(({ id }) => id)).to.deep.equal(['g1']);
  });

  it('lets a machine be the last when the others left the store without a word', async () => {
    const [one, two] = [await open('m1'), await open('m2')];
    await create(one);
    await create(two);
    const { machine } = await two.ctx.owner();
    cloud.things.delete(String(one.data['InstanceId']));
    rmSync(one.ctx.machineDir, { recursive: true });
    const shared = (await two.ctx.resources()).filter(({ scope }) => scope === 'store');
    expect(shared.map(({ users }) => users)).to.deep.equal([[machine]]);
    await remove(two);
    expect(cloud.count('group')).to.equal(0);
    expect(ledgerOf(join(places.root, 'ledger.json')).entries).to.deep.equal([]);
  });

  it('does not bring a user back that released what is shared in the meantime', async () => {
    const [one, two] = [await open('m1'), await open('m2')];
    const wanted = { kind: 'group', scope: 'store' as const, request: {} };
    const calls = { find: () => Promise.resolve('g1'), make: () => Promise.resolve('g1') };
    await one.ctx.resource('group', wanted, calls);
    await two.ctx.resource('group', wanted, {
      find: () => Promise.resolve(undefined),
      make: async (_request, _token, note) => {
        await one.ctx.released({ key: 'group', scope: 'store' });
        await note('operation');
        return 'g2';
      },
    });
    const [entry] = ledgerOf(join(places.root, 'ledger.json')).entries;
    expect(entry?.users).to.deep.equal([(await two.ctx.owner()).machine]);
    expect(entry).to.include({ id: 'g2' }).and.not.to.have.property('operation');
  });

  it('does not lose fields that are kept at once', async () => {
    const machine = await open();
    await Promise.all(Array.from({ length: 20 }, (_, i) => machine.ctx.keep({ [`Field${i}`]: i })));
    const { data } = await open();
    for (let i = 0; i < 20; i += 1) expect(data[`Field${i}`]).to.equal(i);
    await machine.ctx.keep({ Field3: undefined });
    expect((await open()).data).not.to.have.property('Field3');
  });

  describe('whose it is', () => {
    const owners = async () => (await (await open()).ctx.owner()).store;

    it('stays the same where a store is moved', async () => {
      const before = await owners();
      const root = join(scratch(), 'moved');
      renameSync(places.root, root);
      places = { ...places, root };
      expect(await owners()).to.equal(before);
      expect(ledgerOf(join(root, 'ledger.json')).path).to.equal(root);
    });

    it('is new for a copy of a store, which does not own what the original shares', async () => {
      await create(await open());
      const before = await owners();
      const original = places;
      const root = join(scratch(), 'copy');
      cpSync(places.root, root, { recursive: true });
      places = { ...places, root };
      expect(await owners()).not.to.equal(before);
      expect(ledgerOf(join(root, 'ledger.json')).entries).to.deep.equal([]);
      places = original;
      expect(await owners()).to.equal(before);
      expect(ledgerOf(join(original.root, 'ledger.json')).entries).to.have.length(1);
    });

    it('stays the same for a store that is reached through a link', async () => {
      await create(await open());
      const before = await owners();
      const link = join(scratch(), 'link');
      symlinkSync(places.root, link);
      for (const root of [link, places.root, link]) {
        const { id, entries } = await ownLedger(root);
        expect(id).to.equal(before);
        expect(entries).to.have.length(1);
      }
    });

    it('goes with the folder: a new store in the place of a deleted one has a new id', async () => {
      const before = await owners();
      rmSync(places.root, { recursive: true });
      expect(await owners()).not.to.equal(before);
      expect(existsSync(join(places.stateDir, 'stores', `${before}.json`))).to.equal(true);
    });
  });
});
