import { expect } from 'chai';

import { lines, run, say } from '../../../../src/base/text.js';
import { Progress } from '../../../../src/cli/terminal/progress.js';
import { TerminalIo } from '../../../../src/cli/terminal/terminal-io.js';
import { fakeScreen } from './fake-screen.js';

describe('cli: messages on the terminal', () => {
  const started = process.argv[1] ?? '';

  afterEach(() => {
    process.argv[1] = started;
  });

  function terminal() {
    const screen = fakeScreen();
    const { signal } = new AbortController();
    return { screen, io: new TerminalIo({ screen, progress: new Progress(screen), signal, debug: true, infoTo: 'stdout' }) };
  }

  it('name commands as the program was called', () => {
    for (const program of ['tsmachine', 'docker-machine']) {
      process.argv[1] = `/usr/bin/${program}`;
      const { screen, io } = terminal();
      io.info(run('env', 'm1'));
      io.warn(say`Free it first: ${run('swarm', 'leave', 'm1')}`);
      io.debug(run('ls'));
      io.progress(say`Waiting for ${run('start', 'm1')}`);
      expect(screen.out()).to.equal(`${program} env m1\n`);
      expect(screen.err()).to.equal(`Free it first: ${program} swarm leave m1\n${program} ls\nWaiting for ${program} start m1\n`);
    }
  });

  it('mark each line with the machine once', () => {
    const { screen, io } = terminal();
    const own = io.forMachine('m1', true);
    own.info(lines([run('start', 'm1'), '(m1) is off']) ?? '');
    expect(screen.out()).to.equal('(m1) tsmachine start m1\n(m1) is off\n');
  });
});
