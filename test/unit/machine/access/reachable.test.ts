import { expect } from 'chai';

import { silentIo } from '../../../../src/base/io.js';
import type { Look } from '../../../../src/driver/contract.js';
import { systemLogin } from '../../../../src/machine/access/reachable.js';
import type { Machine } from '../../../../src/machine/machine.js';
import { openSession } from '../../../../src/session.js';
import { failureOf } from '../../../helpers/failure.js';

describe('how a machine is reached over SSH', () => {
  const session = openSession({ storePath: '/nowhere', io: silentIo });
  const machine = (provision: boolean, look: Look) =>
    ({ name: 'm1', module: { name: 'fake', features: { provision } }, look: () => Promise.resolve(look) }) as unknown as Machine;
  const refusal = async (...how: Parameters<typeof machine>) => (await failureOf(systemLogin(session, machine(...how)))).message;

  it('is not known of one that is only an engine', async () => {
    expect(await refusal(false, { state: 'Running', addresses: [] })).to.equal('m1 has no SSH: its driver, fake, only knows the engine');
  });

  it('is not known of one that does not run, also before it ran for the first time', async () => {
    for (const state of ['None', 'Stopped'] as const)
      expect(await refusal(true, { state, addresses: [] })).to.equal('Error: Cannot run SSH command: Host "m1" is not running');
  });

  it('is not known of one that runs and has no address yet', async () => {
    expect(await refusal(true, { state: 'Running', addresses: [] })).to.equal('m1 has no SSH address');
  });
});
