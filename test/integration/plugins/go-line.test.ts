import { expect } from 'chai';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { program, tsmachine } from '../../helpers/cli.js';
import { LabWorld } from './lab-world.js';
import { processesOf } from './processes-of.js';

describe('Go plugins on the command line', () => {
  let world: LabWorld;

  before(async function () {
    world = await LabWorld.open(this);
  });
  after(() => world.close());

  const line = (...args: string[]) => tsmachine(args, { store: world.store, env: world.env });
  const lab = () => ['--lab-url', world.cloud.url];

  it('show their flags in the help, and complete them', async () => {
    const { stdout } = await line('create', '-d', 'lab', '--help');
    expect(stdout).to.match(/Options of the driver lab:\s+--lab-broken +Fail in the pre-create check/);
    expect(stdout).to.match(/--lab-token value +Who asks it \[\$LAB_TOKEN\]/);
    const completed = await line('completion', '--words', '--', 'create', '-d', 'lab', '--lab-');
    expect(completed.stdout).to.match(/^--lab-size\tHow large$/m);
    expect((await line('completion', '--words', '--new-word', '--', 'create', '-d')).stdout).to.match(/^hangs\t$/m);
  });

  it('that refuse before anything is made leave no machine, with the status of a pre-create check', async () => {
    const refused = await line('create', '-d', 'lab', ...lab(), '--lab-broken', 'm1');
    expect([refused.code, refused.stderr]).to.deep.equal([
      3,
      'Error with pre-create check: "The plugin \\"lab\\" failed in PreCreateCheck: the lab is broken, says "\n',
    ]);
    expect((await line('ls', '-q')).stdout).to.equal('');
    const unsaid = await line('create', '-d', 'lab', 'm1');
    expect(unsaid.code).to.equal(2);
    expect(unsaid.stderr).to.include('The plugin "lab" failed in SetConfigFromFlags: lab-url must be given');
  });

  it('that fail in Create: the next command is named, and ls, inspect and rm work', async () => {
    const failed = await line('create', '-d', 'full', ...lab(), 'm2');
    expect(failed.code).to.equal(1);
    expect(failed.stderr).to.match(
      /Error creating machine: The plugin "full" failed in Create: quota exceeded for .*\nIts driver cannot continue\. Remove what was made, and run the same command again: tsmachine rm -y m2\n/,
    );
    world.cloud.states.set('m2', 'Running');
    expect((await line('ls')).stdout).to.match(/^m2 +- +full +Running /m);
    expect((await line('inspect', '-f', '{{.Driver.URL}}', 'm2')).stdout.trim()).to.equal(world.cloud.url);
    expect((await line('rm', '-y', 'm2')).code).to.equal(0);
    expect(world.cloud.states.has('m2')).to.equal(false);
    expect((await line('ls', '-q')).stdout).to.equal('');
  });

  it('whose program is gone or broken are a row of ls, and rm -f forgets the machine', async () => {
    await line('create', '-d', 'full', ...lab(), 'm3');
    const without = { store: world.store, env: { ...world.env, PATH: process.env['PATH'] } };
    expect((await tsmachine(['ls'], without)).stdout).to.match(/^m3 +- +not-found +Error .*Driver "full" not found/m);
    const kept = await tsmachine(['rm', '-y', 'm3'], without);
    expect([kept.code, kept.stderr]).to.satisfy(([code, text]: [number, string]) => code === 1 && text.includes('Driver "full" not found'));
    expect((await tsmachine(['rm', '-f', '-y', 'm3'], without)).code).to.equal(0);
  });

  it('end by themselves when tsmachine is killed', async function () {
    this.timeout(30_000);
    const env = { ...world.env, MACHINE_STORAGE_PATH: world.store };
    const child = spawn(process.execPath, [program, 'create', '-d', 'hangs', ...lab(), 'm4'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    for await (const piece of child.stdout as AsyncIterable<Buffer>) {
      text += piece.toString();
      if (text.includes('Asking the lab')) break;
    }
    expect(processesOf(world.bin)).to.have.length(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killed = performance.now();
    while (processesOf(world.bin).length > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(performance.now() - killed).to.be.lessThan(12_000);
    expect(readFileSync(join(world.store, 'machines', 'm4', 'ledger.json'), 'utf8')).to.include('"key": "machine"');
    const again = await line('create', '-d', 'hangs', ...lab(), 'm4');
    expect(again.stderr).to.include('The plugin "hangs" cannot continue the creation of m4, which did not end well');
    world.cloud.states.set('m4', 'Running');
    expect((await line('rm', '-y', 'm4')).code).to.equal(0);
  });
});
