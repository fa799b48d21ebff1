import { expect } from 'chai';

import { declare } from '../../../../src/swarm/model/declare.js';
import { read } from '../file/reading.js';
import { failureOf } from '../../../helpers/failure.js';

const request = { name: 'prod', managers: 3, workers: 2, driver: 'nspawn', flags: { 'nspawn-suite': 'trixie' } };

describe('a swarm without a file', () => {
  it('is the same as the file that says so', async () => {
    const alike = 'driver: nspawn, flags: {nspawn-suite: trixie}';
    const file = await read(`groups:\n  manager: {role: manager, count: 3, ${alike}}\n  worker: {role: worker, count: 2, ${alike}}\n`);
    expect(declare(request)).to.deep.equal(file);
    expect(file.declaration.members.map(({ machine }) => machine)).to.deep.equal([
      'prod-manager1',
      'prod-manager2',
      'prod-manager3',
      'prod-worker1',
      'prod-worker2',
    ]);
  });

  it('hands on what else is said', () => {
    const install = { mode: 'docker', version: '28' } as const;
    const more = { settings: { autolock: true }, engine: { Labels: ['a=b'] }, install, tlsSans: ['x'] };
    const { declaration } = declare({ ...request, ...more });
    expect(declaration.settings).to.deep.equal({ autolock: true });
    for (const member of declaration.members) expect(member).to.deep.include({ engine: more.engine, install, tlsSans: more.tlsSans });
  });

  it('may have no workers, and warns of even managers', () => {
    expect(declare({ ...request, managers: 1, workers: 0 })).to.have.nested.property('declaration.members.length', 1);
    expect(declare({ ...request, managers: 2 }).warnings).to.deep.equal([
      { message: '2 managers tolerate no more failures than 1: an odd number is better' },
    ]);
  });

  for (const [wrong, code] of [
    [{ managers: 0 }, 'FLAG_INVALID'],
    [{ managers: -1 }, 'FLAG_INVALID'],
    [{ managers: 1.5 }, 'FLAG_INVALID'],
    [{ workers: -1 }, 'FLAG_INVALID'],
    [{ workers: NaN }, 'FLAG_INVALID'],
    [{ name: 'my swarm' }, 'NAME_INVALID'],
    [{ name: '' }, 'NAME_INVALID'],
    [{ name: 'x'.repeat(195) }, 'NAME_INVALID'],
  ] as const) {
    it(`refuses ${JSON.stringify(wrong).slice(0, 40)}`, async () => {
      expect(await failureOf(() => declare({ ...request, ...wrong }))).to.have.property('code', code);
    });
  }
});
