import { expect } from 'chai';

import { Progress, progressLines } from '../../../../src/cli/terminal/progress.js';
import { TerminalIo } from '../../../../src/cli/terminal/terminal-io.js';
import { fakeScreen } from './fake-screen.js';

describe('cli: progress', () => {
  const signal = new AbortController().signal;

  it('shows what fits: seconds, one line each, no line that wraps', () => {
    expect(progressLines([{ text: 'Downloading\nimage', since: 1000 }], 4900, 80, 24)).to.deep.equal(['Downloading image 3s']);
    const [line = ''] = progressLines([{ text: 'x'.repeat(100), since: 0 }], 12_000, 40, 24);
    expect(line)
      .to.have.length(39)
      .and.match(/^x+… 12s$/);
    const many = Array.from({ length: 30 }, (_, i) => ({ text: `m${i}`, since: 0 }));
    const lines = progressLines(many, 0, 80, 10);
    expect(lines).to.have.length(8);
    expect(lines.at(-1)).to.equal('and 23 more');
  });

  it('prints plain lines where nothing can be redrawn, each text once', () => {
    const screen = fakeScreen();
    const progress = new Progress(screen);
    progress.update('m1', 'Waiting');
    progress.update('m1', 'Waiting');
    progress.announced('m1', 'Installing...');
    progress.done('m1');
    progress.close();
    expect(screen.err()).to.equal('Waiting\n');
  });

  it('keeps passing figures out of a log, and their seconds on a terminal', () => {
    const [log, live] = [fakeScreen(), fakeScreen({ live: true })];
    for (const screen of [log, live]) {
      const progress = new Progress(screen);
      progress.update('m1', 'Copying');
      progress.update('m1', 'Copying: 1 MiB', true);
      progress.close();
    }
    expect(log.err()).to.equal('Copying\n');
    expect(live.err()).to.contain('Copying: 1 MiB 0s');
  });

  it('redraws below what is printed and leaves nothing behind', () => {
    const screen = fakeScreen({ live: true });
    const progress = new Progress(screen);
    progress.update('m1', 'Waiting');
    progress.write(screen.stdout, 'fact');
    progress.close();
    expect(screen.out()).to.equal('fact\n');
    expect(screen.err()).to.equal('Waiting 0s\n\u001b[1A\r\u001b[0JWaiting 0s\n\u001b[1A\r\u001b[0J');
  });

  it('hides a step that was just printed at first', () => {
    const screen = fakeScreen({ live: true });
    const progress = new Progress(screen);
    progress.announced('m1', 'Installing...');
    progress.close();
    expect(screen.err()).to.equal('');
  });

  it('is hidden while a question is asked', async () => {
    const screen = fakeScreen({ live: true });
    const progress = new Progress(screen);
    progress.update('m1', 'Waiting');
    await progress.pause(() => {
      progress.update('m2', 'Waiting too');
      return Promise.resolve();
    });
    progress.close();
    expect(screen.err().match(/Waiting too/g)).to.have.length(1);
  });

  it('marks the lines of several machines once', () => {
    const screen = fakeScreen();
    const io = new TerminalIo({ screen, progress: new Progress(screen), signal, debug: false, infoTo: 'stdout' });
    const own = io.forMachine('m1', true);
    own.info('first\nsecond');
    own.info('(m1) from the driver');
    own.warn('careful');
    own.debug('hidden');
    io.forMachine('m2', false).info('plain');
    expect(screen.out()).to.equal('(m1) first\n(m1) second\n(m1) from the driver\nplain\n');
    expect(screen.err()).to.equal('(m1) careful\n');
  });

  it('has no answer to a secret question without a terminal', async () => {
    const screen = fakeScreen({ input: 'password\n' });
    const io = new TerminalIo({ screen, progress: new Progress(screen), signal, debug: false, infoTo: 'stderr' });
    expect(await io.secret('Password:')).to.equal(undefined);
  });
});
