import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import { parseFacts } from '../../../src/provision/look/detect-host.js';
import { provision, refuseOtherVersion } from '../../../src/provision/provision.js';
import { detection, hosts, type Condition, type SampleHost } from './hosts.js';
import { RecordingShell } from './recording-shell.js';
import { request } from './request.js';

type Change = Parameters<typeof request>[0];
type Answers = ConstructorParameters<typeof RecordingShell>[0];

const applied = 'changed|/etc/docker/daemon.json\nrestarted|yes\nengine|28.5.2\n';

async function run(host: SampleHost, condition: Condition, change: Change = {}, answers: Answers = {}) {
  const asked = request(change);
  const shell = new RecordingShell({ 'provision/apply.sh': [applied], 'provision/hostname.sh': [''], ...answers });
  const outcome = await provision(shell, parseFacts(detection(host, condition)), asked).then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error: TsmachineError.from(error) }),
  );
  return {
    ...outcome,
    shell,
    said: asked.said,
    infos: asked.said.filter((one) => one.kind === 'info').map((one) => one.text),
    warnings: asked.said.filter((one) => one.kind === 'warn').map((one) => one.text),
  };
}

describe('provisioning', () => {
  it('is one remote command where the engine is there', async () => {
    const { shell, result, infos, warnings } = await run(hosts.debian12, { engine: '28.5.2' });
    expect(shell.templates).to.deep.equal(['apply.sh']);
    expect(result).to.deep.equal({
      provisioner: 'debian',
      engineVersion: '28.5.2',
      restarted: true,
      changed: ['/etc/docker/daemon.json'],
      certificates: { ca: '/etc/docker/ca.pem', cert: '/etc/docker/server.pem', key: '/etc/docker/server-key.pem' },
    });
    expect(infos).to.deep.equal([
      'Provisioning with debian...',
      'Copying certs to the remote machine...',
      'Setting Docker configuration on the remote daemon...',
    ]);
    expect(warnings).to.deep.equal([]);
    expect(shell.variables('apply.sh')).to.include({
      INIT: 'systemd',
      CA: 'CA\n',
      CERT: 'CERT\n',
      KEY: 'KEY\n',
      CA_FILE: '/etc/docker/ca.pem',
      CERT_FILE: '/etc/docker/server.pem',
      KEY_FILE: '/etc/docker/server-key.pem',
      SETTINGS_FILE: '/etc/docker/daemon.json',
      OVERRIDE_FILE: '/etc/systemd/system/docker.service.d/zz-tsmachine.conf',
      VALIDATE: '/usr/sbin/dockerd',
      SOCKET: '/var/run/docker.sock',
    });
  });

  for (const [name, template] of [
    ['debian12', 'install-apt.sh'],
    ['ubuntu2404', 'install-apt.sh'],
    ['rocky', 'install-dnf.sh'],
    ['amazon2023', 'install-dnf.sh'],
    ['leap', 'install-zypper.sh'],
    ['arch', 'install-pacman.sh'],
    ['alpine', 'install-apk.sh'],
  ] as const) {
    it(`looks again after installing on ${name} and then applies`, async () => {
      const { shell, error, infos } = await run(
        hosts[name],
        {},
        {},
        {
          [`provision/${template}`]: ['progress|Installing x\nnote|from the distribution\n'],
          'provision/detect.sh': [detection(hosts[name], { engine: '28.5.2', running: false })],
        },
      );
      expect(error).to.equal(undefined);
      expect(shell.templates).to.deep.equal([template, 'detect.sh', 'apply.sh']);
      expect(infos).to.include.members(['Installing Docker...', 'from the distribution']);
    });
  }

  it('keeps the engine of a system it does not know', async () => {
    const { shell, error } = await run({ ...hosts.gentoo, confD: '' }, { engine: '27.1.1' });
    expect(error).to.equal(undefined);
    expect(shell.variables('apply.sh')).to.include({ INIT: 'openrc' });
  });

  it('never installs over an engine, but says that another version was asked for', async () => {
    const { shell, warnings } = await run(hosts.debian12, { engine: '20.10.24+dfsg1' }, { install: { version: '29' } });
    expect(shell.templates).to.deep.equal(['apply.sh']);
    expect(warnings[0]).to.contain('20.10.24+dfsg1').and.contain('29');
  });

  it('refuses at a create a host whose engine is of another version than the one asked for', () => {
    const facts = parseFacts(detection(hosts.debian12, { engine: '26.1.5+dfsg1' }));
    for (const version of ['26', '26.1', 'v26.1.5', '26.1.5+dfsg1', '26.1.5+dfsg1-9']) {
      refuseOtherVersion(facts, { mode: 'auto', version }, 'm1');
    }
    refuseOtherVersion(facts, { mode: 'auto' }, 'm1');
    refuseOtherVersion(parseFacts(detection(hosts.debian12)), { mode: 'auto', version: '99' }, 'm1');
    for (const version of ['99', '2', '26.10', '28.5']) {
      expect(() => {
        refuseOtherVersion(facts, { mode: 'auto', version }, 'm1');
      }, version)
        .to.throw(`m1 already has engine 26.1.5+dfsg1, and version ${version} is not installed over it`)
        .with.property('code', 'ENGINE_INSTALL');
    }
  });

  it('finishes an installation that was interrupted', async () => {
    const { shell } = await run(
      hosts.debian12,
      { engine: '28.5.2', extra: ['dpkg|docker.io install ok unpacked'] },
      {},
      {
        'provision/install-apt.sh': [''],
        'provision/detect.sh': [detection(hosts.debian12, { engine: '28.5.2' })],
      },
    );
    expect(shell.templates).to.deep.equal(['install-apt.sh', 'detect.sh', 'apply.sh']);
  });

  it('announces a restart with the containers it stops or keeps', async () => {
    expect((await run(hosts.debian12, { engine: '28.5.2', containers: 2 })).warnings).to.deep.equal([
      'The engine restarts now, which stops 2 running containers; those with a restart policy start again by themselves',
    ]);
    expect((await run(hosts.debian12, { engine: '28.5.2', containers: 1, liveRestore: true })).warnings).to.deep.equal([
      'The engine restarts now; 1 running container keeps running (live-restore)',
    ]);
  });

  it('sets the host name only where asked, where it differs, and where it can be one', async () => {
    expect((await run(hosts.debian12, { engine: '28.5.2' }, { setHostname: true })).shell.variables('hostname.sh')).to.deep.equal({
      NAME: 'm1',
      FILE: '/etc/hostname',
    });
    const odd = await run(hosts.debian12, { engine: '28.5.2' }, { setHostname: true, machine: 'a..b' });
    expect(odd.shell.templates).to.deep.equal(['apply.sh']);
    const extra = ['hosts|127.0.1.1 other m1 # x'];
    const right = detection(hosts.debian12, { engine: '28.5.2', extra }).replace('hostname|box', 'hostname|m1');
    const shell = new RecordingShell({ 'provision/apply.sh': [applied] });
    await provision(shell, parseFacts(right), request({ setHostname: true }));
    expect(shell.templates).to.deep.equal(['apply.sh']);
  });

  it('waits for cloud-init and looks again', async () => {
    const { shell, said } = await run(
      hosts.ubuntu2404,
      { extra: ['cloud-init|running'] },
      {},
      {
        'provision/wait-cloud-init.sh': ['state|done\n'],
        'provision/detect.sh': [detection(hosts.ubuntu2404, { engine: '28.5.2' })],
      },
    );
    expect(shell.templates).to.deep.equal(['wait-cloud-init.sh', 'detect.sh', 'apply.sh']);
    expect(said).to.deep.include({ kind: 'progress', text: 'Waiting for cloud-init to finish' });
  });

  it('asks for the certificates once', async () => {
    let calls = 0;
    const { shell } = await run(
      hosts.debian12,
      {},
      {
        certificates: () => {
          calls += 1;
          return Promise.resolve({ ca: 'a', cert: 'b', key: 'c' });
        },
      },
      { 'provision/install-apt.sh': [''], 'provision/detect.sh': [detection(hosts.debian12, { engine: '28.5.2' })] },
    );
    expect(calls).to.equal(1);
    expect(shell.variables('apply.sh')).to.include({ CA: 'a', CERT: 'b', KEY: 'c' });
  });

  it("fails with the certificates' own error", async () => {
    const { error, shell } = await run(
      hosts.debian12,
      { engine: '28.5.2' },
      { certificates: () => Promise.reject(new TsmachineError('CA_EXPIRED', 'expired')) },
    );
    expect(error?.code).to.equal('CA_EXPIRED');
    expect(shell.templates).to.deep.equal([]);
  });

  it('refuses before it touches anything', async () => {
    const full = await run(hosts.debian12, { freeVar: 100_000 });
    expect([full.error?.code, full.shell.templates]).to.deep.equal(['HOST_DISK_FULL', []]);
    expect(full.error?.message).to.contain('97 MB left, 300 MB are needed');
    const snap = await run(hosts.ubuntu2404, { extra: ['snap|yes'] });
    expect([snap.error?.code, snap.shell.templates]).to.deep.equal(['ENGINE_CONFIG', []]);
    const json = await run(hosts.debian12, { engine: '28.5.2', config: '{' }, { setHostname: true });
    expect([json.error?.code, json.shell.templates]).to.deep.equal(['ENGINE_CONFIG', []]);
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    stop.abort(new TsmachineError('CANCELLED', 'stopped'));
    const { error, shell } = await run(hosts.debian12, { engine: '28.5.2' }, { signal: stop.signal });
    expect([error?.code, shell.templates]).to.deep.equal(['CANCELLED', []]);
  });
});

