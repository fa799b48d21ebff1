import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { runVisibly } from './processes.mjs';

/**
 * Runs `npm ci` unless node_modules holds what package-lock.json says. Contents are compared, not dates, because clones, checkouts
 * and copied folders have arbitrary dates.
 * @returns whether the dependencies are installed
 */
export async function ensureNpmPackages(root) {
  if (upToDate(root)) return true;
  console.log('Installing npm packages (npm ci)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  return (await runVisibly(npm, ['ci', '--no-audit', '--no-fund'], { cwd: root, shell: process.platform === 'win32' })) === 0;
}

function upToDate(root) {
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  const wanted = packagesOf(join(root, 'package-lock.json'));
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional === true || installed[path]?.version === version,
  );
}

function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}
