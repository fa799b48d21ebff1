import { expect } from 'chai';

import { checkReport, matrix } from '../../../../src/cli/output/check-matrix.js';
import type { PairResult } from '../../../../src/swarm/check/check.js';

const checks = ['tcp/7946', 'udp/7946', 'mtu'];

function pairs(names: readonly string[], differs: Readonly<Record<string, Partial<PairResult>>> = {}): PairResult[] {
  return names.flatMap((from) =>
    names
      .filter((to) => to !== from)
      .flatMap((to) => checks.map((check): PairResult => ({ from, to, check, outcome: 'open', ...differs[`${from}>${to} ${check}`] }))),
  );
}
const machines = (names: readonly string[]) => names.map((name) => ({ name, manager: true }));

describe('the matrix of a swarm check', () => {
  it('shows who reaches whom, and what is wrong with what', () => {
    const names = ['web1', 'web2', 'web3'];
    const all = pairs(names, {
      'web1>web2 udp/7946': { outcome: 'blocked' },
      'web1>web3 udp/7946': { outcome: 'blocked' },
      'web1>web3 tcp/7946': { outcome: 'blocked' },
      'web2>web1 mtu': { outcome: 'blocked', largest: 1400 },
      'web2>web3 tcp/7946': { outcome: 'unknown', reason: 'neither perl nor python3 is on web3' },
      'web3>web1 tcp/7946': { outcome: 'blocked' },
      'web3>web1 udp/7946': { outcome: 'blocked' },
      'web3>web1 mtu': { outcome: 'unknown', reason: 'no packet' },
    });
    expect(matrix(names, all)?.split('\n')).to.deep.equal([
      'FROM\\TO  1         2         3',
      '1 web1   -         7946/udp  2 blocked',
      '2 web2   mtu 1400  -         ?',
      '3 web3   nothing   ok        -',
    ]);
    const report = checkReport({ machines: machines(names), pairs: all, findings: [] });
    expect(report)
      .to.match(/\n\n\? {2}cannot be checked: neither perl nor python3 is on web3\n\n/)
      .and.not.to.contain('no packet');
  });

  it('holds eight machines in eighty columns, whatever is wrong', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const red = Object.fromEntries(names.flatMap((from) => names.map((to) => [`${from}>${to} udp/7946`, { outcome: 'blocked' as const }])));
    const text = matrix(names, pairs(names, red));
    expect(Math.max(...(text?.split('\n').map((line) => line.length) ?? []))).to.be.within(60, 80);
    expect(text?.split('\n')).to.have.length(9);
  });

  it('gives way to a list of what is blocked when there is no room', () => {
    const names = Array.from({ length: 30 }, (_, i) => `machine-number-${i}`);
    const all = pairs(names, { 'machine-number-3>machine-number-9 udp/7946': { outcome: 'blocked', reason: 'nothing arrives' } });
    expect(matrix(names, all)).to.equal(undefined);
    expect(checkReport({ machines: machines(names), pairs: all, findings: [] })).to.equal(
      [
        'machine-number-3 -> machine-number-9: 7946/udp nothing arrives',
        '870 pairs of machines, 1 of 2610 checks blocked',
        '',
        'These machines can form a swarm.',
      ].join('\n'),
    );
  });

  it('is left out for one machine', () => {
    expect(checkReport({ machines: machines(['one']), pairs: [], findings: [] })).to.equal('These machines can form a swarm.');
  });
});
