import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { waitFor } from '../../../../src/base/wait.js';
import { run, spawnDetached } from '../../../../src/system/processes/exec.js';
import { failureOf } from '../../../helpers/failure.js';
import { scratch } from '../../../helpers/scratch.js';

describe('spawnDetached', () => {
  it('starts a program in a session of its own, its output going to a private log', async () => {
    const log = join(scratch(), 'log');
    writeFileSync(log, 'before\n');
    chmodSync(log, 0o644);
    const pid = await spawnDetached('sh', ['-c', 'echo "out $$"; echo err >&2; exec sleep 30'], log);
    try {
      await waitFor(() => readFileSync(log, 'utf8').includes('err') || undefined, { timeout: 5000, interval: 10, what: 'the log' });
      expect(readFileSync(log, 'utf8')).to.equal(`before\nout ${pid}\nerr\n`);
      expect(statSync(log).mode & 0o777).to.equal(0o600);
      expect((await run('ps', ['-o', 'sid=', '-p', String(pid)])).stdout.trim()).to.equal(String(pid));
    } finally {
      process.kill(pid);
    }
  });

  it('outlives the program that started it and does not keep it', async () => {
    const log = join(scratch(), 'log');
    const module = new URL('../../../../src/system/processes/detached.ts', import.meta.url).href;
    const script = `import('${module}').then((m) => m.spawnDetached('sleep', ['30'], '${log}')).then((pid) => console.log(pid))`;
    const { stdout } = await run(process.execPath, ['--import=tsx', '-e', script], { timeout: 10_000 });
    const pid = Number(stdout);
    expect(process.kill(pid, 0)).to.equal(true);
    process.kill(pid);
  });

  it('reports what cannot be started', async () => {
    const folder = scratch();
    expect(await failureOf(spawnDetached('no-such-program', [], join(folder, 'log')))).to.include({ code: 'COMMAND_MISSING' });
    writeFileSync(join(folder, 'plain'), '');
    expect((await failureOf(spawnDetached(join(folder, 'plain'), [], join(folder, 'log')))).message).to.contain('not executable');
    expect(await failureOf(spawnDetached('true', [], join(folder, 'none', 'log')))).to.include({ code: 'STORE_UNWRITABLE' });
  });
});
