import type { Driver } from '../../../../src/driver/contract.js';
import type { ConformanceOptions } from '../../../../src/driver/kit/conformance.js';
import { computerFiles } from '../../../../src/machine/access/files.js';
import { scratch } from '../../../helpers/scratch.js';
import { FakeCloud } from '../../../stand-ins/fake-cloud.js';

const keys = { loginPublic: 'ssh-ed25519 AAAA', hostKey: { private: 'private', public: 'ssh-ed25519 AAAA' } };

/** A cloud in memory in which there are things of somebody else, and a driver in it. */
export function fakeWorld(open: (cloud: FakeCloud) => Driver): ConformanceOptions {
  return {
    patience: 500,
    async makeWorld(around) {
      const cloud = new FakeCloud();
      await cloud.make({ kind: 'volume', name: 'database', labels: { by: 'hand' }, token: '' });
      cloud.around = around;
      return {
        dir: scratch(),
        files: computerFiles,
        flags: {},
        samples: { 'fake-region': 'south' },
        secrets: { 'fake-token': 'correct-horse-battery' },
        // real keys cost a disk's patience in hundreds of worlds
        parts: ({ machineDir }) => ({ identity: () => Promise.resolve({ ...keys, loginKeyPath: `${machineDir}/id_ed25519` }) }),
        open: () => open(cloud),
        inventory: () => [...cloud.things.values()].map(({ kind, id, name }) => `${kind} ${id} ${name}`),
        machines: () => cloud.count('instance'),
      };
    },
  };
}
