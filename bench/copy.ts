import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import generic from '../drivers/generic/index.js';
import { quote } from '../src/base/quote.js';
import { newHostConfig } from '../src/store/config/schema.js';
import { openStore } from '../src/store/store.js';
import { openLab } from '../test/helpers/lab.js';
import { me, sshdMissing, workshop } from '../test/helpers/sshd.js';
import { cost, inTurn, program, type Cost } from './measure.js';
import { atLeast, atMost, type Row } from './report.js';

const mebibytes = 256;
const files = 10_000;

/** Where files are copied to: the machine `m` of a store, and what the system's programs need to know about it. */
interface Goal {
  readonly what: string;
  readonly store: string;
  readonly home: string;
  /** The folder on this computer with the files to copy. */
  readonly folder: string;
  /** A folder at the other end that may be emptied. */
  readonly there: string;
  readonly key: string;
  readonly login: string;
  readonly port: number;
  /** Runs a shell command at the other end. */
  readonly run: (command: string) => Promise<unknown>;
}

/**
 * Compares `scp` and `ssh` with the system's programs, from the start of each program to its end. The other end is a machine of nspawn, or
 * else a server on this computer.
 */
export async function copies(): Promise<Row[]> {
  return process.platform === 'linux' && process.getuid?.() === 0 ? toHost() : toThisComputer();
}

async function toHost(): Promise<Row[]> {
  const lab = await openLab();
  const shop = await workshop();
  try {
    const host = await lab.host('copies');
    const store = join(lab.dir, 'store');
    await addMachine(store, host.ip, 22, host.keyPath, 'root');
    const goal = {
      what: 'a host',
      store,
      home: shop.home,
      folder: lab.dir,
      there: '/root/there',
      key: host.keyPath,
      login: `root@${host.ip}`,
      port: 22,
    };
    return await measure({ ...goal, run: (command) => host.run(command) });
  } finally {
    await shop.clean();
    await lab.close();
  }
}

async function toThisComputer(): Promise<Row[]> {
  const missing = sshdMissing();
  if (missing !== undefined) {
    console.log(`Copies are not measured: ${missing}.`);
    return [];
  }
  const shop = await workshop();
  try {
    const key = await shop.key('key');
    const { port } = await shop.sshd({ authorized: [key], settings: ['Subsystem sftp internal-sftp -l ERROR'] });
    const [store, there] = [join(shop.folder, 'store'), join(shop.folder, 'there')];
    await addMachine(store, '127.0.0.1', port, key, me);
    const run = async (command: string) => {
      execFileSync('sh', ['-c', command]);
    };
    return await measure({
      what: 'loopback',
      store,
      home: shop.home,
      folder: shop.folder,
      there,
      key,
      login: `${me}@127.0.0.1`,
      port,
      run,
    });
  } finally {
    await shop.clean();
  }
}

async function measure({ what, store, home, folder, there, key, login, port, run }: Goal): Promise<Row[]> {
  const [big, many, here] = ['big', 'many', 'here'].map((name) => join(folder, name)) as [string, string, string];
  execFileSync('dd', ['if=/dev/urandom', `of=${big}`, 'bs=1M', `count=${mebibytes}`, 'status=none']);
  fill(many);
  const env = { MACHINE_STORAGE_PATH: store, HOME: home };
  const ours = (...args: string[]) => cost([process.execPath, program, ...args], env);
  const settings = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=quiet',
    'IdentitiesOnly=yes',
    `IdentityFile=${key}`,
  ].flatMap((setting) => ['-o', setting]);
  const theirs = (...args: string[]) => cost(['scp', ...settings, '-P', String(port), '-q', ...args], env);
  const fresh = async <T>(work: () => Promise<T>): Promise<T> => {
    execFileSync('rm', ['-rf', here]);
    mkdirSync(here);
    await run(`rm -rf ${quote(there)} && mkdir ${quote(there)}`);
    return work();
  };
  await ours('ssh', 'm', 'true'); // pins the host's key
  await run(`mkdir -p ${quote(`${there}.source`)}`);
  await theirs('-r', big, `${login}:${there}.source/`);
  await ours('scp', '-q', '-r', many, `m:${there}.source/`);
  const file = await inTurn(5, {
    up: () => fresh(() => ours('scp', '-q', big, `m:${there}`)),
    scpUp: () => fresh(() => theirs(big, `${login}:${there}`)),
    down: () => fresh(() => ours('scp', '-q', `m:${there}.source/big`, here)),
    scpDown: () => fresh(() => theirs(`${login}:${there}.source/big`, here)),
  });
  const tree = await inTurn(1, {
    up: () => fresh(() => ours('scp', '-q', '-r', many, `m:${there}`)),
    scpUp: () => fresh(() => theirs('-r', many, `${login}:${there}`)),
    down: () => fresh(() => ours('scp', '-q', '-r', `m:${there}.source/many`, here)),
    scpDown: () => fresh(() => theirs('-r', `${login}:${there}.source/many`, here)),
  });
  const command = await inTurn(5, {
    ours: () => ours('ssh', 'm', 'true'),
    ssh: () => cost(['ssh', ...settings, '-p', String(port), login, 'true'], env),
  });
  const against = (what: string, own: Cost, scp: Cost, amount: number, unit: string, bar: number): Row => {
    const rate = ({ wall }: Cost) => `${(amount / wall).toFixed(0)} ${unit}/s`;
    return atLeast(`${what}, ${rate(own)} (scp: ${rate(scp)})`, scp.wall / own.wall, bar, 'x');
  };
  return [
    against(`scp of ${mebibytes} MiB to ${what}`, file.up, file.scpUp, mebibytes, 'MiB', 0.9),
    against('  from it', file.down, file.scpDown, mebibytes, 'MiB', 0.9),
    against(`scp -r of ${files} files to ${what}`, tree.up, tree.scpUp, files, 'files', 1),
    against('  from it', tree.down, tree.scpDown, files, 'files', 1),
    atMost("ssh NAME true, beyond the system's ssh", command.ours.wall - command.ssh.wall, 0.3, 's'),
  ];
}

async function addMachine(root: string, ip: string, port: number, key: string, user: string): Promise<void> {
  const store = openStore(root);
  const driver = await (
    await generic.open({ env: {}, signal: new AbortController().signal })
  ).parse({
    machineName: 'm',
    storePath: root,
    machineDir: store.machine('m').dir,
    flags: {
      'generic-ip-address': ip,
      'generic-ssh-port': port,
      'generic-ssh-user': user,
      'generic-ssh-key': key,
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
