import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';

import { ensureAuthority } from '../../../src/certs/authority.js';
import { createContext } from '../../../src/machine/context.js';
import { examine, type ExamineOptions } from '../../../src/doctor/doctor.js';
import { silentIo } from '../../../src/base/io.js';
import { pinHostKey } from '../../../src/ssh/trust/known-hosts.js';
import { newHostConfig } from '../../../src/store/config/schema.js';
import { standInEngine, type StandInEngine } from '../../compat/engine.js';
import { expiringStore } from '../../helpers/expiring.js';
import { readable } from '../../helpers/findings.js';
import { skip } from '../../helpers/skip.js';
import { freePort, me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';
import { makeMachine, person, type Person } from '../transfer/two-homes.js';

describe('doctor', function () {
  this.timeout(40_000);
  let ann: Person;
  let engine: StandInEngine;
  let silent: Server;
  const held = new Set<Socket>();

  before(async () => {
    engine = await standInEngine('20.10.24');
    silent = createServer((socket) => {
      held.add(socket);
    });
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
  });
  after(async () => {
    await engine.close();
    for (const socket of held) socket.destroy();
    silent.close();
  });
  beforeEach(async () => {
    ann = await person();
    await makeMachine(ann, 'good', `tcp://127.0.0.1:${engine.port}`);
    await engine.serve(ann.session.store.root);
  });

  const all = async (names: string[] = [], options: ExamineOptions = {}) => readable(await examine(ann.session, names, options));
  const of = (findings: ReturnType<typeof readable>, machine: string, check: string) =>
    findings.find((one) => one.machine === machine && one.check === check);
  async function docker(version: string, api: string): Promise<void> {
    const bin = join(ann.home, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'docker'), `#!/bin/sh\necho '${version} ${api}'\n`);
    await chmod(join(bin, 'docker'), 0o755);
    Object.assign(ann.session.env, { PATH: `${bin}:${process.env['PATH'] ?? ''}` });
  }

  it('finds nothing wrong with a machine that works', async () => {
    await docker('28.2.2', '1.50');
    const findings = await all();
    expect(findings.filter(({ level }) => level !== 'ok')).to.deep.equal([]);
    expect(of(findings, 'good', 'engine-api')?.message).to.equal(
      'The engine 20.10.24 speaks API 1.24 to 1.43; 1.43 is used (tsmachine: up to 1.51)',
    );
  });

  it('tells refused, silent and untrusted engines apart, each beside a machine that works', async () => {
    await makeMachine(ann, 'refused', `tcp://127.0.0.1:${await freePort()}`);
    await makeMachine(ann, 'silent', `tcp://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    await makeMachine(ann, 'nameless', 'tcp://nobody.invalid:2376');
    const stranger = await person();
    await ensureAuthority(stranger.session.store.paths, { io: silentIo, user: 'eve' });
    const foreign = await standInEngine('1');
    await foreign.serve(stranger.session.store.root);
    await makeMachine(ann, 'foreign', `tcp://127.0.0.1:${foreign.port}`);
    const started = performance.now();
    const findings = await all().finally(() => foreign.close());
    expect(performance.now() - started).to.be.lessThan(20_000);
    expect(of(findings, 'good', 'engine')?.level).to.equal('ok');
    expect(of(findings, 'refused', 'engine'))
      .to.include({ level: 'fault' })
      .and.property('message')
      .match(/^Connection refused: /);
    expect(of(findings, 'silent', 'engine'))
      .to.include({ level: 'fault' })
      .and.property('message')
      .match(/^Connection timed out: /);
    for (const name of ['refused', 'silent', 'foreign']) {
      const fixes = findings.filter(({ machine }) => machine === name).map(({ fix = '' }) => fix);
      expect(fixes.join('\n'), name).to.not.match(/ssh|provision|upgrade/);
    }
    expect(of(findings, 'nameless', 'engine')?.message).to.match(/^Name not found: /);
    expect(of(findings, 'foreign', 'engine')).to.include({
      level: 'fault',
      fix: 'foreign is only a URL here: look at that engine where it runs',
    });
    expect(of(findings, 'foreign', 'engine')?.message).to.match(/^TLS fails: .* is not signed by this store's CA$/);
  });

  it('cuts off what hangs, and keeps what was found before', async () => {
    await makeMachine(ann, 'silent', `tcp://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const findings = await all([], { machineTimeout: 1500 });
    expect(of(findings, 'silent', 'timeout')).to.include({ level: 'fault' });
    expect(of(findings, 'silent', 'config')).to.include({ level: 'ok' });
    expect(of(findings, 'good', 'engine')).to.include({ level: 'ok' });
  });

  it('ends when it is interrupted', async () => {
    await makeMachine(ann, 'silent', `tcp://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const interrupt = new AbortController();
    const session = { ...ann.session, signal: interrupt.signal };
    setTimeout(() => {
      interrupt.abort(new Error('interrupted'));
    }, 300);
    const ending = await examine(session, []).then(
      () => 'ended',
      (error: unknown) => error,
    );
    expect(ending).to.be.an('error').with.property('message', 'interrupted');
  });

  it('tells an engine that serves another certificate than the store has', async () => {
    await writeFile(ann.session.store.machine('good').serverCert, await readFile(ann.session.store.paths.cert));
    const findings = await all();
    expect(of(findings, 'good', 'served-certificate')).to.include({ level: 'fault', fix: 'tsmachine regenerate-certs -f good' });
  });

  for (const [role, check] of [
    ['CA', 'ca'],
    ['client', 'client-certificate'],
    ['server', 'server-certificate'],
  ] as const) {
    it(`tells a ${role} certificate that ends soon, or has ended`, async () => {
      const { root } = ann.session.store;
      for (const [days, level] of [
        [5, 'warning'],
        [-5, 'fault'],
      ] as const) {
        await expiringStore(root, role, days, '127.0.0.1');
        const finding = (await all(['old'])).find((one) => one.check === check && one.level !== 'ok');
        expect(finding, `${days} days`).to.include({ level });
        expect(finding?.fix).to.contain('regenerate-certs');
      }
    });
  }

  it("tells copies of certificates that are not the store's any more", async () => {
    await writeFile(ann.session.store.machine('good').cert, 'old');
    expect(of(await all(), 'good', 'certificate-copies')).to.include({ level: 'warning', fix: 'tsmachine provision good' });
  });

  it('tells a docker client that is too old for an engine', async () => {
    await docker('1.9.1', '1.21');
    const findings = await all();
    expect(of(findings, 'good', 'docker-client')?.message).to.match(/speaks API up to 1\.21, which is too old: the engine 20\.10\.24/);
  });

  it('tells contexts of machines that went without rm', async () => {
    await createContext(ann.session, 'good');
    expect((await all()).filter(({ check }) => check === 'context').map(({ level }) => level)).to.deep.equal(['ok']);
    await rm(ann.session.store.machine('good').dir, { recursive: true });
    expect((await all()).find(({ check }) => check === 'context')).to.include({ level: 'warning', fix: 'tsmachine context rm good' });
  });

  describe('over SSH', () => {
    let shop: Workshop;
    let server: Sshd;
    let key: string;

    before(async function () {
      needSshd(this);
      if (process.getuid?.() !== 0) skip(this, 'needs root: the host is looked at as root');
      shop = await workshop();
      key = await shop.key('login');
      const late = join(shop.folder, 'late');
      // A host whose clock is two minutes behind, whose disk is nearly full, and which has ufw.
      await writeFile(
        late,
        [
          '#!/bin/sh',
          'sh -c "$SSH_ORIGINAL_COMMAND" | awk -F"|" -v OFS="|" \'',
          '$1 == "clock" { $2 -= 120 } $1 == "free-docker" || $1 == "free-var" { $2 = 1000 } $1 ~ /^engine|^firewall|^service|^storage/ { next }',
          '$1 == "end" { print "storage|/srv/docker"; print "free-docker|1000"; print "engine|/usr/bin/dockerd";',
          '  print "engine-version|Docker version 20.10.24, build x"; print "service-active|yes";',
          '  print "info|20.10.24|2|false|overlay2"; print "firewall|ufw" } { print }\'',
          '',
        ].join('\n'),
        { mode: 0o755 },
      );
      server = await shop.sshd({ authorized: [key], settings: [`ForceCommand ${late}`] });
    });
    after(() => shop.clean());

    async function generic(name: string, port: number, keyPath = key): Promise<void> {
      const { store } = ann.session;
      await store.reserve(name);
      const driver = {
        IPAddress: '127.0.0.1',
        MachineName: name,
        SSHUser: me,
        SSHPort: server.port,
        SSHKeyPath: keyPath,
        StorePath: store.root,
        EnginePort: port,
      };
      await store.save({
        name,
        config: newHostConfig({ name, root: store.root, driverName: 'generic', driver, engine: {}, serverCertSans: [] }),
      });
    }

    it('looks at clock, disk, engine and host key with one login, and pins nothing', async () => {
      await generic('host', engine.port);
      const before = server.accepted();
      const findings = await all(['host']);
      expect(server.accepted() - before).to.equal(1);
      expect(of(findings, 'host', 'ssh')).to.include({ level: 'ok' });
      expect(of(findings, 'host', 'engine')).to.include({ level: 'ok' });
      expect(of(findings, 'host', 'clock')).to.include({ level: 'fault' });
      expect(of(findings, 'host', 'clock')?.message).to.match(/is 1[12]\d s behind/);
      expect(of(findings, 'host', 'disk')).to.include({ level: 'fault', message: '0 MB are free for /srv/docker' });
      expect(of(findings, 'host', 'host-key')).to.include({ level: 'warning', fix: 'tsmachine ssh host true' });
      const { knownHosts } = ann.session.store.machine('host');
      expect(await readFile(knownHosts, 'utf8').catch(() => 'none')).to.equal('none');
      await pinHostKey(knownHosts, { host: 'host' }, server.hostKey);
      expect(of(await all(['host']), 'host', 'host-key')).to.include({ level: 'ok' });
    });

    it('names the firewall of a host whose engine cannot be reached, with the command for this port', async () => {
      const port = await freePort();
      await generic('walled', port);
      expect(of(await all(['walled']), 'walled', 'engine')).to.include({
        level: 'fault',
        fix: `tsmachine ssh walled 'sudo ufw allow ${port}/tcp'`,
      });
    });

    it('tells a login that is refused, and still asks the engine', async () => {
      await generic('locked', engine.port, await shop.key('wrong'));
      const findings = await all(['locked']);
      expect(of(findings, 'locked', 'ssh')).to.include({ level: 'fault' });
      expect(of(findings, 'locked', 'engine')).to.include({ level: 'ok' });
    });

    it('tells a host key that has changed', async () => {
      await generic('moved', engine.port);
      await pinHostKey(
        ann.session.store.machine('moved').knownHosts,
        { host: 'moved' },
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFuZAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      );
      const finding = of(await all(['moved']), 'moved', 'ssh');
      expect(finding).to.include({ level: 'fault' });
      expect(finding?.fix).to.contain('ssh-keygen -R');
    });
  });
});
