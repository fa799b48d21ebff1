import { chmod, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { adoptMachine, type AdoptRequest } from '../../../src/transfer/adopt.js';
import { ensureAuthority } from '../../../src/certs/authority.js';
import { silentIo } from '../../../src/base/io.js';
import { engineVersion } from '../../../src/machine/query.js';
import { standInEngine, type StandInEngine } from '../../compat/engine.js';
import { failureOf, hintOf } from '../../helpers/failure.js';
import { skip } from '../../helpers/skip.js';
import { freePort, me, needSshd, workshop, type Sshd, type Workshop } from '../../helpers/sshd.js';
import { person, type Person } from './two-homes.js';

describe('adopting a host that another store made', function () {
  this.timeout(30_000);
  let shop: Workshop;
  let server: Sshd;
  let engine: StandInEngine;
  let maker: Person;
  let bob: Person;
  let key: string;
  let log: string;

  before(async function () {
    needSshd(this);
    if (process.getuid?.() !== 0) skip(this, 'needs root: the host is looked at as root');
    shop = await workshop();
    key = await shop.key('login');
    log = join(shop.folder, 'said');
    const listener = join(shop.folder, 'listen');
    // Everything that is sent to the host is kept: its commands, and what they read.
    await writeFile(
      listener,
      `#!/bin/sh\necho "COMMAND $SSH_ORIGINAL_COMMAND" >>'${log}'\ntee -a '${log}' | sh -c "$SSH_ORIGINAL_COMMAND"\n`,
    );
    await chmod(listener, 0o755);
    server = await shop.sshd({ authorized: [key], settings: [`ForceCommand ${listener}`] });
    engine = await standInEngine('26.1.5');
    maker = await person();
    await ensureAuthority(maker.session.store.paths, { io: silentIo, user: 'ann' });
    await engine.serve(maker.session.store.root);
  });
  after(async () => {
    await engine.close();
    await shop.clean();
  });
  beforeEach(async () => {
    bob = await person();
    await writeFile(log, '');
  });

  const request = (more: Partial<AdoptRequest> = {}, port = engine.port): AdoptRequest => ({
    name: 'web',
    driverName: 'generic',
    tlsSans: [],
    ...more,
    flags: {
      'generic-ip-address': '127.0.0.1',
      'generic-ssh-user': me,
      'generic-ssh-key': key,
      'generic-ssh-port': server.port,
      'generic-engine-port': port,
    },
  });
  const makersFiles = () => {
    const { ca, cert, key: clientKey } = maker.session.store.paths;
    return { ca, cert, key: clientKey };
  };
  const nothingWritten = async () => {
    expect(await readdir(bob.session.store.paths.machinesDir)).to.deep.equal([]);
  };

  it('with its certificates: one login, a look, and nothing else', async () => {
    const before = server.accepted();
    await adoptMachine(bob.session, request({ certificates: makersFiles() }));
    expect(server.accepted() - before).to.equal(1);
    const said = await readFile(log, 'utf8');
    expect(said.match(/^COMMAND /gm)).to.have.length(1);
    expect(said).to.contain('Prints everything that provisioning needs to know');
    const [look, apply] = await Promise.all(['detect', 'apply'].map((name) => readFile(`templates/provision/${name}.sh`, 'utf8')));
    const changes = apply?.split('\n').filter((line) => line.length > 20 && look?.includes(line) === false) ?? [];
    expect(changes).to.have.length.greaterThan(50);
    expect(changes.filter((line) => said.includes(line))).to.deep.equal([]);
  });

  it('leaves a whole machine that works without the store it came from', async () => {
    await adoptMachine(bob.session, request({ certificates: makersFiles() }));
    const { store } = bob.session;
    const { config } = await store.load('web');
    const { dir, ca, key: clientKey, serverCert, knownHosts } = store.machine('web');
    expect(await readdir(dir)).to.have.members(['config.json', 'ca.pem', 'cert.pem', 'key.pem', 'server.pem', 'known_hosts', 'facts.json']);
    expect(config.HostOptions.AuthOptions).to.include({ CaCertPath: ca, ClientKeyPath: clientKey, ServerCertPath: serverCert });
    expect((await stat(clientKey)).mode & 0o777).to.equal(0o600);
    expect(await readFile(knownHosts, 'utf8')).to.equal(`web ${server.hostKey}\n`);
    expect(await store.readFacts('web')).to.include({ adopted: true, engineVersion: '26.1.5' });
    expect(await engineVersion(bob.session, 'web')).to.equal('26.1.5');
    expect(await readdir(store.root)).not.to.include('certs');
  });

  it("registers a host of this store's own CA as it is", async () => {
    await adoptMachine(maker.session, request());
    const { config } = await maker.session.store.load('web');
    expect(config.HostOptions.AuthOptions.ClientKeyPath).to.equal(maker.session.store.paths.key);
    expect(await engineVersion(maker.session, 'web')).to.equal('26.1.5');
    expect(await failureOf(adoptMachine(maker.session, request()))).to.have.property('code', 'MACHINE_EXISTS');
    await maker.session.store.remove('web');
  });

  it('fails with the ways out when the engine knows another CA, and the store stays as it was', async () => {
    await ensureAuthority(bob.session.store.paths, { io: silentIo, user: 'bob' });
    const error = await failureOf(adoptMachine(bob.session, request()));
    expect(error.code).to.equal('ENGINE_TLS');
    expect(hintOf(error)).to.match(/tsmachine export web [\s\S]*tsmachine import FILE[\s\S]*restarts it: tsmachine create -d generic/);
    await nothingWritten();
  });

  it('makes no certificates where there are none', async () => {
    const error = await failureOf(adoptMachine(bob.session, request()));
    expect(error.code).to.equal('CERT_UNREADABLE');
    expect(error.hint).to.contain('--ca ca.pem');
    await nothingWritten();
    expect(await readdir(bob.session.store.root)).not.to.include('certs');
  });

  it('fails where no engine answers', async () => {
    const error = await failureOf(adoptMachine(bob.session, request({ certificates: makersFiles() }, await freePort())));
    expect(error.code).to.be.oneOf(['ENGINE_MISSING', 'ENGINE_UNREACHABLE']);
    expect(hintOf(error)).to.contain('tsmachine create -d generic');
    await nothingWritten();
  });

  it('fails where nobody may log in', async () => {
    const wrong = await shop.key('wrong');
    const { flags } = request();
    const error = await failureOf(
      adoptMachine(bob.session, { ...request({ certificates: makersFiles() }), flags: { ...flags, 'generic-ssh-key': wrong } }),
    );
    expect(error.code).to.equal('SSH_AUTH');
    await nothingWritten();
  });

  it('takes no driver that makes its own hosts or has no SSH', async () => {
    for (const [driverName, flags] of [['none', { url: 'tcp://127.0.0.1:1' }]] as const) {
      expect((await failureOf(adoptMachine(bob.session, { ...request(), driverName, flags }))).code).to.equal('FLAG_INVALID');
    }
  });
});
