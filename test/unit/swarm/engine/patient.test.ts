import { expect } from 'chai';

import { patient } from '../../../../src/swarm/engine/patient.js';
import { FakeEngine, refuse } from '../../../helpers/fake-engine.js';
import { failureOf } from '../../../helpers/failure.js';

const { signal } = new AbortController();

describe('a manager that is asked patiently', () => {
  it('answers when the swarm has a leader again', async () => {
    let asked = 0;
    const engine = new FakeEngine('manager1', () =>
      ++asked < 3 ? refuse(500, 'rpc error: code = Unknown desc = The swarm does not have a leader.') : ['a node'],
    );
    expect(await patient(engine, signal).request('GET', '/nodes')).to.deep.equal(['a node']);
    expect(asked).to.equal(3);
  });

  it('is not asked again what it refuses for another reason', async () => {
    let asked = 0;
    const engine = new FakeEngine('manager1', () => {
      asked++;
      return refuse(500, 'rpc error: code = FailedPrecondition desc = node is a manager');
    });
    expect(await failureOf(patient(engine, signal).request('DELETE', '/nodes/n1'))).to.have.property('code', 'ENGINE_API');
    expect(asked).to.equal(1);
  });
});
