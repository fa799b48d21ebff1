import { existsSync } from 'node:fs';
import { cp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import type { DriverData } from '../../../../src/driver/contract.js';
import { openPlayground, type Playground } from './playground.js';

/** Every outside step of a create by a word of it. */
const steps = [
  'build.sh',
  'id_ed25519',
  'ssh_host_ed25519_key',
  'route show',
  'link show dev tsm',
  'link add name tsm',
  'iptables-restore',
  'POSTROUTING',
  '-i tsm',
  '-o tsm',
  'mount -t overlay',
  'netns add',
  'link add tsv',
  'link set lo up',
];

describe('nspawn driver', () => {
  let play: Playground;
  beforeEach(async () => {
    play = await openPlayground();
  });
  afterEach(() => play.close());

  const create = (name = 'M1.lab', data?: DriverData): Promise<DriverData> => play.create(name, data);
  const stateOf = async (data: DriverData, name: string) => (await play.driver.look(data, play.ctx(name))).state;

  it('makes a running machine and says how to reach it', async () => {
    const data = await create();
    const ctx = play.ctx('M1.lab');
    expect(data).to.include({ IPAddress: '10.210.0.2', CIDR: '10.210.0.0/24' });
    expect(play.saved).to.deep.equal(data);
    expect(await stateOf(data, 'M1.lab')).to.equal('Running');
    expect(await play.driver.look(data, ctx)).to.deep.equal({
      state: 'Running',
      addresses: [{ ip: '10.210.0.2', scope: 'private' }],
      ssh: { host: '10.210.0.2', port: 22, user: 'root', keyPath: join(ctx.machineDir, 'id_ed25519') },
      dockerUrl: 'tcp://10.210.0.2:2376',
    });
  });

  it('pins the host key before the first boot and gives the machine its identity', async () => {
    await create();
    const { machineDir } = play.ctx('M1.lab');
    expect(await readFile(join(machineDir, 'known_hosts'), 'utf8')).to.equal('m1.lab ssh-ed25519 AAAA\n10.210.0.2 ssh-ed25519 AAAA\n');
    for (const file of ['known_hosts', 'id_ed25519', 'ssh_host_ed25519_key'])
      expect((await stat(join(machineDir, file))).mode & 0o777, file).to.equal(0o600);
    const root = join(machineDir, 'root');
    expect(await readFile(join(root, 'etc/hostname'), 'utf8')).to.equal('m1.lab\n');
    expect(await readFile(join(root, 'etc/machine-id'), 'utf8')).to.match(/^[0-9a-f]{32}\n$/);
    expect((await stat(join(root, 'etc/ssh/ssh_host_ed25519_key'))).mode & 0o777).to.equal(0o600);
    expect(await readFile(join(root, 'root/.ssh/authorized_keys'), 'utf8')).to.include('ssh-ed25519 AAAA');
  });

  for (const step of steps) {
    it(`continues a create interrupted at "${step}"`, async () => {
      play.computer.failOn = step;
      const error: unknown = await create().catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
      const data = await create('M1.lab', play.saved);
      expect(await stateOf(data, 'M1.lab')).to.equal('Running');
      expect(play.computer.rules).to.have.length(3);
      await play.driver.remove(data, play.ctx('M1.lab'));
      await play.expectNothingLeft();
    });

    it(`removes all of a create interrupted at "${step}"`, async () => {
      play.computer.failOn = step;
      await create().catch(() => undefined);
      await play.driver.remove(play.saved ?? (await play.parse('M1.lab')), play.ctx('M1.lab'));
      await play.expectNothingLeft();
    });
  }

  it('removes twice without complaint', async () => {
    const data = await create();
    for (let time = 0; time < 2; time += 1) await play.driver.remove(data, play.ctx('M1.lab'));
    await play.expectNothingLeft();
    expect(await readdir(play.ctx('M1.lab').machineDir)).not.to.include.members(['root', 'upper', 'docker']);
  });

  it('boots a machine only once', async () => {
    const data = await create();
    await create('M1.lab', data);
    expect(play.computer.calls.filter(({ args }) => args.includes('--boot'))).to.have.length(1);
  });

  it('powers off with the signal of systemd, gives network and mounts back, and keeps the address', async () => {
    const data = await create();
    const ctx = play.ctx('M1.lab');
    await play.driver.stop(data, ctx);
    expect(play.computer.signals).to.deep.equal(['37 4711']);
    expect(await stateOf(data, 'M1.lab')).to.equal('Stopped');
    expect(play.computer.mounts).to.deep.equal([]);
    expect([...play.computer.links].filter((link) => !link.startsWith('tsm-'))).to.deep.equal([]);
    expect(await play.driver.look(data, ctx)).not.to.have.property('dockerUrl');
    const id = await readFile(join(ctx.machineDir, 'root/etc/machine-id'), 'utf8');
    await play.driver.start(data, ctx);
    expect(ctx.data()['IPAddress']).to.equal('10.210.0.2');
    expect(await readFile(join(ctx.machineDir, 'root/etc/machine-id'), 'utf8')).to.equal(id);
  });

  it('kills without asking', async () => {
    const data = await create();
    await play.driver.kill(data, play.ctx('M1.lab'));
    expect(play.computer.signals).to.deep.equal(['9 4711']);
  });

  it('gives the same address after a reboot of the computer, which took everything but the disk', async () => {
    const data = await create('a');
    await create('b');
    play.computer.links.clear();
    play.computer.rules.length = 0;
    play.computer.mounts.length = 0;
    for (const place of ['unified', 'memory']) {
      for (const group of await readdir(join(play.dir, place))) await rm(join(play.dir, place, group), { recursive: true });
    }
    await play.driver.start(data, play.ctx('a'));
    expect(play.ctx('a').data()['IPAddress']).to.equal(data['IPAddress']);
    expect(play.computer.rules).to.have.length(3);
  });

  it('shares a bridge and takes it down with the last machine', async () => {
    const one = await create('one');
    const other = await create('other');
    expect(one['IPAddress']).not.to.equal(other['IPAddress']);
    expect([...play.computer.links].filter((link) => link.startsWith('tsm-'))).to.have.length(1);
    await play.driver.remove(one, play.ctx('one'));
    expect(play.computer.rules).to.have.length(3);
    expect(play.computer.forward).to.equal('1');
    await play.driver.remove(other, play.ctx('other'));
    await play.expectNothingLeft();
  });

  it('lets other networks connect to open machines alone, for as long as they exist', async () => {
    await create('closed');
    const guard = () => [...play.computer.chains.values()].flat();
    const base = ['-i tsm-+ -j ACCEPT', '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', '-m conntrack --ctstate DNAT -j RETURN'];
    expect(guard()).to.deep.equal([...base, '-j DROP']);
    const open = await create('open', await play.parse('open', { 'nspawn-open': true }));
    expect(guard()).to.deep.equal([...base, '-d 10.210.0.3/32 -j ACCEPT', '-j DROP']);
    await play.driver.remove(open, play.ctx('open'));
    expect(guard()).to.deep.equal([...base, '-j DROP']);
    await play.driver.remove(play.ctx('closed').data(), play.ctx('closed'));
    await play.expectNothingLeft();
  });

  it('touches no process of a machine whose id leads out of its control group', async () => {
    const data = { ...(await create()), Id: 'x/../../unified' };
    await writeFile(join(play.dir, 'unified', 'cgroup.procs'), '4712\n');
    for (const act of ['kill', 'stop', 'remove'] as const) {
      const error: unknown = await play.driver[act](data, play.ctx('M1.lab')).catch((reason: unknown) => reason);
      expect(error, act).to.have.property('code', 'CONFIG_UNREADABLE');
    }
    expect(play.computer.signals).to.deep.equal([]);
  });

  it('buries the network of machines whose store was deleted by hand', async () => {
    const lost = await create('lost');
    await play.driver.kill(lost, play.ctx('lost'));
    await rm(play.ctx('lost').machineDir, { recursive: true });
    const next = await create('next');
    expect(next['IPAddress']).to.equal('10.210.0.2');
    await play.driver.remove(next, play.ctx('next'));
    await play.expectNothingLeft();
  });

  it('does not take a copied store for the machine itself', async () => {
    const data = await create('one');
    await cp(play.ctx('one').machineDir, play.ctx('copy').machineDir, { recursive: true, verbatimSymlinks: true });
    expect(await stateOf(data, 'copy')).to.equal('Stopped');
    const error: unknown = await play.driver.start(data, play.ctx('copy')).catch((reason: unknown) => reason);
    expect(error).to.have.property('message').that.includes('is a copy of a machine');
    await play.driver.remove(data, play.ctx('copy'));
    expect(await stateOf(data, 'one')).to.equal('Running');
    expect(play.computer.mounts).to.have.length(1);
  });

  it('begins a create anew on the image of today when nothing stands on the old one', async () => {
    const data = await create('one', { ...(await play.parse('one')), Image: 'trixie-of-yesterday' });
    expect(data['Image']).to.match(/^trixie-[0-9a-f]{12}$/);
    await play.driver.remove(data, play.ctx('one'));
  });

  it('leaves forwarding on for others who came to need it', async () => {
    const data = await create();
    play.computer.rules.push('nat POSTROUTING -s 172.17.0.0/16 -j MASQUERADE');
    await play.driver.remove(data, play.ctx('M1.lab'));
    expect(play.computer.forward).to.equal('1');
  });

  it('keeps a machine on its image, and says when that is gone', async () => {
    const data = await create();
    const ctx = play.ctx('M1.lab');
    await play.driver.stop(data, ctx);
    await rm(join(ctx.cacheDir, 'nspawn'), { recursive: true });
    const error: unknown = await play.driver.start(data, ctx).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'DRIVER_FAILED');
    expect(error).to.have.property('message').that.includes(String(data['Image']));
  });

  it('builds an image once, and again only after a build that broke off', async () => {
    const builds = () => play.computer.calls.filter(({ program }) => program === 'setpriv').length;
    play.computer.failOn = 'build.sh';
    await create('a').catch(() => undefined);
    expect(await readdir(join(play.ctx('a').cacheDir, 'nspawn'))).to.deep.equal([]);
    await create('a');
    await create('b');
    expect(builds()).to.equal(2);
    expect(existsSync(join(play.ctx('a').cacheDir, 'nspawn', String(play.saved?.['Image'])))).to.equal(true);
  });
});
