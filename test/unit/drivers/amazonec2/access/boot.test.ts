import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { userDataOf } from '../../../../../drivers/amazonec2/access/boot.js';
import { readConfig } from '../../../../../drivers/amazonec2/config.js';
import type { BootDataRequest } from '../../../../../src/driver/contract.js';
import { computerFiles } from '../../../../../src/machine/access/files.js';
import { newEd25519 } from '../../../../../src/system/ed25519.js';
import { failureOf } from '../../../../helpers/failure.js';

describe('amazonec2: what an instance is told', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'boot-'));
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  /** The request for this machine's user data. */
  async function requested(data: Record<string, unknown>): Promise<BootDataRequest> {
    let asked: BootDataRequest | undefined;
    const bootData = (request: BootDataRequest) => {
      asked = request;
      return Promise.resolve({ bytes: Buffer.from('told'), encoding: 'plain' as const });
    };
    expect(await userDataOf(readConfig(data), { files: computerFiles, bootData })).to.equal(Buffer.from('told').toString('base64'));
    return asked ?? expect.fail('nothing was asked for');
  }

  it('is at most 16384 bytes for the login of the image, with nothing of the user', async () => {
    expect(await requested({ SSHUser: 'admin' })).to.deep.equal({
      datasource: 'Ec2',
      user: 'admin',
      limit: 16_384,
      measured: 'raw',
      gzip: true,
    });
  });

  it('asks for the engine of the distribution if that was wanted', async () => {
    expect((await requested({ Own: { engineAtBoot: true } })).packages).to.deep.equal(['docker.io']);
  });

  it("has the user's file as it is, also a compressed one", async () => {
    const path = join(dir, 'user-data');
    const packed = gzipSync('#!/bin/sh\n');
    writeFileSync(path, packed);
    expect((await requested({ UserDataFile: path })).userData?.equals(packed)).to.equal(true);
  });

  it('is refused when that file is not there', async () => {
    const path = join(dir, 'none');
    const error = await failureOf(userDataOf(readConfig({ UserDataFile: path }), { files: computerFiles, bootData: () => expect.fail() }));
    expect(error).to.include({ code: 'FLAG_INVALID' });
    expect(error.message).to.contain('--amazonec2-userdata').and.contain(path);
  });

  describe("with the user's own key", () => {
    const fields = (path: string, keyName = '') => ({ SSHPrivateKeyPath: path, SSHKeyPath: path, KeyName: keyName });

    it('lets the public half in that lies beside it', async () => {
      const path = join(dir, 'key');
      const { private: text, public: half } = newEd25519('mine');
      writeFileSync(path, text);
      writeFileSync(`${path}.pub`, half);
      expect((await requested(fields(path))).authorizedKeys).to.deep.equal([half.trim()]);
    });

    for (const [type, ...options] of [
      ['ecdsa', '-N', ''],
      ['ecdsa', '-N', 'open sesame'],
      ['rsa', '-b', '1024', '-m', 'PEM', '-N', ''],
      ['rsa', '-b', '1024', '-m', 'PKCS8', '-N', ''],
    ]) {
      it(`finds the public half in the key itself as ssh-keygen does: ${String(type)} ${options.join(' ')}`, async () => {
        const path = join(dir, 'key');
        execFileSync('ssh-keygen', ['-q', '-t', type ?? '', ...options, '-f', path]);
        const [word = '', blob = ''] = readFileSync(`${path}.pub`, 'utf8').split(' ');
        rmSync(`${path}.pub`);
        expect((await requested(fields(path))).authorizedKeys).to.deep.equal([`${word} ${blob}`]);
      });
    }

    it('says how to make the public half of a key that cannot be read', async () => {
      const path = join(dir, 'key');
      execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '1024', '-m', 'PEM', '-N', 'open sesame', '-f', path]);
      rmSync(`${path}.pub`);
      const error = await failureOf(requested(fields(path, 'pair')));
      expect(error).to.include({ code: 'FLAG_INVALID', hint: `Write it beside the key: ssh-keygen -y -f ${path} >${path}.pub` });
    });

    it('is refused when the key is not there, or damaged', async () => {
      const path = join(dir, 'key');
      expect((await failureOf(requested(fields(path)))).message).to.contain('--amazonec2-ssh-keypath');
      const { private: text } = newEd25519('mine');
      writeFileSync(path, text.replace(/\n[^-][\s\S]*\n-/, `\n${Buffer.from('openssh-key-v1\0').toString('base64')}\n-`));
      expect((await failureOf(requested(fields(path)))).message).to.contain('public half');
    });
  });
});
