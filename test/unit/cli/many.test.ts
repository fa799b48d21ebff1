import { expect } from 'chai';

import { onMachines } from '../../../src/cli/many.js';
import { Progress } from '../../../src/cli/terminal/progress.js';
import { TerminalIo } from '../../../src/cli/terminal/terminal-io.js';
import { TsmachineError } from '../../../src/base/errors.js';
import { failureOf } from '../../helpers/failure.js';
import { fakeScreen } from './terminal/fake-screen.js';

function io() {
  const screen = fakeScreen();
  return {
    screen,
    io: new TerminalIo({ screen, progress: new Progress(screen), signal: new AbortController().signal, debug: false, infoTo: 'stdout' }),
  };
}

const options = { limit: 2, debug: false };
const broken = (name: string, exit?: number) => new TsmachineError('MACHINE_STATE', `${name} is broken`, { hint: 'mend it', exit });

describe('cli: many machines', () => {
  it('returns results in the order of the names and never works on more than the limit at once', async () => {
    let running = 0;
    let most = 0;
    const result = await onMachines(['a', 'b', 'c', 'd'], io().io, options, async (name) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return name.toUpperCase();
    });
    expect(result).to.deep.equal(['A', 'B', 'C', 'D']);
    expect(most).to.equal(2);
  });

  it('throws the error itself for a single machine', async () => {
    const error = broken('a', 3);
    expect(await failureOf(onMachines(['a'], io().io, options, () => Promise.reject(error)))).to.equal(error);
  });

  it('reports each failure, finishes the rest and names the failed machines', async () => {
    const { screen, io: terminal } = io();
    const done: string[] = [];
    const error = await failureOf(
      onMachines(['a', 'b', 'c'], terminal, options, (name) => {
        if (name !== 'b') return Promise.reject(broken(name));
        done.push(name);
        return Promise.resolve();
      }),
    );
    expect(screen.err()).to.equal('a: a is broken\nmend it\nc: c is broken\nmend it\n');
    expect(done).to.deep.equal(['b']);
    expect(error).to.include({ code: 'SEVERAL_FAILED', message: '2 of 3 machines failed: a, c', exit: 1 });
  });

  it('keeps the exit status that all of them failed with', async () => {
    expect((await failureOf(onMachines(['a', 'b'], io().io, options, (name) => Promise.reject(broken(name, 3))))).exit).to.equal(3);
    expect(
      (await failureOf(onMachines(['a', 'b'], io().io, options, (name) => Promise.reject(broken(name, name === 'a' ? 3 : 2))))).exit,
    ).to.equal(1);
  });

  it('is a plain failure when only some failed', async () => {
    const work = (name: string) => (name === 'a' ? Promise.reject(broken(name, 3)) : Promise.resolve());
    expect((await failureOf(onMachines(['a', 'b'], io().io, options, work))).exit).to.equal(1);
  });

  it('says nothing of machines that an interruption stopped', async () => {
    const { screen, io: terminal } = io();
    await failureOf(onMachines(['a', 'b'], terminal, options, () => Promise.reject(new TsmachineError('CANCELLED', 'Interrupted'))));
    expect(screen.err()).to.equal('');
  });

  it('says nothing of what an interruption made fail: the command says it once', async () => {
    const { screen, io: terminal } = io();
    const controller = new AbortController();
    const work = (name: string) => {
      if (name === 'c') controller.abort();
      const aborted = new DOMException('This operation was aborted', 'AbortError');
      return Promise.reject(name === 'a' ? broken(name) : aborted);
    };
    const error = await failureOf(onMachines(['a', 'c', 'd'], terminal, { ...options, limit: 1, signal: controller.signal }, work));
    expect(screen.err()).to.equal('a: a is broken\nmend it\n');
    expect(error.code).to.equal('SEVERAL_FAILED');
  });
});
