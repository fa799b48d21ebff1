import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

import { systemCode } from '../../../../src/base/errors.js';
import { waitFor } from '../../../../src/base/wait.js';
import { isAlive } from '../state.js';
import { interfaceMark } from './host-only.js';

/** What a stand-in's VMs have outside of its folder: programs that name the folder in their words, and network interfaces. */
export function leftovers(home: string): { readonly processes: number[]; readonly interfaces: string[] } {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && wordsOf(pid).includes(`${home}/`));
  return { processes, interfaces: readdirSync('/sys/class/net').filter((name) => name.startsWith(interfaceMark(home))) };
}

/** Pulls every plug. */
export async function endAll(home: string): Promise<void> {
  const pids = leftovers(home).processes.filter((pid) => isAlive(pid));
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await waitFor(() => !pids.some(isAlive) || undefined, { timeout: 10_000, what: 'the VMs to end' });
  for (const name of leftovers(home).interfaces) execFileSync('ip', ['link', 'del', name], { timeout: 10_000 });
}

function wordsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(systemCode(error) ?? '')) return ''; // it has just ended
    throw error;
  }
}
