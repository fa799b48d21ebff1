import { resolve, sep } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import type { DriverContext, LedgerEntry, Owner, State } from '../../../src/driver/contract.js';
import type { Tools, Vm } from '../api.js';
import { isUnasked, type HypervConfig } from '../config.js';

/** For people, and in the ledger. */
export const vmKind = 'Hyper-V VM';

const states: Readonly<Record<string, State>> = {
  Running: 'Running',
  Off: 'Stopped',
  Paused: 'Paused',
  Saved: 'Saved',
  FastSaved: 'Saved',
  Starting: 'Starting',
  Resuming: 'Starting',
  Stopping: 'Stopping',
  Saving: 'Stopping',
  FastSaving: 'Stopping',
  Pausing: 'Stopping',
  ForceShutdown: 'Stopping',
  Reset: 'Starting',
};

/** The notes of a VM of ours: its own mark, and the ids of the store and the machine that it belongs to. */
export function notesOf(mark: string, { store, machine }: Owner): string {
  return `Made by tsmachine ${mark} store ${store} machine ${machine}`;
}

/** Reads the notes of a VM. An older version wrote no owner. Undefined: tsmachine did not make the VM. */
export function readNotes(notes: string): { readonly mark: string; readonly owner?: Owner } | undefined {
  const [, mark, store, machine] =
    /\bMade by tsmachine ([0-9a-f-]{36})(?: store ([0-9a-f-]{36}) machine ([0-9a-f-]{36}))?/i.exec(notes) ?? [];
  if (mark === undefined) return undefined;
  return { mark, ...(store === undefined || machine === undefined ? {} : { owner: { store, machine } }) };
}

/**
 * The machine's VM, or undefined when there is none. It is known by its id; by its notes, when a run was interrupted before the id was
 * written down; by its name and the folder it was made in, before it has notes, and for machines of Docker Machine. Another VM of the same
 * name is not ours.
 */
export function ownVm(config: HypervConfig, machineDir: string, vms: readonly Vm[], platform: string): Vm | undefined {
  const { vmId, mark, machineName } = config;
  return (
    vms.find(({ id }) => vmId !== '' && sameName(id, vmId)) ??
    vms.find(({ notes }) => mark !== '' && notes.includes(mark)) ??
    vms.find(({ name, path }) => sameName(name, machineName) && isBelow(path, machineDir, platform))
  );
}

/** What the ledger knows of the VM counts where the data does not tell, such as data that was restored from a copy. */
export function withLedger(config: HypervConfig, entry: LedgerEntry | undefined): HypervConfig {
  return entry ? { ...config, vmId: config.vmId || (entry.id ?? ''), mark: config.mark || entry.token } : config;
}

/** Finds a VM again: it changes while it is waited for. Undefined when there is none any more. */
export type FindVm = () => Promise<Vm | undefined>;

/** One script call; none for a machine for which no VM was ever requested. */
export async function findVm(
  config: HypervConfig,
  { machineDir }: Pick<DriverContext, 'machineDir'>,
  { hyperv, computer }: Tools,
): Promise<Vm | undefined> {
  return isUnasked(config) ? undefined : ownVm(config, machineDir, await hyperv.vms(), computer.platform);
}

/** @throws TsmachineError DRIVER_FAILED when the VM is gone */
export async function existingVm(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<Vm> {
  const vm = await findVm(config, ctx, tools);
  if (vm) return vm;
  throw new TsmachineError('DRIVER_FAILED', `machine does not exist: Hyper-V has no VM for ${config.machineName}`, {
    hint: say`It was deleted outside of tsmachine. Remove the machine as well: ${run('rm', '-y', config.machineName)}`,
  });
}

export function stateOf({ state }: Pick<Vm, 'state'>): State {
  return states[state.replace(/Critical$/, '')] ?? 'None';
}

/** Off, or saved to its disk. */
export function isOff(vm: Vm): boolean {
  return ['Stopped', 'Saved'].includes(stateOf(vm));
}

/** Hyper-V ignores the case of names. */
export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function isBelow(path: string, dir: string, platform: string): boolean {
  const inner = resolve(path);
  const outer = resolve(dir);
  return platform === 'win32' ? inside(inner.toLowerCase(), outer.toLowerCase()) : inside(inner, outer);
}

function inside(path: string, dir: string): boolean {
  return path === dir || path.startsWith(dir + sep);
}
