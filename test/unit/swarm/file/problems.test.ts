import { expect } from 'chai';

import { problemsOf, withGroup, withSettings } from './reading.js';

type Row = readonly [why: string, text: string, ...problems: (string | RegExp)[]];

const m = 'm: {role: manager, driver: none, count: 1}';

const syntax: Row[] = [
  ['an empty file', '', '1:1: the file is empty: a swarm needs at least "groups"'],
  ['comments alone', '# later\n', '1:1: the file is empty: a swarm needs at least "groups"'],
  ['a text', 'hello\n', '1:1: the file must be a mapping with "groups", not a single value'],
  ['a list', '# first\n- a\n', '2:1: the file must be a mapping with "groups", not a list'],
  ['a tab', `groups:\n\t${m}\n`, '2:1: YAML does not allow a tab here: indent with spaces'],
  ['a second document', `groups:\n  ${m}\n---\ngroups: {}\n`, '3:1: a second document begins here, but a file declares one swarm'],
  ['what is not YAML', 'groups: [a\nname: x\n', /^2:1: not YAML: flow sequence/],
  ['a value in a value', 'name: a: b\n', /^1:7: not YAML: nested mappings/],
  ['a tag', 'name: !env NAME\n', '1:7: tags are not supported: remove the word with "!"'],
  ['YAML 1.1', `%YAML 1.1\n---\ngroups:\n  ${m}\n`, '1:1: YAML 1.1 is not supported: remove the %YAML line'],
  ['two groups of one name', `groups:\n  ${m}\n  ${m}\n`, '3:3: "m" is already defined in line 2'],
  ['two keys, of which one is quoted', `"name": a\nname: b\ngroups: {${m}}\n`, '2:1: "name" is already defined in line 1'],
  ['an alias without anchor', `groups:\n  ${m}\n  w: *x\n`, '3:6: *x: there is no anchor &x before it'],
  ['an alias within what it means', `groups: &g\n  ${m}\n  w: *g\n`, '3:6: *g refers to a value that contains it'],
  [
    'a merge of a text',
    `groups:\n  ${m}\n  w:\n    <<: hello\n    role: worker\n    driver: none\n    count: 0\n`,
    '4:9: "<<" must be a mapping or a list of mappings',
  ],
  ['a key that is a list', `groups:\n  ${m}\n  ? [a]\n  : 1\n`, '3:5: a key must be text'],
  ['a variable between braces', 'groups: {m: {count: ${COUNT}}}\n', '1:22: between { } or [ ] a variable must be quoted, as in "${NAME}"'],
];

