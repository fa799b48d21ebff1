import { expect } from 'chai';

import { rollingOrder, upgrading } from '../../../../src/core/swarm/rolling.js';
import type { Node } from '../../../../src/swarm/nodes.js';

describe('a swarm worked through', () => {
  it('begins with its managers, the leader last of them, and ends with its workers', () => {
    const nodes: Record<string, Pick<Node, 'role' | 'leader'>> = {
      w1: { role: 'worker', leader: false }, m1: { role: 'manager', leader: true }, m2: { role: 'manager', leader: false }, w2: { role: 'worker', leader: false },
    };
    expect(rollingOrder(['w1', 'm1', 'gone', 'm2', 'w2'], (name) => nodes[name])).to.deep.equal(['m2', 'm1', 'w1', 'w2']);
  });

  const node = (engineVersion: string): Node => ({
    id: 'n', hostname: 'm1', role: 'worker', availability: 'active', labels: {}, state: 'ready', message: '', address: '', leader: false, engineVersion,
  });
  for (const [version, engine, done] of [
    ['28', '28.5.2', true], ['28.5', '28.5.2', true], ['28.5.2', '28.5.2+dfsg1', true], ['28.5', '28.50.1', false], ['29', '28.5.2', false], [undefined, '28.5.2', false],
  ] as const) {
    it(`${done ? 'skips' : 'upgrades'} an engine ${engine} where ${version ?? 'the newest'} is wanted`, () => {
      expect(upgrading(version).isDone(node(engine))).to.equal(done);
    });
  }
});
