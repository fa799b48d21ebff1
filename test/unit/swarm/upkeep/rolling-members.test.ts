import { expect } from 'chai';

import type { Member } from '../../../../src/swarm/reach/member.js';
import { rollingMembers } from '../../../../src/swarm/upkeep/rolling-members.js';
import type { Node } from '../../../../src/swarm/engine/nodes.js';
import { failureOf, hintOf } from '../../../helpers/failure.js';

type Seen = Parameters<typeof rollingMembers>[0];
const machine = (provision = true) => ({ module: { features: { provision } } }) as Member['machine'] & object;
const member = (name: string, more: Partial<Member> = {}): Member => ({
  name,
  unfinished: false,
  machine: machine(),
  state: 'Running',
  ...more,
});

/** A swarm of these members, and of nodes that are no machines of the store. */
function seen(members: readonly Member[], strangers: readonly string[] = []): Seen {
  const nodes = strangers.map((hostname) => ({ id: hostname, hostname }) as Node);
  return {
    name: 'prod',
    nodes,
    members: new Map(members.map((one) => [one.name, one])),
    machineOf: () => undefined,
    record: {
      version: 1,
      name: 'prod',
      members: Object.fromEntries(members.map(({ name }) => [name, { role: 'worker', node: `id-${name}` }])),
    },
  };
}

describe('the members that a change goes through', () => {
  it('are those that run, whether their engines answer or not', () => {
    expect(rollingMembers(seen([member('m1'), member('w1')]))).to.deep.equal({ names: ['m1', 'w1'], notes: [] });
  });

  it('are not those whose engines alone are known, and nodes of others, which are named', () => {
    const { names, notes } = rollingMembers(seen([member('m1'), member('e1', { machine: machine(false) })], ['other-host']));
    expect(names).to.deep.equal(['m1']);
    expect(notes).to.deep.equal([
      'Left as they are, because only their engines are known: e1',
      'Left as they are, because they are not machines of this store: other-host',
    ]);
  });

  it('must all run: what is off, gone or half made would stop it in the middle', async () => {
    const { machine: _, ...gone } = member('w3');
    const all = seen([member('m1'), member('w1', { state: 'Stopped' }), member('w2', { unfinished: true }), gone]);
    const error = await failureOf(() => rollingMembers(all));
    expect(error.code).to.equal('SWARM_STATE');
    expect(error.message).to.equal(
      'Every machine of swarm "prod" must run: ' + 'w1 is Stopped, w2 is not finished, w3 is not a machine of this store',
    );
    expect(hintOf(error)).to.contain('tsmachine start w1').and.to.contain('tsmachine swarm leave --force w2 w3');
  });
});
