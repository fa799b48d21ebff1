import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';

/**
 * The short hash of the checked-out commit, with `-dirty` behind it if files differ from it. Undefined without git, and for a folder that
 * is only part of another checkout.
 * @param {string} root
 */
export function commitOf(root) {
  const top = git(root, 'rev-parse', '--show-toplevel');
  if (top === undefined || realpathSync(top) !== realpathSync(root)) return undefined;
  return git(root, 'describe', '--always', '--dirty', '--exclude=*', '--abbrev=7');
}

function git(cwd, ...args) {
  const { status, stdout } = spawnSync('git', args, { cwd, encoding: 'utf8', timeout: 30_000, stdio: ['ignore', 'pipe', 'ignore'] });
  const text = stdout?.trim();
  return status === 0 && text ? text : undefined;
}
