import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import generic from '../drivers/generic/index.js';
import { newHostConfig } from '../src/store/schema.js';
import { openStore } from '../src/store/store.js';
import { me, sshdMissing, workshop, type Workshop } from '../test/helpers/sshd.js';
import { cost, inTurn, program, type Cost } from './measure.js';
import { atLeast, atMost, type Row } from './report.js';

const mebibytes = 256;
const files = 10_000;

/** `scp` and `ssh` against the system's own, to an SSH server on this computer, whole programs from start to end. */
export async function copies(): Promise<Row[]> {
  const missing = sshdMissing();
  if (missing !== undefined) {
    console.log(`Copies are left out: ${missing}.`);
    return [];
  }
  const shop = await workshop();
  try {
    return await measure(shop);
  } finally {
    await shop.clean();
  }
}

async function measure(shop: Workshop): Promise<Row[]> {
  const key = await shop.key('key');
  const { port } = await shop.sshd({ authorized: [key], settings: ['Subsystem sftp internal-sftp -l ERROR'] });
  const store = join(shop.folder, 'store');
  await addMachine(store, port, key);
  const [big, many, there] = ['big', 'many', 'there'].map((name) => join(shop.folder, name)) as [string, string, string];
  execFileSync('dd', ['if=/dev/urandom', `of=${big}`, 'bs=1M', `count=${mebibytes}`, 'status=none']);
  fill(many);
  const env = { MACHINE_STORAGE_PATH: store, HOME: shop.home };
  const ours = (...args: string[]) => cost([process.execPath, program, ...args], env);
  const settings = [
    'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=quiet', 'IdentitiesOnly=yes', `IdentityFile=${key}`,
  ].flatMap((setting) => ['-o', setting]);
  const theirs = (...args: string[]) => cost(['scp', ...settings, '-P', String(port), '-q', ...args], env);
  const remote = `${me}@127.0.0.1`;
  const fresh = async <T>(work: () => Promise<T>): Promise<T> => {
    execFileSync('rm', ['-rf', there]);
    mkdirSync(there);
    return work();
  };
  await ours('ssh', 'm', 'true'); // pins the host's key
  const file = await inTurn(5, {
    up: () => fresh(() => ours('scp', '-q', big, `m:${there}`)),
    scpUp: () => fresh(() => theirs(big, `${remote}:${there}`)),
    down: () => fresh(() => ours('scp', '-q', `m:${big}`, there)),
    scpDown: () => fresh(() => theirs(`${remote}:${big}`, there)),
  });
  const folder = await inTurn(1, {
    up: () => fresh(() => ours('scp', '-q', '-r', many, `m:${there}`)),
    scpUp: () => fresh(() => theirs('-r', many, `${remote}:${there}`)),
    down: () => fresh(() => ours('scp', '-q', '-r', `m:${many}`, there)),
    scpDown: () => fresh(() => theirs('-r', `${remote}:${many}`, there)),
  });
  const login = await inTurn(5, {
    ours: () => ours('ssh', 'm', 'true'),
    ssh: () => cost(['ssh', ...settings, '-p', String(port), remote, 'true'], env),
  });
  const against = (what: string, own: Cost, scp: Cost, amount: number, unit: string, bar: number): Row => {
    const rate = ({ wall }: Cost) => `${(amount / wall).toFixed(0)} ${unit}/s`;
    return atLeast(`${what}, ${rate(own)} (scp: ${rate(scp)})`, scp.wall / own.wall, bar, 'x');
  };
  return [
    against(`scp of ${mebibytes} MiB to a host`, file.up, file.scpUp, mebibytes, 'MiB', 0.9),
    against('  from a host', file.down, file.scpDown, mebibytes, 'MiB', 0.9),
    against(`scp -r of ${files} files to a host`, folder.up, folder.scpUp, files, 'files', 1),
    against('  from a host', folder.down, folder.scpDown, files, 'files', 1),
    atMost("ssh NAME true, beyond the system's ssh", login.ours.wall - login.ssh.wall, 0.3, 's'),
  ];
}

async function addMachine(root: string, port: number, key: string): Promise<void> {
  const store = openStore(root);
  const driver = (await generic.load()).parse({
    machineName: 'm', storePath: root, machineDir: store.machine('m').dir,
    flags: {
      'generic-ip-address': '127.0.0.1', 'generic-ssh-port': port, 'generic-ssh-user': me, 'generic-ssh-key': key,
      'generic-engine-port': 2376,
    },
  });
  await store.reserve('m');
  const config = newHostConfig({ name: 'm', root, driverName: 'generic', driver, engine: {}, serverCertSans: [] });
  await store.save({ name: 'm', config });
}

function fill(folder: string): void {
  for (let i = 0; i < files; i++) {
    const part = join(folder, `d${Math.floor(i / 100)}`);
    if (i % 100 === 0) mkdirSync(part, { recursive: true });
    writeFileSync(join(part, `f${i}`), `file ${i}\n`.repeat(20));
  }
}
