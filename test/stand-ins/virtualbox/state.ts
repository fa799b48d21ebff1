import { changeWorld } from '../guests/state.js';

export { home, isAlive, replace } from '../guests/state.js';

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

export function emptyWorld(): World {
  return { version: '7.2.22_Debianr175245', global: {}, vms: {}, media: {}, interfaces: {}, dhcp: {} };
}

/** Changes the world while nobody else does; what throws changes nothing. */
export function change<T>(work: (world: World) => T): T {
  return changeWorld(work, emptyWorld);
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
