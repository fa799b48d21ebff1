import { resolve, sep } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext, State } from '../../../src/driver/contract.js';
import type { Tools, Vm } from '../api.js';
import type { HypervConfig } from '../config.js';
import { checkRights } from '../powershell/rights.js';

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

/** What stands in the notes of our VM: no other VM has it. */
export function notesOf({ mark }: HypervConfig): string {
  return `Made by tsmachine ${mark}`;
}

/**
 * The machine's VM, or undefined when there is none: known by its id; by its notes, when a run was cut off before the id was written
 * down; by its name and the folder it was made in, before it had notes, and for machines of Docker Machine. Another one of the same name
 * is somebody else's.
 */
export function ownVm(config: HypervConfig, machineDir: string, vms: readonly Vm[], platform: string): Vm | undefined {
  const { vmId, mark, machineName } = config;
  return (
    vms.find(({ id }) => vmId !== '' && id === vmId) ??
    vms.find(({ notes }) => mark !== '' && notes.includes(mark)) ??
    vms.find(({ name, path }) => sameName(name, machineName) && isBelow(path, machineDir, platform))
  );
}

/** @throws TsmachineError DRIVER_PRECHECK when the user may not see virtual machines: a hidden one is not a deleted one */
export async function findVm(config: HypervConfig, { machineDir }: DriverContext, { hyperv, computer }: Tools): Promise<Vm | undefined> {
  const vms = await hyperv.vms();
  if (vms.length === 0) await checkRights(hyperv);
  return ownVm(config, machineDir, vms, computer.platform);
}

/** @throws TsmachineError DRIVER_FAILED when the VM is gone */
export async function existingVm(config: HypervConfig, ctx: DriverContext, tools: Tools): Promise<Vm> {
  const vm = await findVm(config, ctx, tools);
  if (vm) return vm;
  throw new TsmachineError('DRIVER_FAILED', `machine does not exist: Hyper-V has no VM for ${config.machineName}`, {
    hint: `It was deleted outside of tsmachine. Forget the machine with: tsmachine rm -y ${config.machineName}`,
  });
}

export function stateOf({ state }: Pick<Vm, 'state'>): State {
  return states[state.replace(/Critical$/, '')] ?? 'None';
}

/** Hyper-V takes names for the same that differ in the size of their letters. */
export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function isBelow(path: string, dir: string, platform: string): boolean {
  const inner = resolve(path);
  const outer = resolve(dir);
  return platform === 'win32' ? inside(inner.toLowerCase(), outer.toLowerCase()) : inside(inner, outer);
}

function inside(path: string, dir: string): boolean {
  return path === dir || path.startsWith(dir + sep);
}
