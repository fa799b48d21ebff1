import { PassThrough } from 'node:stream';

import { expect } from 'chai';

import { listenForInterrupts } from '../../../../src/cli/terminal/interrupt.js';
import { askLine, askSecret, isYes } from '../../../../src/cli/terminal/prompt.js';
import { TsmachineError } from '../../../../src/base/errors.js';
import { failureOf } from '../../../helpers/failure.js';
import { fakeScreen } from './fake-screen.js';

const interrupted = new TsmachineError('CANCELLED', 'Interrupted');
const never = new AbortController().signal;

/** A terminal as far as a secret question is concerned. */
function terminal() {
  const keys = new PassThrough();
  const modes: boolean[] = [];
  Object.assign(keys, {
    isTTY: true,
    setRawMode: (on: boolean) => {
      modes.push(on);
    },
  });
  const screen = { ...fakeScreen(), stdin: keys as unknown as NodeJS.ReadStream };
  return { keys, modes, screen };
}

describe('cli: prompts', () => {
  it('read one line and keep the question on stderr', async () => {
    const screen = fakeScreen({ input: 'yes\nmore\n' });
    expect(await askLine('Sure? ', screen, never)).to.equal('yes');
    expect([screen.out(), screen.err()]).to.deep.equal(['', 'Sure? ']);
  });
  it('leave the lines that follow to the next questions', async () => {
    const screen = fakeScreen({ input: 'yes\r\nno\nmaybe' });
    const answers: (string | undefined)[] = [];
    for (const question of ['1 ', '2 ', '3 ', '4 ']) answers.push(await askLine(question, screen, never));
    expect(answers).to.deep.equal(['yes', 'no', 'maybe', undefined]);
  });
  it('have no answer at the end of input', async () => {
    const screen = fakeScreen({ input: '' });
    expect(await askLine('Sure? ', screen, never)).to.equal(undefined);
    expect(screen.err()).to.equal('Sure? \n');
  });
  it('end with an interruption', async () => {
    const controller = new AbortController();
    const asked = failureOf(askLine('Sure? ', fakeScreen(), controller.signal));
    controller.abort(interrupted);
    expect(await asked).to.equal(interrupted);
  });
  it('take y and Y as yes and everything else as no', () => {
    expect(['y', 'Yes', 'n', '', ' y'].map(isYes)).to.deep.equal([true, true, false, false, false]);
  });
});

describe('cli: secrets', () => {
  it('are read with the echo off, which is put back', async () => {
    const { keys, modes, screen } = terminal();
    const asked = askSecret('Passphrase:', screen, never);
    keys.write('abx\u007f');
    keys.write('ć\r');
    expect(await asked).to.equal('abć');
    expect(modes).to.deep.equal([true, false]);
    expect(screen.err()).to.equal('Passphrase: \n');
  });
  it('may be empty, and are none at the end of input', async () => {
    const first = terminal();
    const empty = askSecret('?', first.screen, never);
    first.keys.write('\r');
    expect(await empty).to.equal('');
    const second = terminal();
    const none = askSecret('?', second.screen, never);
    second.keys.write('\u0004');
    expect(await none).to.equal(undefined);
  });
  it('turn Ctrl-C into the signal it is elsewhere', async () => {
    const others = process.listeners('SIGINT'); // the test runner's own, which would end the run
    process.removeAllListeners('SIGINT');
    const { keys, screen } = terminal();
    const interruption = listenForInterrupts({ print: () => undefined, exitNow: () => undefined });
    try {
      const asked = failureOf(askSecret('?', screen, interruption.signal));
      keys.write('ab\u0003');
      expect(await asked).to.include({ code: 'CANCELLED', exit: 130 });
      expect(interruption.exit()).to.equal(130);
    } finally {
      interruption.dispose();
      for (const listener of others) process.on('SIGINT', listener);
    }
  });
  it('put the terminal back when interrupted', async () => {
    const { modes, screen } = terminal();
    const controller = new AbortController();
    const asked = failureOf(askSecret('?', screen, controller.signal));
    controller.abort(interrupted);
    expect(await asked).to.equal(interrupted);
    expect(modes).to.deep.equal([true, false]);
  });
});
