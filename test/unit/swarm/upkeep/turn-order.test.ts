import { expect } from 'chai';

import { turnsOf, type Turn } from '../../../../src/swarm/upkeep/turn-order.js';

const member = (name: string, more: Partial<Turn> = {}): Turn => ({
  name,
  role: name.startsWith('m') ? 'manager' : 'worker',
  leader: false,
  well: true,
  ...more,
});

describe('the order in which nodes restart', () => {
  it('has managers first, the leader last of them, then workers', () => {
    const members = [member('w2'), member('m1', { leader: true }), member('w1'), member('m3'), member('m2')];
    expect(turnsOf(members)).to.deep.equal({ managers: ['m2', 'm3', 'm1'], workers: ['w1', 'w2'] });
  });

  it('has those that are not well before their equals', () => {
    const members = [
      member('m1'),
      member('m2', { leader: true }),
      member('m3', { well: false }),
      member('w1'),
      member('w2', { well: false }),
    ];
    expect(turnsOf(members)).to.deep.equal({ managers: ['m3', 'm1', 'm2'], workers: ['w2', 'w1'] });
  });

  it('is empty where nobody is', () => {
    expect(turnsOf([])).to.deep.equal({ managers: [], workers: [] });
  });
});
