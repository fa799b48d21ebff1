import { expect } from 'chai';

import { nodesTable } from '../../../../src/cli/output/nodes-table.js';
import { nodeRows } from '../../../../src/swarm/status/nodes.js';
import { TsmachineError } from '../../../../src/base/errors.js';
import { known, member, membership, node } from './known.js';

describe('swarm nodes', () => {
  it('are listed leader first, then managers, workers and nodes without a machine', () => {
    const nodes = [
      node('w10'),
      node('w2'),
      node('m1', { role: 'manager' }),
      node('m2', { role: 'manager', leader: true }),
      node('stranger'),
      node('nameless', { hostname: '', state: 'unknown' }),
    ];
    const rows = nodeRows(
      known(
        nodes,
        ['w2', 'w10', 'm1', 'm2'].map((name) => member(name)),
        { m1: { role: 'manager' } },
      ),
    );
    expect(rows.map(({ machine, node: host, manager }) => [machine, host, manager])).to.deep.equal([
      ['m2', 'm2', 'leader'],
      ['m1', 'm1', 'reachable'],
      ['w2', 'w2', undefined],
      ['w10', 'w10', undefined],
      [undefined, 'nameless', undefined],
      [undefined, 'stranger', undefined],
    ]);
  });

  const machines: [why: string, more: Parameters<typeof member>[1], node: string | undefined, status: string][] = [
    ['never joined', { membership: membership({ state: 'inactive' }) }, undefined, 'not joined'],
    ['has left', { membership: membership({ state: 'inactive' }) }, 'n1', 'left'],
    ['is joining', { membership: membership({ state: 'pending' }) }, undefined, 'joining'],
    ['is locked', { membership: membership({ state: 'locked' }) }, 'n1', 'locked'],
    ['is unfinished', { unfinished: true }, undefined, 'unfinished'],
    ['does not answer', { error: new TsmachineError('ENGINE_UNREACHABLE', 'x') }, 'n1', 'no answer'],
    ['is stopped', { state: 'Stopped' }, 'n1', 'stopped'],
  ];
  for (const [why, { membership: of, ...more } = {}, id, status] of machines) {
    it(`say what a machine is that is not a node: it ${why}`, () => {
      const { membership: _, ...bare } = member('m', more);
      const [row] = nodeRows(
        known([], [of ? { ...bare, membership: of } : bare], { m: { role: 'worker', ...(id === undefined ? {} : { node: id }) } }),
      );
      expect(row).to.include({ machine: 'm', role: 'worker', status });
    });
  }

  it('say that a machine is stopped before its managers notice', () => {
    const { membership: _, ...off } = member('w', { state: 'Stopped' });
    expect(nodeRows(known([node('w')], [off]))[0]).to.include({ machine: 'w', status: 'stopped' });
    expect(nodeRows(known([node('w', { state: 'down' })], [off]))[0]).to.include({ status: 'down' });
  });

  it('have the address a manager advertises when its entry says 0.0.0.0', () => {
    const rows = nodeRows(known([node('m1', { role: 'manager', address: '0.0.0.0', managerAddress: '192.0.2.7:2377' })], [member('m1')]));
    expect(rows[0]?.address).to.equal('192.0.2.7');
  });

  it('have the fields that scripts read, without those that have no value', () => {
    const leader = known([node('m1', { role: 'manager', leader: true, address: '192.0.2.7', engineVersion: '26.1.5' })], [member('m1')]);
    expect(nodeRows(leader)).to.deep.equal([
      {
        machine: 'm1',
        id: 'm1',
        node: 'm1',
        role: 'manager',
        status: 'ready',
        availability: 'active',
        manager: 'leader',
        engine: '26.1.5',
        address: '192.0.2.7',
        labels: {},
      },
    ]);
    const { membership: _, ...off } = member('w', { state: 'Stopped' });
    expect(nodeRows(known([], [off], { w: { role: 'worker' } }))).to.deep.equal([
      { machine: 'w', role: 'worker', status: 'stopped', engine: '', address: '', labels: {} },
    ]);
  });

  it('fit 80 columns, with host names and labels only when there are some', () => {
    const nodes = [
      node('manager1', { role: 'manager', leader: true, address: '192.168.100.11', engineVersion: '26.1.5+dfsg1' }),
      node('manager2', { role: 'manager', address: '192.168.100.12' }),
      node('worker1', { address: '192.168.100.21' }),
    ];
    const machinesOf = nodes.map(({ id }) => member(id));
    const text = nodesTable(nodeRows(known(nodes, machinesOf)));
    expect(text.split('\n')[0]?.split(/ +/)).to.deep.equal(['MACHINE', 'ROLE', 'STATUS', 'AVAILABILITY', 'MANAGER', 'ENGINE', 'ADDRESS']);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).to.be.at.most(80);
    const more = nodesTable(nodeRows(known([...nodes, node('x', { labels: { b: '2', a: '1' } })], machinesOf)));
    expect(more)
      .to.match(/^MACHINE +NODE +.* LABELS\n/)
      .and.match(/^- +x +worker .* a=1,b=2$/m);
  });
});
