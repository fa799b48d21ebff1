import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { handshake } from '../../../src/docker/handshake.js';
import type { EngineTarget } from '../../../src/docker/call/target.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { skip } from '../../helpers/skip.js';
import { days } from '../../unit/certs/temporary.js';
import { makeAuthority, type Authority } from './certificates.js';
import { hasOpenssl, startOpenssl, startSplit } from './openssl.js';
import { listen, startEngine, startPlainEngine, type Running } from './engine.js';

describe('the TLS handshake with an engine', function () {
  this.timeout(20_000);
  let authority: Authority;
  let other: Authority;
  let old: Authority;
  let server: { cert: string; key: string };
  let made: Authority[] = [];
  let running: Running | undefined;

  before(async function () {
    if (!(await hasOpenssl())) skip(this, 'openssl is not installed');
    [authority, other, old] = await Promise.all([makeAuthority(), makeAuthority(), makeAuthority(days(-4000))]);
    made = [authority, other, old];
    server = await authority.server(['::1']);
  });
  after(() => Promise.all(made.map((one) => one.remove())));
  afterEach(() => running?.close());

  const tls = (issued = server, ca = authority.client.ca) => ({ ...issued, ca });
  const target = (changes: Partial<EngineTarget> = {}): EngineTarget => ({
    url: `tcp://127.0.0.1:${running?.port ?? 0}`,
    machine: 'm1',
    ...authority.client,
    ...changes,
  });

  async function failure(engine = target(), options = {}): Promise<TsmachineError> {
    const error: unknown = await handshake(engine, { timeout: 3000, ...options }).then(
      () => expect.fail('the handshake succeeded'),
      (reason: unknown) => reason,
    );
    if (!TsmachineError.is(error)) throw error;
    expect(error.message, 'names machine, address and operation')
      .to.contain('"m1"')
      .and.to.contain('TLS handshake')
      .and.to.contain(engine.url.replace('tcp://', ''));
    return error;
  }

  it('tells which certificate is served', async () => {
    running = await startEngine(tls());
    const certificate = new X509Certificate(server.cert);
    expect(await handshake(target())).to.deep.equal({
      fingerprint256: certificate.fingerprint256,
      notAfter: new Date(certificate.validTo),
      pem: certificate.toString(),
    });
    expect(running.requests).to.deep.equal(['GET /_ping']);
  });

  it('works over IPv6', async function () {
    const { lo = [] } = networkInterfaces();
    if (!lo.some(({ address }) => address === '::1')) skip(this, 'this computer has no IPv6');
    running = await startEngine(tls(), {}, '::1');
    await handshake(target({ url: `tcp://[::1]:${running.port}` }));
  });

  it('works by name', async () => {
    running = await startEngine(tls());
    await handshake(target({ url: `tcp://localhost:${running.port}` }));
  });

  for (const version of ['tls1_3', 'tls1_2'] as const) {
    describe(`over ${version}`, () => {
      it('fails when the engine does not trust our CA', async () => {
        running = await startOpenssl(tls(server, other.client.ca), version);
        const error = await failure();
        expect(error.code).to.equal('ENGINE_TLS');
        expect(error.message).to.contain('refuses our client certificate: it does not trust the CA');
        expect(hintOf(error)).to.equal('tsmachine regenerate-certs --client-certs m1');
      });

      it('fails when our certificate has expired, and says when', async () => {
        running = await startOpenssl(tls(server, authority.client.ca), version);
        const error = await failure(target({ cert: old.client.cert, key: old.client.key }));
        expect(error.code).to.equal('ENGINE_TLS');
        expect(error.message).to.contain(
          `refuses our client certificate: it expired on ${days(-4000 + 824)
            .toISOString()
            .slice(0, 10)}`,
        );
      });

      it('fails when the engine is signed by another CA', async () => {
        running = await startOpenssl(tls(await other.server([])), version);
        const error = await failure();
        expect(error.code).to.equal('ENGINE_TLS');
        expect(error.message).to.contain("not signed by this store's CA");
        expect(hintOf(error)).to.contain('tsmachine regenerate-certs m1');
      });
    });
  }

  it('verifies the engine whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
    running = await startEngine(tls(await other.server([])));
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect((await failure()).message).to.contain("not signed by this store's CA");
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
    expect(running.requests).to.deep.equal([]);
  });

  it('hears a refusal whose alert was lost because our request crossed it', async () => {
    // With TLS 1.3 it closes the connection after the handshake without a word; with TLS 1.2 the refusal comes within the handshake.
    const deaf = await startOpenssl(tls(server, other.client.ca), 'tls1_2');
    const trusting = await startEngine(tls(), { 'GET /_ping': (request) => request.socket.destroy() });
    running = await startSplit({ modern: trusting.port, old: deaf.port });
    try {
      expect((await failure()).message).to.contain('refuses our client certificate');
    } finally {
      await Promise.all([deaf.close(), trusting.close()]);
    }
  });

  it('fails when the certificate is not for this address, and lists what it is for', async () => {
    running = await startEngine(tls(await authority.server(['10.9.8.7', 'elsewhere.example'])));
    const error = await failure(target({ url: `tcp://127.0.0.2:${running.port}` })).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'ENGINE_UNREACHABLE'); // 127.0.0.2 is another address
    await running.close();
    running = await startEngine(tls(await authority.server(['10.9.8.7', 'elsewhere.example'])), {}, '127.0.0.2');
    const uncovered = await failure(target({ url: `tcp://127.0.0.2:${running.port}` }));
    expect(uncovered.code).to.equal('ENGINE_TLS');
    expect(uncovered.message).to.contain('not valid for "127.0.0.2" but for: elsewhere.example, localhost, 10.9.8.7, 127.0.0.1');
    expect(hintOf(uncovered)).to.contain('regenerate-certs m1');
  });

  it("fails when the engine's certificate has expired", async () => {
    running = await startEngine(tls(await authority.server([], days(-1000))));
    const error = await failure();
    expect(error.code).to.equal('ENGINE_TLS');
    expect(error.message).to.contain("the engine's certificate has expired");
    expect(hintOf(error)).to.equal('tsmachine regenerate-certs m1');
  });

  it('fails when the CA has expired, and says so of the CA', async () => {
    running = await startEngine(tls(await old.server([]), old.client.ca));
    const error = await failure(target(old.client));
    expect(error.code).to.equal('ENGINE_TLS');
    expect(error.message).to.contain(
      `the CA certificate expired on ${days(-4000 + 3652)
        .toISOString()
        .slice(0, 10)}`,
    );
  });

  it('fails when the certificate is not valid yet', async () => {
    running = await startEngine(tls(await authority.server([], days(3))));
    const error = await failure();
    expect(error.message).to.contain('not valid yet');
    expect(hintOf(error)).to.contain('clock');
  });

  it('fails when the port speaks HTTP without TLS', async () => {
    running = await startPlainEngine({}, { host: '127.0.0.1', port: 0 });
    const error = await failure();
    expect(error.code).to.equal('ENGINE_TLS');
    expect(error.message).to.contain('does not use TLS');
  });

  it('fails when another program listens there, such as an SSH server', async () => {
    running = await listen(
      createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
      [],
      { host: '127.0.0.1', port: 0 },
    );
    const error = await failure();
    expect(error.code).to.equal('ENGINE_TLS');
    expect(error.message).to.contain('does not use TLS');
  });

  it('fails when nothing listens', async () => {
    running = await startEngine(tls());
    await running.close();
    const error = await failure();
    expect(error.code).to.equal('ENGINE_UNREACHABLE');
    expect(error.message).to.contain('connection refused');
    expect(hintOf(error)).to.contain('tsmachine ssh m1');
  });

  it('fails when the name cannot be resolved', async () => {
    const error = await failure(target({ url: 'tcp://no-such-host.invalid:2376' }));
    expect(error.code).to.equal('ENGINE_UNREACHABLE');
    expect(error.message).to.contain('"no-such-host.invalid" cannot be resolved');
  });

  it('fails in time when a firewall swallows the packets, naming firewall and port', async () => {
    // A stopped process with a full accept queue answers no SYN, as a firewall that drops them.
    const child = fork(join(import.meta.dirname, 'full-queue.mjs'));
    const fill: Socket[] = [];
    try {
      const [port] = (await once(child, 'message')) as [number];
      child.kill('SIGSTOP');
      for (let i = 0; i < 4; i += 1) fill.push(connect(port, '127.0.0.1').on('error', () => undefined));
      if (fill[0]?.connecting === true) await once(fill[0], 'connect');
      const started = performance.now();
      const error = await failure(target({ url: `tcp://127.0.0.1:${port}` }), { timeout: 700 });
      expect(performance.now() - started).to.be.within(600, 2500);
      expect(error.code).to.equal('ENGINE_UNREACHABLE');
      expect(error.message).to.contain('no answer within 0.7 s');
      expect(hintOf(error)).to.contain('firewall').and.to.contain(`TCP port ${port}`);
    } finally {
      for (const socket of fill) socket.destroy();
      child.kill('SIGKILL');
    }
  });

  it('fails in time when the host accepts and then stays silent', async () => {
    running = await listen(
      createServer(() => undefined),
      [],
      { host: '127.0.0.1', port: 0 },
    );
    const error = await failure(target(), { timeout: 300 });
    expect(error.code).to.equal('ENGINE_UNREACHABLE');
    expect(error.message).to.contain('connected, but no answer within 0.3 s');
  });

  it('fails as unreachable, to be tried again, when the connection is closed at once', async () => {
    running = await listen(
      createServer((socket) => socket.destroy()),
      [],
      { host: '127.0.0.1', port: 0 },
    );
    const error = await failure();
    expect(error.code).to.equal('ENGINE_UNREACHABLE');
    expect(error.message).to.contain('closed without an answer');
  });

  it('is not taken for a refusal when a trusted connection is cut', async () => {
    running = await startEngine(tls(), { 'GET /_ping': (request) => request.socket.destroy() });
    expect((await failure()).code).to.equal('ENGINE_UNREACHABLE');
  });

  it('ends with the signal', async () => {
    running = await listen(
      createServer(() => undefined),
      [],
      { host: '127.0.0.1', port: 0 },
    );
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    const outcome = handshake(target(), { signal: abort.signal }).catch((error: unknown) => error);
    abort.abort(reason);
    expect(await outcome).to.equal(reason);
  });

  it('needs certificates that can be read', async () => {
    const error = await failureOf(handshake(target({ key: other.client.key, url: 'tcp://127.0.0.1:1' })));
    expect(error).to.have.property('code', 'CERT_UNREADABLE');
    expect(hintOf(error)).to.equal('tsmachine regenerate-certs --client-certs m1');
  });

  it('is not for sockets of the file system', async () => {
    const error: unknown = await handshake(target({ url: 'unix:///var/run/docker.sock' })).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'ENGINE_TLS');
  });
});
