import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { promisify } from 'node:util';

import { succeed, tsmachine } from '../helpers/cli.js';
import { openLab, type Lab } from '../helpers/lab.js';

const run = promisify(execFile);
/** Every program the command line may start on this computer. */
const programs = [
  'systemd-nspawn',
  'ip',
  'iptables',
  'mount',
  'umount',
  'sysctl',
  'ssh',
  'ssh-keygen',
  'sh',
  'bash',
  'cp',
  'rm',
  'tar',
  'debootstrap',
  'chroot',
  'systemctl',
  'systemd-run',
  'nsenter',
  'setsid',
  'curl',
  'wget',
  'tee',
];

describe('secrets during a create', () => {
  let lab: Lab;
  let store: string;
  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
  });
  after(async () => {
    await tsmachine(['rm', '-f', 'm1'], { store });
    await lab.close();
  });

  it('are in no argument list here or on the host, and in nothing that is printed', async () => {
    const wrappers = await wrap(lab.dir);
    const seen = new Set<string>();
    const watching = new AbortController();
    const watched = watchProcesses(seen, watching.signal);
    const { stdout, stderr } = await succeed(['-D', 'create', '-d', 'nspawn', '--engine-env', 'A=b', 'm1'], {
      store,
      env: { PATH: `${wrappers.bin}${delimiter}${process.env['PATH'] ?? ''}` },
    });
    await succeed(['-D', 'regenerate-certs', '-f', 'm1'], { store });
    watching.abort();
    await watched;
    const wrapped = await readFile(wrappers.log, 'utf8');
    expect(wrapped, 'the wrappers were used').to.contain('systemd-nspawn');
    expect(
      [...seen].some((line) => line.includes('dockerd')),
      'processes of the host were seen',
    ).to.equal(true);

    const secrets = await secretLines(store);
    expect(secrets.length).to.be.greaterThan(50);
    for (const [where, text] of [
      ['wrapped argument lists', wrapped],
      ['process list', [...seen].join('\n')],
      ['stdout', stdout],
      ['stderr', stderr],
    ] as const) {
      expect(
        secrets.filter((secret) => text.includes(secret)),
        where,
      ).to.deep.equal([]);
    }
    expect(`${wrapped}${[...seen].join('\n')}`).not.to.contain('PRIVATE KEY');
  });
});

/** Programs of the same names in front of the real ones, which write down what they are called with. */
async function wrap(dir: string): Promise<{ bin: string; log: string }> {
  const bin = join(dir, 'wrappers');
  const log = join(dir, 'arguments.log');
  await mkdir(bin);
  await writeFile(log, '');
  for (const name of programs) {
    const found = await run('sh', ['-c', `command -v ${name}`]).catch(() => undefined);
    if (!found) continue;
    await writeFile(
      join(bin, name),
      `#!/bin/bash\nprintf '%s ' ${name} "$@" >> ${log}; echo >> ${log}\nexec -a ${name} ${found.stdout.trim()} "$@"\n`,
    );
    await chmod(join(bin, name), 0o755);
  }
  return { bin, log };
}

/** The argument lists of all processes, again and again: those on the hosts are visible from here. */
async function watchProcesses(seen: Set<string>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (line !== '') seen.add(line.replaceAll('\0', ' '));
    }
  }
}

/** Every full line of every private key in the store. */
async function secretLines(store: string): Promise<string[]> {
  const files = ['certs/ca-key.pem', 'certs/key.pem', 'machines/m1/server-key.pem', 'machines/m1/id_ed25519'];
  const texts = await Promise.all(files.map((file) => readFile(join(store, file), 'utf8')));
  return texts.flatMap((text) => text.split('\n').filter((line) => line.length >= 48 && !line.startsWith('-----')));
}
