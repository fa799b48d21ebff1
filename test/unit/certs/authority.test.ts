import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { expect } from 'chai';

import { ensureAuthority, renewClientCertificate } from '../../../src/certs/authority.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { hintOf } from '../../helpers/failure.js';
import { days, recordingIo, temporaryFolder, type Folder } from './temporary.js';

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('nothing failed'),
    (error: unknown) => {
      if (!TsmachineError.is(error)) throw error;
      return error;
    },
  );

describe('the certificate authority', function () {
  this.timeout(20_000);
  let made: Folder;
  let other: Folder;
  let folder: Folder;
  const text = (path: string) => readFile(path, 'utf8');
  const certificate = async (path: string) => new X509Certificate(await text(path));
  const ensure = (options: { now?: Date; needsSigning?: boolean } = {}, in_ = folder) => {
    const io = recordingIo();
    return ensureAuthority(in_.files, { io, user: 'ann', ...options }).then(() => io);
  };

  before(async () => {
    made = await temporaryFolder();
    other = await temporaryFolder();
    const mask = process.umask(0);
    try {
      expect((await ensure({}, made)).lines).to.deep.equal([
        `Creating CA: ${made.files.ca}`,
        `Creating client certificate: ${made.files.cert}`,
      ]);
    } finally {
      process.umask(mask);
    }
    await ensure({}, other);
  });
  beforeEach(async () => {
    folder = await made.copy();
  });
  afterEach(() => folder.remove());
  after(() => Promise.all([made.remove(), other.remove()]));

  it('is made with a client certificate, in files with the right modes under umask 000', async () => {
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect(await mode(made.dir)).to.equal('700');
    expect(await Promise.all(Object.values(made.files).map((path: string) => mode(path)))).to.deep.equal(['644', '600', '644', '600']);
    const [ca, client] = [await certificate(made.files.ca), await certificate(made.files.cert)];
    expect(ca.subject).to.equal('O=ann\nCN=tsmachine CA');
    expect(client.subject).to.equal('O=ann.\\<bootstrap\\>\nCN=ann');
    expect(client.checkIssued(ca) && client.verify(ca.publicKey)).to.equal(true);
    expect(client.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.2']);
    expect((await text(made.files.key)).startsWith('-----BEGIN RSA PRIVATE KEY-----')).to.equal(true);
  });

  it('is valid for ten years, its leaves for 825 days, both from yesterday on', async () => {
    const span = async (path: string) => {
      const { validFrom, validTo } = await certificate(path);
      return (Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000;
    };
    expect(await span(made.files.ca)).to.equal(3653);
    expect(await span(made.files.cert)).to.equal(825);
    const age = Date.now() - Date.parse((await certificate(made.files.ca)).validFrom);
    expect(age).to.be.within(86_400_000, 86_400_000 + 60_000);
  });

  it('stays as it is when all is well', async () => {
    const before = await Promise.all(Object.values(folder.files).map((path: string) => text(path)));
    const io = await ensure();
    expect([...io.lines, ...io.warnings]).to.deep.equal([]);
    expect(await Promise.all(Object.values(folder.files).map((path: string) => text(path)))).to.deep.equal(before);
  });

  describe('after an interruption', () => {
    it('completes a CA key that stands alone, and keeps the key', async () => {
      const key = await text(folder.files.caKey);
      for (const path of [folder.files.ca, folder.files.cert, folder.files.key]) await rm(path);
      await ensure();
      expect(await text(folder.files.caKey)).to.equal(key);
      const ca = await certificate(folder.files.ca);
      expect(ca.checkPrivateKey(createPrivateKey(key))).to.equal(true);
      expect((await certificate(folder.files.cert)).verify(ca.publicKey)).to.equal(true);
    });

    it('completes a client key that stands alone, and keeps the key', async () => {
      const key = await text(folder.files.key);
      await rm(folder.files.cert);
      expect((await ensure()).lines).to.deep.equal([`Creating client certificate: ${folder.files.cert}`]);
      expect(await text(folder.files.key)).to.equal(key);
    });

    it('makes a client certificate with a new key where the key is gone', async () => {
      const old = await text(folder.files.cert);
      await rm(folder.files.key);
      await ensure();
      expect(await text(folder.files.cert)).not.to.equal(old);
      expect((await ensure()).lines).to.deep.equal([]);
    });
  });

  describe('refuses', () => {
    it('to replace a CA certificate that is missing although its key has signed', async () => {
      await rm(folder.files.ca);
      const key = await text(folder.files.caKey);
      const error = await failure(ensure());
      expect(error.code).to.equal('CERT_UNREADABLE');
      expect(error.message).to.contain('certificate authority key already exists').and.to.contain(folder.files.ca);
      expect(error.hint).to.contain('machines/NAME/ca.pem');
      expect(await text(folder.files.caKey)).to.equal(key);
    });

    it('a CA certificate without its key, unless nothing is to be signed', async () => {
      await rm(folder.files.caKey);
      expect((await failure(ensure())).message).to.contain(folder.files.caKey);
      expect((await ensure({ needsSigning: false })).lines).to.deep.equal([]);
      await rm(folder.files.cert);
      expect((await failure(ensure({ needsSigning: false }))).message).to.contain('is incomplete');
    });

    it('a key of another CA, and a key of another client', async () => {
      await writeFile(folder.files.caKey, await text(other.files.caKey));
      expect((await failure(ensure())).message).to.contain('is not the key of the CA certificate');
      await writeFile(folder.files.caKey, await text(made.files.caKey));
      await writeFile(folder.files.key, await text(other.files.key));
      expect((await failure(ensure())).message).to.contain('is not the key of the client certificate');
    });

    it('a certificate that is no CA', async () => {
      await writeFile(folder.files.ca, await text(folder.files.cert));
      await writeFile(folder.files.caKey, await text(folder.files.key));
      expect((await failure(ensure())).message).to.contain('is not a CA certificate');
    });

    for (const file of ['ca', 'caKey', 'cert', 'key'] as const) {
      it(`a damaged ${file} and does not touch it`, async () => {
        const damaged = (await text(folder.files[file])).slice(0, 300);
        await writeFile(folder.files[file], damaged);
        const error = await failure(ensure());
        expect(error.code).to.equal('CERT_UNREADABLE');
        expect(error.message).to.contain(folder.files[file]).and.not.to.contain(damaged.slice(60, 100));
        expect(await text(folder.files[file])).to.equal(damaged);
      });
    }

    it('a key with a passphrase', async () => {
      await writeFile(folder.files.caKey, '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n-----END ENCRYPTED PRIVATE KEY-----\n');
      expect((await failure(ensure())).message).to.contain('passphrase');
    });

    it('to sign with an expired CA, and says since when', async () => {
      const error = await failure(ensure({ now: days(3653) }));
      expect(error.code).to.equal('CA_EXPIRED');
      expect(error.message).to.contain((await certificate(folder.files.ca)).validTo.slice(-8, -4));
      expect(hintOf(error)).to.contain('regenerate-certs');
    });
  });

  it('warns once when it ends within 30 days', async () => {
    const io = await ensure({ now: days(3653 - 20) });
    expect(io.warnings).to.have.lengthOf(1);
    expect(io.warnings[0]).to.match(/expires in (18|19) days/);
  });

  it('chooses among several certificates of a CA file the one its key belongs to', async () => {
    await writeFile(folder.files.ca, (await text(other.files.ca)) + (await text(made.files.ca)));
    expect((await ensure()).lines).to.deep.equal([]);
  });

  describe('renews the client certificate', () => {
    const renewed = async (now: Date) => {
      const key = await text(folder.files.key);
      const io = await ensure({ now });
      expect(await text(folder.files.key), 'the key stays').to.equal(key);
      return io.lines;
    };

    it('when it has expired', async () => {
      const [reason, line] = await renewed(days(900));
      expect(reason).to.equal('Client certificate is outdated and needs to be regenerated');
      expect(line).to.equal(`Creating client certificate: ${folder.files.cert}`);
      expect(Date.parse((await certificate(folder.files.cert)).validTo)).to.be.greaterThan(days(1700).getTime());
    });

    it('when it ends within 30 days', async () => {
      expect((await renewed(days(824 - 10)))[0]).to.match(/^Client certificate expires in (9|10) days/);
    });

    it('when another CA has signed it', async () => {
      await writeFile(folder.files.cert, await text(other.files.cert));
      await writeFile(folder.files.key, await text(other.files.key));
      expect((await renewed(new Date()))[0]).to.contain('signed by another CA');
      expect((await certificate(folder.files.cert)).verify((await certificate(folder.files.ca)).publicKey)).to.equal(true);
    });

    it('but not again and again when the CA itself ends soon', async () => {
      const late = days(3653 - 20);
      expect(await renewed(late)).to.have.lengthOf(2);
      expect((await certificate(folder.files.cert)).validTo).to.equal((await certificate(folder.files.ca)).validTo);
      expect(await renewed(late)).to.deep.equal([]);
    });

    it('on request, with a new key, whatever is there', async () => {
      const key = await text(folder.files.key);
      await writeFile(folder.files.cert, 'damaged');
      const io = recordingIo();
      await renewClientCertificate(folder.files, { io, user: 'ann' });
      expect(io.lines).to.deep.equal([`Creating client certificate: ${folder.files.cert}`]);
      expect(await text(folder.files.key)).not.to.equal(key);
      expect((await ensure()).lines).to.deep.equal([]);
    });
  });
});
