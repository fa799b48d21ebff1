import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { TsmachineError, systemCode } from '../../../src/base/errors.js';
import { parseJson } from '../../../src/base/json.js';
import type { Owner } from '../../../src/driver/contract.js';
import { isMachineAddress, machineAddresses, parseCidr } from './cidr.js';
import { removeIfEmpty } from '../folders.js';
import { isMachineId } from '../identity.js';

/** Who has which address. */
export interface Lease {
  readonly machineDir: string;
  readonly cidr: string;
  readonly ip: string;
  /** Whose it is; missing in what older versions wrote. */
  readonly owner?: Owner;
  /** ISO 8601. */
  readonly since?: string;
  /** Other networks may connect to it. */
  readonly open?: boolean;
}

export interface Before {
  readonly bootId: string;
  readonly forwarding: string;
  /** What the firewall did with forwarded packets that no rule names: ACCEPT or DROP. Missing in what older versions wrote. */
  readonly forwardPolicy?: string;
  /** The rules that translated addresses of forwarded packets. Missing in what older versions wrote. */
  readonly translations?: readonly string[];
  /** How many inotify instances a user may have: before us, and as we last raised it. Missing where we did not. */
  readonly inotify?: { readonly was: string; readonly ours: string };
  /** cgroup v2 controllers handed on to the computer's groups. */
  readonly controllers: readonly string[];
}

/** What is known computer-wide, for machines of every store. */
export interface Registry {
  readonly leases: Readonly<Record<string, Lease>>;
  /** The computer's settings before us, and in which boot of the computer. */
  readonly before?: Before;
}

const empty: Registry = { leases: {} };

/**
 * Gives a machine an address of a range: the one it has or had, if it is free and of this range, else the lowest free one. Pure.
 * @throws TsmachineError DRIVER_FAILED when the range is full
 */
export function assign(registry: Registry, id: string, wanted: Lease): { registry: Registry; lease: Lease } {
  const present = registry.leases[id];
  const isSame = present?.machineDir === wanted.machineDir && present.cidr === wanted.cidr && present.open === wanted.open;
  if (isSame && (present.owner || !wanted.owner)) return { registry, lease: present };
  const taken = new Set(
    Object.entries(registry.leases)
      .filter(([other]) => other !== id)
      .map(([, { ip }]) => ip),
  );
  const range = parseCidr(wanted.cidr);
  const had = range && isMachineAddress(wanted.ip, range) && !taken.has(wanted.ip);
  const ip = had ? wanted.ip : range && firstFree(machineAddresses(range), taken);
  if (ip === undefined) {
    throw new TsmachineError('DRIVER_FAILED', `The address range ${wanted.cidr} is full`, {
      hint: 'Remove machines, or name a wider range with --nspawn-cidr',
    });
  }
  const lease = { ...wanted, ip };
  return { registry: { ...registry, leases: { ...registry.leases, [id]: lease } }, lease };
}

function firstFree(addresses: Iterable<string>, taken: ReadonlySet<string>): string | undefined {
  for (const address of addresses) if (!taken.has(address)) return address;
  return undefined;
}

/** The registry without one machine's lease. Pure. */
export function release(registry: Registry, id: string): Registry {
  return { ...registry, leases: Object.fromEntries(Object.entries(registry.leases).filter(([other]) => other !== id)) };
}

/** The machines of a range that other networks may connect to. Pure. */
export function openAddresses({ leases }: Registry, cidr: string): string[] {
  return Object.values(leases).flatMap((lease) => (lease.cidr === cidr && lease.open === true ? [lease.ip] : []));
}

/** The ranges in use. Pure. */
export function rangesOf(registry: Registry): string[] {
  return [...new Set(Object.values(registry.leases).map(({ cidr }) => cidr))];
}

/** Machines whose folder is gone. */
export function orphans(registry: Registry): string[] {
  return Object.entries(registry.leases)
    .filter(([, { machineDir }]) => !existsSync(machineDir))
    .map(([id]) => id);
}

/** @throws TsmachineError DRIVER_FAILED when the file is not ours */
export async function readRegistry(file: string): Promise<Registry> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return empty;
    throw error;
  }
  try {
    const value: unknown = parseJson(text);
    if (isRegistry(value)) return value;
  } catch (error) {
    throw unreadable(file, error);
  }
  throw unreadable(file);
}

/** Replaces the file in one step; an empty registry leaves no file and no folder behind. */
export async function writeRegistry(registry: Registry, file: string): Promise<void> {
  const temporary = join(dirname(file), '.leases.new'); // the caller holds the lock: one name is enough
  if (Object.keys(registry.leases).length === 0 && registry.before === undefined) {
    for (const path of [file, temporary]) await rm(path, { force: true });
    for (const dir of [dirname(file), dirname(dirname(file))]) await removeIfEmpty(dir);
    return;
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(temporary, `${JSON.stringify(registry, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(temporary, file);
}

function isRegistry(value: unknown): value is Registry {
  if (typeof value !== 'object' || value === null || !('leases' in value)) return false;
  const { leases } = value;
  return typeof leases === 'object' && leases !== null && Object.entries(leases).every(([id, lease]) => isMachineId(id) && isLease(lease));
}

function isLease(value: unknown): value is Lease {
  if (typeof value !== 'object' || value === null) return false;
  const texts = Object.entries(value)
    .filter(([, field]) => typeof field === 'string')
    .map(([name]) => name);
  return ['machineDir', 'cidr', 'ip'].every((name) => texts.includes(name)) && (!('open' in value) || typeof value.open === 'boolean');
}

function unreadable(file: string, cause?: unknown): TsmachineError {
  return new TsmachineError('DRIVER_FAILED', `The address registry ${file} cannot be read`, {
    cause,
    hint: `Look at it, or move it away: mv ${file} ${file}.bad`,
  });
}
