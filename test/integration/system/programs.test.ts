import { plain } from '../../../src/base/text.js';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { run } from '../../../src/system/processes/exec.js';
import { runForeground } from '../../../src/system/processes/foreground.js';
import { failureOf } from '../../helpers/failure.js';
import { scratch } from '../../helpers/scratch.js';

describe('run', () => {
  it('returns output and exit status as they came', async () => {
    expect(await run('sh', ['-c', 'echo out; printf err >&2'])).to.deep.equal({ exitCode: 0, stdout: 'out\n', stderr: 'err' });
  });

  it('takes the exit statuses the caller names for good', async () => {
    expect(await run('sh', ['-c', 'exit 3'], { ok: [0, 3] })).to.include({ exitCode: 3 });
    expect((await failureOf(run('sh', ['-c', 'exit 0'], { ok: [3] }))).message).to.contain('exit status 0');
  });

  it('passes arguments without a shell', async () => {
    expect(await run('printf', ['%s|', 'a b', '$HOME', '*', '"'])).to.include({ stdout: 'a b|$HOME|*|"|' });
  });

  it('feeds input, and gives none where there is none', async () => {
    expect(await run('cat', [], { input: 'secret' })).to.include({ stdout: 'secret' });
    expect(await run('cat', [], { input: new Uint8Array([104, 105]) })).to.include({ stdout: 'hi' });
    expect(await run('cat', [])).to.include({ stdout: '' });
  });

  it('takes no end of time when it is told so', async () => {
    expect(await run('sh', ['-c', 'sleep 0.05; echo end'], { timeout: Infinity })).to.include({ stdout: 'end\n' });
  });

  it('adds environment and folder', async () => {
    const cwd = scratch();
    expect(await run('sh', ['-c', 'echo "$A $PWD ${PATH:+path}"'], { env: { A: 'b' }, cwd })).to.include({ stdout: `b ${cwd} path\n` });
  });

  it('hands over every line of both streams while the program runs', async () => {
    const file = join(scratch(), 'go');
    const lines: string[] = [];
    // The program ends only if its first line arrived before its end.
    const result = await run('sh', ['-c', `echo first; while [ ! -e ${file} ]; do sleep 0.01; done; echo second >&2; printf third`], {
      timeout: 5000,
      onLine: (line) => {
        lines.push(line);
        if (line === 'first') writeFileSync(file, '');
      },
    });
    expect(lines).to.have.members(['first', 'second', 'third']);
    expect(result.stderr).to.equal('second\n');
  });

  it('names a program that is missing, with the hint of the caller', async () => {
    const error = await failureOf(run('no-such-program', ['x'], { hint: 'apt-get install it' }));
    expect(error).to.include({ code: 'COMMAND_MISSING', hint: 'apt-get install it' });
    expect(error.message).to.contain('"no-such-program"');
  });

  it('tells a missing folder from a missing program', async () => {
    const error = await failureOf(run('true', [], { cwd: '/no/such/folder' }));
    expect(error.code).to.equal('COMMAND_FAILED');
    expect(error.message).to.contain('/no/such/folder');
  });

  it('tells a file that is not executable', async () => {
    const file = join(scratch(), 'plain');
    writeFileSync(file, 'text');
    chmodSync(file, 0o600);
    for (const error of [
      await failureOf(run(file, [])),
      await failureOf(runForeground(file, [], { signal: new AbortController().signal, env: process.env })),
    ]) {
      expect(error).to.include({ code: 'COMMAND_FAILED', message: `Cannot run "${file}": ${file} is not executable` });
      expect(error.hint).to.contain(`chmod +x ${file}`);
    }
  });

  it('names the file on the PATH that is not executable', async () => {
    const folder = scratch();
    const file = join(folder, 'tsmachine-no-such-program');
    writeFileSync(file, 'text', { mode: 0o600 });
    const { PATH } = process.env;
    process.env['PATH'] = `/nowhere:${folder}:${PATH ?? ''}`;
    try {
      expect((await failureOf(run('tsmachine-no-such-program', []))).message).to.contain(`${file} is not executable`);
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('shows program, arguments, status and the last five lines of stderr; never input or environment', async () => {
    const script = 'cat >/dev/null; for i in 1 2 3 4 5 6 7; do echo line$i >&2; done; exit 4';
    const error = await failureOf(run('sh', ['-c', script, 'label'], { input: 'top secret', env: { TOKEN: 'hidden' } }));
    expect(error.code).to.equal('COMMAND_FAILED');
    expect(error.message).to.match(/^"sh -c .* label" failed with exit status 4:\nline3\nline4\nline5\nline6\nline7$/s);
    expect(`${error.message} ${plain(error.hint ?? '')} ${String(error.cause)}`).not.to.match(/top secret|hidden/);
  });

  it('shows standard output where stderr is empty', async () => {
    expect((await failureOf(run('sh', ['-c', 'echo "E: no mirror"; exit 1']))).message).to.contain('\nE: no mirror');
  });

  it('ends a program that takes too long, and its children do not keep it waiting', async () => {
    const started = performance.now();
    const error = await failureOf(run('sh', ['-c', 'sleep 20 & echo $! >&2; sleep 20'], { timeout: 200 }));
    expect(error.code).to.equal('COMMAND_FAILED');
    expect(error.message).to.contain('did not finish within 0.2 s');
    expect(performance.now() - started).to.be.below(900);
    const child = Number(error.message.trim().split('\n').pop());
    expect((await run('ps', ['-o', 'stat=', '-p', String(child)], { ok: [0, 1] })).stdout).to.match(/^(Z.*\n)?$/);
  });

  it('does not wait for a daemon that keeps the output open', async () => {
    const lines: string[] = [];
    const results = await Promise.all([
      run('sh', ['-c', 'sleep 20 & echo $!'], { timeout: 5000 }),
      run('sh', ['-c', 'sleep 20 & echo $!'], { timeout: 5000, onLine: (line) => lines.push(line) }),
    ]);
    for (const pid of [results[0].stdout, ...lines]) expect(process.kill(Number(pid), 'SIGTERM')).to.equal(true);
  });

  it('names the signal that ended a program', async () => {
    expect((await failureOf(run('sh', ['-c', 'kill -9 $$']))).message).to.contain('was ended by SIGKILL');
  });

  it('throws the reason of an abort, before and during the run', async () => {
    const reason = new Error('Ctrl-C');
    const early = run('true', [], { signal: AbortSignal.abort(reason) });
    await early.then(
      () => expect.fail(),
      (error: unknown) => {
        expect(error).to.equal(reason);
      },
    );
    const abort = new AbortController();
    const started = performance.now();
    const work = run('sh', ['-c', 'echo go; exec sleep 20'], {
      signal: abort.signal,
      onLine: () => {
        abort.abort(reason);
      },
    });
    await work.then(
      () => expect.fail(),
      (error: unknown) => {
        expect(error).to.equal(reason);
      },
    );
    expect(performance.now() - started).to.be.below(4000);
  });
});
