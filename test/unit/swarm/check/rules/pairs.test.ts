import { plain } from '../../../../../src/base/text.js';
import { expect } from 'chai';

import { pairFindings } from '../../../../../src/swarm/check/rules/blocked.js';
import { pairResults, type ProbeOutput } from '../../../../../src/swarm/check/rules/pairs.js';
import { targetLine } from '../../../../../src/swarm/check/rules/probes.js';
import { defaultSettings } from '../../../../../src/swarm/check/rules/settings.js';
import { takenFindings } from '../../../../../src/swarm/check/rules/taken.js';
import { member } from './member.js';

const names = ['a', 'b', 'c'];
const checks = ['udp/7946', 'udp/4789'];
const targets = names.map((name, i) => ({ name, address: `192.0.2.${i + 1}`, manager: i === 0 }));

/** What three machines print when everything arrives, except for the lines that `lost` matches. */
function outputs(lost = /^$/, extra: Partial<Record<number, Partial<ProbeOutput>>> = {}): ProbeOutput[] {
  return names.map((_, i) => {
    const others = [0, 1, 2].filter((j) => j !== i);
    const heard = ['interpreter|perl', ...['tcp/2377', 'tcp/7946', ...checks].map((check) => `port|${check}|bound`), 'ready|7', 'alive'];
    heard.push(
      ...others.flatMap((j) => [...checks.map((check) => `seen|${check}|${j}|128`), `seen|udp/4789|${j}|1500`, `seen|udp/4789|${j}|1400`]),
    );
    const sent = others.flatMap((j) => ['tcp/2377', 'tcp/7946'].map((check) => `tcp|${check}|${j}|open`));
    const kept = (lines: string[], at: string) => lines.filter((line) => !lost.test(`${at}${i} ${line}`));
    return {
      heard: [...kept(heard, 'heard'), ...(extra[i]?.heard ?? [])],
      sent: [...kept(sent, 'sent'), ...(extra[i]?.sent ?? [])],
      ...(extra[i]?.absent !== undefined && { absent: extra[i].absent }),
    };
  });
}
const results = (all: ProbeOutput[]) => pairResults(targets, all, defaultSettings);
const notOpen = (all: ProbeOutput[]) =>
  results(all)
    .filter(({ outcome }) => outcome !== 'open')
    .map(({ from, to, check, outcome, reason = '' }) => `${from}>${to} ${check} ${outcome}: ${reason}`);
const members = names.map((name, i) => member(name, { address: `192.0.2.${i + 1}` }));
const findings = (all: ProbeOutput[], list = members) =>
  pairFindings(results(all), list, defaultSettings, ({ machine, direction, check }) => `open ${check} ${direction} ${machine}`);

