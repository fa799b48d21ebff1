import { createHash } from 'node:crypto';

import { TsmachineError } from '../../src/base/errors.js';
import { guestHostName } from '../../src/guest/host-name.js';

/** What a machine's parts are called on the computer. Several stores may hold machines of one name, so nothing is named after the name. */
export interface PartNames {
  readonly namespace: string;
  /** Name of the machine for systemd-nspawn, its unit and its control groups. */
  readonly machine: string;
  /** The computer's end of the machine's network cable. */
  readonly cable: string;
}

/** Unique on the computer: derived from the machine's folder. */
export function machineId(machineDir: string): string {
  return digest(machineDir, 10);
}

export function isMachineId(text: string): boolean {
  return /^[0-9a-f]{10}$/.test(text);
}

/**
 * Every name and path that a machine has on the computer is made of these: an id that climbs out of a control group would end in another
 * one, with other processes in it. Interface names have at most 15 characters (IFNAMSIZ).
 * @throws TsmachineError CONFIG_UNREADABLE for what cannot be an id
 */
export function partNames(id: string): PartNames {
  if (!isMachineId(id)) throw new TsmachineError('CONFIG_UNREADABLE', `${JSON.stringify(id)} is not the id of a machine`);
  return { namespace: `tsmachine-${id}`, machine: `tsmachine-${id}`, cable: `tsv-${id}` };
}

/** One bridge for each address range, whatever store its machines belong to. */
export function bridgeName(cidr: string): string {
  return `tsm-${digest(cidr, 10)}`;
}

/** The names of all of them, as iptables matches interfaces. */
export const anyBridge = 'tsm-+';

/** The comment by which our firewall rules are found again, and the name of the chain that lies before a bridge (at most 28 characters). */
export function ruleTag(bridge: string): string {
  return `tsmachine-${bridge}`;
}

/** Follows from the address, so that neighbours' ARP entries stay true when an address gets a new machine. */
export function macAddress(ip: string): string {
  return ['02', '74', ...ip.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))].join(':');
}

/** The host name of a machine, in lower case. */
export function hostName(machineName: string): string {
  return guestHostName(machineName.toLowerCase());
}

function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
