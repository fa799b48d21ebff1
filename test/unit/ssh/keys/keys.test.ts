import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';
import ssh2 from 'ssh2';

import { newEd25519 } from '../../../../src/system/ed25519.js';
import { readKeyFile } from '../../../../src/ssh/keys/key-file.js';
import { checkPrivateKey, createKeyPair, publicKey } from '../../../../src/ssh/keys/keys.js';
import { failureOf } from '../../../helpers/failure.js';

const { utils } = ssh2;

describe('SSH keys', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tsm-keys-'));
    path = join(folder, 'm1', 'id_ed25519');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('are made as ssh-keygen makes them, and closed to others even under umask 000', async () => {
    const before = process.umask(0);
    try {
      await createKeyPair(path);
    } finally {
      process.umask(before);
    }
    expect((await stat(path)).mode & 0o777).to.equal(0o600);
    expect((await stat(join(folder, 'm1'))).mode & 0o777).to.equal(0o700);
    const derived = execFileSync('ssh-keygen', ['-y', '-f', path], { encoding: 'utf8' }).trim();
    expect(await publicKey(path)).to.match(/^ssh-ed25519 AAAA\S+ tsmachine-m1$/);
    expect((await publicKey(path)).split(' ')[1]).to.equal(derived.split(' ')[1]);
    await checkPrivateKey(path);
  });

  it('are read by OpenSSH whatever bytes they consist of', () => {
    for (let count = 0; count < 300; count += 1) {
      const pair = newEd25519('x');
      const key = utils.parseKey(pair.private);
      if (key instanceof Error) throw key;
      expect(`ssh-ed25519 ${key.getPublicSSH().toString('base64')} x\n`).to.equal(pair.public);
      const signature = key.sign('text');
      expect(key.verify('text', signature)).to.equal(true);
    }
  });

  it('are kept when there, and a lost public half is derived', async () => {
    await createKeyPair(path);
    const [text, half] = [await readFile(path, 'utf8'), await publicKey(path)];
    await rm(`${path}.pub`);
    expect(await publicKey(path)).to.equal(half.split(' ').slice(0, 2).join(' '));
    await createKeyPair(path);
    expect(await readFile(path, 'utf8')).to.equal(text);
    expect((await readFile(`${path}.pub`, 'utf8')).trim()).to.equal(half);
  });

  it('that are not there, no file, or closed to us are told apart', async () => {
    expect((await failureOf(checkPrivateKey(join(folder, 'none')))).code).to.equal('SSH_KEY_MISSING');
    const noFile = await failureOf(checkPrivateKey(folder));
    expect(noFile.code).to.equal('SSH_KEY_UNREADABLE');
    expect(noFile.message).to.include(folder);
  });

  it('open to others are refused with the command that closes them, but not on Windows', async () => {
    await createKeyPair(path);
    await chmod(path, 0o640);
    const error = await failureOf(checkPrivateKey(path));
    expect(error.code).to.equal('SSH_KEY_TOO_OPEN');
    expect(error.message).to.include('0640');
    expect(error.hint).to.equal(`chmod 600 ${path}`);
    expect((await readKeyFile(path, 'win32')).encrypted).to.equal(false);
  });

  it('given as their public half, or as something else, are refused', async () => {
    await createKeyPair(path);
    await chmod(`${path}.pub`, 0o600);
    const half = await failureOf(checkPrivateKey(`${path}.pub`));
    expect(half.code).to.equal('SSH_KEY_UNREADABLE');
    expect(half.hint).to.equal(`Name the private key: ${path}`);
    const other = join(folder, 'other');
    for (const text of [
      '',
      'garbage',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
      '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----',
    ]) {
      await writeFile(other, text, { mode: 0o600 });
      const error = await failureOf(checkPrivateKey(other));
      expect(error.code, text).to.equal('SSH_KEY_UNREADABLE');
      expect(error.message, text).to.include(other);
    }
  });

  it('protected by a passphrase tell their public half all the same', async () => {
    const locked = join(folder, 'locked');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '1', '-N', 'open sesame', '-C', 'x', '-f', locked]);
    const half = (await readFile(`${locked}.pub`, 'utf8')).split(' ')[1] ?? '';
    await rm(`${locked}.pub`);
    const file = await readKeyFile(locked);
    expect(file.encrypted).to.equal(true);
    expect(file.public?.getPublicSSH().toString('base64')).to.equal(half);
    expect(file.open('open sesame').isPrivateKey()).to.equal(true);
    expect(() => file.open('wrong'))
      .to.throw()
      .with.property('code', 'SSH_KEY_PASSPHRASE');
  });
});