describe('a failed installation', () => {
  const fails = async (exitCode: number, stdout: string, change: Change = {}) =>
    (await run(hosts.debian12, {}, change, { 'provision/install-apt.sh': [{ exitCode, stdout }] })).error;

  it('names the lock and who holds it', async () => {
    const error = await fails(20, 'E: Could not get lock\nfailure|held by process 77 (apt-get)\n');
    expect(error?.code).to.equal('PACKAGE_LOCK');
    expect(error?.message).to.contain('300 s').and.contain('process 77 (apt-get)');
  });

  it('lists the versions there are', async () => {
    const error = await fails(21, 'available|docker-ce 5:28.1.0\navailable|docker-ce 5:28.0.0\n', { install: { version: '27' } });
    expect(error?.code).to.equal('ENGINE_INSTALL');
    expect(error?.hint).to.contain('docker-ce 5:28.1.0\n  docker-ce 5:28.0.0');
  });

  it('shows the last lines and what they mean', async () => {
    const network = await fails(22, "progress|x\nErr:1 http://deb\nE: Temporary failure resolving 'deb.debian.org'\n");
    expect(network?.code).to.equal('ENGINE_INSTALL');
    expect(network?.message).to.contain('Temporary failure resolving').and.not.contain('progress|');
    expect(network?.hint).to.contain('DNS');
    const full = await fails(22, 'dpkg: error: failed to write (No space left on device)\n');
    expect(full?.code).to.equal('HOST_DISK_FULL');
    const silent = await fails(23, 'failure|Could not resolve host\n', { install: { mode: 'docker' } });
    expect(silent?.message).to.contain('https://download.docker.com/linux/debian cannot be reached from m1: Could not resolve host');
    expect(silent?.hint).to.contain('--engine-install distro');
  });
});

