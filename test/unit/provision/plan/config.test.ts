import { createHash } from 'node:crypto';

import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { needsRestart, planConfig, type ConfigPlan } from '../../../../src/provision/plan/config.js';
import { parseFacts } from '../../../../src/provision/look/detect-host.js';
import type { HostFacts } from '../../../../src/provision/look/facts.js';
import { detection, hosts, type Condition, type SampleHost } from '../hosts.js';
import { request } from '../request.js';

type Request = Parameters<typeof request>[0];

function plan(
  host: SampleHost,
  condition: Condition = {},
  change: Request = {},
): { facts: HostFacts; plan: ConfigPlan; json: Record<string, unknown> } {
  const facts = parseFacts(detection(host, { engine: '28.5.2', ...condition }));
  if (!facts.engine) throw new Error('the sample host has an engine');
  const made = planConfig(facts, facts.engine, request(change));
  return { facts, plan: made, json: JSON.parse(made.settings?.text ?? '{}') as Record<string, unknown> };
}

const tls = { tlsverify: true, tlscacert: '/etc/docker/ca.pem', tlscert: '/etc/docker/server.pem', tlskey: '/etc/docker/server-key.pem' };
const execStart = (made: ConfigPlan) => /ExecStart=\nExecStart=(.*)/.exec(made.override?.text ?? '')?.[1];

/** Each vendor's unit: what is left of its command line, and where the engine listens besides TCP. */
const units: [keyof typeof hosts, execStart: string | undefined, hosts: string[]][] = [
  ['debian12', '/usr/sbin/dockerd --containerd=/run/containerd/containerd.sock $DOCKER_OPTS', ['fd://']],
  ['ubuntu2404', '/usr/bin/dockerd --containerd=/run/containerd/containerd.sock', ['fd://']],
  ['rocky', '/usr/bin/dockerd --containerd=/run/containerd/containerd.sock', ['fd://']],
  ['fedora', '/usr/bin/dockerd --exec-opt native.cgroupdriver=systemd $OPTIONS', ['fd://']],
  [
    'amazon2023',
    '/usr/bin/dockerd --containerd=/run/containerd/containerd.sock $OPTIONS $DOCKER_STORAGE_OPTIONS $DOCKER_ADD_RUNTIMES',
    ['fd://'],
  ],
  ['sles', undefined, ['unix:///var/run/docker.sock']],
  ['leap', undefined, ['unix:///var/run/docker.sock']],
  ['tumbleweed', undefined, ['unix:///var/run/docker.sock']],
  ['arch', '/usr/bin/dockerd --containerd=/run/containerd/containerd.sock', ['fd://']],
  [
    'flatcar',
    '/usr/bin/env PATH=${TORCX_BINDIR}:${PATH} ${TORCX_BINDIR}/dockerd ' +
      '--containerd=/var/run/docker/libcontainerd/docker-containerd.sock $DOCKER_SELINUX $DOCKER_OPTS',
    ['fd://'],
  ],
  ['fedoraCoreos', '/usr/bin/dockerd --exec-opt native.cgroupdriver=systemd --default-runtime=runc $OPTIONS', ['fd://']],
];

