import { hintOf } from '../../../test/helpers/failure.js';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import type { SshEndpoint } from '../../../src/base/shell.js';
import { connect, type ConnectOptions } from '../../../src/ssh/dial/connect.js';
import { fingerprint, pinHostKey, readHostKeys } from '../../../src/ssh/trust/known-hosts.js';
import { failureOf } from '../../helpers/failure.js';
import { RecordingIo } from '../../helpers/recording-io.js';
import { me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';

describe('the host key', function () {
  this.timeout(20_000);
  let shop: Workshop;
  let server: Sshd;
  let key: string;
  let file: string;
  let io: RecordingIo;
  let count = 0;

  before(async function () {
    needSshd(this);
    shop = await workshop();
    key = await shop.key('right');
    server = await shop.sshd({
      authorized: [key],
      hostKeys: [await shop.key('host-ed25519'), await shop.key('host-ecdsa', { type: 'ecdsa' })],
    });
  });
  after(async () => {
    await shop.clean();
  });
  beforeEach(() => {
    io = new RecordingIo();
    file = join(shop.folder, `known hosts ${(count += 1)}`);
  });

  const visit = async (options: Partial<ConnectOptions> & Partial<SshEndpoint> = {}): Promise<void> => {
    const { port = server.port, keyPath = key, jump = [], hostKey, ...rest } = options;
    const connection = await connect(
      { host: '127.0.0.1', port, user: me, keyPath, jump, ...(hostKey === undefined ? {} : { hostKey }) },
      {
        machine: 'm1',
        knownHostsFile: file,
        unknownHostKey: 'trust',
        io,
        signal: new AbortController().signal,
        env: { HOME: shop.home },
        ...rest,
      },
    );
    await connection.close();
  };
  const base64 = (publicKey: string): string => publicKey.split(' ')[1] ?? '';

  it("is pinned at the first visit under the machine's name, with one line that says so", async () => {
    await visit();
    expect(io.infos).to.have.length(1);
    expect(io.infos[0])
      .to.include('"m1"')
      .and.include(`ED25519 ${fingerprint(base64(server.hostKey))}`);
    expect(await readFile(file, 'utf8')).to.equal(`m1 ${server.hostKey}\n`);
    await visit({ unknownHostKey: 'refuse' });
    expect(io.infos).to.have.length(1);
  });

  it('is shown as ssh-keygen shows it', async () => {
    await visit();
    const shown = execFileSync('ssh-keygen', ['-l', '-F', 'm1', '-f', file], { encoding: 'utf8' });
    expect(shown).to.include(fingerprint(base64(server.hostKey)));
  });

  it('is not pinned by a visit that is not let in', async () => {
    await failureOf(visit({ keyPath: await shop.key('stranger') }));
    expect(await readHostKeys(file, { host: 'm1' })).to.deep.equal([]);
    expect(io.infos).to.deep.equal([]);
  });

  it('is refused when unknown and not to be trusted', async () => {
    const error = await failureOf(visit({ unknownHostKey: 'refuse' }));
    expect(error.code).to.equal('SSH_HOST_KEY_UNKNOWN');
    expect(error.message).to.include(fingerprint(base64(server.hostKey)));
  });

  it('is refused when it changed, with both fingerprints and the command that forgets the old one', async () => {
    await visit();
    const other = await shop.sshd({ authorized: [key] });
    const before = other.accepted();
    const error = await failureOf(visit({ port: other.port }));
    expect(error.code).to.equal('SSH_HOST_KEY_CHANGED');
    expect(error.message)
      .to.include(fingerprint(base64(server.hostKey)))
      .and.include(fingerprint(base64(other.hostKey)));
    expect(error.hint).to.include(`ssh-keygen -R m1 -f '${file}'`);
    expect(other.accepted()).to.equal(before);
    execFileSync('sh', ['-c', hintOf(error).slice(hintOf(error).indexOf('ssh-keygen'))], { stdio: 'ignore' });
    await visit({ port: other.port });
    await other.stop();
  });

  it('of another type is not taken for a change: the pinned type is asked for', async () => {
    const ecdsa = (await readFile(join(shop.folder, 'host-ecdsa.pub'), 'utf8')).trim();
    await pinHostKey(file, { host: 'm1' }, ecdsa);
    await visit({ unknownHostKey: 'refuse' });
    expect(io.infos).to.deep.equal([]);
  });

  it('pinned under the address alone is found, and kept under the name from then on', async () => {
    await pinHostKey(file, { host: '127.0.0.1', port: server.port }, server.hostKey);
    await visit({ unknownHostKey: 'refuse' });
    expect(await readHostKeys(file, { host: 'm1' })).to.have.length(1);
    expect(io.infos).to.deep.equal([]);
  });

  describe("known to the user's own ssh", () => {
    let home: string;
    beforeEach(async () => {
      home = join(shop.folder, `home ${count}`);
      await mkdir(join(home, '.ssh'), { recursive: true });
    });

    it('is trusted without a word, also from a hashed entry', async () => {
      const own = join(home, '.ssh', 'known_hosts');
      await writeFile(own, `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
      execFileSync('ssh-keygen', ['-H', '-f', own], { stdio: 'ignore' });
      expect(await readFile(own, 'utf8')).to.match(/^\|1\|/);
      await visit({ env: { HOME: home }, unknownHostKey: 'refuse' });
      expect(io.infos).to.deep.equal([]);
      expect(await readHostKeys(file, { host: 'm1' })).to.have.length(1);
    });

    it("is refused when the user's ssh knows another one", async () => {
      const own = join(home, '.ssh', 'known_hosts');
      const other = (await readFile(`${await shop.key(`another-${count}`)}.pub`, 'utf8')).trim();
      await writeFile(own, `[127.0.0.1]:${server.port} ${other}\n`);
      const error = await failureOf(visit({ env: { HOME: home } }));
      expect(error.code).to.equal('SSH_HOST_KEY_CHANGED');
      expect(error.message).to.include(`(${own}:1)`);
      expect(error.hint).to.include(own).and.include(`[127.0.0.1]:${server.port}`);
    });

    it('is refused when marked as revoked', async () => {
      await writeFile(join(home, '.ssh', 'known_hosts'), `@revoked * ${server.hostKey}\n`);
      const error = await failureOf(visit({ env: { HOME: home } }));
      expect(error.code).to.equal('SSH_HOST_KEY_CHANGED');
      expect(error.message).to.include('revoked').and.include('known_hosts:1');
    });

    const configure = (...lines: string[]): Promise<void> => writeFile(join(home, '.ssh', 'config'), `${lines.join('\n')}\n`);
    const another = async (): Promise<string> => (await readFile(`${await shop.key(`another-${(count += 1)}`)}.pub`, 'utf8')).trim();
    const env = (): NodeJS.ProcessEnv => ({ HOME: home, PATH: process.env['PATH'] });

    it("is looked for in the files that the user's ssh configuration names", async () => {
      const work = join(home, '.ssh', 'kh work');
      await configure(`UserKnownHostsFile "${work}"`, 'StrictHostKeyChecking yes');
      await writeFile(work, `# mine\n[127.0.0.1]:${server.port} ${await another()}\n`);
      const error = await failureOf(visit({ env: env() }));
      expect(error.code).to.equal('SSH_HOST_KEY_CHANGED');
      expect(error.message).to.include(`(${work}:2)`);
      await writeFile(work, `[127.0.0.1]:${server.port} ${await another()}\n[127.0.0.*]:${server.port} ${server.hostKey}\n`);
      await visit({ env: env() });
      expect(io.infos).to.deep.equal([]);
      expect(await readHostKeys(file, { host: 'm1' })).to.have.length(1);
    });

    it('must be there where StrictHostKeyChecking is yes', async () => {
      await configure('UserKnownHostsFile /dev/null', 'GlobalKnownHostsFile /dev/null', 'StrictHostKeyChecking yes');
      const error = await failureOf(visit({ env: env() }));
      expect(error.code).to.equal('SSH_HOST_KEY_UNKNOWN');
      expect(error.message)
        .to.include('StrictHostKeyChecking yes')
        .and.include(fingerprint(base64(server.hostKey)));
    });

    it('is found under HostKeyAlias, and as ssh does without the port', async () => {
      const own = join(home, '.ssh', 'known_hosts');
      await configure('HostKeyAlias gate', 'StrictHostKeyChecking yes');
      await writeFile(own, `gate ${server.hostKey}\n`);
      await visit({ env: env() });
      await configure('StrictHostKeyChecking yes');
      await writeFile(own, `127.0.0.1 ${server.hostKey}\n`);
      await visit({ env: env(), knownHostsFile: `${file}-2` });
      expect(io.infos).to.deep.equal([]);
    });

    it('of a host that has a certificate of a known authority is trusted without a word', async () => {
      const [authority, own] = [await shop.key('authority'), await shop.key('certified')];
      execFileSync('ssh-keygen', ['-q', '-s', authority, '-h', '-I', 'host', '-n', '127.0.0.1', `${own}.pub`]);
      const certified = await shop.sshd({ authorized: [key], hostKeys: [own], settings: [`HostCertificate ${own}-cert.pub`] });
      const known = join(home, '.ssh', 'ca');
      await configure(`UserKnownHostsFile "${known}"`, 'StrictHostKeyChecking yes');
      await writeFile(known, `@cert-authority 127.0.0.* ${await another()}\n`);
      expect((await failureOf(visit({ env: env(), port: certified.port }))).code).to.equal('SSH_HOST_KEY_UNKNOWN');
      await writeFile(known, `@cert-authority 127.0.0.*,[127.0.0.*]:* ${await readFile(`${authority}.pub`, 'utf8')}`);
      await visit({ env: env(), port: certified.port });
      expect(io.infos).to.deep.equal([]);
      expect((await readHostKeys(file, { host: 'm1' }))[0]?.base64).to.equal(base64(certified.hostKey));
      await certified.stop();
    });

    it('of a jump host is checked the same way', async () => {
      const gate = await shop.sshd({ authorized: [key] });
      const known = join(home, '.ssh', 'gates');
      await configure('Host gate', ' HostName 127.0.0.1', ` Port ${gate.port}`, ` User ${me}`, ` UserKnownHostsFile "${known}"`);
      await writeFile(known, `[127.0.0.1]:${gate.port} ${await another()}\n`);
      const error = await failureOf(visit({ env: env(), jump: ['gate'] }));
      expect(error.code).to.equal('SSH_HOST_KEY_CHANGED');
      expect(error.message).to.include('jump host').and.include(`(${known}:1)`);
      await writeFile(known, `[127.0.0.1]:${gate.port} ${gate.hostKey}\n`);
      await visit({ env: env(), jump: ['gate'] });
      expect(io.infos).to.have.length(1);
      await gate.stop();
    });
  });

  describe('that the user told us to expect', () => {
    it('is accepted without a word, as a key or as a fingerprint, of whatever type', async () => {
      const ecdsa = (await readFile(join(shop.folder, 'host-ecdsa.pub'), 'utf8')).trim();
      const given = [
        server.hostKey,
        `${ecdsa} root@host`,
        fingerprint(base64(server.hostKey)),
        `256 ${fingerprint(base64(ecdsa))} root@host (ECDSA)`,
      ];
      for (const [index, hostKey] of given.entries()) await visit({ hostKey, knownHostsFile: `${file}-${index}` });
      expect(io.infos).to.deep.equal([]);
      expect((await readHostKeys(`${file}-3`, { host: 'm1' }))[0]?.type).to.equal('ecdsa-sha2-nistp256');
    });

    it('is refused before the login when it is another one', async () => {
      const before = server.accepted();
      for (const hostKey of [`SHA256:${'A'.repeat(43)}`, (await readFile(`${await shop.key('stranger-host')}.pub`, 'utf8')).trim()]) {
        const error = await failureOf(visit({ hostKey }));
        expect(error.code).to.equal('SSH_HOST_KEY_CHANGED');
        expect(error.message)
          .to.include('is not the expected one')
          .and.include(fingerprint(base64(server.hostKey)));
      }
      expect(server.accepted()).to.equal(before);
      expect(await readHostKeys(file, { host: 'm1' })).to.deep.equal([]);
    });
  });
});