const schema: Row[] = [
  ['no groups', 'name: x\n', '1:1: "groups" is missing'],
  ['groups without a group', 'groups:\n', '1:8: groups: must not be empty'],
  ['groups as a list', 'groups: [a]\n', '1:9: groups: it is a list but must be a mapping of keys and values'],
  ['an unknown key at the top', `group:\n  x: 1\ngroups: {${m}}\n`, '1:1: unknown key "group": did you mean "groups"?'],
  [
    'an unknown key far from any other',
    `networks: 1\ngroups: {${m}}\n`,
    '1:1: unknown key "networks": the allowed keys are name, swarm, groups',
  ],
  ['an unknown setting', withSettings('autolok: true'), '2:5: swarm: unknown key "autolok": did you mean "autolock"?'],
  ['an unknown key of a group', withGroup('label: {a: b}'), '6:5: groups.m: unknown key "label": did you mean "labels"?'],
  [
    'an unknown engine key',
    withGroup('engine:\n  mirrors: [x]'),
    /^7:7: groups\.m\.engine: unknown key "mirrors": the allowed keys are opts, labels,/,
  ],
  ['a key of another case', withGroup('Labels: {}'), '6:5: groups.m: unknown key "Labels": did you mean "labels"?'],
  ['a key named __proto__', `__proto__: 1\ngroups: {${m}}\n`, /^1:1: unknown key "__proto__"/],
  [
    'a group without role and driver',
    'groups:\n  m:\n    count: 1\n',
    '2:3: groups.m: "role" is missing',
    '2:3: groups.m: "driver" is missing',
  ],
  [
    'an empty group',
    'groups:\n  m:\n',
    '2:3: groups.m: either "count" or "names" is required',
    '2:3: groups.m: "role" is missing',
    '2:3: groups.m: "driver" is missing',
  ],
  [
    'a wrong role',
    'groups:\n  m: {role: mananger, driver: none, count: 1}\n',
    '2:13: groups.m.role: "mananger" must be one of manager, worker: did you mean "manager"?',
  ],
  ['neither count nor names', 'groups: {m: {role: manager, driver: none}}\n', '1:10: groups.m: either "count" or "names" is required'],
  ['count and names', withGroup('names: [a]'), '2:3: groups.m: "count" and "names" cannot be used together: remove one of them'],
  [
    'a count in words',
    `groups:\n  ${m}\n  w: {role: worker, driver: none, count: three}\n`,
    '3:42: groups.w.count: "three" must be a whole number from 0 to 1000',
  ],
  [
    'a count in quotes',
    `groups:\n  ${m}\n  w: {role: worker, driver: none, count: "3"}\n`,
    '3:42: groups.w.count: "3" must be a whole number from 0 to 1000',
  ],
  [
    'a negative count',
    `groups:\n  ${m}\n  w: {role: worker, driver: none, count: -1}\n`,
    '3:42: groups.w.count: -1 must be a whole number from 0 to 1000',
  ],
  [
    'half a machine',
    `groups:\n  ${m}\n  w: {role: worker, driver: none, count: 1.5}\n`,
    '3:42: groups.w.count: 1.5 must be a whole number from 0 to 1000',
  ],
  [
    'a wrong availability',
    withGroup('availability: drained'),
    '6:19: groups.m.availability: "drained" must be one of active, pause, drain: did you mean "drain"?',
  ],
  [
    'a wrong group name',
    `groups:\n  ${m}\n  my group: {role: worker, driver: none, count: 0}\n`,
    /^3:3: groups: the key "my group" must be a name of letters, digits/,
  ],
  [
    'a wrong machine name',
    `groups:\n  ${m}\n  w: {role: worker, driver: none, names: [ok, a_b]}\n`,
    /^3:47: groups\.w\.names: "a_b" must be a name of letters/,
  ],
  ['a wrong swarm name', `name: my swarm\ngroups: {${m}}\n`, /^1:7: name: "my swarm" must be a name of letters/],
  ['a list for labels', withGroup('labels: [a=b]'), '6:13: groups.m.labels: it is a list but must be a mapping of keys and values'],
  ['a label without value', withGroup('labels: {zone: }'), '6:20: groups.m.labels.zone: it is empty but must be a text'],
  [
    'a label with a blank',
    withGroup('labels: {"my zone": a}'),
    '6:14: groups.m.labels: the key "my zone" must be a word without blanks and "="',
  ],
  ['a text for a list', withGroup('engine: {opts: debug}'), '6:20: groups.m.engine.opts: "debug" must be a list, such as [a, b]'],
  ['an engine label', withGroup('engine: {labels: [ssd]}'), '6:23: groups.m.engine.labels: "ssd" must be key=value'],
  [
    'an engine option',
    withGroup('engine: {opts: [--debug]}'),
    '6:21: groups.m.engine.opts: "--debug" must be flag=value, without leading dashes',
  ],
  ['an engine variable', withGroup('engine: {env: [PROXY]}'), '6:20: groups.m.engine.env: "PROXY" must be NAME=value'],
  [
    'a mirror',
    withGroup('engine: {registry-mirrors: [m.example.com]}'),
    '6:33: groups.m.engine.registry-mirrors: "m.example.com" must be an http or https URL',
  ],
  [
    'an install mode',
    withGroup('engine: {install: dokcer}'),
    '6:23: groups.m.engine.install: "dokcer" must be one of auto, docker, distro, script, none: did you mean "docker"?',
  ],
  [
    'a flag that is a mapping',
    withGroup('flags: {a: {b: c}}'),
    '6:16: groups.m.flags.a: it is a mapping but must be a text, a number, true, false or a list',
  ],
  ['a SAN', withGroup('tls-sans: ["a b"]'), '6:16: groups.m.tls-sans: "a b" must be a DNS name or an IP address'],
  ['true in words', withSettings('autolock: yes'), '2:15: swarm.autolock: "yes" must be true or false'],
  ['a port too low', withSettings('data-path-port: 1023'), '2:21: swarm.data-path-port: 1023 must be a whole number from 1024 to 49151'],
  ['a port too high', withSettings('data-path-port: 49152'), '2:21: swarm.data-path-port: 49152 must be a whole number from 1024 to 49151'],
  [
    'a mask too long',
    withSettings('default-addr-pool-mask-length: 30'),
    '2:36: swarm.default-addr-pool-mask-length: 30 must be a whole number from 1 to 29',
  ],
  [
    'a short validity',
    withSettings('cert-expiry: 59m'),
    '2:18: swarm.cert-expiry: "59m" must be at least 1h: the engine accepts nothing shorter',
  ],
  ['a validity in days', withSettings('cert-expiry: 90d'), '2:18: swarm.cert-expiry: "90d" must be a duration such as 90s, 10m or 2160h'],
  [
    'a validity without unit',
    withSettings('cert-expiry: 3600'),
    '2:18: swarm.cert-expiry: "3600" must be a duration such as 90s, 10m or 2160h',
  ],
  [
    'no heartbeat',
    withSettings('dispatcher-heartbeat: 0s'),
    '2:27: swarm.dispatcher-heartbeat: "0s" must be a duration such as 90s, 10m or 2160h',
  ],
  [
    'a pool that is none',
    withSettings('default-addr-pool: [10.20.0.0]'),
    '2:25: swarm.default-addr-pool: "10.20.0.0" must be an IPv4 network such as 10.20.0.0/16',
  ],
  [
    'a pool of IPv6',
    withSettings('default-addr-pool: ["fd00::/48"]'),
    '2:25: swarm.default-addr-pool: "fd00::/48" must be an IPv4 network such as 10.20.0.0/16',
  ],
  ['a pool with host bits', withSettings('default-addr-pool: [10.20.0.1/16]'), /^2:25: .* must begin at a \/16 boundary/],
  [
    'a pool twice',
    withSettings('default-addr-pool: [10.2.0.0/16, 10.2.0.0/16]'),
    '2:38: swarm.default-addr-pool: this value is in the list twice',
  ],
  ['an external CA without protocol', withSettings('external-ca: ["url=https://x/"]'), /^2:19: .* must have protocol=cfssl/],
  ['an external CA by http', withSettings('external-ca: ["protocol=cfssl,url=http://x/"]'), /^2:19: .* must have url=https:/],
  [
    'a DNS name',
    withGroup('advertise-addr: node1.example.com'),
    /^6:21: groups\.m\.advertise-addr: "node1\.example\.com" must be an IP address or the name of an interface; DNS names are refused/,
  ],
  ['no address', withGroup('advertise-addr: 10.0.0.256'), /^6:21: .* must be an IP address/],
  ['all addresses advertised', withGroup('advertise-addr: 0.0.0.0'), /^6:21: .* must be one address/],
  [
    'a data path with a port',
    withGroup('data-path-addr: eth1:4789'),
    '6:21: groups.m.data-path-addr: "eth1:4789" takes no port: data-path-port of the swarm sets it',
  ],
  ['a port that is none', withGroup('listen-addr: 0.0.0.0:70000'), /^6:18: .* must be an IP address/],
];

