import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { detect, parseFacts } from '../../../../src/provision/look/detect-host.js';
import { detection, hosts } from '../hosts.js';
import { RecordingShell } from '../recording-shell.js';

const signal = new AbortController().signal;

describe('detection', () => {
  it('is one remote command', async () => {
    const shell = new RecordingShell({ 'provision/detect.sh': [detection(hosts.debian12)] });
    const facts = await detect(shell, { signal });
    expect(shell.templates).to.deep.equal(['detect.sh']);
    expect(facts).to.deep.include({
      family: 'debian',
      init: 'systemd',
      arch: 'x86_64',
      hostname: 'box',
      clock: 1_700_000_000,
      addresses: ['192.0.2.7'],
      cloudInit: 'absent',
      snapDocker: false,
      selinux: false,
    });
    expect(facts).to.not.have.any.keys('engine', 'firewall');
  });

  it('tells the engine that is there', () => {
    const facts = parseFacts(
      detection(hosts.debian12, { engine: '20.10.24+dfsg1', containers: 3, liveRestore: true, config: '{\n  "a|b": 1\n}' }),
    );
    expect(facts.engine).to.deep.equal({
      path: '/usr/sbin/dockerd',
      version: '20.10.24+dfsg1',
      running: true,
      runningContainers: 3,
      liveRestore: true,
      storageDriver: 'overlay2',
      incomplete: false,
    });
    expect(facts.config.text).to.equal('{\n  "a|b": 1\n}');
    expect(facts.service).to.include({ active: true, enabled: true });
  });

  it('tells the version of the program where an older one still runs, as packages leave it', () => {
    const output = detection(hosts.debian12, { engine: '26.1.5+dfsg1' }).replace('info|26.1.5+dfsg1', 'info|20.10.24+dfsg1');
    expect(parseFacts(output).engine).to.include({ version: '26.1.5+dfsg1', running: true });
    expect(parseFacts(output.replace(/^engine-version\|.*$/m, 'engine-version|')).engine).to.include({ version: '20.10.24+dfsg1' });
  });

  it('knows a stopped engine by its file, and counts containers without a client', () => {
    const stopped = parseFacts(detection(hosts.debian12, { engine: '26.1.5+dfsg1', running: false }));
    expect(stopped.engine).to.include({ version: '26.1.5+dfsg1', running: false, runningContainers: 0 });
    const extra = ['shims|2'];
    const output = detection(hosts.debian12, { engine: '28.5.2', extra }).replace(/^info\|.*\n/m, '');
    expect(parseFacts(output).engine).to.include({ version: '28.5.2', running: true, runningContainers: 2 });
  });

  it('knows an interrupted installation', () => {
    for (const extra of [['dpkg|docker.io install ok half-configured'], ['dpkg|docker.io install ok unpacked']]) {
      expect(parseFacts(detection(hosts.debian12, { engine: '28.5.2', extra })).engine?.incomplete).to.equal(true);
    }
    const masked = detection(hosts.debian12, { engine: '28.5.2', running: false }).replace(
      'UnitFileState=enabled',
      'UnitFileState=masked-runtime',
    );
    expect(parseFacts(masked).engine?.incomplete).to.equal(true);
    expect(
      parseFacts(detection(hosts.debian12, { engine: '28.5.2', extra: ['dpkg|docker.io install ok installed'] })).engine?.incomplete,
    ).to.equal(false);
  });

  it("leaves out addresses that are not the host's own or do not last", () => {
    const extra = [
      'address|3: docker0    inet 172.17.0.1/16 scope global docker0',
      'address|4: br-abc    inet 172.18.0.1/16 scope global br-abc',
      'address|2: eth0    inet6 2001:db8::1/64 scope global',
      'address|2: eth0    inet6 2001:db8::2/64 scope global temporary dynamic',
      'address|2: eth0    inet6 2001:db8::3/64 scope global deprecated',
      'address|9: veth1@if8    inet 10.0.0.1/24 scope global',
      'address|5: eth1    inet 10.1.0.1/24 scope global',
    ];
    expect(parseFacts(detection(hosts.debian12, { extra })).addresses).to.deep.equal(['192.0.2.7', '10.1.0.1', '2001:db8::1']);
  });

  it('names the firewall that is active', () => {
    expect(parseFacts(detection(hosts.ubuntu2404, { extra: ['firewall|ufw'] })).firewall).to.equal('ufw');
    const output = detection(hosts.rocky, {
      engine: '28.5.2',
      extra: ['state|', 'state|Id=firewalld.service', 'state|ActiveState=active'],
    });
    expect(parseFacts(output).firewall).to.equal('firewalld');
  });

  it('refuses output that stops before its end', () => {
    expect(() => parseFacts('version|1\nos|ID=debian\n'))
      .to.throw(TsmachineError)
      .with.property('code', 'REMOTE_COMMAND');
  });
});
