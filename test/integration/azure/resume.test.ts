import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { armStandIn, type ArmStandIn } from '../../stand-ins/arm/index.js';
import { Bench, type Made } from './bench.js';

const write = 'Microsoft.Compute/virtualMachines/write';

describe('azure: a create that was killed in a long-running operation', () => {
  let cloud: ArmStandIn;
  let bench: Bench;

  before(async function () {
    cloud = await armStandIn(this);
  });
  beforeEach(async () => {
    await cloud.reset({ pending: 2 });
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  const entryOf = ({ memory }: Made) => memory.entries.find(({ key }) => key === 'vm');

  /** Nothing is written any more once the virtual machine's operation was: as if the process had been killed then. */
  async function killed(machine: Made): Promise<void> {
    machine.memory.onWrite = () => {
      if (entryOf(machine)?.operation?.startsWith('https:')) throw new Error('killed');
    };
    const error: unknown = await machine.create().catch((thrown: unknown) => thrown);
    expect(String(error)).to.include('killed');
    machine.memory.onWrite = () => undefined;
  }

  it('has its URL in the ledger, and goes on with it', async () => {
    const machine = await bench.machine('m1');
    await killed(machine);
    const operation = entryOf(machine)?.operation ?? '';
    expect(operation).to.match(/^https:\/\/127\.0\.0\.1:\d+\/subscriptions\/.+#on-demand/);
    const before = (await cloud.calls()).length;
    await machine.create();
    const calls = await cloud.calls(before);
    expect(calls.find(({ action }) => action === 'poll')?.path).to.equal(new URL(operation).pathname + new URL(operation).search);
    expect(calls.map(({ action }) => action)).not.to.include(write);
    expect((await machine.look()).state).to.equal('Running');
    expect(await cloud.machines()).to.have.length(1);
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('goes on with the next place when the operation has failed meanwhile', async () => {
    await cloud.exhaust([{ zone: '1' }]);
    const machine = await bench.machine('m1', { 'azure-availability-zone': ['1', '2'] });
    await killed(machine);
    await machine.create();
    expect(machine.memory.data['AvailabilityZone']).to.equal('2');
    expect(await cloud.machines()).to.have.length(1);
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
  });

  it('is removed with all that was begun', async () => {
    const machine = await bench.machine('m1');
    await killed(machine);
    expect(await machine.remove()).to.deep.equal([]);
    expect(await cloud.inventory()).to.deep.equal([]);
    expect(machine.memory.entries).to.deep.equal([]);
  });

  it('sends no token to another host that stands in the ledger', async () => {
    const machine = await bench.machine('m1');
    await killed(machine);
    machine.memory.entries = machine.memory.entries.map((entry) =>
      entry.key === 'vm' ? { ...entry, operation: 'https://evil.example/operations/1#on-demand' } : entry,
    );
    const error: unknown = await machine.create().catch((thrown: unknown) => thrown);
    expect(TsmachineError.is(error) && error.message).to.include('evil.example, which is not of https://127.0.0.1');
  });

  it('knows a machine whose answer was lost for its own, and another of its name for another', async () => {
    const machine = await bench.machine('m1', { 'azure-retries': -1 });
    await cloud.fault({ kind: 'lost', action: write });
    expect(await machine.create().catch(() => 'lost')).to.equal('lost');
    await machine.create();
    expect(await cloud.machines()).to.have.length(1);
    const group = String(machine.memory.data['ResourceGroup']);
    const other = await bench.machine('m1', { 'azure-resource-group': group });
    for (const step of [other.precheck, other.create]) {
      const error: unknown = await step().catch((thrown: unknown) => thrown);
      expect(String(error)).to.include(`Virtual Machine with name m1 already exists in resource group "${group}"`);
    }
    expect(await other.remove()).to.deep.equal([]);
    expect((await machine.look()).state).to.equal('Running');
  });
});