const meaning: Row[] = [
  [
    'no manager',
    'groups:\n  w: {role: worker, driver: none, count: 2}\n',
    '1:1: a swarm needs at least one manager: a group with role: manager',
  ],
  [
    'a group of no managers',
    'groups:\n  m: {role: manager, driver: none, count: 0}\n',
    '2:3: a swarm needs at least one manager: a group with role: manager',
  ],
  [
    'a machine in two groups',
    `groups:\n  ${m}\n  w: {role: worker, driver: none, names: [a, prod-m1]}\n`,
    '3:46: groups.w.names: "prod-m1": the machine is already in line 2',
  ],
  [
    'a machine twice in a group',
    'groups:\n  m:\n    role: manager\n    driver: none\n    names:\n      - a\n      - a\n',
    '7:9: groups.m.names: "a": the machine is already in line 6',
  ],
  [
    'machines that differ in case',
    'groups:\n  m: {role: manager, driver: none, names: [Web, web]}\n',
    '2:49: groups.m.names: "web": the machine "Web", which differs only in case, is already in line 2',
  ],
  ['names too long', `groups:\n  ${'m'.repeat(60)}: {role: manager, driver: none, count: 1}\n`, /^2:3: .* are longer than 63 characters/],
  [
    'a pool smaller than its networks',
    withSettings('default-addr-pool: [10.2.0.0/26]'),
    '2:25: swarm.default-addr-pool: no /24 network fits in a /26: set default-addr-pool-mask-length to 26 to 29',
  ],
  [
    'a mask wider than the pool',
    withSettings('default-addr-pool: [10.2.0.0/16]\ndefault-addr-pool-mask-length: 15'),
    '3:36: swarm.default-addr-pool-mask-length: no /15 network fits in a pool of /16',
  ],
  [
    'overlapping pools',
    withSettings('default-addr-pool: [10.0.0.0/8, 10.2.0.0/16]'),
    '2:37: swarm.default-addr-pool: this pool overlaps another pool in the list',
  ],
  [
    'one address for two machines',
    'groups:\n  m: {role: manager, driver: none, count: 2, advertise-addr: 10.0.0.1}\n',
    /^2:62: groups\.m\.advertise-addr: one address cannot belong to 2 machines/,
  ],
  ['live-restore', withGroup('engine: {opts: [live-restore]}'), '6:21: groups.m.engine.opts: live-restore cannot be used in a swarm'],
];

