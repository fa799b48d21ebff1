import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { expect } from 'chai';

import { withLock } from '../../../src/system/locks/lock.js';
import { scratch } from '../../helpers/scratch.js';

const module = new URL('../../../src/system/locks/lock.ts', import.meta.url).href;

/** Another process that runs `code` with `withLock`, `file` and `say` (one line to us). */
function other(file: string, code: string): { process: ChildProcess; line: () => Promise<string>; ended: Promise<string> } {
  const script = `
    const { withLock } = await import(${JSON.stringify(module)});
    const { readFileSync, writeFileSync } = await import('node:fs');
    const { setTimeout: sleep } = await import('node:timers/promises');
    const file = ${JSON.stringify(file)};
    const say = (text) => process.stdout.write(text + '\\n');
    ${code}`;
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<string>((done) => {
    child.once('exit', (status, signal) => {
      done(signal ?? String(status));
    });
  });
  return { process: child, ended, line: async () => String((await lines.next()).value) };
}

const hold = `await withLock(file, { what: 'it' }, async () => { say('held'); await sleep(60_000); });`;

describe('locks between processes', () => {
  let file: string;
  beforeEach(() => {
    file = join(scratch(), 'locks', 'm1');
  });

  it('takes over the lock of a process that was killed, after five seconds', async () => {
    const holder = other(file, hold);
    expect(await holder.line()).to.equal('held');
    holder.process.kill('SIGKILL');
    await holder.ended;
    expect(existsSync(`${file}.lock`)).to.equal(true);
    const started = performance.now();
    await withLock(file, { what: 'it', timeout: 15_000 }, () => Promise.resolve());
    expect(performance.now() - started).to.be.within(3000, 9000);
    expect(readdirSync(join(file, '..'))).to.deep.equal([]);
  });

  it('takes over a lock that was left behind, after having watched it', async () => {
    mkdirSync(`${file}.lock`, { recursive: true });
    const died = new Date(Date.now() - 60_000);
    utimesSync(`${file}.lock`, died, died);
    const started = performance.now();
    expect(await withLock(file, { what: 'it', timeout: 4000 }, () => Promise.resolve('mine'))).to.equal('mine');
    expect(performance.now() - started).to.be.within(1900, 3500);
    expect(readdirSync(join(file, '..'))).to.deep.equal([]);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`leaves no lock on ${signal}`, async () => {
      const holder = other(file, hold);
      await holder.line();
      holder.process.kill(signal);
      expect(await holder.ended).to.equal(signal);
      expect(existsSync(`${file}.lock`)).to.equal(false);
    });
  }

  it('leaves no lock when the program exits during the work', async () => {
    const holder = other(file, `await withLock(file, { what: 'it' }, async () => { process.exit(7); });`);
    expect(await holder.ended).to.equal('7');
    expect(existsSync(`${file}.lock`)).to.equal(false);
  });

  it('keeps a lock whose holder works for longer than the stale time', async () => {
    const holder = other(
      file,
      `await withLock(file, { what: 'it' }, async () => { say('held'); await sleep(8000); say('end'); }); say('released');`,
    );
    await holder.line();
    const order: string[] = [];
    await Promise.all([
      withLock(file, { what: 'it', timeout: 30_000 }, () => Promise.resolve(order.push('second'))),
      holder.line().then((line) => order.push(line)),
    ]);
    expect(order).to.deep.equal(['end', 'second']);
  });

  it('does not let the work of a process that stood still count', async () => {
    const holder = other(
      file,
      `
      await withLock(file, { what: 'it' }, async () => { say('held'); await sleep(1500); })
        .then(() => say('counted'), (error) => say(error.code));`,
    );
    await holder.line();
    holder.process.kill('SIGSTOP');
    await withLock(file, { what: 'it', timeout: 20_000 }, async () => {
      holder.process.kill('SIGCONT');
      expect(await holder.line()).to.equal('STORE_LOCKED');
      expect(existsSync(`${file}.lock`)).to.equal(true);
    });
  });

  it('never lets two take over the same dead lock', async () => {
    const stale = new URL('../../../src/system/locks/stale-lock.ts', import.meta.url).href;
    mkdirSync(join(file, '..'));
    // Each "holder" dies at once: it leaves the folder, old, and every lock there is has to be taken over.
    const takers = Array.from({ length: 4 }, () =>
      other(
        `${file}.lock`,
        `
      const { staleWatch } = await import(${JSON.stringify(stale)});
      const { closeSync, mkdirSync, openSync, unlinkSync, utimesSync } = await import('node:fs');
      const watch = staleWatch(file, { staleAfter: 5000, observeFor: 0 });
      let taken = 0;
      for (const end = Date.now() + 1500; Date.now() < end;) {
        try { mkdirSync(file); } catch { watch(); continue; }
        closeSync(openSync(file + '.alone', 'wx'));
        unlinkSync(file + '.alone');
        const died = new Date(Date.now() - 60_000 - Math.random() * 60_000);
        utimesSync(file, died, died);
        taken++;
      }
      say(String(taken));`,
      ),
    );
    const taken = await Promise.all(
      takers.map(async ({ line, ended }) => {
        const count = Number(await line());
        expect(await ended).to.equal('0');
        return count;
      }),
    );
    expect(Math.min(...taken)).to.be.above(10);
  });

  it('lets exactly one at a time count, also when all wait for a dead holder', async () => {
    const counter = join(scratch(), 'counter');
    writeFileSync(counter, '0');
    const dead = other(file, hold);
    await dead.line();
    dead.process.kill('SIGKILL');
    await dead.ended;
    const rounds = 20;
    const counters = Array.from({ length: 6 }, () =>
      other(
        file,
        `
      for (let round = 0; round < ${rounds}; round++) {
        await withLock(file, { what: 'it' }, async () => {
          const value = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
          await sleep(1);
          writeFileSync(${JSON.stringify(counter)}, String(value + 1));
        });
      }`,
      ),
    );
    expect(await Promise.all(counters.map(({ ended }) => ended))).to.deep.equal(Array(6).fill('0'));
    expect(readFileSync(counter, 'utf8')).to.equal(String(6 * rounds));
    expect(readdirSync(join(file, '..'))).to.deep.equal([]);
  });
});
