import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect } from 'chai';

import { machineId } from '../../drivers/nspawn/identity.js';
import { runContainer } from '../../src/docker/containers.js';
import { succeed, tsmachine } from '../helpers/cli.js';
import { computerState } from '../helpers/computer.js';
import { engineOf, labImage, loadLabImage } from '../helpers/image.js';
import { openLab, type Lab } from '../helpers/lab.js';

const run = promisify(execFile);

describe('local machines from nothing to rm', () => {
  const names = ['manager1', 'worker1', 'worker2'];
  let lab: Lab;
  let store: string;
  let untouched: string[];
  const ip = async (name: string) => (await succeed(['ip', name], { store })).stdout.trim();

  before(async () => {
    untouched = await computerState();
    lab = await openLab();
    store = await lab.store('store');
  });
  after(async () => {
    await tsmachine(['rm', '-f', ...names], { store });
    await lab.close();
  });

  it('makes three in one command', async () => {
    const { stdout } = await succeed(['create', '-d', 'nspawn', ...names], { store });
    expect(stdout.match(/Docker is up and running!/g)).to.have.length(3);
    const { stdout: table } = await succeed(['ls'], { store });
    for (const name of names) expect(table).to.match(new RegExp(`^${name} +- +nspawn +Running +tcp://[0-9.]+:2376 +v\\d`, 'm'));
  });

  it('runs a container through what `env` prints', async () => {
    const { stdout } = await succeed(['env', 'manager1'], { store });
    const url = /DOCKER_HOST="(?<url>[^"]+)"/.exec(stdout)?.groups?.['url'] ?? '';
    const engine = await engineOf(store, 'manager1', url);
    try {
      await loadLabImage(engine);
      const result = await runContainer(engine, { image: labImage, cmd: ['echo', 'hello from a container'] });
      expect(result).to.include({ exitCode: 0, stdout: 'hello from a container\n' });
    } finally {
      engine.close();
    }
  });

  it('returns what a command on the machine returned', async () => {
    expect(await tsmachine(['ssh', 'worker1', 'cat /etc/hostname; exit 7'], { store })).to.include({ code: 7, stdout: 'worker1\n' });
  });

  it('lets machines reach each other', async () => {
    await succeed(['ssh', 'worker1', `ping -c1 -W2 ${await ip('worker2')}`], { store });
  });

  it('keeps the address and the engine over stop and start', async () => {
    const address = await ip('worker1');
    await succeed(['stop', 'worker1'], { store });
    expect((await succeed(['status', 'worker1'], { store })).stdout).to.equal('Stopped\n');
    expect(await tsmachine(['stop', 'worker1'], { store }))
      .to.include({ code: 1 })
      .and.property('stderr')
      .match(/already stopped/);
    await succeed(['start', 'worker1'], { store });
    expect(await ip('worker1')).to.equal(address);
    await succeed(['env', 'worker1'], { store });
  });

  it('comes back after the computer was switched off', async () => {
    const addresses = await Promise.all(names.map(ip));
    await powerCut(store, names);
    expect((await succeed(['status', 'worker2'], { store })).stdout).to.equal('Stopped\n');
    await succeed(['start', ...names], { store });
    expect(await Promise.all(names.map(ip))).to.deep.equal(addresses);
    await succeed(['version', 'worker2'], { store });
  });

  it('restarts, and kills', async () => {
    expect((await succeed(['restart', 'worker1'], { store })).stdout).to.contain('Machine "worker1" was restarted.\n');
    await succeed(['version', 'worker1'], { store });
    await succeed(['kill', 'worker1'], { store });
    expect((await succeed(['status', 'worker1'], { store })).stdout).to.equal('Stopped\n');
  });

  it('removes running and stopped machines and leaves the computer as it was', async () => {
    await succeed(['rm', '-y', ...names], { store });
    expect((await succeed(['ls', '-q'], { store })).stdout).to.equal('');
    expect(await computerState()).to.deep.equal(untouched);
  });
});

/** What a power cut does to the machines of this computer: processes, groups, mounts, name spaces and bridges are gone, files stay. */
async function powerCut(store: string, names: readonly string[]): Promise<void> {
  const script = String.raw`
    store=$1; shift
    for id; do
      for try in 1 2 3 4 5; do
        find /sys/fs/cgroup -path "*tsmachine-$id*" -name cgroup.procs -exec cat {} + | sort -u | while read -r pid; do kill -9 "$pid"; done
        sleep 0.2
      done
      find /sys/fs/cgroup -depth -path "*tsmachine-$id*" -type d -exec rmdir {} \;
      ip netns del "tsmachine-$id"
    done
    grep -o " $store/[^ ]*" /proc/mounts | sort -r | while read -r mount; do umount -l "$mount"; done
    ip -o link show type bridge | grep -o 'tsm-[^:@ ]*' | while read -r bridge; do ip link del "$bridge"; done
    iptables-save | grep -v tsmachine- | iptables-restore
  `;
  const ids = names.map((name) => machineId(join(store, 'machines', name)));
  await run('sh', ['-c', script, 'sh', store, ...ids], { timeout: 60_000 });
}
