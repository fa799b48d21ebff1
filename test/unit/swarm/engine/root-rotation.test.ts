import { expect } from 'chai';

import { inspectCluster } from '../../../../src/swarm/engine/cluster.js';
import { beginRootRotation, rootRotationState } from '../../../../src/swarm/engine/root-rotation.js';
import { FakeEngine } from '../../../helpers/fake-engine.js';

const issued = (by: string) => ({ CertIssuerSubject: by, CertIssuerPublicKey: by, TrustRoot: 'old' });
const swarm = {
  ID: 'c1',
  Version: { Index: 4 },
  RootRotationInProgress: true,
  TLSInfo: issued('new'),
  JoinTokens: { Worker: 'SWMTKN-w', Manager: 'SWMTKN-m' },
  Spec: { Name: 'default', CAConfig: { NodeCertExpiry: 1, ForceRotate: 2, SigningCAKey: 'secret' } },
};
const nodes = [
  { ID: 'n1', Description: { Hostname: 'm1', TLSInfo: issued('new') }, Status: { State: 'ready' } },
  { ID: 'n2', Description: { Hostname: 'w1', TLSInfo: issued('old') }, Status: { State: 'down' } },
  { ID: 'n3', Status: { State: 'unknown' } },
];
const manager = () => new FakeEngine('m1', ({ path }) => ({ '/swarm': swarm, '/nodes': nodes })[path]);

describe('a new root CA', () => {
  it('is asked for by a number that nobody has had, with all other settings as they were', async () => {
    const engine = manager();
    await beginRootRotation(engine, { certExpiry: 48 });
    expect(engine.changes).to.deep.equal([
      {
        method: 'POST',
        path: '/swarm/update',
        query: { version: 4 },
        body: { Name: 'default', CAConfig: { NodeCertExpiry: 48, ForceRotate: 3, SigningCAKey: 'secret' } },
      },
    ]);
  });

  it('waits for the nodes whose certificates the old one issued', async () => {
    expect(await rootRotationState(manager())).to.deep.equal({
      finished: false,
      total: 3,
      stragglers: [
        { id: 'n2', hostname: 'w1', state: 'down' },
        { id: 'n3', hostname: 'n3', state: 'unknown' },
      ],
    });
  });

  it('is shown with the swarm, without what lets anybody in', async () => {
    const shown = JSON.stringify(await inspectCluster(manager()));
    expect(shown)
      .to.contain('"ForceRotate":2')
      .and.not.match(/SWMTKN|secret/);
  });
});
