import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { systemCode } from '../../../src/base/errors.js';

/** Where a stand-in keeps everything. Its processes get it in their environment. */
export const home = process.env['STAND_IN_HOME'] ?? '';
const file = join(home, 'world.json');

/** What every hypervisor's state holds, whatever else it holds. */
export interface AnyWorld {
  /** `lease/MAC` to the IPv4 address of the guest that has it. */
  global: Record<string, string>;
}

/** @param empty what a hypervisor holds at first; undefined: it must be there */
export function readWorld<W extends AnyWorld>(empty?: () => W): W {
  if (empty && !existsSync(file)) return empty();
  return { ...empty?.(), ...(JSON.parse(readFileSync(file, 'utf8')) as W) };
}

/** Changes the state while nobody else does; a change that throws changes nothing. */
export function changeWorld<W extends AnyWorld, T>(work: (world: W) => T, empty?: () => W): T {
  takeLock();
  try {
    const world = readWorld(empty);
    const result = work(world);
    replace(file, world);
    return result;
  } finally {
    rmSync(lock);
  }
}

/** A reader sees the old content or the new one, also when the writer is killed. */
export function replace(path: string, content: unknown): void {
  const incoming = `${path}.${process.pid}`;
  writeFileSync(incoming, JSON.stringify(content, undefined, 1));
  renameSync(incoming, path);
}

const lock = join(home, 'lock');

/** The lock is the process id of its holder; one that was killed holds it no more. */
function takeLock(): void {
  const own = `${lock}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    for (const until = Date.now() + 20_000; !linked(own);) {
      if (!isAlive(holder())) rmSync(lock, { force: true });
      else if (Date.now() > until) throw new Error(`process ${holder()} does not let go of ${lock}`);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  } finally {
    rmSync(own);
  }
}

function linked(own: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function holder(): number {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return process.pid; // let go in this moment
    throw error;
  }
}

export function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
