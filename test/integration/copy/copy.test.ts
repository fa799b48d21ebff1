import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import type { End } from '../../../src/copy/end.js';
import { LocalEnd } from '../../../src/copy/local-end.js';
import { RemoteEnd } from '../../../src/copy/remote-end.js';
import { copy, type CopyRequest } from '../../../src/copy/transfer.js';
import { connect } from '../../../src/ssh/dial/connect.js';
import { pinHostKey } from '../../../src/ssh/trust/known-hosts.js';
import { SharedConnection } from '../../../src/ssh/system/shared-connection.js';
import { shareLogin } from '../../../src/ssh/system/shared-login.js';
import type { FileConnection } from '../../../src/ssh/types.js';
import { failureOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { skip } from '../../helpers/skip.js';
import { me, sshdMissing, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

const awkward = [
  'plain',
  'two words',
  'quote\'s "double"',
  'line\nfeed',
  '-r',
  '$HOME `id` *.txt',
  'ünïcödé 文件',
  '.hidden',
  'back\\slash',
];

for (const client of ['the built-in client', "the system's ssh"])
  describe(`copying by ${client}`, function () {
    this.timeout(60_000);
    let shop: Workshop;
    let server: Sshd;
    let key: string;
    let connection: FileConnection;
    let stop: AbortController;
    let io: RecordingIo;
    let local: End;
    let remote: End;
    let count = 0;
    let here: string;
    let there: string;

    before(async function () {
      const reason = sshdMissing();
      if (reason !== undefined) skip(this, reason);
      shop = await workshop();
      key = await shop.key('key');
      server = await shop.sshd({ authorized: [key], settings: ['Subsystem sftp internal-sftp'] });
    });
    after(async () => {
      await shop.clean();
    });

    beforeEach(async () => {
      stop = new AbortController();
      io = new RecordingIo();
      connection = await login(server);
      local = new LocalEnd(io);
      remote = new RemoteEnd(connection, 'm1', io);
      count += 1;
      here = join(shop.folder, `here-${count}`);
      there = join(shop.folder, `there-${count}`);
      mkdirSync(here);
      mkdirSync(there);
    });
    afterEach(async () => {
      await connection.close();
    });

    const login = async (to: Sshd): Promise<FileConnection> => {
      const place = { machine: 'm1', isJump: false, host: '127.0.0.1', port: to.port, user: me };
      const endpoint = { host: place.host, port: place.port, user: me, keyPath: key };
      const options = {
        machine: 'm1',
        knownHostsFile: join(shop.folder, `known-${to.port}`),
        unknownHostKey: 'trust',
        io,
        signal: stop.signal,
        env: { ...process.env, HOME: shop.home },
      } as const;
      if (client === 'the built-in client') return connect(endpoint, options);
      await pinHostKey(options.knownHostsFile, { host: 'm1' }, to.hostKey);
      const shared = await shareLogin(endpoint, options);
      if (shared === undefined) throw new Error(`The system's ssh does not log in: ${io.debugs.join('\n')}`);
      return new SharedConnection(shared, place, stop.signal, () => connect(endpoint, options));
    };
    const run = (from: CopyRequest['from'], to: CopyRequest['to'], recursive = false) =>
      copy({ from, to, recursive, io, signal: stop.signal });
    const up = (from: string, to: string, recursive = false) => run({ end: local, path: from }, { end: remote, path: to }, recursive);
    const down = (from: string, to: string, recursive = false) => run({ end: remote, path: from }, { end: local, path: to }, recursive);

    it('keeps content, mode and time of single files, whatever their names are', async () => {
      for (const [i, name] of awkward.entries()) {
        const source = join(here, name);
        writeFileSync(source, `content ${i}`);
        chmodSync(source, 0o640 + (i % 8));
        utimesSync(source, 1e9 + i, 1e9 + i);
        await up(source, there);
        await down(join(there, name), join(here, `back ${i}`));
        for (const copied of [join(there, name), join(here, `back ${i}`)]) {
          const { mode, mtimeMs } = statSync(copied);
          const kept = [readFileSync(copied, 'utf8'), mode & 0o7777, mtimeMs];
          expect(kept, copied).to.deep.equal([`content ${i}`, 0o640 + (i % 8), (1e9 + i) * 1000]);
        }
      }
      expect(readdirSync(there).sort()).to.deep.equal([...awkward].sort());
    });

    it('takes paths relative to the home folder, and names that look like flags', async () => {
      const folder = `tsm-copy-${process.pid}`;
      const home = userInfo().homedir;
      try {
        writeFileSync(join(here, 'x'), 'x');
        mkdirSync(join(home, folder));
        await up(join(here, 'x'), `~/${folder}/-n`);
        await down(`${folder}/-n`, join(here, 'y'));
        expect(readFileSync(join(here, 'y'), 'utf8')).to.equal('x');
      } finally {
        execFileSync('rm', ['-rf', join(home, folder)]);
      }
    });

    it('copies 64 MiB there and back unchanged, telling how far it is', async () => {
      const data = randomBytes(64 * 2 ** 20);
      writeFileSync(join(here, 'big'), data);
      await up(join(here, 'big'), join(there, 'big'));
      const { bytes } = await down(join(there, 'big'), join(here, 'again'));
      expect(bytes).to.equal(data.length);
      expect(hash(readFileSync(join(here, 'again')))).to.equal(hash(data));
      expect(io.steps[0]).to.equal(`Copying ${join(here, 'big')} to ${join(there, 'big')} on m1`);
    });

    it('copies an empty file', async () => {
      writeFileSync(join(here, 'empty'), '');
      await up(join(here, 'empty'), there);
      await down(join(there, 'empty'), join(here, 'again'));
      expect([statSync(join(there, 'empty')).size, statSync(join(here, 'again')).size]).to.deep.equal([0, 0]);
    });

    it('copies a file into a folder that is written with a slash', async () => {
      writeFileSync(join(here, 'file'), 'content');
      mkdirSync(join(here, 'in'));
      await up(join(here, 'file'), `${there}/`);
      await down(join(there, 'file'), `${join(here, 'in')}/`);
      expect(readFileSync(join(here, 'in', 'file'), 'utf8')).to.equal('content');
    });

    for (const way of ['tar', 'SFTP']) {
      it(`copies a folder of 2 000 files by ${way}, links and modes kept, in both directions and between machines`, async () => {
        const tree = join(here, 'tree');
        makeTree(tree);
        remote = new RemoteEnd(way === 'tar' ? connection : withoutTar(connection), 'm1', io);
        await up(tree, there, true);
        await down(join(there, 'tree'), join(here, 'back'), true);
        await run(
          { end: remote, path: join(there, 'tree') },
          { end: new RemoteEnd(connection, 'm2', io), path: join(there, 'third') },
          true,
        );
        const wanted = describeTree(tree);
        expect(wanted.length).to.be.greaterThan(2000);
        const copies = [join(there, 'tree'), join(here, 'back'), join(there, 'third')];
        for (const copied of copies)
          expect(
            describeTree(copied).filter((line) => !wanted.includes(line)),
            copied,
          ).to.deep.equal([]);
        expect(leftovers(here, there)).to.deep.equal([]);
      });
    }

    it('merges into a folder that is there and leaves its own mode alone', async () => {
      mkdirSync(join(here, 'a'));
      writeFileSync(join(here, 'a', 'new'), 'new');
      chmodSync(join(here, 'a'), 0o700);
      mkdirSync(join(there, 'a'));
      chmodSync(join(there, 'a'), 0o755);
      writeFileSync(join(there, 'a', 'old'), 'old');
      await up(join(here, 'a'), there, true);
      expect(readdirSync(join(there, 'a')).sort()).to.deep.equal(['new', 'old']);
      expect(statSync(join(there, 'a')).mode & 0o777).to.equal(0o755);
      chmodSync(there, 0o711);
      await up(`${join(here, 'a')}/.`, there, true);
      expect([readFileSync(join(there, 'new'), 'utf8'), statSync(there).mode & 0o777]).to.deep.equal(['new', 0o711]);
      await down(`${there}/.`, here, true);
      expect(readFileSync(join(here, 'a', 'old'), 'utf8')).to.equal('old');
    });

    it('follows a link that is named, and replaces what a link leads to', async () => {
      writeFileSync(join(here, 'real'), 'new');
      symlinkSync('real', join(here, 'link'));
      writeFileSync(join(there, 'goal'), 'old');
      symlinkSync('goal', join(there, 'link'));
      await up(join(here, 'link'), there);
      expect([lstatSync(join(there, 'link')).isSymbolicLink(), readFileSync(join(there, 'goal'), 'utf8')]).to.deep.equal([true, 'new']);
    });

    it('refuses what cannot be, naming machine and path', async () => {
      mkdirSync(join(here, 'folder'));
      writeFileSync(join(here, 'file'), 'x');
      mkdirSync(join(there, 'file'));
      const tell = async (work: Promise<unknown>) => {
        const { code, message } = await failureOf(work);
        return `${code} ${message}`;
      };
      expect(await tell(up(join(here, 'none'), there))).to.equal(`COPY_SOURCE ${join(here, 'none')} does not exist`);
      expect(await tell(down(join(there, 'none'), here))).to.equal(`COPY_SOURCE ${join(there, 'none')} on m1 does not exist`);
      expect(await tell(up(join(here, 'folder'), there))).to.equal(`COPY_SOURCE ${join(here, 'folder')} is a folder`);
      expect(await tell(down(there, here))).to.equal(`COPY_SOURCE ${there} on m1 is a folder`);
      expect(await tell(up(join(here, 'file'), join(there, 'no', 'x')))).to.match(
        /^COPY_TARGET The folder for .*no\/x on m1 does not exist$/,
      );
      expect(await tell(up(join(here, 'file'), `${join(there, 'new')}/`))).to.match(/^COPY_TARGET The folder for .* does not exist$/);
      expect(await tell(up(join(here, 'file'), there))).to.equal(
        `COPY_TARGET ${join(there, 'file')} on m1 is a folder, and a file does not replace it`,
      );
      expect(await tell(down(join(there, 'file'), join(here, 'file'), true))).to.match(/^COPY_TARGET .* is not a folder$/);
      expect(await tell(down('/proc/self/fd/0', here))).to.match(/^COPY_SOURCE .* is neither a file nor a folder$/);
      const itself = { end: remote, path: there };
      expect(await tell(run(itself, itself, true))).to.match(/^COPY_TARGET .* cannot be copied into itself$/);
      expect(leftovers(here, there)).to.deep.equal([]);
    });

    it('tells a full disk on either side', async () => {
      writeFileSync(join(here, 'file'), randomBytes(100_000));
      writeFileSync(join(there, 'file'), randomBytes(100_000));
      const onHost = await failureOf(up(join(here, 'file'), '/dev/full'));
      expect([onHost.code, onHost.message]).to.deep.equal(['HOST_DISK_FULL', 'The disk of m1 is full: /dev/full was not written']);
      const onThis = await failureOf(down(join(there, 'file'), '/dev/full'));
      expect([onThis.code, onThis.message]).to.deep.equal(['DISK_FULL', 'The disk of this computer is full: /dev/full was not written']);
    });

    it('leaves neither half a file nor half a folder behind when it is interrupted', async () => {
      writeFileSync(join(here, 'big'), Buffer.alloc(64 * 2 ** 20));
      mkdirSync(join(here, 'folder'));
      writeFileSync(join(here, 'folder', 'big'), Buffer.alloc(64 * 2 ** 20));
      execFileSync('cp', ['-r', join(here, 'big'), join(here, 'folder'), there]);
      const attempts: (() => Promise<unknown>)[] = [
        () => up(join(here, 'big'), join(there, 'big2')),
        () => up(join(here, 'folder'), join(there, 'folder2'), true),
        () => down(join(there, 'big'), join(here, 'big2')),
        () => down(join(there, 'folder'), join(here, 'folder2'), true),
      ];
      for (const attempt of attempts) {
        const working = attempt();
        working.catch(() => undefined);
        await waitUntil(() => leftovers(here, there).length > 0);
        stop.abort(new Error('Ctrl-C'));
        expect(
          await working.then(
            () => 'done',
            (error: unknown) => (error as Error).message,
          ),
        ).to.equal('Ctrl-C');
        await waitUntil(() => leftovers(here, there).length === 0);
        await connection.close();
        stop = new AbortController();
        connection = await login(server);
        remote = new RemoteEnd(connection, 'm1', io);
      }
      expect(readdirSync(there).sort()).to.deep.equal(['big', 'folder']);
      expect(readdirSync(here).sort()).to.deep.equal(['big', 'folder']);
    });

    it('leaves nothing half-made under the final name when the host goes away', async () => {
      const other = await shop.sshd({ authorized: [key] });
      const lone = await login(other);
      writeFileSync(join(here, 'big'), Buffer.alloc(128 * 2 ** 20));
      const working = run({ end: local, path: join(here, 'big') }, { end: new RemoteEnd(lone, 'm1', io), path: there });
      working.catch(() => undefined);
      await waitUntil(() => leftovers(there).length > 0);
      process.kill(await other.session(), 'SIGKILL');
      expect((await failureOf(working)).code).to.equal('SSH_LOST');
      await waitUntil(() => leftovers(there).length === 0);
      expect(readdirSync(there)).to.deep.equal([]);
      await lone.close();
      await other.stop();
    });

    describe('from a host that is not to be trusted', () => {
      let evil: FileConnection;
      let server2: Sshd;
      let bin: string;
      const send = (make: string): void => {
        execFileSync('sh', ['-c', `cd "$1" && rm -rf * && ${make}`, 'sh', there]);
        execFileSync('sh', ['-c', `printf '#!/bin/sh\\ncat %s/evil.tar\\n' "$1" >"$2/tar"; chmod +x "$2/tar"`, 'sh', there, bin]);
      };

      before(async () => {
        bin = join(shop.folder, 'bin');
        mkdirSync(bin);
        server2 = await shop.sshd({ authorized: [key], settings: [`SetEnv PATH=${bin}:/usr/bin:/bin`] });
      });
      beforeEach(async () => {
        evil = await login(server2);
        remote = new RemoteEnd(evil, 'm1', io);
      });
      afterEach(async () => {
        await evil.close();
      });

      const linkFirst = 'ln -s .. out && tar -cf evil.tar out && rm out && mkdir out';
      const attacks: Readonly<Record<string, string>> = {
        'a name with ..': 'mkdir a && echo x >stolen && cd a && tar -cPf ../evil.tar ../stolen',
        'an absolute name': 'echo x >stolen && tar -cPf evil.tar "$PWD/stolen"',
        'a file through a link': `${linkFirst} && echo x >out/stolen && tar -rf evil.tar out/stolen`,
        'a link through a link': `${linkFirst} && ln -s /etc out/stolen && tar -rf evil.tar out/stolen`,
        'a hard link to a file outside': 'echo x >outside && ln outside stolen && tar -cPf evil.tar ./outside ../$(basename "$PWD")/stolen',
      };
      for (const [what, make] of Object.entries(attacks)) {
        it(`refuses ${what}`, async () => {
          send(make);
          const work = down(there, join(here, 'copy'), true);
          await work.then(
            () => {
              throw new Error('it went through');
            },
            () => undefined,
          );
          expect(readdirSync(here)).to.deep.equal([]);
          expect(existsSync(join(shop.folder, 'stolen'))).to.equal(false);
        });
      }

      it('names what was refused', async () => {
        send(attacks['a name with ..'] ?? '');
        const { code, message } = await failureOf(down(there, join(here, 'copy'), true));
        expect(code).to.equal('COPY_REFUSED');
        expect(message).to.equal(`The source sent "../stolen", which lies outside ${join(here, 'copy')}. Nothing more is unpacked`);
      });

      it('does not change the mode of a folder outside by a link of the same name', async () => {
        const outside = join(shop.folder, `outside-${count}`);
        mkdirSync(outside, { mode: 0o700 });
        send(`ln -s '${outside}' x && tar -cf evil.tar x && rm x && mkdir -m 777 x && tar -rf evil.tar x`);
        await down(there, join(here, 'copy'), true).catch(() => undefined);
        expect(statSync(outside).mode & 0o777).to.equal(0o700);
      });

      it('plants no set-user-ID program here', async () => {
        send('echo x >prog && chmod 4755 prog && tar -cf evil.tar prog');
        await down(there, join(here, 'copy'), true);
        expect(statSync(join(here, 'copy', 'prog')).mode & 0o7777).to.equal(0o755);
      });
    });
  });

function hash(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

/** 2 000 small files, awkward names, links that lead nowhere and out, a folder nobody may write to. */
function makeTree(root: string): void {
  mkdirSync(root);
  for (let i = 0; i < 2000; i++) {
    if (i % 100 === 0) mkdirSync(join(root, `d${i / 100}`));
    writeFileSync(join(root, `d${Math.floor(i / 100)}`, `f${i}`), `${i}\n`.repeat(i % 50));
  }
  for (const name of awkward) writeFileSync(join(root, name), name);
  writeFileSync(join(root, `${'long'.repeat(40)}`), 'long');
  chmodSync(join(root, 'plain'), 0o751);
  symlinkSync('plain', join(root, 'link'));
  symlinkSync('nowhere', join(root, 'dangling'));
  symlinkSync('/etc/hostname', join(root, 'outward'));
  mkdirSync(join(root, 'closed'));
  writeFileSync(join(root, 'closed', 'in'), 'in');
  chmodSync(join(root, 'closed'), 0o555);
  mkdirSync(join(root, 'empty'));
  utimesSync(join(root, 'd3'), 1e9, 1e9);
  utimesSync(join(root, 'd3', 'f300'), 1e9, 1e9);
}

/** Every entry with all that a copy keeps. */
function describeTree(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(root, name);
      const { mode, mtimeMs, size } = lstatSync(path);
      const link = lstatSync(path).isSymbolicLink();
      const fixed = name === 'd3' || name.endsWith('f300') ? mtimeMs : '';
      return `${name} ${link ? readlinkSync(path) : `${(mode & 0o7777).toString(8)} ${lstatSync(path).isFile() ? size : ''}`} ${fixed}`;
    });
}

function leftovers(...folders: string[]): string[] {
  return folders.flatMap((folder) => readdirSync(folder)).filter((name) => name.startsWith('.tsmachine-'));
}

async function waitUntil(look: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!look()) {
    if (performance.now() > deadline) throw new Error('It did not come about within 10 s');
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
  }
}

/** The same connection to a host that has no tar. */
function withoutTar(connection: FileConnection): FileConnection {
  return new Proxy(connection, {
    get(target, name) {
      if (name === 'script') {
        return async (...args: Parameters<FileConnection['script']>) => {
          const result = await target.script(...args);
          return { ...result, stdout: result.stdout.replace('tar|yes\n', '') };
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