describe('swarm check: probes between machines', () => {
  it('are open everywhere when everything arrives; 2377 is checked for managers only', () => {
    expect(notOpen(outputs())).to.deep.equal([]);
    expect(results(outputs())).to.have.length(6 * 4 + 2);
    expect(findings(outputs())).to.deep.equal([]);
  });

  it('are blocked when a datagram does not arrive', () => {
    const all = outputs(/heard1 seen\|udp\/7946/);
    expect(notOpen(all)).to.deep.equal(['a>b udp/7946 blocked: nothing arrives', 'c>b udp/7946 blocked: nothing arrives']);
    expect(findings(all)).to.deep.equal([
      {
        check: 'udp/7946',
        machine: 'b',
        level: 'fault',
        message: '7946/udp is blocked from a and c (nothing arrives)',
        fix: 'open udp/7946 in b',
      },
    ]);
  });

  it('are blocked at the sender when its firewall refuses them', () => {
    const all = outputs(/heard[12] seen\|udp\/7946\|0/, {
      0: { sent: ['unsent|udp/7946|1|128|Operation not permitted', 'unsent|udp/7946|2|128|Operation not permitted'] },
    });
    expect(findings(all)).to.deep.equal([
      {
        check: 'udp/7946',
        machine: 'a',
        level: 'fault',
        message: 'Its own firewall blocks 7946/udp to b and c (Operation not permitted)',
        fix: 'open udp/7946 out a',
      },
    ]);
  });

  it('are blocked when a connection is refused or times out, whichever program listens there', () => {
    const refused = outputs(/sent1 tcp\|tcp\/2377/, { 1: { sent: ['tcp|tcp/2377|0|timeout'] } });
    expect(notOpen(refused)).to.deep.equal(['b>a tcp/2377 blocked: no answer']);
    const taken = outputs(/sent1 tcp\|tcp\/7946\|2|heard2 port\|tcp\/7946/, {
      1: { sent: ['tcp|tcp/7946|2|Connection refused'] },
      2: { heard: ['port|tcp/7946|taken'] },
    });
    expect(notOpen(taken)).to.deep.equal(['b>c tcp/7946 blocked: Connection refused']);
  });

  it('are unknown when there is no listener, and when a machine did not take part', () => {
    const all = outputs(/sent1 tcp\|tcp\/7946\|2|heard2 port\|tcp\/7946/, {
      1: { sent: ['tcp|tcp/7946|2|Connection refused'] },
      2: { heard: ['port|tcp/7946|Permission denied'] },
    });
    expect(notOpen(all)).to.deep.equal(['b>c tcp/7946 unknown: cannot listen on c: Permission denied']);
    const absent = notOpen(outputs(/^$/, { 2: { absent: 'neither perl nor python3 is on c' } }));
    expect(absent)
      .to.have.length(17)
      .and.to.satisfy((lines: string[]) => lines.every((line) => /(>c|c>).* unknown: neither perl nor python3 is on c$/.test(line)));
    expect(findings(outputs(/^$/, { 2: { absent: 'gone' } }))).to.deep.equal([]);
    expect(notOpen(outputs(/heard1 seen/, { 1: { heard: ['unseen|udp|Operation not permitted'] } }))[0]).to.match(
      /unknown: cannot read packets on b/,
    );
  });

  it('find the largest packet that arrives, and the device whose MTU is too small', () => {
    const all = outputs(/heard2 seen.*1500|heard[01] seen\|udp\/4789\|2\|1500/);
    expect(notOpen(all)).to.have.length(4).and.to.include('a>c mtu blocked: packets of more than 1400 bytes do not arrive');
    const narrow = members.map((one) =>
      one.name === 'c' ? member('c', { address: '192.0.2.3', host: { addresses: [{ ip: '192.0.2.3', device: 'eth0', mtu: 1400 }] } }) : one,
    );
    const [found, ...more] = findings(all, narrow);
    expect(more).to.deep.equal([]);
    expect(found).to.include({ check: 'mtu', machine: 'c', level: 'fault' });
    expect(plain(found?.message ?? '')).to.match(
      /^Its eth0 has MTU 1400: packets of more than 1400 bytes do not get through between it and a and b\./,
    );
    expect(plain(found?.fix ?? '')).to.match(
      /^tsmachine ssh c sudo ip link set dev eth0 mtu 1500 .*\n.*com\.docker\.network\.driver\.mtu=1400/,
    );
    expect(findings(all).map(({ machine, fix }) => `${machine ?? ''} ${plain(fix ?? '').slice(0, 11)}`)).to.deep.equal([
      'c For every o',
      'a For every o',
      'b For every o',
    ]);
  });

  it('make one finding when nothing at all gets through to a machine', () => {
    const found = findings(
      outputs(/heard1 seen|sent[02] tcp\|tcp\/\d+\|1/, {
        0: { sent: ['tcp|tcp/7946|1|timeout'] },
        2: { sent: ['tcp|tcp/7946|1|timeout'] },
      }),
    );
    expect(found.map(({ check, machine, message }) => `${check} ${machine ?? ''} ${plain(message)}`)).to.deep.equal([
      'reach b Nothing gets through from a and c (no answer; nothing arrives)',
    ]);
  });

  it('find ports that another program uses, but not those of an engine in a swarm', () => {
    const all = outputs(/^$/, { 0: { heard: ['port|tcp/7946|taken', 'port|udp/7946|taken'] } });
    expect(takenFindings(members, all).map(({ machine, message }) => [machine, message])).to.deep.equal([
      ['a', 'Another program uses 7946/tcp, 7946/udp'],
    ]);
    expect(takenFindings([member('a', { engine: { swarm: 'active' } })], all)).to.deep.equal([]);
  });
});

describe('a line for the sender', () => {
  const target = { name: 'x', address: '192.0.2.9', manager: true };
  it('holds every check with its sizes', () => {
    const line = targetLine(3, target, { ...defaultSettings, dataPathPort: 5000, mtu: 1440, esp: true });
    expect(line).to.equal('3 192.0.2.9 tcp/2377 tcp/7946 udp/7946:128 udp/5000:128,1440,1420,1400,1380,1350,1280,1000,576 esp:128');
  });
  it('does not check 2377 of workers', () => {
    expect(targetLine(3, { ...target, manager: false }, defaultSettings)).to.match(/^3 192\.0\.2\.9 tcp\/7946 /);
  });
});
