import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';

import { expect } from 'chai';

import { detect } from '../../../src/provision/look/detect-host.js';
import { Sandbox, canIsolate, interpreters } from './sandbox.js';

const signal = new AbortController().signal;

for (const interpreter of interpreters) {
  describe(`detecting with ${interpreter[0]}`, () => {
    it('tells the truth about this computer', async () => {
      const box = new Sandbox(interpreter);
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const facts = await detect(box, { signal }).finally(() => {
        server.close();
        box.remove();
      });
      expect(readFileSync('/etc/os-release', 'utf8')).to.match(new RegExp(`^ID="?${facts.os.id}"?$`, 'm'));
      expect(facts.hostname).to.equal(hostname());
      expect(Math.abs(facts.clock - Date.now() / 1000)).to.be.lessThan(5);
      expect(facts.listeners.find((one) => one.port === port)).to.deep.include({ address: '127.0.0.1', pid: String(process.pid) });
      expect(facts.free.var).to.be.greaterThan(0);
      expect(facts.free.etc).to.be.greaterThan(0);
      expect(facts.arch).to.equal({ x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? facts.arch);
    });

    // systemd hosts have other shells than busybox's
    if (interpreter[0] !== 'busybox')
      it('sees the unit, its environment files, the settings it names and the files that are there', async function (this: Mocha.Context) {
        if (!canIsolate()) {
          console.log('      needs root, mount namespaces and overlayfs');
          this.skip();
        }
        const box = new Sandbox(interpreter, true);
        box.program('dockerd', 'echo "Docker version 20.10.24+dfsg1, build 297e128"');
        box.program('docker', 'echo "20.10.24+dfsg1|2|true|overlay2|/srv"');
        box.program(
          'systemctl',
          `
        case "$1" in
          cat) printf '# /lib/systemd/system/docker.service\\n[Service]\\nEnvironmentFile=-${box.path('defaults')}\\nExecStart=/usr/sbin/dockerd -H fd:// --config-file=${box.path('own.json')} $DOCKER_OPTS\\n' ;;
          show) printf 'Id=docker.service\\nActiveState=active\\nUnitFileState=enabled\\n\\nId=firewalld.service\\nActiveState=inactive\\n' ;;
          is-active) echo active ;;
        esac`,
        );
        box.prepare(`mkdir -p /run/systemd/system /etc/docker; echo ca >/etc/docker/ca.pem
        echo '{"store":"s-1","name":"web","by":"me@here"}' >/etc/docker/tsmachine-owner.json
        printf 'DOCKER_OPTS="--mtu 9"' >'${box.path('defaults')}'; printf '{\\n "a|b": 1 }' >'${box.path('own.json')}'`);
        const facts = await detect(box, { signal }).finally(() => {
          box.remove();
        });
        expect(facts.engine).to.deep.include({
          path: box.path('bin', 'dockerd'),
          version: '20.10.24+dfsg1',
          running: true,
          runningContainers: 2,
          liveRestore: true,
          storageDriver: 'overlay2',
          incomplete: false,
        });
        expect(facts.service.missingPrograms).to.deep.equal(['/usr/sbin/dockerd']);
        expect(facts.owner).to.deep.equal({ store: 's-1', name: 'web', by: 'me@here' });
        expect(facts.storage).to.equal('/srv');
        expect(facts.free.docker).to.be.greaterThan(0);
        expect(facts.init).to.equal('systemd');
        expect(facts.service.unit).to.contain('ExecStart=/usr/sbin/dockerd -H fd://');
        expect(facts.service.environmentFiles).to.equal('DOCKER_OPTS="--mtu 9"');
        expect(facts.config).to.deep.include({ path: box.path('own.json'), text: '{\n "a|b": 1 }' });
        expect(Object.keys(facts.config.sums)).to.include('/etc/docker/ca.pem');
        expect(facts.config.sums['/etc/docker/ca.pem']).to.equal('314a01b67979d4ecc6667666046246e726d9848903e33d0e63fab1165aea9d94');
      });

    it('does not wake an engine that waits behind its socket', async function (this: Mocha.Context) {
      if (!canIsolate()) this.skip();
      const box = new Sandbox(interpreter, true);
      box.program('dockerd', 'echo "Docker version 28.5.2, build 1"');
      box.program('docker', '');
      box.program(
        'systemctl',
        `case "$1" in
          cat) printf '[Service]\\nExecStart=/usr/sbin/dockerd -H fd:// --data-root /var/data\\n' ;;
          show) printf "Id=docker.service\\nActiveState=inactive\\n" ;;
          is-active) echo inactive; exit 3 ;;
        esac`,
      );
      box.prepare('mkdir -p /run/systemd/system');
      const facts = await detect(box, { signal });
      const asked = box.log.filter((line) => line.startsWith('docker '));
      box.remove();
      expect(asked).to.deep.equal([]);
      expect(facts.engine?.running).to.equal(false);
      expect(facts.storage).to.equal('/var/data');
    });
  });
}
