import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { diskError } from '../system/files/disk-error.js';
import { makePrivateDir } from '../system/files/atomic.js';
import { makeProcessFolder } from '../system/files/process-folder.js';
import { type MachinePaths, machinePaths, stagingPrefix, storePaths } from './paths.js';

/** A folder beside the machines, on the same disk, where machines are made before any listing shows them. */
export interface Staging {
  /** The paths of a machine that is being made; its folder exists after `open`. */
  machine(name: string): MachinePaths;
  open(name: string): Promise<MachinePaths>;
  /** Moves every machine into place, or none. The caller holds their locks and has checked that the names are free. */
  publish(names: readonly string[]): Promise<void>;
}

/** @throws TsmachineError STORE_UNWRITABLE, STORE_FULL; whatever `use` throws */
export async function withStaging<T>(root: string, use: (staging: Staging) => Promise<T>): Promise<T> {
  const { machinesDir } = storePaths(root);
  await makePrivateDir(machinesDir);
  const folder = await makeProcessFolder(join(machinesDir, stagingPrefix)).catch((error: unknown) => {
    throw diskError(error, 'Cannot make a folder in', machinesDir);
  });
  const machine = (name: string) => machinePaths(folder, name);
  try {
    return await use({
      machine,
      async open(name) {
        await makePrivateDir(machine(name).dir);
        return machine(name);
      },
      publish: (names) => moveAll(names.map((name) => [machine(name).dir, machinePaths(root, name).dir])),
    });
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined); // then the next command removes it
  }
}

async function moveAll(moves: readonly (readonly [from: string, to: string])[]): Promise<void> {
  const moved: string[] = [];
  try {
    for (const [from, to] of moves) {
      await rename(from, to);
      moved.push(to);
    }
  } catch (error) {
    for (const to of moved) await rm(to, { recursive: true, force: true });
    throw diskError(error, 'Cannot make', moves[moved.length]?.[1] ?? '');
  }
}
