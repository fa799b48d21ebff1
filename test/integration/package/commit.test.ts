import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { commitOf } from '../../../scripts/commit.mjs';

describe('the commit that `version` names', () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder, encoding: 'utf8' }).trim();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsmachine-commit-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const checkout = () => {
    git('init', '-q');
    writeFileSync(join(folder, 'file'), 'one\n');
    git('add', 'file');
    git('commit', '-q', '-m', 'one');
    return git('rev-parse', '--short=7', 'HEAD');
  };

  it('is the one that the checkout stands on, whatever tag it has and whichever way leads to it', () => {
    const hash = checkout();
    git('tag', '-a', 'v1', '-m', 'v1');
    expect(commitOf(folder)).to.equal(hash);
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    expect(commitOf(link)).to.equal(hash);
    rmSync(link);
  });

  it('says where files differ from it', () => {
    const hash = checkout();
    writeFileSync(join(folder, 'file'), 'two\n');
    expect(commitOf(folder)).to.equal(`${hash}-dirty`);
  });

  it("is nobody's without git, before the first commit, and inside a checkout of somebody else", () => {
    expect(commitOf(folder)).to.equal(undefined);
    git('init', '-q');
    expect(commitOf(folder)).to.equal(undefined);
    checkout();
    const inner = join(folder, 'node_modules', 'tsmachine');
    mkdirSync(inner, { recursive: true });
    expect(commitOf(inner)).to.equal(undefined);
  });
});
