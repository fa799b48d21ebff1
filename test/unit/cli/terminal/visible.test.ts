import { expect } from 'chai';

import { TsmachineError } from '../../../../src/base/errors.js';
import { say } from '../../../../src/base/text.js';
import { compileListFormat } from '../../../../src/cli/format/ls.js';
import { findingsTable } from '../../../../src/cli/output/findings-table.js';
import { renderError } from '../../../../src/cli/output/render-error.js';
import { swarmStatusText } from '../../../../src/cli/output/swarm-status-text.js';
import { table } from '../../../../src/cli/output/table.js';
import { Progress } from '../../../../src/cli/terminal/progress.js';
import { askLine, askSecret } from '../../../../src/cli/terminal/prompt.js';
import { TerminalIo } from '../../../../src/cli/terminal/terminal-io.js';
import { visible } from '../../../../src/cli/terminal/visible.js';
import { cases } from '../../go-template/go.js';
import { fakeScreen } from './fake-screen.js';

/** Sets the title, rings, clears the screen (twice: as ESC and as C1), goes back to the start of the line, and reverses what follows. */
const evil = 'v1\u001b]0;owned\u0007\u001b[2J\u009b2J\u007f\rv2\u202e3v';
const tame = 'v1\\u001b]0;owned\\u0007\\u001b[2J\\u009b2J\\u007f\\u000dv2\\u202e3v';

describe('cli: control characters', () => {
  const { signal } = new AbortController();

  it('are written out, all but tab and line end; every other character stays', () => {
    for (let code = 0; code < 0xa0; code++) {
      const isControl = (code < 0x20 && code !== 9 && code !== 10) || code >= 0x7f;
      const character = String.fromCharCode(code);
      expect(visible(character), code.toString(16)).to.equal(isControl ? `\\u${code.toString(16).padStart(4, '0')}` : character);
    }
    for (const code of [0x61c, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069])
      expect(visible(String.fromCodePoint(code))).to.match(/^\\u/);
    expect(visible('größer, 日本語, עברית, 👩‍💻\tnext\r\nline')).to.equal('größer, 日本語, עברית, 👩‍💻\tnext\nline');
  });

  it('leave the value of JSON as it is', () => {
    const value = { [evil]: evil };
    const shown = visible(JSON.stringify(value, undefined, 2));
    expect(JSON.parse(shown)).to.deep.equal(value);
    expect(shown).to.not.match(/(?!\n)\p{Cc}/u);
  });

  for (const live of [false, true]) {
    it(`of no message reach ${live ? 'a terminal' : 'a log'}`, async () => {
      const screen = fakeScreen({ live, terminal: true, input: '' });
      const progress = new Progress(screen);
      const io = new TerminalIo({ screen, progress, signal, debug: true, infoTo: 'stdout' });
      io.info(evil);
      io.info(say`${evil}...`);
      io.forMachine(evil, true).info('x');
      io.warn(evil);
      io.debug(evil);
      io.error(renderError(new TsmachineError('ENGINE_API', evil, { hint: evil, cause: new Error(evil) }), { debug: true }).text);
      io.progress(evil);
      io.progress(say`${evil} 10%`, true);
      progress.write(screen.stdout, evil);
      progress.writeData(screen.stdout, evil);
      await askLine(evil, screen, signal);
      progress.close();
      const redrawing = /\u001b\[\d+A\r\u001b\[0J/g; // our own
      const text = screen.out() + screen.err().replace(redrawing, '');
      expect(text).to.not.match(/(?!\n)\p{Cc}|\u202e/u);
      expect(text.split(tame).length).to.be.above(8);
    });
  }

  it('of a question for a secret are written out too', async () => {
    const screen = fakeScreen({ terminal: true, input: 'x\n' });
    Object.assign(screen.stdin, { isTTY: true, setRawMode: () => undefined });
    await askSecret(evil, screen, signal);
    expect(screen.err()).to.equal(`${tame} \n`);
  });

  it('stay in what a program reads, unless that is a terminal', () => {
    const [pipe, terminal] = [fakeScreen(), fakeScreen({ terminal: true })];
    for (const screen of [pipe, terminal]) new Progress(screen).writeData(screen.stdout, evil);
    expect(pipe.out()).to.equal(`${evil}\n`);
    expect(terminal.out()).to.equal(`${tame}\n`);
  });

  it('make no second line of a table, nor of a finding', () => {
    expect(table([['m1', 'up\nm2   up', 'x\r\n\ty']])).to.equal(table([['m1', 'up m2   up', 'x y']]));
    const faults = findingsTable([{ level: 'fault', check: 'engine', machine: 'm1\nok', message: 'bad\nok' }]);
    expect(faults.split('\n')).to.have.length(4);
    const status = {
      name: 's',
      managers: { total: 1, reachable: 1, needed: 1, mayFail: 0 },
      leader: 'm1\nNo problems.',
      workers: { total: 0, ready: 0 },
      services: [],
      nodes: [],
      problems: [{ level: 'fault', message: 'lost\nNo problems.' }],
    } as const;
    expect(swarmStatusText(status as unknown as Parameters<typeof swarmStatusText>[0])).to.not.match(/^No problems/m);
  });

  it('of values are written out in ls --format, those of the template are kept', () => {
    const fields = ['Name', 'DriverName', 'URL', 'Swarm', 'Error', 'DockerVersion'];
    const row = { ...cases.row, name: evil, driverName: evil, url: evil, swarm: evil, error: evil, dockerVersion: evil };
    const printed: string[] = [];
    compileListFormat(`\u001b[1m${fields.map((field) => `{{.${field}}}`).join(' ')}`, { pointed: false })([row], (text) => {
      printed.push(text);
    });
    expect(printed).to.deep.equal([`\u001b[1m${fields.map(() => tame).join(' ')}`]);
  });
});
