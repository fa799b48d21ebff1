import { execFile } from 'node:child_process';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { expect } from 'chai';
import { promisify } from 'node:util';

import { succeed, tsmachine } from '../helpers/cli.js';
import { expiringStore } from '../helpers/expiring.js';
import { openLab, type Lab } from '../helpers/lab.js';

const run = promisify(execFile);

describe('certificates of a real engine', () => {
  let lab: Lab;
  let store: string;
  let ip: string;
  const file = (...parts: string[]) => join(store, ...parts);

  before(async () => {
    lab = await openLab();
    store = await lab.store('store');
    process.umask(0);
    await succeed(['create', '-d', 'nspawn', '--tls-san', 'docker.example.com', '--tls-san', '192.0.2.77', 'm1'], { store });
    ip = (await succeed(['ip', 'm1'], { store })).stdout.trim();
  });
  after(async () => {
    process.umask(0o022);
    await tsmachine(['rm', '-f', 'm1'], { store });
    await lab.close();
  });

  it('are what openssl accepts, for the purpose and for every name', async () => {
    const ca = file('certs', 'ca.pem');
    const server = file('machines', 'm1', 'server.pem');
    const verify = (...args: string[]) => run('openssl', ['verify', '-x509_strict', '-CAfile', ca, ...args]);
    await verify('-purpose', 'sslserver', server);
    await verify('-purpose', 'sslclient', file('certs', 'cert.pem'));
    for (const name of ['docker.example.com', 'm1', 'localhost']) await verify('-verify_hostname', name, server);
    for (const address of [ip, '192.0.2.77', '127.0.0.1']) await verify('-verify_ip', address, server);
    const wrong = await verify('-purpose', 'sslserver', file('certs', 'cert.pem')).catch((error: unknown) => error);
    expect(wrong).to.be.an('error');
  });

  it('are asked of every client', async () => {
    const outcome = await new Promise<string>((resolve) => {
      const socket = connect({ host: ip, port: 2376, rejectUnauthorized: false }, () => {
        socket
          .on('error', (error: Error) => {
            resolve(error.message);
          })
          .on('data', (data: Buffer) => {
            resolve(`answered ${data.toString()}`);
          });
        socket.write('GET /version HTTP/1.0\r\n\r\n');
      });
      socket
        .on('error', (error: Error) => {
          resolve(error.message);
        })
        .on('close', () => {
          resolve('closed');
        });
    });
    expect(outcome)
      .to.match(/certificate required|bad certificate|closed/i)
      .and.not.to.match(/answered/);
  });

  it('are really replaced by regenerate-certs', async () => {
    const served = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connect({ host: ip, port: 2376, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        }).on('error', reject);
      });
    const before = await served();
    const { stdout } = await succeed(['regenerate-certs', '-f', 'm1'], { store });
    expect(stdout).to.match(/\n"m1" has a new certificate, valid until \d{4}-\d\d-\d\d, and runs Docker \d\S+\.\n$/);
    expect(await served()).not.to.equal(before);
    await succeed(['env', 'm1'], { store });
  });

  it('lie in files that only their owner can read, whatever the umask', async () => {
    const mode = async (...parts: string[]) => ((await stat(file(...parts))).mode & 0o777).toString(8);
    for (const dir of [['certs'], ['machines'], ['machines', 'm1']]) expect(await mode(...dir), dir.join('/')).to.equal('700');
    const secret = [
      ['certs', 'ca-key.pem'],
      ['certs', 'key.pem'],
      ['machines', 'm1', 'key.pem'],
      ['machines', 'm1', 'server-key.pem'],
      ['machines', 'm1', 'id_ed25519'],
      ['machines', 'm1', 'config.json'],
    ];
    for (const parts of secret) expect(await mode(...parts), parts.join('/')).to.equal('600');
    const { stdout } = await succeed(['ssh', 'm1', 'stat -c %a /etc/docker/server-key.pem'], { store });
    expect(stdout.trim()).to.match(/^[46]00$/);
  });

  it('that ended or end soon are told apart and told about: CA, client and server', async () => {
    const past = await lab.store('past');
    await mkdir(file('certs'), { recursive: true });
    for (const [days, word] of [
      [-1, /expired/i],
      [10, /expires? in (9|10) days/i],
    ] as const) {
      for (const role of ['CA', 'client', 'server'] as const) {
        await expiringStore(past, role, days, ip);
        const { stdout, stderr } = await tsmachine(['env', 'old'], { store: past });
        expect(`${stdout}${stderr}`, `${role} ${days}`).to.match(word).and.to.match(new RegExp(role, 'i'));
      }
    }
    expect(await readFile(file('certs', 'ca.pem'), 'utf8')).to.contain('BEGIN CERTIFICATE');
  });
});