describe('swarm file: problems', () => {
  for (const [title, rows] of Object.entries({ syntax, schema, meaning })) {
    describe(title, () => {
      for (const [why, text, ...expected] of rows) {
        it(why, async () => {
          const found = await problemsOf(text);
          expect(found, found.join('\n')).to.have.lengthOf(expected.length);
          for (const [i, problem] of expected.entries()) {
            if (typeof problem === 'string') expect(found[i]).to.equal(problem);
            else expect(found[i]).to.match(problem);
          }
        });
      }
    });
  }

  it('come all at once, in the order of the file', async () => {
    const found = await problemsOf(
      [
        'nmae: x',
        'swarm:',
        '  autolock: ${LOCK}',
        '  data-path-port: 80',
        'groups:',
        '  w: {role: worker, driver: none, count: 1, names: [a]}',
        '  v: {role: boss, driver: none, count: 1}',
        '  u: {role: worker, driver: none, names: [a, a]}',
      ].join('\n'),
    );
    expect(found.map((line) => line.split(': ')[0])).to.deep.equal(['1:1', '3:13', '4:19', '6:3', '7:13', '8:46']);
  });

  it('beside an unknown key are found too', async () => {
    expect(await problemsOf('groups:\n  w: {role: worker, driver: none, count: 1, nmaes: [a]}\n')).to.have.lengthOf(2);
  });

  it('are cut after a screen of them', async () => {
    const found = await problemsOf(`groups:\n  ${m}\n${Array.from({ length: 50 }, (_, i) => `k${i}: 1\n`).join('')}`);
    expect(found).to.have.lengthOf(21);
    expect(found.at(-1)).to.equal('and 30 more');
  });

  it('in what two aliases mean are said where they stand', async () => {
    const group = (role: string) => `{role: ${role}, driver: none, count: 1, engine: *e}`;
    const found = await problemsOf(`x-e: &e\n  install: snap\ngroups:\n  m: ${group('manager')}\n  w: ${group('worker')}\n`);
    expect(found).to.deep.equal(
      ['m', 'w'].map((name) => `2:12: groups.${name}.engine.install: "snap" must be one of auto, docker, distro, script, none`),
    );
  });

  it('count columns behind a byte order mark and Windows line ends as editors do', async () => {
    const found = await problemsOf(`\uFEFFgroups:\r\n  ${m}\r\n  w: 3\r\n`);
    expect(found).to.deep.equal(['3:6: groups.w: 3 must be a mapping of keys and values']);
  });

  describe('that would take for ever', () => {
    const many = (count: number, line: (i: number) => string) => Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('');
    const tooMany = '1:1: with its aliases, the file has more than 50000 values';
    const tooDeep = 'the values are nested too deeply';
    const repeated = (i: number, times: number) =>
      `[${Array<string>(times)
        .fill(`*a${i - 1}`)
        .join(', ')}]`;
    const cases: readonly [what: string, text: string, problem: string][] = [
      ['lists of aliases of lists', many(12, (i) => `x-${i}: &a${i} ${i === 0 ? 'x' : repeated(i, 10)}`), tooMany],
      ['a mapping merged twice in each level', many(40, (i) => `x-${i}: &a${i} {${i === 0 ? 'k: 1' : `<<: ${repeated(i, 2)}`}}`), tooMany],
      [
        'a mapping of nothing merged twice in each level',
        many(40, (i) => `x-${i}: &a${i} {${i === 0 ? '' : `<<: ${repeated(i, 2)}`}}`),
        tooMany,
      ],
      [
        'a long chain of merges',
        many(3000, (i) => `x-${i}: &a${i} {${i === 0 ? '' : `<<: *a${i - 1}, `}k${i}: 1}`),
        '1:1: with its aliases, the file has values that are nested more than 100 deep',
      ],
      ['thousands of keys', many(16_000, (i) => `k${i}: 1`), '1:1: "groups" is missing'],
      ['thousands of groups', `groups:\n${many(13_000, (i) => `  g${i}: 1`)}`, '1:1: a file declares at most 1000 groups'],
      [
        'thousands of machines',
        `groups: {${'abcdefghijkl'.replaceAll(/./g, '$&: {count: 1000}, ')}}`,
        '1:1: a file declares at most 10000 machines',
      ],
      ['thousands of open lists', '['.repeat(100_000), tooDeep],
      ['thousands of lists in lists', `groups: ${'['.repeat(3000)}${']'.repeat(3000)}`, `1:109: ${tooDeep}`],
      ['lists in lists with brackets in quotes', `groups:\n - ${'["]", '.repeat(3000)}`, `2:604: ${tooDeep}`],
      ['lists in lists in one line', `a: b\n${'- '.repeat(3000)}`, `2:101: ${tooDeep}`],
      ['keys in keys in one line', `${'a: '.repeat(3000)}`, `1:152: ${tooDeep}`],
      ['keys in keys, line by line', many(500, (i) => `${' '.repeat(i)}a:`), `102:1: ${tooDeep}`],
      [
        'more text than any swarm needs',
        `# ${'x'.repeat(200_000)}\n`,
        '1:1: the file has 200003 characters, but at most 200000 are allowed',
      ],
    ];
    for (const [what, text, problem] of cases) {
      it(`are found at once: ${what}`, async () => {
        const started = performance.now();
        const [first] = await problemsOf(text);
        expect(first).to.include(problem);
        expect(performance.now() - started).to.be.below(10_000);
      });
    }
  });

  it('are found in an alias that is the whole file, and in groups that are nothing', async () => {
    expect(await problemsOf('*x')).to.deep.equal(['1:1: *x: there is no anchor &x before it']);
    expect(await problemsOf('groups:')).to.deep.equal(['1:8: groups: must not be empty']);
  });
});