describe('the plan of an engine configuration', () => {
  for (const [name, command, listeners] of units) {
    it(`frees the command line of ${name} and keeps the rest of it`, () => {
      const { plan: made, json } = plan(hosts[name]);
      expect(json).to.deep.equal({ hosts: [...listeners, 'tcp://0.0.0.0:2376'], labels: ['provider=generic'], ...tls });
      expect(execStart(made)).to.equal(command);
      expect(made.override?.path).to.equal('/etc/systemd/system/docker.service.d/zz-tsmachine.conf');
      expect(made).to.include({ init: 'systemd', socket: '/var/run/docker.sock', validator: hosts[name].dockerd });
      expect(made.settings?.path).to.equal('/etc/docker/daemon.json');
    });
  }

  it("starts the engine that is there where Docker Machine's drop-in names one that is not", () => {
    const dropIns =
      '\n\n# /etc/systemd/system/docker.service.d/10-machine.conf\n[Service]\nExecStart=\n' +
      'ExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock --storage-driver overlay2 --tlsverify ' +
      '--tlscacert /etc/docker/ca.pem --tlscert /etc/docker/server.pem --tlskey /etc/docker/server-key.pem --label provider=generic \nEnvironment=\n';
    const { plan: made, json } = plan(hosts.debian12, { dropIns, extra: ['no-program|/usr/bin/dockerd'] });
    expect(execStart(made)).to.equal('/usr/sbin/dockerd --storage-driver overlay2');
    expect(json['hosts']).to.deep.equal(['unix:///var/run/docker.sock', 'tcp://0.0.0.0:2376']);
    expect(execStart(plan(hosts.debian12, { dropIns }).plan)).to.equal('/usr/bin/dockerd --storage-driver overlay2');
  });

  it('writes every option of the request where it belongs', () => {
    const { plan: made, json } = plan(
      hosts.ubuntu2404,
      {},
      {
        port: 12376,
        hostIsIpv6: true,
        labels: ['provider=x'],
        engine: {
          Labels: ['a=b', 'a=c'],
          InsecureRegistry: ['r:5000'],
          RegistryMirror: ['https://m'],
          StorageDriver: 'btrfs',
          Env: ['A=1', 'B=two "words" %h'],
          ArbitraryFlags: ['log-driver=journald', 'log-opt tag=t', '--mtu=1400', 'debug', 'odd-option=some value'],
        },
      },
    );
    expect(json).to.deep.equal({
      'log-driver': 'journald',
      'log-opts': { tag: 't' },
      mtu: 1400,
      debug: true,
      'storage-driver': 'btrfs',
      labels: ['a=c', 'provider=x'],
      'insecure-registries': ['r:5000'],
      'registry-mirrors': ['https://m'],
      hosts: ['fd://', 'tcp://[::]:12376'],
      ...tls,
    });
    expect(execStart(made)).to.equal('/usr/bin/dockerd --containerd=/run/containerd/containerd.sock "--odd-option=some value"');
    expect(made.override?.text).to.contain('\nEnvironment="A=1" "B=two \\"words\\" %%h"\n');
  });

  it('adds the loopback registries an engine from 29.10 on no longer implies', () => {
    const registries = (engine: string) =>
      plan(hosts.ubuntu2404, { engine }, { engine: { InsecureRegistry: ['r:1'] } }).json['insecure-registries'];
    expect(registries('29.10.0')).to.deep.equal(['r:1', '127.0.0.0/8', '::1/128']);
    expect(registries('29.9.3')).to.deep.equal(['r:1']);
  });

  it('forces no storage driver and no registries', () => {
    expect(plan(hosts.debian12).json).to.not.have.any.keys('storage-driver', 'insecure-registries', 'registry-mirrors');
  });

  it('takes a Docker Machine host over', () => {
    const dropIns = `

# /etc/systemd/system/docker.service.d/10-machine.conf
[Service]
ExecStart=
ExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock --storage-driver overlay2 --tlsverify --tlscacert /etc/docker/ca.pem --tlscert /etc/docker/server.pem --tlskey /etc/docker/server-key.pem --label a=b --label provider=generic 
Environment=`;
    const { plan: made, json } = plan(hosts.ubuntu2404, { dropIns });
    expect(json).to.deep.equal({
      hosts: ['unix:///var/run/docker.sock', 'tcp://0.0.0.0:2376'],
      labels: ['a=b', 'provider=generic'],
      ...tls,
    });
    expect(execStart(made)).to.equal('/usr/bin/dockerd --storage-driver overlay2');
  });

  it("moves flags whose keys the user's daemon.json or ours holds, from references as well", () => {
    const host = { ...hosts.debian12, environment: 'DOCKER_OPTS="--label rack=3 --mtu 1400"' };
    const { plan: made, json } = plan(host, { config: '{"data-root": "/srv"}' });
    expect(json)
      .to.include({ 'data-root': '/srv' })
      .and.deep.include({ labels: ['rack=3', 'provider=generic'] });
    expect(execStart(made)).to.equal('/usr/sbin/dockerd --containerd=/run/containerd/containerd.sock --mtu 1400');
  });

  it('changes nothing the second time, and takes back what is no longer asked for', () => {
    const change = { engine: { Labels: ['a=b'], InsecureRegistry: ['r:1'], ArbitraryFlags: ['mtu=1400'], Env: ['A=b'] } };
    const user = '{"labels": ["mine=1"], "insecure-registries": ["u:1"]}';
    const first = plan(hosts.debian12, { config: user }, change).plan;
    const after = { config: first.settings?.text ?? '', dropIns: `\n\n# ${first.override?.path ?? ''}\n${first.override?.text ?? ''}` };
    const second = plan(hosts.debian12, after, change).plan;
    expect(second.settings).to.equal(undefined);
    expect(second.override).to.equal(undefined);
    const third = plan(hosts.debian12, after);
    expect(third.json).to.deep.equal({
      labels: ['mine=1', 'provider=generic'],
      'insecure-registries': ['u:1'],
      hosts: ['fd://', 'tcp://0.0.0.0:2376'],
      ...tls,
    });
    expect(third.plan.override?.text).to.not.contain('Environment=');
  });

  it('listens on the new port only, when the port changes', () => {
    const first = plan(hosts.debian12).plan;
    const after = { config: first.settings?.text ?? '', dropIns: `\n\n# ${first.override?.path ?? ''}\n${first.override?.text ?? ''}` };
    expect(plan(hosts.debian12, after, { port: 12376 }).json['hosts']).to.deep.equal(['fd://', 'tcp://0.0.0.0:12376']);
  });

  it("writes OpenRC's flags and variables into a block of its own", () => {
    const { plan: made, json } = plan(hosts.alpine, {}, { engine: { Env: ["A=it's"], ArbitraryFlags: ['odd=1'] } });
    expect(json).to.deep.equal({
      labels: ['rack=3', 'provider=generic'],
      hosts: ['unix:///var/run/docker.sock', 'tcp://0.0.0.0:2376'],
      ...tls,
    });
    expect(made.init).to.equal('openrc');
    expect(made.override?.path).to.equal('/etc/conf.d/docker');
    const [theirs, block] = (made.override?.text ?? '').split('# tsmachine begin\n');
    expect(theirs).to.equal(`${hosts.alpine.confD}\n`);
    expect(block).to.contain("DOCKER_OPTS='--mtu 1400 --odd=1'\nexport A='it'\\''s'\n# tsmachine end\n");
    const again = plan(
      { ...hosts.alpine, confD: (made.override?.text ?? '').trimEnd() },
      { config: made.settings?.text ?? '' },
      { engine: { Env: ["A=it's"], ArbitraryFlags: ['odd=1'] } },
    );
    expect([again.plan.settings, again.plan.override]).to.deep.equal([undefined, undefined]);
  });

  it("writes boot2docker's profile", () => {
    const { plan: made } = plan(
      hosts.boot2docker,
      { engine: '19.03.12' },
      {
        engine: {
          Labels: ['foo=bar'],
          InsecureRegistry: ['r:1'],
          RegistryMirror: ['http://m'],
          ArbitraryFlags: ['log-driver=x'],
          Env: ['A=b c'],
          StorageDriver: 'overlay2',
        },
      },
    );
    expect(made.settings).to.equal(undefined);
    expect(made.certificates.key).to.equal('/var/lib/boot2docker/server-key.pem');
    expect(made.override).to.deep.equal({
      path: '/var/lib/boot2docker/profile',
      text:
        "\nEXTRA_ARGS='\n--label foo=bar\n--label provider=generic\n--insecure-registry r:1\n--registry-mirror " +
        "http://m\n--log-driver=x\n\n'\n" +
        "CACERT=/var/lib/boot2docker/ca.pem\nDOCKER_HOST='-H tcp://0.0.0.0:2376'\nDOCKER_STORAGE=overlay2\nDOCKER_TLS=auto\n" +
        "SERVERKEY=/var/lib/boot2docker/server-key.pem\nSERVERCERT=/var/lib/boot2docker/server.pem\n\nexport 'A=b c'\n",
    });
  });

  it('touches no daemon.json it cannot read', () => {
    for (const config of ['{"a": 1,}', '[]', '"x"']) {
      expect(() => plan(hosts.debian12, { config }))
        .to.throw(TsmachineError, /daemon\.json on m1 .*Nothing was changed/)
        .with.property('code', 'ENGINE_CONFIG');
    }
    expect(plan(hosts.debian12, { config: '' }).json).to.have.property('tlsverify', true);
  });

  it('refuses a host whose engine nothing known starts', () => {
    expect(() => plan({ ...hosts.debian12, unit: '' })).to.throw(/no docker\.service/);
    expect(() => plan({ ...hosts.gentoo, init: 'sysv' }))
      .to.throw(TsmachineError)
      .with.property('code', 'ENGINE_START');
  });

  it('warns of what the user may not expect', () => {
    const { plan: made } = plan(
      hosts.debian12,
      { config: '{"hosts": ["tcp://0.0.0.0:2375"], "tlscacert": "/etc/own.pem"}' },
      { engine: { StorageDriver: 'vfs' } },
    );
    expect(made.warnings).to.have.length(3);
    expect(made.warnings[0]).to.contain('overlay2 to vfs');
    expect(plan(hosts.debian12).plan.warnings).to.deep.equal([]);
  });

  it('validates with engines that can', () => {
    expect(plan(hosts.debian12, { engine: '20.10.24' }).plan.validator).to.equal('');
    expect(plan(hosts.debian12, { engine: '23.0.0' }).plan.validator).to.equal('/usr/sbin/dockerd');
  });

  it('restarts for another certificate, and for nothing otherwise', () => {
    const first = plan(hosts.debian12).plan;
    const after = { config: first.settings?.text ?? '', dropIns: `\n\n# ${first.override?.path ?? ''}\n${first.override?.text ?? ''}` };
    const sum = (text: string) => createHash('sha256').update(text).digest('hex');
    const extra = [
      `sum|${sum('CA')}  /etc/docker/ca.pem`,
      `sum|${sum('CERT')}  /etc/docker/server.pem`,
      `sum|${sum('KEY')}  /etc/docker/server-key.pem`,
    ];
    const { facts, plan: second } = plan(hosts.debian12, { ...after, extra });
    expect(needsRestart(second, facts, { ca: 'CA', cert: 'CERT', key: 'KEY' })).to.equal(false);
    expect(needsRestart(second, facts, { ca: 'CA', cert: 'CERT', key: 'NEW' })).to.equal(true);
    const stopped = parseFacts(detection(hosts.debian12, { engine: '28.5.2', ...after, extra, running: false }));
    expect(needsRestart(second, stopped, { ca: 'CA', cert: 'CERT', key: 'KEY' })).to.equal(true);
  });
});
