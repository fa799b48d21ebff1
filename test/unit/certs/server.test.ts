import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';

import { ensureAuthority } from '../../../src/certs/authority.js';
import { checkExpiry } from '../../../src/certs/expiry.js';
import { issueServerCertificate, serverCertificateFits } from '../../../src/certs/server.js';
import { silentIo } from '../../../src/base/io.js';
import { days, temporaryFolder, type Folder } from './temporary.js';

describe('a server certificate', function () {
  this.timeout(20_000);
  let folder: Folder;
  let caPem: string;
  let server: { cert: string; key: string };
  const names = ['10.1.2.3', 'm1.example.com', 'fd00::12', '*.apps.example.com'];

  before(async () => {
    folder = await temporaryFolder();
    await ensureAuthority(folder.files, { io: silentIo, user: 'ann' });
    caPem = await readFile(folder.files.ca, 'utf8');
    server = await issueServerCertificate({ caFile: folder.files.ca, caKeyFile: folder.files.caKey, organization: 'ann.m1', names });
  });
  after(() => folder.remove());

  const fits = (wanted: Partial<Parameters<typeof serverCertificateFits>[1]>, cert = server.cert) =>
    serverCertificateFits(cert, { caPem, keyPem: server.key, names, ...wanted });

  it('covers what was asked for, and this computer', () => {
    const certificate = new X509Certificate(server.cert);
    expect(certificate.subject).to.equal('O=ann.m1\nCN=10.1.2.3');
    expect(certificate.subjectAltName).to.equal(
      'DNS:m1.example.com, DNS:*.apps.example.com, DNS:localhost, ' +
        'IP Address:10.1.2.3, IP Address:FD00:0:0:0:0:0:0:12, IP Address:127.0.0.1',
    );
    expect(certificate.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.serialNumber).to.match(/^[4-7][0-9A-F]{31}$/);
    expect(certificate.checkIP('fd00::12')).to.equal('fd00::12');
  });

  it('fits whatever way its names are spelt', () => {
    expect(fits({})).to.equal(true);
    expect(fits({ names: ['M1.Example.COM.', '[FD00:0::12]', 'localhost', '127.0.0.1'] })).to.equal(true);
  });

  it('does not fit another name, address, CA or key, nor a damaged file', async () => {
    const other = await temporaryFolder();
    try {
      await ensureAuthority(other.files, { io: silentIo, user: 'ann' });
      expect(fits({ names: [...names, 'm2.example.com'] })).to.equal(false);
      expect(fits({ names: ['10.1.2.4'] })).to.equal(false);
      expect(fits({ caPem: await readFile(other.files.ca, 'utf8') })).to.equal(false);
      expect(fits({ keyPem: await readFile(other.files.key, 'utf8') })).to.equal(false);
      expect(fits({ keyPem: '' })).to.equal(false);
      expect(fits({}, server.cert.slice(0, 200))).to.equal(false);
    } finally {
      await other.remove();
    }
  });

  it('does not fit in its last 30 days, nor before its time', () => {
    expect(fits({ now: days(824 - 31) })).to.equal(true);
    expect(fits({ now: days(824 - 29) })).to.equal(false);
    expect(fits({ now: days(824 - 29), minDays: 7 })).to.equal(true);
    expect(fits({ now: days(-2) })).to.equal(false);
  });

  it('is not a client certificate', async () => {
    const [cert, keyPem] = await Promise.all([readFile(folder.files.cert, 'utf8'), readFile(folder.files.key, 'utf8')]);
    expect(serverCertificateFits(cert, { caPem, keyPem, names: [] })).to.equal(false);
    expect(fits({ names: [] })).to.equal(true);
  });

  it("of a classic swarm's master is a client's as well, and one that lacks this does not fit a master", async () => {
    const { cert, key } = await issueServerCertificate({
      caFile: folder.files.ca,
      caKeyFile: folder.files.caKey,
      organization: 'ann.m1',
      names,
      clientAuth: true,
    });
    expect(new X509Certificate(cert).keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(fits({ keyPem: key, clientAuth: true }, cert)).to.equal(true);
    expect(fits({ keyPem: key }, cert)).to.equal(true);
    expect(fits({ clientAuth: true })).to.equal(false);
  });

  it('never outlives the CA, and fits as long as the CA can give no more time', async () => {
    const { cert, key } = await issueServerCertificate({
      caFile: folder.files.ca,
      caKeyFile: folder.files.caKey,
      organization: 'ann.m1',
      names,
      now: days(3653 - 100),
    });
    expect(new X509Certificate(cert).validTo).to.equal(new X509Certificate(caPem).validTo);
    expect(fits({ keyPem: key, now: days(3652 - 10) }, cert)).to.equal(true);
    expect(fits({ keyPem: key, now: days(3653) }, cert)).to.equal(false);
  });

  it('is not signed by an expired CA', async () => {
    const error: unknown = await issueServerCertificate({
      caFile: folder.files.ca,
      caKeyFile: folder.files.caKey,
      organization: 'ann.m1',
      names,
      now: days(3653),
    }).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'CA_EXPIRED');
  });

  it('needs both halves of the CA', async () => {
    const error: unknown = await issueServerCertificate({
      caFile: folder.files.ca,
      caKeyFile: join(folder.dir, 'nothing'),
      organization: 'ann.m1',
      names,
    }).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'CERT_UNREADABLE');
    expect(error).to.have.property('message').that.contains(join(folder.dir, 'nothing'));
  });

  it('is reported as ok, soon, expired, missing or unreadable', async () => {
    const { ca, cert, caKey } = folder.files;
    const states = async (now: Date) =>
      (
        await checkExpiry(
          [
            { role: 'CA', path: ca },
            { role: 'client', path: cert },
            { role: 'server', path: join(folder.dir, 'server.pem') },
            { role: 'server', path: caKey },
          ],
          now,
        )
      ).map(({ role, state, daysLeft }) => [role, state, daysLeft]);
    expect(await states(days(0.5))).to.deep.equal([
      ['CA', 'ok', 3651],
      ['client', 'ok', 823],
      ['server', 'missing', undefined],
      ['server', 'unreadable', undefined],
    ]);
    expect((await states(days(824 - 29.5)))[1]).to.deep.equal(['client', 'soon', 29]);
    expect((await states(days(824.5)))[1]).to.deep.equal(['client', 'expired', -1]);
    expect((await states(days(3652 - 3.5)))[0]).to.deep.equal(['CA', 'soon', 3]);
  });
});
