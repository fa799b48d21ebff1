import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
  state: 'poweroff' | 'running' | 'paused' | 'saved' | 'aborted';
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
}

export const home = process.env['VBOX_STAND_IN'] ?? '';
const file = join(home, 'world.json');

export function readWorld(): World {
  return existsSync(file) ? { ...emptyWorld(), ...JSON.parse(readFileSync(file, 'utf8')) as World } : emptyWorld();
}

export function emptyWorld(): World {
  return { version: '7.2.22_Debianr175245', global: {}, vms: {}, media: {}, interfaces: {}, dhcp: {} };
}

/** Changes the world while nobody else does; what throws changes nothing. */
export function change<T>(work: (world: World) => T): T {
  const lock = join(home, 'lock');
  const until = Date.now() + 20_000;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (Date.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  try {
    const world = readWorld();
    const result = work(world);
    writeFileSync(`${file}.new`, JSON.stringify(world, undefined, 1));
    renameSync(`${file}.new`, file);
    return result;
  } finally {
    rmdirSync(lock);
  }
}

/** What VBoxManage says on stderr before it ends with a status. */
export class Refusal extends Error {
  constructor(message: string, readonly status = 1, readonly details = '') {
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