describe('a configuration the engine does not take', () => {
  const fails = async (exitCode: number, stdout: string, stderr = '') =>
    (await run(hosts.debian12, { engine: '28.5.2' }, {}, { 'provision/apply.sh': [{ exitCode, stdout, stderr }] })).error;

  it('is blamed when the engine runs without it', async () => {
    const error = await fails(
      31,
      'log|an older failure\nlog|Starting docker.service - Docker...\nlog|time="x" level=info msg="noise"\n' +
        'log|docker.service: Failed with result noise\nlog|failed to start daemon: failed to set log opts\nundone|yes\nrunning|yes\n',
    );
    expect(error?.code).to.equal('ENGINE_CONFIG');
    expect(error?.message)
      .to.contain('The previous configuration was put back and the engine is running with it:\n  failed to start daemon')
      .and.not.contain('noise')
      .and.not.contain('older');
  });

  it('is told apart from an engine that does not start at all', async () => {
    const error = await fails(31, 'log|failed to start containerd: timeout\nundone|yes\n');
    expect(error?.code).to.equal('ENGINE_START');
    expect(error?.message).to.contain('The previous files were put back').and.contain('containerd');
  });

  it("is shown as dockerd's verdict", async () => {
    const error = await fails(30, "log|the following directives don't match any configuration option: foo\nundone|yes\nrunning|yes\n");
    expect(error?.code).to.equal('ENGINE_CONFIG');
    expect(error?.message).to.contain('foo');
  });

  it('is told apart from a full or read-only disk', async () => {
    expect((await fails(32, 'unwritable|/etc/docker/ca.pem\n'))?.code).to.equal('HOST_DISK_FULL');
    const why = 'why|sh: 80: cannot create /etc/docker/ca.pem.tsmachine-new: Read-only file system';
    const readOnly = await fails(33, `unwritable|/etc/docker/ca.pem\n${why}\n`);
    expect([readOnly?.code, readOnly?.message]).to.deep.equal([
      'ENGINE_CONFIG',
      '/etc/docker/ca.pem on m1 cannot be written: Read-only file system. Nothing was changed',
    ]);
    expect(plain(readOnly?.hint ?? '')).to.contain('findmnt -T /etc/docker/ca.pem');
    const immutable = await fails(33, 'unwritable|/etc/docker/ca.pem\nwhy|mv: cannot move x to y: Operation not permitted\n');
    expect(plain(immutable?.hint ?? '')).to.contain('lsattr -d /etc/docker /etc/docker/ca.pem');
  });

  it('is explained by what systemd and the engine say, not by the step', async () => {
    const masked = await fails(31, 'log|\nrestart|Failed to restart docker.service: Unit docker.socket is masked.\nrunning|yes\n');
    expect([masked?.code, masked?.message]).to.deep.equal(['ENGINE_START', 'docker.socket of m1 is masked: systemd refuses to start it']);
    const taken = await fails(
      31,
      'log|failed to load listeners: listen tcp 0.0.0.0:2376: bind: address already in use\nundone|yes\nrunning|yes\n',
    );
    expect(taken?.message).to.contain('Port 2376 of m1').and.contain('another program');
    expect(plain(taken?.hint ?? '')).to.not.contain('--engine');
    const missing = await fails(
      31,
      "log|docker.service: Unable to locate executable '/usr/bin/dockerd': No such file or directory\nrunning|yes\n" +
        'restart|Job for docker.service failed because the control process exited with error code.\n',
    );
    expect(missing?.message).to.contain("Unable to locate executable '/usr/bin/dockerd'").and.not.contain('Job for');
  });
});
