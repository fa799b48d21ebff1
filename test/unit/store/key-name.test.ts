import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { nameAsRsa } from '../../../src/store/key-name.js';

describe("the name that scripts know a machine's key by", () => {
  let dir: string;
  let key: string;
  let rsaKey: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tsmachine-key-'));
    [key, rsaKey] = [join(dir, 'id_ed25519'), join(dir, 'id_rsa')];
    await writeFile(key, 'private', { mode: 0o600 });
    await writeFile(`${key}.pub`, 'public', { mode: 0o644 });
  });
  afterEach(async () => {
    await rm(dir, { recursive: true });
  });

  it('leads to the key, with its mode, and follows a new one', async () => {
    await nameAsRsa({ dir, rsaKey }, key);
    expect(await readFile(rsaKey, 'utf8')).to.equal('private');
    expect((await stat(rsaKey)).mode & 0o777).to.equal(0o600);
    expect(await readFile(`${rsaKey}.pub`, 'utf8')).to.equal('public');
    await rm(key);
    await writeFile(key, 'another', { mode: 0o600 });
    await nameAsRsa({ dir, rsaKey }, key);
    expect(await readFile(rsaKey, 'utf8')).to.equal('another');
    expect((await readdir(dir)).sort()).to.deep.equal(['id_ed25519', 'id_ed25519.pub', 'id_rsa', 'id_rsa.pub']);
  });

  it('is given neither to a key of the user, nor where there is none, nor to what Docker Machine made', async () => {
    await nameAsRsa({ dir, rsaKey }, join(tmpdir(), 'id_ed25519'));
    await nameAsRsa({ dir, rsaKey }, join(dir, 'missing'));
    expect((await readdir(dir)).sort()).to.deep.equal(['id_ed25519', 'id_ed25519.pub']);
    await writeFile(rsaKey, 'its own', { mode: 0o600 });
    await nameAsRsa({ dir, rsaKey }, rsaKey);
    expect(await readFile(rsaKey, 'utf8')).to.equal('its own');
  });
});
