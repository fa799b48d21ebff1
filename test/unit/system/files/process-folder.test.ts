import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

import { expect } from 'chai';

import { isAbandoned, makeProcessFolder, removeAbandoned } from '../../../../src/system/files/process-folder.js';
import { scratch } from '../../../helpers/scratch.js';

/** The number of a process that has ended. */
const ended = () => spawnSync('true').pid;

describe('a folder that says who made it', () => {
  it('is removed once its process has ended, and nothing else is', async () => {
    const folder = scratch();
    const own = basename(await makeProcessFolder(join(folder, '.new-')));
    const abandoned = own.replace(String(process.pid), String(ended()));
    const others = [abandoned.replace('.new-', '.old-'), abandoned.replace('.new-', '.new-elsewhere-'), '.new-AbCdEf', 'machine'];
    for (const name of [abandoned, ...others]) mkdirSync(join(folder, name, 'deep'), { recursive: true });
    const asked: string[] = [];
    await removeAbandoned(join(folder, '.new-'), (path) => Promise.resolve(void asked.push(basename(path))));
    expect(readdirSync(folder).sort()).to.deep.equal([own, ...others].sort());
    expect(asked).to.deep.equal([abandoned]);
  });

  it('is left alone when it is a link, or somebody else made it', async () => {
    const [folder, theirs] = [scratch(), scratch()];
    const name = basename(await makeProcessFolder(join(folder, 'tsm-')));
    const [link, foreign] = ['AbCdEf', 'GhIjKl'].map((end) => name.replace(/\d+-\w{6}$/, `${ended()}-${end}`));
    symlinkSync(theirs, join(folder, link ?? ''));
    if (process.getuid?.() === 0) {
      mkdirSync(join(folder, foreign ?? ''));
      chownSync(join(folder, foreign ?? ''), 65_534, 65_534);
    }
    const before = readdirSync(folder);
    const asked: string[] = [];
    await removeAbandoned(join(folder, 'tsm-'), (path) => Promise.resolve(void asked.push(path)));
    expect(readdirSync(folder)).to.deep.equal(before);
    expect(asked).to.deep.equal([]);
  });

  it('is not abandoned while its process runs, whoever that belongs to', async () => {
    const own = basename(await makeProcessFolder(join(scratch(), 'tsm-')));
    expect(isAbandoned('tsm-', own)).to.equal(false);
    expect(isAbandoned('tsm-', own.replace(String(process.pid), '1'))).to.equal(false);
    expect(isAbandoned('tsm-', own.replace(String(process.pid), String(ended())))).to.equal(true);
  });

  it('does not look where there is no folder', async () => {
    await removeAbandoned(join(scratch(), 'missing', 'tsm-'));
  });
});
