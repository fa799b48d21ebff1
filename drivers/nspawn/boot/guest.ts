import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { isRealFolder } from '../folders.js';

/** systemd 258 and later boot under cgroup v2 alone (its NEWS, "cgroup v1 support has been removed"). */
const firstWithoutV1 = 258;

/**
 * The version of the systemd in a root file system, told by its shared library; undefined when there is none to be found. Links, which may
 * lead to this computer's own systemd, are passed over.
 */
export async function systemdVersion(root: string): Promise<number | undefined> {
  for (const dir of ['usr/lib', 'usr/lib64', 'lib']) {
    for (const folder of [dir, ...(await names(root, dir)).filter((name) => name.includes('-linux-')).map((name) => `${dir}/${name}`)]) {
      const files = await names(root, `${folder}/systemd`);
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

async function names(root: string, path: string): Promise<string[]> {
  let dir = root;
  for (const folder of path.split('/')) {
    dir = join(dir, folder);
    if (!(await isRealFolder(dir))) return [];
  }
  return readdir(dir);
}
