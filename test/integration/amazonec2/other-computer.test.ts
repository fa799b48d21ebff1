import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { DescribeSecurityGroupsCommand, DescribeTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect } from 'chai';

import { parseJson } from '../../../src/base/json.js';
import type { DriverData } from '../../../src/driver/contract.js';
import { MemoryMachine } from '../../../src/driver/kit/memory-context.js';
import { ec2StandIn, firstKey, type Ec2StandIn } from '../../stand-ins/ec2/index.js';
import { Bench, Made } from './bench.js';

const fixture = new URL('../../fixtures/docker-machine-amazonec2/config.json', import.meta.url);

describe('amazonec2: machines that were made elsewhere', () => {
  let cloud: Ec2StandIn;
  let bench: Bench;
  let ec2: EC2Client;

  before(async function () {
    cloud = await ec2StandIn(this);
    ec2 = new EC2Client(cloud.client());
  });
  after(() => {
    ec2.destroy();
  });
  beforeEach(async () => {
    await cloud.reset({ pending: 0, stopping: 0, shuttingDown: 0 });
    bench = await Bench.open(cloud);
  });
  afterEach(async () => {
    expect(await cloud.violations()).to.deep.equal([]);
    await bench.close();
  });

  describe('claim', () => {
    /** What has a tag of ours, by type of resource. */
    async function tagged(key: string, value: string): Promise<string[]> {
      const { Tags: rows = [] } = await ec2.send(
        new DescribeTagsCommand({
          Filters: [
            { Name: 'key', Values: [key] },
            { Name: 'value', Values: [value] },
          ],
        }),
      );
      return rows.map(({ ResourceType: type = '' }) => type).sort();
    }

    /** As `import` does on another computer: the same data, and what it had, under another owner. */
    async function claimed(former: Made): Promise<Made> {
      const memory = new MemoryMachine(former.memory.data, { store: randomUUID(), machine: randomUUID() });
      memory.entries = former.memory.entries.filter(({ scope }) => scope === 'machine');
      const machine = new Made(bench, memory, former.name, former.machineDir);
      await bench.driver.claim?.(memory.data, bench.context(machine));
      return machine;
    }

    it('takes the tags of all that belongs to the machine, and a group of the new store', async () => {
      const former = await bench.machine('m1', { 'amazonec2-elastic-ip': 'new' });
      await former.create();
      const neighbour = await bench.machine('m2', {}, { store: former.memory.owner.store, machine: randomUUID() });
      await neighbour.create();
      const machine = await claimed(former);
      const { store, machine: id } = machine.memory.owner;
      const mine = ['elastic-ip', 'instance', 'network-interface', 'volume'];
      expect(await tagged('tsmachine.machine', id)).to.deep.equal(mine);
      expect(await tagged('tsmachine.store', store)).to.deep.equal([...mine, 'security-group'].sort());
      expect(await tagged('tsmachine.machine', former.memory.owner.machine), 'of the former owner').to.deep.equal([]);

      const [group] = machine.memory.data['SecurityGroupIds'] as string[];
      const { SecurityGroups: [found] = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group ?? ''] }));
      expect(found?.GroupName).to.equal(`tsmachine-${store}`);
      expect((await machine.look()).state).to.equal('Running');

      expect(await neighbour.remove()).to.deep.equal([]);
      expect((await machine.look()).state, 'the former store has removed its group').to.equal('Running');
      expect(await machine.remove()).to.deep.equal([]);
      expect(await cloud.inventory()).to.deep.equal([]);
    });

    it('twice is once', async () => {
      const former = await bench.machine('m1');
      await former.create();
      const machine = await claimed(former);
      const before = await cloud.inventory();
      await bench.driver.claim?.(machine.memory.data, bench.context(machine));
      expect(await cloud.inventory()).to.deep.equal(before);
    });

    it('changes nothing for an instance that is no more', async () => {
      const former = await bench.machine('m1');
      await former.create();
      await cloud.deleteByHand(former.id, { forgotten: true });
      const before = (await cloud.calls()).length;
      await claimed(former);
      expect((await cloud.calls(before)).map(({ action }) => action)).to.deep.equal(['DescribeInstances']);
    });
  });

  describe('console', () => {
    const shown = (machine: Made) => bench.driver.console?.(machine.memory.data, bench.context(machine));

    it('is the newest output, and empty while there is none', async () => {
      const machine = await bench.machine('m1');
      expect(await shown(machine)).to.equal('');
      await machine.create();
      expect(await shown(machine)).to.equal('');
      await cloud.setInstance(machine.id, { console: 'Reached target Cloud-init\n' });
      expect(await shown(machine)).to.equal('Reached target Cloud-init\n');
    });

    it('is that of the last boot where the type knows no newest one', async () => {
      const machine = await bench.machine('m1');
      await machine.create();
      await cloud.setInstance(machine.id, { console: 'login:' });
      await cloud.fault({ kind: 'error', action: 'GetConsoleOutput', code: 'UnsupportedOperation', status: 400 });
      expect(await shown(machine)).to.equal('login:');
      expect((await cloud.calls()).filter(({ action }) => action === 'GetConsoleOutput')).to.have.length(2);
    });
  });

  it('start from a config.json that Docker Machine wrote, with its keys, which stay until there are others', async () => {
    const made = await bench.machine('aws1', { 'amazonec2-region': 'eu-central-1' });
    await made.create();
    await made.stop();
    const text = (await readFile(fixture, 'utf8'))
      .replaceAll('STORE', made.machineDir)
      .replace('INSTANCE', made.id)
      .replace('ENDPOINT', cloud.url);
    const { Driver: data } = parseJson(text) as { Driver: DriverData };
    const old = new Made(bench, new MemoryMachine(data), 'aws1', made.machineDir);
    bench.secrets = {};
    expect((await old.look()).state).to.equal('Stopped');
    const stopped = old.memory.data['IPAddress'];
    await old.start();
    const { state, addresses } = await old.look();
    expect(state).to.equal('Running');
    expect(old.memory.data['IPAddress']).to.equal(addresses[0]?.ip).and.not.equal(stopped);
    expect(old.memory.data).to.include({ AccessKey: firstKey.id, SecretKey: firstKey.secret, InstanceType: 't2.micro' });
  });
});
