import { expect } from 'chai';

import { silentIo } from '../../../src/base/io.js';
import { TsmachineError } from '../../../src/base/errors.js';
import type { Machine } from '../../../src/machine/machine.js';
import { showingConsole } from '../../../src/machine/wait-for-state.js';
import { openSession } from '../../../src/session.js';
import { failureOf, hintOf } from '../../helpers/failure.js';

describe('a machine that is not reached', () => {
  const session = openSession({ storePath: '/nowhere', io: silentIo });
  const machine = (console?: () => Promise<string>) => ({ name: 'm1', driver: { console }, data: {}, ctx: {} }) as unknown as Machine;
  const unreached = () => Promise.reject(new TsmachineError('SSH_TIMEOUT', 'm1 does not answer', { hint: 'Try again' }));

  it('shows the end of its console, and nothing that would change the terminal', async () => {
    const text = `${'old\n'.repeat(40)}\u001b[2J\u001b]0;title\u0007kernel panic\r\nGrüße\u009b31m\u0000`;
    const error = await failureOf(
      showingConsole(
        session,
        machine(() => Promise.resolve(text)),
        unreached,
      ),
    );
    expect(error.code).to.equal('SSH_TIMEOUT');
    expect(hintOf(error))
      .to.match(/^Try again\nThe end of its console:\nold\n/)
      .and.match(/\nkernel panic\nGrüße$/);
  });

  it('keeps the failure when its console cannot be read, is empty or is not offered', async () => {
    for (const console of [() => Promise.reject(new Error('no port')), () => Promise.resolve(' \n'), undefined]) {
      const error = await failureOf(showingConsole(session, machine(console), unreached));
      expect([error.code, hintOf(error)]).to.deep.equal(['SSH_TIMEOUT', 'Try again']);
    }
  });

  it('asks for no console when something else failed', async () => {
    let asked = 0;
    const failing = () => Promise.reject(new TsmachineError('FLAG_INVALID', 'no'));
    await failureOf(
      showingConsole(
        session,
        machine(() => Promise.resolve(String(++asked))),
        failing,
      ),
    );
    expect(asked).to.equal(0);
  });
});
