import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { openLab, type Lab, type LabHost } from '../test/helpers/lab.js';
import { cost, program, type Cost } from './measure.js';
import { atMost, type Row } from './report.js';

const ours = [process.execPath, program];

/** Creates on real hosts, each on a fresh one, because a second create on a host has nothing left to do. */
export async function hosts(dockerMachine: string | undefined): Promise<Row[]> {
  const lab = await openLab();
  try {
    return [...(await engineThere(lab, dockerMachine)), ...(await localMachines(lab)), ...(await engineToInstall(lab, dockerMachine))];
  } finally {
    await lab.close();
  }
}

async function engineThere(lab: Lab, dockerMachine: string | undefined): Promise<Row[]> {
  const store = await lab.store('generic');
  const host = await runningEngine(lab, 'there');
  const before = await logins(host);
  const spent = await createGeneric(ours, store, host);
  const count = (await logins(host)) - before;
  let theirs: { spent: Cost; count: number } | undefined;
  if (dockerMachine !== undefined) {
    const other = await runningEngine(lab, 'there-dm');
    const was = await logins(other);
    theirs = { spent: await createGeneric([dockerMachine], await lab.store('dm'), other), count: (await logins(other)) - was };
    await other.remove();
  }
  await host.remove();
  return [
    atMost('create -d generic, engine there, empty store', spent.wall, 5, 's', theirs?.spent.wall),
    atMost('  its processor time', spent.cpu, 1.5, 's', theirs?.spent.cpu),
    atMost('  its SSH logins', count, 1, 'logins', theirs?.count),
  ];
}

async function localMachines(lab: Lab): Promise<Row[]> {
  const store = await lab.store('nspawn');
  const create = (...names: string[]) => cost([...ours, 'create', '-d', 'nspawn', ...names], { MACHINE_STORAGE_PATH: store });
  const remove = (...names: string[]) => cost([...ours, 'rm', '-y', ...names], { MACHINE_STORAGE_PATH: store });
  const one = await create('one');
  await remove('one');
  const three = await create('a', 'b', 'c');
  await remove('a', 'b', 'c');
  await rm(join(store, 'machines'), { recursive: true });
  return [atMost('create -d nspawn, image cached', one.wall, 10, 's'), atMost('  three in one command', three.wall, 18, 's')];
}

async function engineToInstall(lab: Lab, dockerMachine: string | undefined): Promise<Row[]> {
  const bare = await lab.host('bare-apt', { engine: 'machine' });
  const started = performance.now();
  await bare.run('apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y docker.io', { timeout: 600_000 });
  const alone = (performance.now() - started) / 1000;
  await bare.remove();
  const host = await lab.host('bare-create', { engine: 'machine' });
  const { wall } = await createGeneric(ours, await lab.store('install'), host, '--engine-install', 'distro');
  await host.remove();
  let theirs: number | undefined;
  if (dockerMachine !== undefined) {
    const other = await lab.host('bare-dm', { engine: 'machine' });
    await other.run('mkdir -p /usr/local/bin && ln -s /usr/sbin/dockerd /usr/bin/dockerd');
    theirs = (await createGeneric([dockerMachine], await lab.store('install-dm'), other)).wall;
    await other.remove();
  }
  return [
    atMost(
      `create, engine to install, beyond apt-get's own ${alone.toFixed(1)} s`,
      wall - alone,
      5,
      's',
      theirs === undefined ? undefined : theirs - alone,
    ),
  ];
}

/** An engine as its package starts it, as on a host that was set up by hand. */
async function runningEngine(lab: Lab, name: string): Promise<LabHost> {
  const host = await lab.host(name);
  await host.run('systemctl enable --now docker && docker version');
  return host;
}

function createGeneric(command: readonly string[], store: string, host: LabHost, ...flags: string[]): Promise<Cost> {
  return cost(
    [...command, 'create', '-d', 'generic', '--generic-ip-address', host.ip, '--generic-ssh-key', host.keyPath, ...flags, host.name],
    { MACHINE_STORAGE_PATH: store },
  );
}

async function logins(host: LabHost): Promise<number> {
  const { stdout } = await host.run('journalctl --no-pager -q -t sshd -t sshd-session | grep -c Accepted', { ok: [0, 1] });
  return Number(stdout.trim());
}
