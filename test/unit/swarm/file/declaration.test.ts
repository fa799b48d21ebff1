import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import type { FlagSpec } from '../../../../src/base/flags.js';
import { problemsOf, read, withGroup, withSettings } from './reading.js';

const documentation = readFileSync(new URL('../../../../docs/swarm-file.md', import.meta.url), 'utf8');
const example = /```yaml\n([^]*?)```/.exec(documentation)?.[1] ?? '';

const memberOf = async (lines: string) => (await read(withGroup(lines))).declaration.members[0];
const warningsOf = async (text: string) => (await read(text)).warnings.map(({ line, message }) => `${line}: ${message}`);

describe('swarm file: what it declares', () => {
  it('the example of docs/swarm-file.md, whole', async () => {
    const engine = { RegistryMirror: ['https://mirror.example.com'], Labels: ['storage=ssd'] };
    const alike = { driver: 'nspawn', engine, install: { mode: 'auto', version: '28.5' }, tlsSans: [] };
    const flags = { 'nspawn-suite': 'trixie' };
    const manager = { group: 'manager', role: 'manager', availability: 'drain', labels: { zone: 'a' }, flags, ...alike };
    const worker = { group: 'worker', role: 'worker', availability: 'active', labels: { zone: 'b' }, flags: {}, ...alike };
    expect(await read(example, { folderName: 'other', env: { HOME: '/home/ann' } })).to.deep.equal({
      declaration: {
        name: 'prod',
        settings: {
          defaultAddrPool: ['10.20.0.0/16'],
          defaultAddrPoolMaskLength: 24,
          dataPathPort: 4789,
          autolock: false,
          certExpiry: 2160 * 3600e9,
          dispatcherHeartbeat: 5e9,
          taskHistoryLimit: 5,
          snapshotInterval: 10_000,
          maxSnapshots: 0,
        },
        members: [
          { machine: 'prod-manager1', ...manager },
          { machine: 'prod-manager2', ...manager },
          { machine: 'prod-manager3', ...manager },
          { machine: 'web1', ...worker },
          { machine: 'web2', ...worker },
        ],
      },
      warnings: [],
    });
  });

  it('the least there is: nothing of the settings is said', async () => {
    const { declaration, warnings } = await read(withGroup('labels:\nengine:'));
    expect(warnings).to.deep.equal([]);
    expect(declaration).to.deep.equal({
      name: 'prod',
      settings: {},
      members: [
        {
          machine: 'prod-m1',
          group: 'm',
          role: 'manager',
          availability: 'active',
          labels: {},
          driver: 'none',
          flags: {},
          engine: {},
          install: { mode: 'auto' },
          tlsSans: [],
        },
      ],
    });
  });

  it('every key of a group', async () => {
    expect(
      await memberOf(
        [
          'availability: pause',
          'labels: {zone: a}',
          'tls-sans: [a.example.com, 192.0.2.1]',
          'advertise-addr: "192.0.2.1:2377"',
          'data-path-addr: eth1.100',
          'listen-addr: "[fd00::1]:2377"',
          'flags: {url: tcp://192.0.2.1:2376}',
          'engine:',
          '  opts: [debug, log-level=warn]',
          '  labels: [a=b]',
          '  insecure-registries: ["r:5000"]',
          '  registry-mirrors: [https://m]',
          '  storage-driver: overlay2',
          '  env: [A=b]',
          '  install: script',
          '  version: "28"',
          '  install-url: https://get.example.com',
        ].join('\n'),
      ),
    ).to.deep.equal({
      machine: 'prod-m1',
      group: 'm',
      role: 'manager',
      availability: 'pause',
      labels: { zone: 'a' },
      driver: 'none',
      flags: { url: 'tcp://192.0.2.1:2376' },
      engine: {
        ArbitraryFlags: ['debug', 'log-level=warn'],
        Env: ['A=b'],
        InsecureRegistry: ['r:5000'],
        Labels: ['a=b'],
        RegistryMirror: ['https://m'],
        StorageDriver: 'overlay2',
        InstallURL: 'https://get.example.com',
      },
      install: { mode: 'script', version: '28' },
      tlsSans: ['a.example.com', '192.0.2.1'],
      advertiseAddr: '192.0.2.1:2377',
      dataPathAddr: 'eth1.100',
      listenAddr: '[fd00::1]:2377',
    });
  });

  it('an external CA', async () => {
    const { declaration } = await read(withSettings('external-ca: ["protocol=cfssl,url=https://ca/sign,cacert=ca.pem,label=x"]'));
    expect(declaration.settings.externalCas).to.deep.equal([
      { protocol: 'cfssl', url: 'https://ca/sign', caCertFile: 'ca.pem', options: { label: 'x' } },
    ]);
  });

  for (const [text, ns] of [
    ['1h', 3600e9],
    ['1h30m', 5400e9],
    ['26280h', 94_608_000e9],
    ['1.5h', 5400e9],
  ] as const) {
    it(`${text} as nanoseconds`, async () => {
      expect((await read(withSettings(`cert-expiry: ${text}`))).declaration.settings.certExpiry).to.equal(ns);
    });
  }

  it('texts as they are written', async () => {
    const member = await memberOf('engine: {version: 28.10}\nlabels: {rack: 01, 2: true, hex: 0x1F, empty: ""}');
    expect(member?.install.version).to.equal('28.10');
    expect(member?.labels).to.deep.equal({ rack: '01', 2: 'true', hex: '0x1F', empty: '' });
  });

  it('groups in the order of the file, also those whose names are numbers', async () => {
    const worker = '{role: worker, driver: none, count: 1}';
    const { declaration } = await read(`groups:\n  b: {role: manager, driver: none, count: 1}\n  2: ${worker}\n  1: ${worker}\n`);
    expect(declaration.members.map(({ machine }) => machine)).to.deep.equal(['prod-b1', 'prod-21', 'prod-11']);
  });

  it('groups that others are made of: the own keys win, and of several the first', async () => {
    const { declaration } = await read(
      [
        'x-a: &a {driver: none, labels: {from: a}}',
        'x-b: &b {driver: generic, labels: {from: b}, availability: pause}',
        'groups:',
        '  m: &m',
        '    <<: [*a, *b]',
        '    role: manager',
        '    count: 1',
        '  w:',
        '    <<: *m',
        '    role: worker',
        '    labels: {from: w}',
        '',
      ].join('\n'),
    );
    const found = declaration.members.map((one) => [one.machine, one.role, one.driver, one.labels['from'], one.availability]);
    expect(found).to.deep.equal([
      ['prod-m1', 'manager', 'none', 'a', 'pause'],
      ['prod-w1', 'worker', 'none', 'w', 'pause'],
    ]);
  });

  for (const [folder, name] of [
    ['prod', 'prod'],
    ['My swarm!', 'My-swarm'],
    ['.hidden', 'hidden'],
    ['größe', 'gro-e'],
    ['名', 'swarm'],
    ['', 'swarm'],
  ] as const) {
    it(`a name from the folder ${JSON.stringify(folder)}`, async () => {
      const made = (await read(withGroup(''), { folderName: folder })).declaration.name;
      expect(made).to.match(/^[A-Za-z0-9][A-Za-z0-9.-]*$/);
      expect(made).to.equal(name);
    });
  }

  it('200 machines in the time of a wink, counted or each by its name', async () => {
    await read(withGroup('')); // libraries are loaded
    const group = (i: number) => `  w${i}: {role: worker, driver: none, names: [node${i}], labels: {zone: z${i % 3}}}\n`;
    const workers = (n: number) => Array.from({ length: n }, (_, i) => group(i)).join('');
    const started = performance.now();
    expect((await read(withGroup('', workers(199)))).declaration.members).to.have.lengthOf(200);
    expect((await read(withGroup('', '  w: {role: worker, driver: none, count: 199}\n'))).declaration.members).to.have.lengthOf(200);
    expect(performance.now() - started).to.be.below(2000);
  });
});

