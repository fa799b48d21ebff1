import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';

import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { applyConfig } from '../../../src/provision/apply/apply-config.js';
import type { ConfigPlan } from '../../../src/provision/plan/config.js';
import { request } from '../../unit/provision/request.js';
import { Sandbox, canIsolate, interpreters, modeOf } from './sandbox.js';

const certificate = { ca: 'CA line\n', cert: 'CERT line\n', key: "KEY line\nwith $odd `text` \\n 'quoted'\n" };

/** A service manager that starts an engine unless its settings say `"bad"`, and an engine that answers while it is active. */
function fakeSystemd(box: Sandbox): void {
  box.program(
    'systemctl',
    `
case "$1" in
  is-active) cat "$STATE/active" ;;
  is-failed) [ "$(cat "$STATE/active")" = failed ] && echo failed ;;
  is-enabled) exit 0 ;;
  restart) if grep -q bad '${box.path('etc', 'daemon.json')}' 2>/dev/null; then echo failed >"$STATE/active"; exit 1; else echo active >"$STATE/active"; fi ;;
esac`,
  );
  box.program('docker', '[ "$(cat "$STATE/active")" = active ] && echo 28.5.2');
  box.program('journalctl', 'echo "failed to start daemon: bad setting"; echo last line');
  box.program('restorecon', '');
  box.state('active', 'active');
  mkdirSync(box.path('etc'));
}

function plan(box: Sandbox, change: Partial<ConfigPlan> = {}): ConfigPlan {
  return {
    init: 'systemd',
    certificates: { ca: box.path('etc', 'ca.pem'), cert: box.path('etc', 'server.pem'), key: box.path('etc', 'server-key.pem') },
    settings: { path: box.path('etc', 'daemon.json'), text: '{"new": 1}\n' },
    override: { path: box.path('units', 'docker.service.d', 'zz-tsmachine.conf'), text: '[Service]\nExecStart=\n' },
    socket: '/var/run/docker.sock',
    validator: '',
    warnings: [],
    ...change,
  };
}

const fail = (work: Promise<unknown>): Promise<TsmachineError> =>
  work.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: unknown) => TsmachineError.from(error),
  );

