import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

import { ensureAuthority } from '../../../src/certs/authority.js';
import type { AuthorityFiles } from '../../../src/certs/authority-files.js';
import { issueServerCertificate, serverCertificateFits } from '../../../src/certs/server.js';
import { makePrivateDir } from '../../../src/system/files/atomic.js';
import { skip } from '../../helpers/skip.js';
import { recordingIo, temporaryFolder, type Folder } from '../../unit/certs/temporary.js';
import { hasOpenssl } from '../docker/openssl.js';

const run = promisify(execFile);

/** What openssl writes when it succeeds; its complaint as the error's message. */
async function openssl(...args: string[]): Promise<string> {
  return (await run('openssl', args)).stdout;
}

const accepted = (...args: string[]) =>
  openssl('verify', ...args).then(
    () => true,
    () => false,
  );

/** How each kind of CA comes into being; the first is what Docker Machine makes. */
const foreign: Readonly<Record<string, (files: AuthorityFiles) => Promise<unknown>>> = {
  'Docker Machine': async ({ ca, caKey }) => {
    await openssl('genrsa', '-traditional', '-out', caKey, '2048');
    await openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      caKey,
      '-out',
      ca,
      '-days',
      '1080',
      '-subj',
      '/O=ann',
      '-config',
      '/dev/null',
      '-addext',
      'subjectKeyIdentifier=none',
      '-addext',
      'authorityKeyIdentifier=none',
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'keyUsage=critical,digitalSignature,keyEncipherment,keyAgreement,keyCertSign',
    );
  },
  'openssl with an EC key': ({ ca, caKey }) =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      caKey,
      '-out',
      ca,
      '-days',
      '30',
      '-subj',
      '/C=DE/O=Müller & Söhne/CN=own CA',
      '-utf8',
    ),
  'openssl with an Ed25519 key': ({ ca, caKey }) =>
    openssl('req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', caKey, '-out', ca, '-days', '400', '-subj', '/CN=own CA'),
};

