import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { systemCode } from '../../../src/base/errors.js';

/** What a VirtualBox knows. Kept in one file, changed under a lock. */
export interface World {
  version: string;
  global: Record<string, string>;
  vms: Record<string, Vm>;
  media: Record<string, Medium>;
  /** A new one is down, and shows an address that it gets when the first VM on it starts, unless it is given another before. */
  interfaces: Record<string, { ip: string; mask: string; down?: true }>;
  dhcp: Record<string, { ip: string; mask: string; lower: string; upper: string; enabled: boolean }>;
}

export interface Vm {
  uuid: string;
  name: string;
  folder: string;
  arm: boolean;
  /** Options of modifyvm, dashes within left out: `cpus`, `nic2`, `hostonlyadapter2`. */
  settings: Record<string, string>;
  controllers: Record<string, { ports: number }>;
  /** `SATA-0-0` to a path. */
  attached: Record<string, string>;
  forwards: string[];
  shares: Record<string, string>;
  extra: Record<string, string>;
  properties: Record<string, string>;
  state: 'poweroff' | 'running' | 'paused' | 'saved' | 'aborted' | 'gurumeditation';
  /** Its settings were gone when the service started: VirtualBox knows its UUID and their path alone. */
  closed?: true;
  /** The process that plays the running VM. */
  pid: number;
}

export interface Medium {
  uuid: string;
  kind: 'disk' | 'dvd';
  parent: string;
  format: string;
  /** MB. */
  capacity: number;
  /** The public key on a disk that boot2docker formats. */
  login?: string;
}

export const home = process.env['VBOX_STAND_IN'] ?? '';
const file = join(home, 'world.json');

export function readWorld(): World {
  return existsSync(file) ? { ...emptyWorld(), ...(JSON.parse(readFileSync(file, 'utf8')) as World) } : emptyWorld();
}

export function emptyWorld(): World {
  return { version: '7.2.22_Debianr175245', global: {}, vms: {}, media: {}, interfaces: {}, dhcp: {} };
}

/** Changes the world while nobody else does; what throws changes nothing. */
export function change<T>(work: (world: World) => T): T {
  takeLock();
  try {
    const world = readWorld();
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

/** What VBoxManage says on stderr before it ends with a status. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status = 1,
    readonly details = '',
  ) {
    super(message);
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

let said = '';

/** Says something on stderr. */
export function tell(text: string): void {
  said += text;
}

/** What was said since the last time. */
export function heard(): string {
  const text = said;
  said = '';
  return text;
}
