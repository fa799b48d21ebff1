import { expect } from 'chai';

import { changeNode, listNodes, removeNode, waitForNode } from '../../../../src/swarm/engine/nodes.js';
import { FakeEngine, refuse, type Call } from '../../../helpers/fake-engine.js';
import { failureOf } from '../../../helpers/failure.js';

const { signal } = new AbortController();

/** One node as swarm managers keep it: a change must name its present version, which a heartbeat may raise in between. */
function managerWithNode(heartbeats = 0) {
  let beats = heartbeats;
  const node = {
    ID: 'n1',
    Version: { Index: 7 },
    Spec: { Name: 'kept', Role: 'worker', Availability: 'active', Labels: { zone: 'a' } },
    Description: { Hostname: 'worker1', Engine: { EngineVersion: '28.5.2' } },
    Status: { State: 'ready', Addr: '192.0.2.7' },
  };
  const engine = new FakeEngine('manager1', ({ method, path, query, body }: Call) => {
    if (method === 'GET' && path === '/nodes') return [node];
    if (method === 'GET' && path === '/nodes/n1') return structuredClone(node);
    if (method === 'POST' && path === '/nodes/n1/update') {
      if (beats-- > 0) node.Version.Index++;
      if (query?.['version'] !== node.Version.Index) return refuse(500, 'rpc error: code = Unknown desc = update out of sequence');
      node.Version.Index++;
      node.Spec = body as typeof node.Spec;
      return undefined;
    }
    return refuse(404, `node ${path} not found`);
  });
  return { engine, node };
}

describe('the nodes of a swarm', () => {
  it('are read with what managers alone have left out for workers', async () => {
    const [node] = await listNodes(managerWithNode().engine);
    expect(node).to.deep.equal({
      id: 'n1',
      hostname: 'worker1',
      role: 'worker',
      availability: 'active',
      labels: { zone: 'a' },
      state: 'ready',
      message: '',
      address: '192.0.2.7',
      leader: false,
      engineVersion: '28.5.2',
    });
  });

  it('are changed against their own version, and what the change does not name is kept', async () => {
    const { engine, node } = managerWithNode();
    expect(await changeNode(engine, 'n1', { availability: 'drain', labels: { zone: 'b', disk: 'ssd' } })).to.equal(true);
    expect(node.Spec).to.deep.equal({ Name: 'kept', Role: 'worker', Availability: 'drain', Labels: { zone: 'b', disk: 'ssd' } });
  });

  it('are changed again when somebody else was faster', async () => {
    const { engine, node } = managerWithNode(3);
    expect(await changeNode(engine, 'n1', { role: 'manager' })).to.equal(true);
    expect(node.Spec.Role).to.equal('manager');
    expect(engine.changes).to.have.length(4);
  });

  it('are not retried for ever', async () => {
    const { engine } = managerWithNode(Infinity);
    expect((await failureOf(changeNode(engine, 'n1', { role: 'manager' }))).message).to.contain('out of sequence');
  });

  it('are left alone when they are as wanted', async () => {
    const { engine } = managerWithNode();
    expect(await changeNode(engine, 'n1', { role: 'worker', availability: 'active', labels: { zone: 'a' } })).to.equal(false);
    expect(engine.changes).to.deep.equal([]);
  });

  it('are removed, also when they are gone already', async () => {
    await removeNode(managerWithNode().engine, 'n2', { force: true });
    const busy = new FakeEngine('manager1', () => refuse(400, "node n1 is not down and can't be removed"));
    expect((await failureOf(removeNode(busy, 'n1'))).message).to.contain('is not down');
  });

  it('are waited for, with what was waited for in the error', async () => {
    const { engine } = managerWithNode();
    await waitForNode(engine, 'n2', (node) => node === undefined, { what: 'n2 to be gone', timeout: 0, signal });
    const late = await failureOf(
      waitForNode(engine, 'n1', (node) => node?.state === 'down', { what: 'worker1 to be Down', timeout: 0, signal }),
    );
    expect(late).to.include({ code: 'WAIT_TIMEOUT', message: 'Waited 0 s for worker1 to be Down' });
  });
});
