import type { Fact } from './fact.js';

const filtered: readonly (readonly [string, string])[] = [
  ['driver=NONE', 'one'],
  ['driver=none driver=virtualbox', 'one vb1'],
  ['driver=none driver=bogus', 'one'],
  ['driver=bogus', ''],
  ['DRIVER=virtualbox', 'vb1'],
  ['name=^(one|vb)', 'one vb1'],
  ['name=n', 'g-ubuntu22 one'],
  ['name=^o name=1$', 'one vb1'],
  ['name=^o driver=virtualbox', ''],
  ['name=1 driver=virtualbox driver=none', 'vb1'],
  ['swarm=G-Ubuntu22', 'g-ubuntu22'],
  ['swarm=one', ''],
  ['label=foo=BAR', 'g-ubuntu22'],
  ['label=FOO=bar', ''],
  ['label=foo=x', ''],
  ['label=foo', 'g-ubuntu22'],
  ['label=other', ''],
  ['label=foo=x label=foo=bar', 'g-ubuntu22'],
];

/** The table of `ls`, its filters and formats. */
export const listFacts: Readonly<Record<string, readonly Fact[]>> = {
  ls: [
    { line: 'ls', store: 'empty', out: 'NAME   ACTIVE   DRIVER   STATE   URL   SWARM   DOCKER   ERRORS\n' },
    {
      line: 'ls',
      env: { DOCKER_HOST: '{url}' },
      out: /^NAME {3}ACTIVE {3}DRIVER {3}STATE +URL +SWARM +DOCKER +ERRORS\none {4}\* {8}none {5}Running {3}tcp:\S+ {11}v24\.0\.7 {3}\ntwo/,
    },
    { line: 'ls', out: /\none {4}- {8}none [^]*\ntwo {4}- {8}none / },
    { line: 'ls -t 0', out: /\none {13}none {5}Timeout +\ntwo {13}none {5}Timeout / },
    {
      line: 'ls -t 5',
      store: 'old',
      env: { PATH: '/nonexistent' },
      out: /\ng-ubuntu22 [^\n]* g-ubuntu22 \(master\) [^]*\none [^]*\nvb1 {10}- {8}virtualbox {3}Error /,
    },
    { line: 'ls -q', store: 'empty' },
    { line: 'ls -q', store: 'old', out: 'g-ubuntu22\none\nvb1\n' },
    { line: 'ls --quiet=false -q=true', code: 2, err: /^Cannot use two forms/ },
    { line: 'ls -q --filter state=RUNNING', out: 'one\ntwo\n' },
    { line: 'ls -q --filter state=stopped --filter state=running', out: 'one\ntwo\n' },
    { line: 'ls -q --filter state=stopped' },
    { line: 'ls -q --filter state=running --filter name=w', out: 'two\n' },
    { line: 'ls --filter name=one --filter label=zone=A -q', out: 'one\n' },
    ...filtered.map(([filters, found]): Fact => ({
      line: `ls -q ${filters
        .split(' ')
        .map((filter) => `--filter ${filter}`)
        .join(' ')}`,
      store: 'old',
      out: found
        .split(' ')
        .map((name) => (name === '' ? '' : `${name}\n`))
        .join(''),
    })),
    { line: 'ls --filter foo', as: 'docker-machine', code: 1, err: /^Unsupported filter syntax\n/ },
    { line: 'ls --filter Foo=x', as: 'docker-machine', code: 1, err: /^Unsupported filter key 'foo'\n/ },
    { line: 'ls --filter name=[', as: 'docker-machine', code: 1, err: /^Invalid regular expression: / },
  ],
};
