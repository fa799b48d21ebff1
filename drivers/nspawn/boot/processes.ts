import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { systemCode } from '../../../src/base/errors.js';

const gone = new Set(['ENOENT', 'ESRCH', 'ENODEV']);

/** Process ids in a control group and in the groups below it; none when the group is not there. */
export async function processesIn(group: string): Promise<number[]> {
  const [here, entries] = await Promise.all([
    orEmpty(readFile(join(group, 'cgroup.procs'), 'utf8')),
    orEmpty(readdir(group, { withFileTypes: true })),
  ]);
  const below = typeof entries === 'string' ? [] : entries.filter((entry) => entry.isDirectory());
  const deeper = await Promise.all(below.map((entry) => processesIn(join(group, entry.name))));
  return [
    ...here
      .split('\n')
      .filter((line) => line !== '')
      .map(Number),
    ...deeper.flat(),
  ];
}

/** Our children that are PID 1 of a process namespace one level down: the machine's init, but no container's of the machine. */
export async function initAmong(pids: readonly number[], proc = '/proc'): Promise<number | undefined> {
  for (const pid of pids) {
    const status = await orEmpty(readFile(join(proc, String(pid), 'status'), 'utf8'));
    if (/^NSpid:\t\d+\t1$/m.test(status)) return pid;
  }
  return undefined;
}

/** Looks into /proc/PID/net/tcp (proc(5)): no connection is made, so the server notices nothing. State 0A is LISTEN. */
export async function listensOn(pid: number, port: number, proc = '/proc'): Promise<boolean> {
  const local = new RegExp(`^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} [0-9A-F:]+ 0A `, 'm');
  const tables = await Promise.all(['tcp', 'tcp6'].map((table) => orEmpty(readFile(join(proc, String(pid), 'net', table), 'utf8'))));
  return tables.some((table) => local.test(table));
}

async function orEmpty<T>(reading: Promise<T>): Promise<T | ''> {
  try {
    return await reading;
  } catch (error) {
    if (gone.has(systemCode(error) ?? '')) return '';
    throw error;
  }
}
