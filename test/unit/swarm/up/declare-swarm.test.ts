import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { FlagValues } from '../../../../src/base/flags.js';
import { declareSwarm } from '../../../../src/swarm/up/declare-swarm.js';
import { failureOf } from '../../../helpers/failure.js';
import { scratch } from '../../../helpers/scratch.js';

const session = { env: { NSPAWN_SUITE: 'bookworm' } };

describe('what a swarm is declared to be', () => {
  it('is one manager unless numbers are given', async () => {
    const { declaration, warnings } = await declareSwarm(session, { name: 'lab', driver: 'nspawn' });
    expect(declaration.members.map(({ machine, role }) => ({ machine, role }))).to.deep.equal([
      { machine: 'lab-manager1', role: 'manager' },
    ]);
    expect(warnings).to.deep.equal([]);
  });

  it('has the flags of create and of the driver that were given, and none of the environment', async () => {
    const flags = { 'engine-label': ['a=b'], 'engine-install': 'distro', 'tls-san': 'lab.example.com', 'nspawn-memory': '512' };
    const { declaration, base } = await declareSwarm(session, { name: 'lab', workers: 1, driver: 'nspawn', flags }, { cwd: '/srv' });
    expect(base).to.equal('/srv');
    for (const member of declaration.members) {
      expect(member.flags).to.deep.equal({ 'nspawn-memory': 512 });
      expect(member.engine.Labels).to.deep.equal(['a=b']);
      expect(member.install).to.deep.equal({ mode: 'distro' });
      expect(member.tlsSans).to.deep.equal(['lab.example.com']);
    }
  });

  const wrong: [why: string, flags: FlagValues, code: string][] = [
    ['a flag that does not exist', { 'nspawn-ram': 1 }, 'USAGE'],
    ['a flag of classic swarms', { 'swarm-master': true }, 'USAGE'],
    ['a value that cannot be', { 'engine-label': ['a'] }, 'FLAG_INVALID'],
  ];
  for (const [why, flags, code] of wrong) {
    it(`refuses ${why}`, async () => {
      expect((await failureOf(declareSwarm(session, { name: 'lab', driver: 'nspawn', flags }))).code).to.equal(code);
    });
  }

  it('comes from a file, named or the usual one', async () => {
    const cwd = scratch();
    const text = 'groups:\n  all: { count: 3, role: manager, driver: nspawn }\n';
    writeFileSync(join(cwd, 'swarm.yaml'), text);
    writeFileSync(join(cwd, 'other.yaml'), `name: other\n${text}`);
    expect((await declareSwarm(session, { name: 'lab' }, { cwd })).declaration).to.include({ name: 'lab' });
    const { declaration } = await declareSwarm(session, { file: 'other.yaml' }, { cwd });
    expect([declaration.name, declaration.members.length]).to.deep.equal(['other', 3]);
  });

  it('comes from a file or from flags, never from both', async () => {
    const both = { name: 'lab', driver: 'nspawn', file: 'swarm.yaml' };
    expect((await failureOf(declareSwarm(session, both))).code).to.equal('USAGE');
  });
});
