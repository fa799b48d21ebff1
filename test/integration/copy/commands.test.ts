import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import generic from '../../../drivers/generic/index.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import { openStore } from '../../../src/store/store.js';
import { freePort, me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';
import { line } from '../../unit/commands/line.js';

describe('scp and mount on machines', function () {
  this.timeout(60_000);
  let shop: Workshop;
  let server: Sshd;
  let key: string;
  let store: string;
  let bin: string;
  let count = 0;
  let here: string;
  let there: string;

  before(async function () {
    needSshd(this);
    shop = await workshop();
    key = await shop.key('a key');
    server = await shop.sshd({ authorized: [key] });
    store = join(shop.folder, 'the store');
    bin = join(shop.folder, 'bin');
    mkdirSync(bin);
    await machine('m1', server.port);
    await machine('m2', server.port);
    await machine('off', await freePort());
    expect((await run('scp', '-q', 'm1:/etc/hostname', join(shop.folder, 'pins'))).code).to.equal(0);
  });
  after(async () => {
    await shop.clean();
  });
  beforeEach(() => {
    count += 1;
    [here, there] = [join(shop.folder, `here-${count}`), join(shop.folder, `there ${count}`)];
    mkdirSync(here);
    mkdirSync(there);
    writeFileSync(join(here, 'f'), 'text');
  });

  async function machine(name: string, port: number): Promise<void> {
    const opened = openStore(store);
    const driver = await (
      await generic.open({ env: {}, signal: new AbortController().signal })
    ).parse({
      machineName: name,
      storePath: store,
      machineDir: opened.machine(name).dir,
      flags: {
        'generic-ip-address': '127.0.0.1',
        'generic-ssh-port': port,
        'generic-ssh-user': me,
        'generic-ssh-key': key,
        'generic-engine-port': 2376,
      },
    });
    await opened.reserve(name);
    const config = newHostConfig({ name, root: store, driverName: 'generic', driver, engine: {}, serverCertSans: [] });
    await opened.save({ name, config });
  }

  /** `PATH` holds what the test put there, and what programs need of the system. */
  const run = (...words: string[]) => line(words, { MACHINE_STORAGE_PATH: store, HOME: shop.home, PATH: `${bin}:/usr/bin:/bin` });
  const alone = (...words: string[]) => line(words, { MACHINE_STORAGE_PATH: store, HOME: shop.home, PATH: bin });

  /** A program that writes its arguments, one a line, and ends with a status. */
  function record(name: string, status = 0): void {
    writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$@" >'${shop.folder}/argv'\nexit ${status}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const recorded = () => readFileSync(join(shop.folder, 'argv'), 'utf8').trimEnd().split('\n');
  const settings = () => [
    'ConnectTimeout=10',
    'PasswordAuthentication=no',
    'ServerAliveInterval=60',
    'LogLevel=ERROR',
    'HostKeyAlias=m1',
    `UserKnownHostsFile="${join(store, 'machines', 'm1', 'known_hosts')}"`,
    'HashKnownHosts=no',
    'StrictHostKeyChecking=yes',
    `Port=${server.port}`,
    'IdentitiesOnly=yes',
    `IdentityFile="${key}"`,
  ];

  it('copies to a machine and back, with one login each, and says how much', async () => {
    const logins = server.accepted();
    const up = await run('scp', join(here, 'f'), `m1:${there}`);
    expect([up.code, up.stdout]).to.deep.equal([0, '']);
    expect(up.stderr).to.match(/^Copying .*\nCopied 4 B in \d+\.\d s, /);
    const down = await run('cp', `${me}@m1:${join(there, 'f')}`, join(here, 'g'));
    expect([down.code, readFileSync(join(here, 'g'), 'utf8'), server.accepted() - logins]).to.deep.equal([0, 'text', 2]);
  });

  it('expands patterns at the machine, whatever the names are, and copies several sources into a folder', async () => {
    mkdirSync(join(there, 'in'));
    for (const name of ['a 1.txt', "b'$HOME.txt", 'c\nd.txt', 'e.log', '-n.txt', '*.lit']) writeFileSync(join(there, name), name);
    const one = await run('scp', '-q', `m1:${there}/*.txt`, `m1:${there}/e.lo?`, here);
    expect([one.code, one.stderr]).to.deep.equal([0, '']);
    expect(readdirSync(here).sort()).to.deep.equal(['-n.txt', 'a 1.txt', "b'$HOME.txt", 'c\nd.txt', 'e.log', 'f']);
    expect((await run('scp', '-q', `m1:${there}/*.lit`, join(here, 'literally'))).code).to.equal(0);
    expect(readFileSync(join(here, 'literally'), 'utf8')).to.equal('*.lit');
    expect((await run('ssh', 'm2', 'true')).code).to.equal(0); // says that it trusts a new host key
    const across = await run('scp', '-q', `m1:${there}/[ae]*`, join(here, 'f'), `m2:${join(there, 'in')}/`);
    expect([across.code, across.stderr]).to.deep.equal([0, '']);
    expect(readdirSync(join(there, 'in')).sort()).to.deep.equal(['a 1.txt', 'e.log', 'f']);
  });

  it('copies what it can of several sources, and names those that it cannot', async () => {
    mkdirSync(join(there, 'sub'));
    writeFileSync(join(there, 'x'), 'x');
    const { code, stderr } = await run('scp', '-q', `m1:${there}/*`, `m1:${there}/nothing*`, here);
    expect([code, readFileSync(join(here, 'x'), 'utf8')]).to.deep.equal([1, 'x']);
    expect(stderr).to.include(`${there}/sub on m1 is a folder`).and.include(`${there}/nothing* on m1 does not exist`);
    expect((await run('scp', '-q', '-r', `m1:${there}/*`, here)).code).to.equal(0);
    expect(readdirSync(here).sort()).to.deep.equal(['f', 'sub', 'x']);
  });

  it('is silent with -q', async () => {
    expect(await run('scp', '-q', join(here, 'f'), `m1:${there}`)).to.deep.equal({ code: 0, stdout: '', stderr: '' });
  });

  it('copies from machine to machine, one login at each', async () => {
    const logins = server.accepted();
    mkdirSync(join(here, 'd'));
    writeFileSync(join(here, 'd', 'x'), 'x');
    const { code, stderr } = await run('scp', '-r', `m1:${join(here, 'd')}`, `m2:${there}`);
    expect(code, stderr).to.equal(0);
    expect([readFileSync(join(there, 'd', 'x'), 'utf8'), server.accepted() - logins]).to.deep.equal(['x', 2]);
  });

  it('lets user@ stand for the login', async () => {
    const { code, stderr } = await run('scp', '-q', join(here, 'f'), `nobody-here@m1:${there}`);
    expect([code, stderr.split(';')[0]]).to.deep.equal([1, `"m1": nobody-here@127.0.0.1:${server.port} refuses the login`]);
  });

  const loading =
    'Error loading host: Error loading host: Docker machine "nope" does not exist. Use "tsmachine ls" to list machines. ' +
    'Use "tsmachine create" to add a new one.';
  const mistakes: [string[], number, string][] = [
    [['scp'], 2, 'Improper number of arguments'],
    [['scp', 'a', 'b', 'localhost:c'], 2, 'Neither "a", "b" nor "localhost:c" is on a machine'],
    [['scp', '-d', 'm1:a', 'm2:b', 'c'], 2, '--delta copies between this computer and one machine, not between two machines'],
    [['scp', 'a', 'b', 'm1:/etc/hostname'], 1, '/etc/hostname on m1 is not a folder that exists, and several files cannot become one'],
    [['scp', 'a', 'localhost:b'], 2, 'Neither "a" nor "localhost:b" is on a machine'],
    [['scp', 'C:\\x', 'D:\\y'], 2, 'Neither "C:\\\\x" nor "D:\\\\y" is on a machine'],
    [['scp', 'nope:a', 'b'], 1, loading],
    [['scp', 'a', 'off:b'], 1, 'Error: Cannot run SSH command: Host "off" is not running'],
    [['scp', '-d', 'm1:a', 'm2:b'], 2, '--delta copies between this computer and one machine, not between two machines'],
    [['scp', '/etc', 'm1:/tmp'], 1, '/etc is a folder'],
    [['mount'], 2, 'Improper number of arguments'],
    [['mount', 'nope:/x', '/tmp'], 1, loading],
    [['mount', '/x'], 1, 'Error: No machine name(s) specified and no "default" machine exists'],
    [['mount', 'm1:/no such folder'], 1, 'The mount point /no such folder does not exist'],
  ];
  for (const [words, status, message] of mistakes) {
    it(`${words.join(' ')}: ${message}`, async () => {
      const { code, stdout, stderr } = await run(...words);
      expect([code, stdout, stderr.split('\n')[0]]).to.deep.equal([status, '', message]);
    });
  }

  it('runs rsync over ssh with the pinned key for --delta, and returns its status', async () => {
    record('rsync', 23);
    const { code } = await run('scp', '-d', '-r', join(here, 'f'), `ann@m1:~/it's`);
    expect(code).to.equal(23);
    const words = recorded();
    const at = words.indexOf('-e');
    expect(words.toSpliced(at + 1, 1)).to.deep.equal([
      '--progress',
      '-lpts',
      '--partial-dir=.rsync-partial',
      '-e',
      '-r',
      '--',
      join(here, 'f'),
      `ann@127.0.0.1:./it's`,
    ]);
    // HOME is not the one the system knows: its configuration is named, /dev/null where it has none
    const shell = ['ssh', '-F', '/dev/null', ...settings().flatMap((setting) => ['-o', setting])];
    expect(asRsyncSplits(words[at + 1] ?? '')).to.deep.equal(shell);
    await run('scp', '-d', '-q', '--', 'm1:/a b', './-x:y');
    expect(recorded().filter((word) => !word.startsWith('ssh '))).to.deep.equal([
      '-q',
      '-lpts',
      '--partial-dir=.rsync-partial',
      '-e',
      '--',
      `${me}@127.0.0.1:/a b`,
      './-x:y',
    ]);
    rmSync(join(bin, 'rsync'));
  });

  it('mounts by sshfs and unmounts by fusermount', async () => {
    record('sshfs');
    expect((await run('mount', `bob@m1:/srv/a,b`, here)).code).to.equal(0);
    const words = recorded();
    // sshfs knows no HashKnownHosts and ends when it is given it
    expect(words.filter((_, i) => words[i - 1] === '-o')).to.deep.equal(settings().filter((setting) => setting !== 'HashKnownHosts=no'));
    expect(words.slice(-2)).to.deep.equal(['bob@127.0.0.1:/srv/a,b', here]);
    record('fusermount');
    expect((await run('mount', '-u', 'm1:/srv')).code).to.equal(0);
    expect(recorded()).to.deep.equal(['-u', '/srv']);
    record('sshfs', 1);
    expect((await run('mount', `m1:${there}`)).stderr).to.match(/^sshfs failed: exit status 1\n/);
    for (const name of ['sshfs', 'fusermount']) rmSync(join(bin, name));
  });

  it('says which program is missing', async () => {
    const first = async (...words: string[]) => (await alone(...words)).stderr.split('\n')[0];
    const missing = (program: string, purpose: string) => `You must have a copy of the ${program} binary locally to use the ${purpose}`;
    expect(await first('scp', '-d', join(here, 'f'), 'm1:x')).to.equal(missing('rsync', '--delta option'));
    expect(await first('mount', 'm1:/x', here)).to.equal(missing('sshfs', 'mount feature'));
    expect(await first('mount', '-u', 'm1:/x', here)).to.equal(missing('fusermount', 'unmount option'));
  });
});

/** As rsync takes its --rsh apart: blanks separate, quotes group, a doubled quote inside them is one. */
function asRsyncSplits(text: string): string[] {
  const words = text.matchAll(/(?:'((?:[^']|'')*)'|([^ ']+))(?: |$)/g);
  return [...words].map(([, quoted, plain]) => quoted?.replaceAll("''", "'") ?? plain ?? '');
}