for (const interpreter of interpreters) {
  describe(`applying a configuration with ${interpreter[0]}`, () => {
    let box: Sandbox;
    const read = (...names: string[]) => readFileSync(box.path(...names), 'utf8');
    const restarts = () => box.log.filter((line) => line === 'systemctl restart docker.service').length;

    beforeEach(() => {
      box = new Sandbox(interpreter);
      fakeSystemd(box);
    });
    afterEach(() => {
      box.remove();
    });

    it('writes every file exactly, the key for root alone, and restarts once', async () => {
      const mask = process.umask(0);
      const applied = await applyConfig(box, plan(box), certificate, request()).finally(() => {
        process.umask(mask);
      });
      expect(applied).to.deep.include({ restarted: true, engineVersion: '28.5.2' });
      expect(applied.changed).to.have.length(5);
      expect([read('etc', 'ca.pem'), read('etc', 'server.pem'), read('etc', 'server-key.pem')]).to.deep.equal([
        certificate.ca,
        certificate.cert,
        certificate.key,
      ]);
      expect(read('etc', 'daemon.json')).to.equal('{"new": 1}\n');
      expect(read('units', 'docker.service.d', 'zz-tsmachine.conf')).to.equal('[Service]\nExecStart=\n');
      expect([
        modeOf(box.path('etc', 'server-key.pem')),
        modeOf(box.path('etc', 'daemon.json')),
        modeOf(box.path('units', 'docker.service.d')),
      ]).to.deep.equal(['600', '644', '755']);
      expect(restarts()).to.equal(1);
      expect(box.log.indexOf('systemctl daemon-reload')).to.be.lessThan(box.log.indexOf('systemctl restart docker.service')).and.above(-1);
      expect(readdirSync(box.path('etc')).sort()).to.deep.equal(['ca.pem', 'daemon.json', 'server-key.pem', 'server.pem']);
    });

    it('keeps the key out of every command line', async () => {
      await applyConfig(box, plan(box), certificate, request());
      expect(box.log.join('\n')).to.not.contain('KEY line').and.not.contain('CERT line');
    });

    it('marks whose the engine is, without a restart for the mark alone', async () => {
      const marked = (name: string) => request({ owner: { store: 's-1', name, by: 'me@here' } });
      await applyConfig(box, plan(box), certificate, request());
      box.clearLog();
      const again = await applyConfig(box, plan(box), certificate, marked('web'));
      expect(again).to.deep.equal({ restarted: false, engineVersion: '28.5.2', changed: [] });
      expect(restarts()).to.equal(0);
      expect(read('etc', 'tsmachine-owner.json')).to.equal('{"store":"s-1","name":"web","by":"me@here"}\n');
      const bad = plan(box, { settings: { path: box.path('etc', 'daemon.json'), text: '{"bad": 1}' } });
      await fail(applyConfig(box, bad, certificate, marked('other')));
      expect(read('etc', 'tsmachine-owner.json')).to.contain('"web"');
    });

    it('passes on what systemd says of a restart', async () => {
      box.program(
        'systemctl',
        'case "$1" in restart) echo "Failed to restart docker.service: Unit docker.socket is masked." >&2; exit 1 ;; is-active) echo active ;; esac',
      );
      const error = await fail(applyConfig(box, plan(box), certificate, request()));
      expect(error.message).to.equal('docker.socket of m1 is masked: systemd refuses to start it');
    });

    it('says why a file cannot be written', async () => {
      mkdirSync(box.path('etc', 'daemon.json'));
      const error = await fail(applyConfig(box, plan(box), certificate, request()));
      expect(error.message).to.match(/daemon\.json on m1 cannot be written: .+. Nothing was changed/);
    });

    it('touches nothing the second time', async () => {
      await applyConfig(box, plan(box), certificate, request());
      box.clearLog();
      const again = await applyConfig(box, plan(box), certificate, request());
      expect(again).to.deep.equal({ restarted: false, engineVersion: '28.5.2', changed: [] });
      expect(box.log.filter((line) => /restart|reload/.test(line))).to.deep.equal([]);
    });

    it('restarts an engine whose program is new although its files are not', async () => {
      await applyConfig(box, plan(box), certificate, request());
      box.clearLog();
      const again = await applyConfig(box, plan(box), certificate, request({ restart: true }));
      expect(again).to.deep.equal({ restarted: true, engineVersion: '28.5.2', changed: [] });
      expect(restarts()).to.equal(1);
    });

    it('starts an engine that stands still although nothing changed', async () => {
      await applyConfig(box, plan(box), certificate, request());
      box.state('active', 'inactive');
      expect(await applyConfig(box, plan(box), certificate, request())).to.deep.include({ restarted: true, changed: [] });
    });

    it('puts everything back and starts the old engine when the new settings do not start', async () => {
      writeFileSync(box.path('etc', 'daemon.json'), '{ "mine": true }', { mode: 0o640 });
      writeFileSync(box.path('etc', 'ca.pem'), 'old CA', { mode: 0o444 });
      const bad = plan(box, { settings: { path: box.path('etc', 'daemon.json'), text: '{"bad": 1}' } });
      const error = await fail(applyConfig(box, bad, certificate, request()));
      expect(error.code).to.equal('ENGINE_CONFIG');
      expect(error.message).to.contain('put back and the engine is running with it').and.contain('bad setting').and.contain('last line');
      expect([read('etc', 'daemon.json'), read('etc', 'ca.pem')]).to.deep.equal(['{ "mine": true }', 'old CA']);
      expect([modeOf(box.path('etc', 'daemon.json')), modeOf(box.path('etc', 'ca.pem'))]).to.deep.equal(['640', '444']);
      expect(readdirSync(box.path('etc')).sort()).to.deep.equal(['ca.pem', 'daemon.json']);
      expect(existsSync(box.path('units', 'docker.service.d', 'zz-tsmachine.conf'))).to.equal(false);
      expect(read('state', 'active').trim()).to.equal('active');
      expect(restarts()).to.equal(2);
    });

    it('leaves an engine that was not running alone after a failed start', async () => {
      box.state('active', 'inactive');
      const bad = plan(box, { settings: { path: box.path('etc', 'daemon.json'), text: '{"bad": 1}' } });
      const error = await fail(applyConfig(box, bad, certificate, request()));
      expect(error.message).to.contain('The previous files were put back');
      expect(readdirSync(box.path('etc'))).to.deep.equal([]);
      expect(restarts()).to.equal(1);
    });

    it('never restarts with settings dockerd refuses', async () => {
      box.program(
        'dockerd',
        'echo "$*" | grep -q -- --validate || exit 9; grep -q bad "$3" && { echo "unknown directive: bad" >&2; exit ' +
          '1; }; echo configuration OK',
      );
      const validator = box.path('bin', 'dockerd');
      await applyConfig(box, plan(box, { validator }), certificate, request());
      box.clearLog();
      const bad = plan(box, { validator, settings: { path: box.path('etc', 'daemon.json'), text: '{"bad": 1}' } });
      const error = await fail(applyConfig(box, bad, { ...certificate, cert: 'another' }, request()));
      expect(error.code).to.equal('ENGINE_CONFIG');
      expect(error.message).to.contain('unknown directive: bad');
      expect([read('etc', 'daemon.json'), read('etc', 'server.pem')]).to.deep.equal(['{"new": 1}\n', certificate.cert]);
      expect(restarts()).to.equal(0);
    });

    it('writes through a symbolic link', async () => {
      writeFileSync(box.path('real.json'), '{}');
      symlinkSync(box.path('real.json'), box.path('etc', 'daemon.json'));
      await applyConfig(box, plan(box), certificate, request());
      expect(lstatSync(box.path('etc', 'daemon.json')).isSymbolicLink()).to.equal(true);
      expect(read('real.json')).to.equal('{"new": 1}\n');
    });

    it('leaves what is not in the plan as it is', async () => {
      await applyConfig(box, plan(box, { settings: undefined, override: undefined }), certificate, request());
      expect(existsSync(box.path('etc', 'daemon.json'))).to.equal(false);
      expect(existsSync(box.path('units'))).to.equal(false);
    });

    it('works with OpenRC', async () => {
      box.program(
        'rc-service',
        'case "$2" in status) [ "$(cat "$STATE/active")" = active ] ;; restart) echo active >"$STATE/active" ;; esac',
      );
      box.program('rc-update', '[ "$1" != show ] || echo "  sshd | default"');
      box.state('active', 'inactive');
      await applyConfig(box, plan(box, { init: 'openrc' }), certificate, request());
      expect(box.log).to.include.members(['rc-service docker restart', 'rc-update add docker default']);
      expect(box.log.filter((line) => line.startsWith('systemctl'))).to.deep.equal([]);
    });

    it('tells a full disk and leaves the old files', async function (this: Mocha.Context) {
      if (!canIsolate()) {
        console.log('      needs root, mount namespaces and overlayfs');
        this.skip();
      }
      box.remove();
      box = new Sandbox(interpreter, true);
      fakeSystemd(box);
      box.prepare(`mount -t tmpfs -o size=128k tmpfs '${box.path('etc')}'; echo old >'${box.path('etc', 'ca.pem')}'`);
      const error = await fail(applyConfig(box, plan(box), { ...certificate, key: 'k'.repeat(200_000) }, request()));
      expect(error.code).to.equal('HOST_DISK_FULL');
      expect(error.message).to.contain(box.path('etc', 'server-key.pem'));
      expect(restarts()).to.equal(0);
    });
  });
}
