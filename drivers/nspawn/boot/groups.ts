import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { TsmachineError, systemCode, whyUnusable } from '../../../src/base/errors.js';
import { say } from '../../../src/base/text.js';
import { waitFor } from '../../../src/base/wait.js';
import type { LaunchPlan } from './launch.js';

/**
 * Makes the control groups of a launch and sets their limits.
 * @throws TsmachineError DRIVER_FAILED when the kernel refuses a limit
 */
export async function makeGroups({ groups, limits }: LaunchPlan): Promise<void> {
  for (const group of groups) await mkdir(group, { recursive: true });
  for (const { file, value } of limits) {
    await writeFile(file, value).catch((error: unknown) => {
      throw new TsmachineError('DRIVER_FAILED', say`The kernel refuses ${value} for ${file}: ${whyUnusable(error)}`, {
        cause: error,
        hint: 'Leave --nspawn-memory and --nspawn-cpus out if this computer cannot limit them',
      });
    });
  }
}

/** Removes groups and the groups below them. Their processes are gone, but the kernel may need a moment to notice. */
export async function removeGroups(groups: readonly string[]): Promise<void> {
  for (const group of groups) {
    await waitFor(() => removeTree(group), { timeout: 10_000, interval: 20, what: `the control group ${group} to be empty` });
  }
}

async function removeTree(group: string): Promise<true | undefined> {
  try {
    for (const entry of await readdir(group, { withFileTypes: true })) {
      if (entry.isDirectory() && (await removeTree(join(group, entry.name))) === undefined) return undefined;
    }
    await rmdir(group);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EBUSY') return undefined;
    if (code !== 'ENOENT') throw error;
  }
  return true;
}