describe('swarm file: warnings', () => {
  const managers = (count: number) => `groups:\n  m: {role: manager, driver: none, count: ${count}}\n`;
  const rows: [why: string, text: string, ...warnings: RegExp[]][] = [
    ['none of 1 manager', managers(1)],
    ['none of 7 managers', managers(7)],
    ['2 managers', managers(2), /^2: 2 managers tolerate no more failures than 1: an odd number is better$/],
    ['4 managers', managers(4), /^2: 4 managers tolerate no more failures than 3/],
    ['8 managers', managers(8), /^2: 8 managers tolerate no more failures than 7/, /^2: 8 managers slow each other down/],
    ['9 managers', managers(9), /^2: 9 managers slow each other down, .*: 7 are enough$/],
    ['even managers in two groups', `${managers(1)}  o: {role: manager, driver: none, count: 1}\n`, /^2: 2 managers/],
    [
      'a label that constraints cannot name',
      withGroup('labels: {example.com/zone: a}'),
      /^6: groups\.m\.labels: a constraint cannot use "example\.com\/zone"/,
    ],
    [
      'a loopback address',
      withGroup('advertise-addr: 127.0.0.1'),
      /^6: groups\.m\.advertise-addr: other nodes cannot reach a loopback address$/,
    ],
    [
      'the nftables backend',
      withGroup('engine:\n  opts:\n    - firewall-backend=nftables'),
      /^8: groups\.m\.engine\.opts: .* nftables backend/,
    ],
    [
      'in the order of the file',
      'groups:\n  m:\n    role: manager\n    driver: none\n    count: 2\n    labels: {a/b: c}\n',
      /^2: 2 managers/,
      /^6: .*"a\/b"/,
    ],
    ['none of live-restore=false', withGroup('engine: {opts: [live-restore=false]}')],
    ['none of a pool of one network', withSettings('default-addr-pool: [10.2.3.0/24]')],
    ['none of listening on loopback', withGroup('listen-addr: 127.0.0.1')],
    ['none of listening everywhere', 'groups: {m: {role: manager, driver: none, count: 3, listen-addr: "0.0.0.0:2377"}}\n'],
  ];
  for (const [why, text, ...expected] of rows) {
    it(why, async () => {
      const found = await warningsOf(text);
      expect(found).to.have.lengthOf(expected.length);
      expected.forEach((pattern, i) => {
        expect(found[i]).to.match(pattern);
      });
    });
  }
});

