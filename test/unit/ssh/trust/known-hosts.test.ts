import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { failureOf } from '../../../helpers/failure.js';
import {
  fingerprint,
  forgetHostKeys,
  knownHostsName,
  namesHost,
  parseKnownHosts,
  pinHostKey,
  readHostKeys,
} from '../../../../src/ssh/trust/known-hosts.js';

const one = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ0jdtQsCxAQEWr2GWB51gYrDrjAwgIY9ybiqGkW8fLd';
const two = 'AAAAC3NzaC1lZDI1NTE5AAAAIPhPbZeOG2+dnCA/v+mjACU9PZRBzPCVOS7U9ve0W5QE';

describe('known_hosts', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tsm-known-'));
    file = join(folder, 'known_hosts');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('names other ports than 22', () => {
    expect(knownHostsName({ host: 'Host' })).to.equal('host');
    expect(knownHostsName({ host: 'host', port: 22 })).to.equal('host');
    expect(knownHostsName({ host: '::1', port: 2222 })).to.equal('[::1]:2222');
  });

  it('shows fingerprints as ssh does', () => {
    expect(fingerprint(Buffer.from('').toString('base64'))).to.equal('SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU');
  });

  it('passes over comments, empty lines and torn lines', () => {
    const entries = parseKnownHosts(`# words\r\n\n a,b ssh-ed25519 ${one} comment\n@revoked * ssh-ed25519 ${two}\nonly two\n`);
    expect(entries.map(({ marker, hosts, base64 }) => ({ marker, hosts, base64 }))).to.deep.equal([
      { marker: undefined, hosts: 'a,b', base64: one },
      { marker: '@revoked', hosts: '*', base64: two },
    ]);
  });

  it('understands lists, wildcards and exceptions', () => {
    expect(namesHost('a,b', 'b')).to.equal(true);
    expect(namesHost('*.example.org', 'x.example.org')).to.equal(true);
    expect(namesHost('*.example.org', 'xexampleorg')).to.equal(false);
    expect(namesHost('10.0.0.?', '10.0.0.1')).to.equal(true);
    expect(namesHost('10.0.0.?', '10.0.0.10')).to.equal(false);
    expect(namesHost('*,!secret', 'secret')).to.equal(false);
    expect(namesHost('[a]:2222', 'a')).to.equal(false);
  });

  it('are matched in no time, whatever their patterns, and lines beyond reason are passed over', async () => {
    const started = performance.now();
    expect(namesHost(`${'*a'.repeat(12)}*b`, 'a'.repeat(200))).to.equal(false);
    await writeFile(
      file,
      `${'*a'.repeat(8000)}*b ssh-ed25519 ${one}\n${'host,'.repeat(5000)} ssh-ed25519 ${one}\nhost ssh-ed25519 ${two}\n`,
    );
    expect((await readHostKeys(file, { host: 'host' })).map(({ base64 }) => base64)).to.deep.equal([two]);
    expect(await readHostKeys(file, { host: 'a'.repeat(200) })).to.deep.equal([]);
    expect(performance.now() - started).to.be.lessThan(1000);
  });

  it('are not read from a file too large to be of one machine', async () => {
    await writeFile(file, `# ${'x'.repeat(1024 ** 2)}\n`);
    const error = await failureOf(readHostKeys(file, { host: 'host' }));
    expect(error.code).to.equal('CONFIG_UNREADABLE');
    expect(error.message).to.include(file);
  });

  it('understands hashed names', () => {
    // made by ssh-keygen -H from "example.org"
    const hashed = '|1|1uw8B/B/zXFKlAAOR1c70Azq7JY=|zvEOXCMe5Vy7pxG8WK6paOJgIXg=';
    expect(namesHost(hashed, 'example.org')).to.equal(true);
    expect(namesHost(hashed, 'example.com')).to.equal(false);
  });

  it('pins a key once, adds a second type, and keeps the file private', async () => {
    await pinHostKey(file, { host: 'm1' }, `ssh-ed25519 ${one} root@m1`);
    await pinHostKey(file, { host: 'm1' }, `ssh-ed25519 ${one}`);
    await pinHostKey(file, { host: 'jump', port: 2222 }, `ssh-ed25519 ${two}`);
    expect(await readFile(file, 'utf8')).to.equal(`m1 ssh-ed25519 ${one}\n[jump]:2222 ssh-ed25519 ${two}\n`);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(await readHostKeys(file, { host: 'M1' })).to.deep.equal([{ type: 'ssh-ed25519', base64: one }]);
  });

  it('adds to a file without a last line end', async () => {
    await writeFile(file, `a ssh-ed25519 ${one}`);
    await pinHostKey(file, { host: 'b' }, `ssh-ed25519 ${two}`);
    expect(await readHostKeys(file, { host: 'a' })).to.have.length(1);
    expect(await readHostKeys(file, { host: 'b' })).to.have.length(1);
  });

  it('forgets one host, or all', async () => {
    await writeFile(file, `# kept\nm1 ssh-ed25519 ${one}\njump ssh-ed25519 ${two}\n`);
    await forgetHostKeys(file, { host: 'm1' });
    expect(await readFile(file, 'utf8')).to.equal(`# kept\njump ssh-ed25519 ${two}\n`);
    await forgetHostKeys(file);
    expect(await readHostKeys(file, { host: 'jump' })).to.deep.equal([]);
    await forgetHostKeys(file);
    await forgetHostKeys(file, { host: 'm1' });
  });
});