describe('certificates before openssl', function () {
  this.timeout(30_000);
  let folder: Folder;
  before(async function () {
    if (!(await hasOpenssl())) skip(this, 'openssl is not installed');
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    await makePrivateDir(folder.dir);
  });
  afterEach(() => folder.remove());

  async function server(files: AuthorityFiles, names: string[]): Promise<{ path: string; cert: string; key: string }> {
    const issued = await issueServerCertificate({ caFile: files.ca, caKeyFile: files.caKey, organization: 'ann.m1', names });
    const path = join(folder.dir, 'server.pem');
    await writeFile(path, issued.cert);
    return { path, ...issued };
  }

  it('stand the strict verification for their purpose and no other', async () => {
    const { files } = folder;
    await ensureAuthority(files, { io: recordingIo(), user: 'ann' });
    const { path } = await server(files, ['192.0.2.7', '2001:db8::7', 'm1', '*.m1.example.com']);
    const strict = ['-x509_strict', '-CAfile', files.ca];
    await openssl('verify', ...strict, '-purpose', 'sslserver', path);
    await openssl('verify', ...strict, '-purpose', 'sslclient', files.cert);
    expect(await accepted(...strict, '-purpose', 'sslclient', path)).to.equal(false);
    expect(await accepted(...strict, '-purpose', 'sslserver', files.cert)).to.equal(false);
    for (const name of ['m1', 'localhost', 'a.m1.example.com']) await openssl('verify', ...strict, '-verify_hostname', name, path);
    for (const ip of ['192.0.2.7', '2001:db8::7', '127.0.0.1']) await openssl('verify', ...strict, '-verify_ip', ip, path);
    expect(await accepted(...strict, '-verify_hostname', 'm2', path)).to.equal(false);
    expect(await accepted(...strict, '-verify_ip', '192.0.2.8', path)).to.equal(false);
  });

  it('show the usages they were made for', async () => {
    const { files } = folder;
    await ensureAuthority(files, { io: recordingIo(), user: 'ann' });
    const { path } = await server(files, ['m1']);
    const extensions = (file: string) => openssl('x509', '-in', file, '-noout', '-ext', 'basicConstraints,keyUsage,extendedKeyUsage');
    expect(await extensions(files.ca)).to.match(/Constraints: critical\s+CA:TRUE\s+.*Usage: critical\s+Certificate Sign, CRL Sign\s*$/);
    expect(await extensions(path)).to.match(
      /CA:FALSE\s+.*Usage: critical\s+Digital Signature, Key Encipherment\s+.*\s+TLS Web Server Authentication\s*$/,
    );
    expect(await extensions(files.cert)).to.match(
      /CA:FALSE\s+.*Usage: critical\s+Digital Signature\s+.*\s+TLS Web Client Authentication\s*$/,
    );
    expect(await openssl('rsa', '-in', files.key, '-noout', '-check')).to.contain('RSA key ok');
  });

  for (const [maker, make] of Object.entries(foreign)) {
    it(`are signed with a CA made by ${maker}, which stays as it is`, async () => {
      const { files } = folder;
      await make(files);
      const before = [await readFile(files.ca, 'utf8'), await readFile(files.caKey, 'utf8'), (await stat(files.ca)).mtimeMs];
      const io = recordingIo();
      await ensureAuthority(files, { io, user: 'ann' });
      expect(io.lines).to.deep.equal([`Creating client certificate: ${files.cert}`]);
      expect([await readFile(files.ca, 'utf8'), await readFile(files.caKey, 'utf8'), (await stat(files.ca)).mtimeMs]).to.deep.equal(before);
      const { path, cert, key } = await server(files, ['192.0.2.7', 'm1']);
      await openssl('verify', '-CAfile', files.ca, '-purpose', 'sslserver', '-verify_hostname', 'm1', path);
      await openssl('verify', '-CAfile', files.ca, '-purpose', 'sslclient', files.cert);
      expect(serverCertificateFits(cert, { caPem: await readFile(files.ca, 'utf8'), keyPem: key, names: ['m1'] })).to.equal(true);
      const calm = recordingIo();
      await ensureAuthority(files, { io: calm, user: 'ann' });
      expect(calm.lines).to.deep.equal([]);
      expect(await signatureAlgorithm(path)).to.equal(await signatureAlgorithm(files.ca));
      expect(await nameBytes(path, 'issuer')).to.equal(await nameBytes(files.ca, 'subject'));
    });
  }

  it('are renewed for a client key that is not RSA', async () => {
    const { files } = folder;
    await ensureAuthority(files, { io: recordingIo(), user: 'ann' });
    await openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      files.key,
      '-out',
      files.cert,
      '-subj',
      '/CN=x',
    );
    await ensureAuthority(files, { io: recordingIo(), user: 'ann' });
    await openssl('verify', '-x509_strict', '-CAfile', files.ca, '-purpose', 'sslclient', files.cert);
  });

  it('are refused by name for a CA key that cannot sign here', async () => {
    const { files } = folder;
    await openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa-pss',
      '-pkeyopt',
      'rsa_keygen_bits:2048',
      '-nodes',
      '-keyout',
      files.caKey,
      '-out',
      files.ca,
      '-subj',
      '/CN=x',
    );
    const error: unknown = await ensureAuthority(files, { io: recordingIo(), user: 'ann' }).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'CERT_UNREADABLE');
    expect(error).to.have.property('message').that.contains('rsa-pss');
  });
});

/** A name as it stands in the certificate: with the types of its strings, which Go compares too. */
function nameBytes(path: string, which: 'issuer' | 'subject'): Promise<string> {
  return openssl('x509', '-in', path, '-noout', `-${which}`, '-nameopt', 'RFC2253,show_type,dump_der,dump_all').then((text) =>
    text.replace(/^\w+=/, ''),
  );
}

/** The algorithm beside the signature with its parameters, which some kinds have and others must not (RFC 5758). */
async function signatureAlgorithm(path: string): Promise<string> {
  const lines = (await openssl('asn1parse', '-in', path))
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^.*?(?:prim|cons): /, ''));
  return lines.slice(lines.findLastIndex((line) => line.startsWith('SEQUENCE')) + 1, -1).join('\n');
}
