import { expect } from 'chai';

import { run } from '../../../src/system/processes/exec.js';
import { failureOf } from '../../helpers/failure.js';

describe('run, with programs that do not want to end', () => {
  it('ends one that ignores SIGTERM', async () => {
    const started = performance.now();
    const script = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
    const error = await failureOf(run(process.execPath, ['-e', script], { timeout: 300 }));
    expect(error.message).to.contain('did not finish');
    expect(performance.now() - started).to.be.within(2000, 5000);
  });

  it('takes a variable away from one', async () => {
    process.env['TSMACHINE_TEST_VARIABLE'] = 'there';
    try {
      const seen = async (env?: Record<string, undefined>) =>
        (await run('sh', ['-c', 'echo ${TSMACHINE_TEST_VARIABLE-gone}'], env ? { env } : {})).stdout;
      expect(await seen()).to.equal('there\n');
      expect(await seen({ TSMACHINE_TEST_VARIABLE: undefined })).to.equal('gone\n');
    } finally {
      delete process.env['TSMACHINE_TEST_VARIABLE'];
    }
  });

  it('takes its children along when this program ends', async () => {
    const module = new URL('../../../src/system/processes/exec.ts', import.meta.url).href;
    const script = `import('${module}').then((m) => m.run('sh', ['-c', 'echo $$; exec sleep 30'], {
      onLine: (pid) => { console.log(pid); process.exit(0); },
    }))`;
    const { stdout } = await run(process.execPath, ['--import=tsx', '-e', script]);
    expect((await run('ps', ['-o', 'stat=', '-p', stdout.trim()], { ok: [0, 1] })).stdout).to.match(/^(Z.*\n)?$/);
  });
});