describe('swarm file: flags of drivers', () => {
  const specs: FlagSpec[] = [
    { name: 'fake-size', type: 'int', usage: '' },
    { name: 'fake-image', type: 'string', usage: '' },
    { name: 'fake-spot', type: 'bool', usage: '' },
    { name: 'fake-tag', type: 'strings', usage: '' },
  ];
  const drivers = new Map([
    ['fake', specs],
    ['none', []],
  ]);
  const file = (driver: string, flags: string) => withGroup(`flags: {${flags}}`).replace('driver: none', `driver: ${driver}`);

  it('have the types that the driver wants', async () => {
    const flags = 'fake-size: "${SIZE}", fake-image: 12.10, fake-spot: "${SPOT}", fake-tag: one';
    const { declaration } = await read(file('fake', flags), { drivers, env: { SIZE: '4', SPOT: 'true' } });
    expect(declaration.members[0]?.flags).to.deep.equal({ 'fake-size': 4, 'fake-image': '12.10', 'fake-spot': true, 'fake-tag': ['one'] });
  });

  const rows: [why: string, driver: string, flags: string, problem: string][] = [
    ['an unknown driver', 'fakr', '', '4:13: groups.m.driver: unknown driver "fakr": did you mean "fake"?'],
    ['a driver unlike any', 'virtualbox', '', '4:13: groups.m.driver: unknown driver "virtualbox": the drivers are fake, none'],
    ['an unknown flag', 'fake', 'fake-sice: 1', '6:13: groups.m.flags: driver fake has no flag "fake-sice": did you mean "fake-size"?'],
    [
      "a flag without the driver's name",
      'fake',
      'image: x',
      '6:13: groups.m.flags: driver fake has no flag "image": did you mean "fake-image"?',
    ],
    ['a flag with dashes', 'fake', '--fake-tag: x', '6:13: groups.m.flags: driver fake has no flag "--fake-tag": did you mean "fake-tag"?'],
    ['a size in words', 'fake', 'fake-size: big', '6:24: groups.m.flags: fake-size must be a whole number'],
    ['a list for a text', 'fake', 'fake-image: [a]', '6:25: groups.m.flags: fake-image must be a text'],
    ['a word for a switch', 'fake', 'fake-spot: constructor', '6:24: groups.m.flags: fake-spot must be true or false'],
  ];
  for (const [why, driver, flags, problem] of rows) {
    it(`refuse ${why}`, async () => {
      expect(await problemsOf(file(driver, flags), { drivers })).to.deep.equal([problem]);
    });
  }
});
