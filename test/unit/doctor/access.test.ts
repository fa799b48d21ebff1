import { expect } from 'chai';

import { TsmachineError } from '../../../src/base/errors.js';
import { plain } from '../../../src/base/text.js';
import { accessChecks } from '../../../src/doctor/access.js';
import { startChecks } from '../../../src/doctor/check.js';
import type { MachineSubject } from '../../../src/doctor/machine-subject.js';
import type { Access } from '../../../src/driver/contract.js';

interface Situation {
  readonly access?: Access | Error;
  readonly answers?: boolean;
  readonly isRunning?: boolean;
}

describe('doctor: whether the firewall of a cloud keeps this computer out', () => {
  async function findings({ access, answers = false, isRunning = true }: Situation): Promise<string[]> {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return access instanceof Error ? Promise.reject(access) : Promise.resolve(access);
    };
    const machine = { driver: access === undefined ? {} : { access: ask }, data: {}, ctx: {} };
    const answer = () => (answers ? Promise.resolve({}) : Promise.reject(new Error('silence')));
    const { signal } = new AbortController();
    const subject = {
      name: 'm1',
      session: { signal },
      running: () => Promise.resolve(isRunning ? machine : undefined),
      login: answer,
      engine: answer,
    };
    const checks = startChecks(accessChecks, subject as unknown as MachineSubject, signal, 'm1');
    await checks.done;
    if (answers) expect(asked, 'nobody is asked about a machine that answers').to.equal(0);
    return checks.findings().map(({ level, check, message, fix }) => `${level} ${check}: ${plain(message)} | ${plain(fix ?? '')}`);
  }

  const cases: readonly (readonly [string, Situation, readonly string[]])[] = [
    ['says nothing where nothing is closed', {}, []],
    ['says nothing of a machine that is off', { access: { allowed: [] }, isRunning: false }, []],
    ['asks nobody about a machine that answers', { access: { allowed: [] }, answers: true }, ['ok access: This computer reaches it | ']],
    [
      'names the address and the command when it is kept out',
      { access: { allowed: ['203.0.113.7/32', '2001:db8::/32'], here: '198.51.100.9' } },
      ['fault access: Its firewall lets in 203.0.113.7/32, 2001:db8::/32, but this computer is 198.51.100.9 | tsmachine allow m1'],
    ],
    [
      'says who can change a firewall that is not ours',
      { access: { allowed: [], here: '198.51.100.9', fixed: 'Open it yourself' } },
      ['fault access: Its firewall lets in nobody, but this computer is 198.51.100.9 | Open it yourself'],
    ],
    [
      'is content when it is let in',
      { access: { allowed: ['198.51.100.0/24'], here: '198.51.100.9' } },
      ['ok access: Its firewall lets this computer in (198.51.100.9) | '],
    ],
    ['says nothing of a private network', { access: { allowed: ['10.0.0.0/8'] } }, []],
    [
      'warns when it cannot tell',
      { access: new TsmachineError('DOWNLOAD', 'no answer', { hint: 'Name the address' }) },
      ['warning access: no answer | Name the address'],
    ],
  ];
  for (const [what, situation, expected] of cases) {
    it(what, async () => {
      expect(await findings(situation)).to.deep.equal(expected);
    });
  }
});
