import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect } from 'chai';

import '../helpers/state-dir.js';
import { openSession } from '../../src/session.js';
import { openLab, type Lab } from '../helpers/lab.js';
import { skip } from '../helpers/skip.js';
import { newProject, pack } from '../integration/package/installed.js';
import { compile, programsOfLibraryPage } from '../integration/package/programs.js';

const start = promisify(execFile);

/** The programs of docs/library.md that make machines, as a user has them: the package installed, compiled, run by Node. */
describe('the library', function () {
  this.timeout(600_000);
  let lab: Lab;
  let programs: string;
  const undo: (() => unknown)[] = [];

  before(async function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) skip(this, 'nspawn machines need root on Linux');
    lab = await openLab();
    undo.push(() => lab.close());
    const folder = mkdtempSync(join(tmpdir(), 'tsmachine-pack-'));
    undo.push(() => {
      rmSync(folder, { recursive: true });
    });
    const project = newProject(pack(folder).tarball);
    undo.push(() => {
      rmSync(project, { recursive: true });
    });
    programs = compile(project, programsOfLibraryPage());
  });
  after(async () => {
    for (const step of undo.reverse()) await step();
  });

  /** Runs a program of the page on a store of its own. @returns the lines it printed, and what it left in the store */
  async function runProgram(name: string): Promise<{ lines: string[]; left: string[] }> {
    const store = await lab.store(name);
    const { stdout } = await start(process.execPath, [join(programs, `${name}.js`)], {
      env: { ...process.env, MACHINE_STORAGE_PATH: store },
    });
    const session = openSession({ storePath: store });
    return { lines: stdout.trimEnd().split('\n'), left: [...(await session.store.names()), ...(await session.store.swarms.names())] };
  }

  it('makes machines, works on them and removes them', async () => {
    const { lines, left } = await runProgram('machines');
    const address = String.raw`\d+\.\d+\.\d+\.\d+`;
    const expected = [
      /^\[ 'db', 'web' \]$/,
      new RegExp(String.raw`^db Running tcp://${address}:2376 v\d+\.`),
      new RegExp(String.raw`^web Running tcp://${address}:2376 v\d+\.`),
      new RegExp(String.raw`^web: ${address}, kernel \d+\.\S*, Docker \d+\.`),
      /^db is Running$/,
      new RegExp(`^tcp://${address}:2376$`),
      /^web removed$/,
      /^db removed$/,
    ];
    expect(lines).to.have.lengthOf(expected.length);
    for (const [i, pattern] of expected.entries()) expect(lines[i]).to.match(pattern);
    expect(left).to.deep.equal([]);
  });

  it('brings a swarm up, describes it and ends it', async () => {
    const { lines, left } = await runProgram('swarm');
    expect(lines.filter((line) => line.startsWith('to do: '))).to.have.length.above(3);
    expect(lines).to.include.members([
      'lab-manager1 manager ready',
      'lab-worker1 worker ready',
      'lab-worker2 worker ready',
      'healthy: true, managers 1/1, workers 2/2',
    ]);
    expect(lines.join('\n')).to.match(/^\d+ steps done, swarms: lab$/m);
    expect(left).to.deep.equal([]);
  });
});
