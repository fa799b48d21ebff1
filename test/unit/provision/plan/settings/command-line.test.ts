import { expect } from 'chai';

import { freeCommandLine } from '../../../../../src/provision/plan/settings/command-line.js';
import { addSetting, type Json } from '../../../../../src/provision/plan/settings/engine-flags.js';
import { environmentFileVariables, foreignUnit, ownDropIn, splitCommand } from '../../../../../src/provision/plan/init/unit.js';
import { environmentWord, execWord, splitWords } from '../../../../../src/provision/plan/settings/words.js';

const free = (line: string, keys: string[], variables: Record<string, string> = {}) =>
  freeCommandLine(splitWords(line), new Set(keys), new Map(Object.entries(variables)), execWord);

describe('docker.service as it is without us', () => {
  const unit = `# /lib/systemd/system/docker.service
[Service]
Environment=A=1 "B=two words"
# ExecStart=/commented/out
ExecStart=/usr/bin/dockerd -H fd:// \\
  # a comment in between
  --mtu 1400
[Install]
ExecStart=/not/this/one

# /etc/systemd/system/docker.service.d/10-machine.conf
[Service]
ExecStart=
ExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock --tlsverify --label provider=generic
Environment=A=2

# /etc/systemd/system/docker.service.d/zz-tsmachine.conf
# tsmachine-settings: {"labels":["x=y"]}
[Service]
ExecStart=
ExecStart=/ours`;

  it('obeys resets, continuation lines and the order of files, our own drop-in left out', () => {
    const { execStart, environment } = foreignUnit(unit);
    expect(execStart).to.equal(
      '/usr/bin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock --tlsverify --label provider=generic',
    );
    expect([...environment]).to.deep.equal([
      ['A', '2'],
      ['B', 'two words'],
    ]);
    const vendor = foreignUnit(unit.slice(0, unit.indexOf('# /etc')));
    expect(vendor.execStart?.replace(/\s+/g, ' ')).to.equal('/usr/bin/dockerd -H fd:// --mtu 1400');
  });

  it('finds our own drop-in', () => {
    expect(ownDropIn(unit)).to.contain('ExecStart=/ours').and.not.contain('provider=generic');
    expect(ownDropIn('# /lib/systemd/system/docker.service\n[Service]\n')).to.equal(undefined);
  });

  it('finds dockerd behind a wrapper', () => {
    const { program, args } = splitCommand('/usr/bin/env PATH=${X}:${PATH} ${X}/dockerd --host=fd:// $DOCKER_OPTS');
    expect(program.map((word) => word.raw)).to.deep.equal(['/usr/bin/env', 'PATH=${X}:${PATH}', '${X}/dockerd']);
    expect(args.map((word) => word.raw)).to.deep.equal(['--host=fd://', '$DOCKER_OPTS']);
  });

  it('reads environment files', () => {
    const variables = environmentFileVariables('# DOCKER_OPTS="no"\nexport A=1\nDOCKER_OPTS="--dns 8.8.8.8 \\\n --mtu 9"\nB=\'c d\'');
    expect([...variables]).to.deep.equal([
      ['A', '1'],
      ['DOCKER_OPTS', '--dns 8.8.8.8   --mtu 9'],
      ['B', 'c d'],
    ]);
  });
});

describe('freeing a command line', () => {
  it('moves every spelling of a flag daemon.json will hold, and keeps the rest as written', () => {
    const line =
      '-H fd:// -H=unix:///a.sock -Htcp://b:1 --host c:2 --tlsverify --tlscacert="/x y" --label a=b ' +
      '--containerd=/run/c.sock --unknown v $REF --mtu 9';
    const { words, moved } = free(line, ['hosts', 'tlsverify', 'tlscacert', 'labels']);
    expect(words).to.deep.equal(['--containerd=/run/c.sock', '--unknown', 'v', '$REF', '--mtu', '9']);
    expect(moved).to.deep.equal({
      hosts: ['fd://', 'unix:///a.sock', 'tcp://b:1', 'c:2'],
      tlsverify: true,
      tlscacert: '/x y',
      labels: ['a=b'],
    });
  });

  it('opens a reference only where something in it has to go', () => {
    const variables = { DOCKER_OPTS: '--insecure-registry=r:1 --mtu 9 --label "a=b c"', OTHER: '--mtu 8' };
    expect(free('$DOCKER_OPTS ${OTHER}', ['labels'], variables)).to.deep.equal({
      words: ['--insecure-registry=r:1', '--mtu', '9', '${OTHER}'],
      moved: { labels: ['a=b c'] },
    });
    expect(free('$DOCKER_OPTS $MISSING', ['hosts'], variables).words).to.deep.equal(['$DOCKER_OPTS', '$MISSING']);
  });

  it('leaves a flag whose value its key cannot hold', () => {
    expect(free('--mtu big', ['mtu'])).to.deep.equal({ words: ['--mtu', 'big'], moved: {} });
  });
});

describe('engine options as settings', () => {
  const settings = (...options: [string, string][]) => {
    const made: Record<string, Json> = {};
    const taken = options.map(([name, value]) => addSetting(made, name, value));
    return { made, taken };
  };

  it('have the type dockerd wants', () => {
    expect(
      settings(
        ['log-driver', 'journald'],
        ['log-opt', 'max-size=10m'],
        ['log-opt', 'tag=a=b'],
        ['dns', '1.1.1.1'],
        ['dns', '8.8.8.8'],
        ['debug', ''],
        ['live-restore', 'false'],
        ['mtu', '1400'],
        ['default-ulimit', 'nofile=64:128'],
        ['default-ulimit', 'nproc=5'],
        ['add-runtime', 'oci=/sbin/runc'],
        ['graph', '/data'],
        ['default-address-pool', 'base=172.30.0.0/16,size=24'],
        ['storage-opt', 'size=1G'],
        ['dns-opt', 'ndots:1'],
      ).made,
    ).to.deep.equal({
      'log-driver': 'journald',
      'log-opts': { 'max-size': '10m', tag: 'a=b' },
      dns: ['1.1.1.1', '8.8.8.8'],
      debug: true,
      'live-restore': false,
      mtu: 1400,
      'default-ulimits': { nofile: { Name: 'nofile', Soft: 64, Hard: 128 }, nproc: { Name: 'nproc', Soft: 5, Hard: 5 } },
      runtimes: { oci: { path: '/sbin/runc' } },
      'data-root': '/data',
      'default-address-pools': [{ base: '172.30.0.0/16', size: 24 }],
      'storage-opts': ['size=1G'],
      'dns-opts': ['ndots:1'],
    });
  });

  it('are refused where there is no key or the value does not fit', () => {
    expect(
      settings(['no-such-option', 'x'], ['mtu', 'x'], ['debug', 'maybe'], ['log-opt', 'x'], ['default-ulimit', 'nofile=x']),
    ).to.deep.equal({ made: {}, taken: [false, false, false, false, false] });
  });
});

describe('quoting', () => {
  it('keeps words whole for systemd', () => {
    expect(execWord('--label=a=b')).to.equal('--label=a=b');
    expect(execWord('a b"c\\$d%')).to.equal('"a b\\"c\\\\$$d%%"');
    expect(environmentWord('A=b c"\\%$')).to.equal('"A=b c\\"\\\\%%$"');
    expect(splitWords(environmentWord('A=two\nlines "x"')).map((word) => word.value)).to.deep.equal(['A=two\nlines "x"']);
  });
});
