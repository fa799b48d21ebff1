import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';

import { home } from './state.js';

/** What a hypervisor says of a VM that it turns on. */
export interface GuestOrder {
  /** Of the DVD drive. */
  readonly seed?: string;
  /** The public key on a disk that boot2docker formats. */
  readonly login?: string;
  /** The network that the guest shares with this computer, with this computer's address there. */
  readonly network?: { readonly ip: string; readonly mask: string };
  /** Of the guest's adapter in that network, without separators. */
  readonly mac?: string;
  /** `NAME,tcp,HOST IP,HOST PORT,GUEST IP,GUEST PORT`. */
  readonly forwards: readonly string[];
}

/**
 * Starts what plays a running VM.
 * @param root the folder of the sources
 * @returns its process id; it plays when `isUp` says so
 */
export function playGuest(id: string, order: GuestOrder, root: string, program = guestProgram(root)): number {
  const log = openSync(logOf(id), 'a');
  const child = spawn(process.execPath, ['--import', 'tsx', program, 'run', id, JSON.stringify(order)], {
    cwd: root,
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  return child.pid ?? 0;
}

/** What the player of a VM printed. */
export function logOf(id: string): string {
  return join(home, `${id}.log`);
}

/** Says that the VM is on. */
export function upFile(id: string, pid: number): string {
  return join(home, `${id}.${pid}.up`);
}

export function isUp(id: string, pid: number): boolean {
  return existsSync(upFile(id, pid));
}

/** Removes what is left of a guest that was played. */
export function removeGuest(id: string, root: string, program = guestProgram(root)): void {
  if (!existsSync(join(home, 'guests', id))) return;
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program, 'remove', id], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function guestProgram(root: string): string {
  return join(root, 'test', 'stand-ins', 'guests', 'guest.ts');
}
