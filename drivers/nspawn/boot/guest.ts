import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { systemCode } from '../../../src/base/errors.js';

/** systemd 258 and later boot under cgroup v2 alone (its NEWS, "cgroup v1 support has been removed"). */
const firstWithoutV1 = 258;

/** The version of the systemd in a root file system, told by its shared library; undefined when there is none to be found. */
export async function systemdVersion(root: string): Promise<number | undefined> {
  const libraries = ['usr/lib', 'usr/lib64', 'lib'].map((dir) => join(root, dir));
  for (const dir of libraries) {
    for (const folder of [dir, ...(await names(dir)).filter((name) => name.includes('-linux-')).map((name) => join(dir, name))]) {
      const files = await names(join(folder, 'systemd'));
      const version = files.map((file) => /^libsystemd-shared-(\d+)/.exec(file)?.[1]).find((found) => found !== undefined);
      if (version !== undefined) return Number(version);
    }
  }
  return undefined;
}

/** Whether a machine must be given a v2 hierarchy even where the computer's own control groups are v1. */
export async function needsUnified(root: string): Promise<boolean> {
  return ((await systemdVersion(root)) ?? 0) >= firstWithoutV1;
}

async function names(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw error;
  }
}
