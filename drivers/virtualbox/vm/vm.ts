import { resolve, sep } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import type { State } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import type { VirtualboxConfig } from '../config.js';
import { failure } from '../program/vboxmanage.js';

/** A VM as `showvminfo --machinereadable` tells it: keys without quotes. */
export type VmFacts = ReadonlyMap<string, string>;

const states: Readonly<Record<string, State>> = {
  running: 'Running',
  paused: 'Paused',
  saved: 'Saved',
  poweroff: 'Stopped',
  aborted: 'Stopped',
  'aborted-saved': 'Saved',
  starting: 'Starting',
  restoring: 'Starting',
  stopping: 'Stopping',
  saving: 'Stopping',
  gurumeditation: 'Error',
};

/** How VBoxManage is told which VM: by the UUID we chose, or by name for a machine of Docker Machine. */
export function vmName({ vmId, machineName }: Pick<VirtualboxConfig, 'vmId' | 'machineName'>): string {
  return vmId === '' ? machineName : vmId;
}

/**
 * The machine's VM, or undefined when there is none. A VM that has only the machine's name is somebody else's.
 * @param machineDir where the VM of a machine of Docker Machine must lie to be its own
 */
export async function findVm(config: VirtualboxConfig, machineDir: string, vbox: VBoxManage): Promise<VmFacts | undefined> {
  const args = ['showvminfo', vmName(config), '--machinereadable'];
  const { stdout, problem } = await vbox.attempt(args);
  if (problem !== undefined) {
    if (isMissing(problem)) return undefined;
    throw failure(args, problem);
  }
  const facts = parseVmInfo(stdout);
  return config.vmId !== '' || isBelow(facts.get('CfgFile') ?? '', machineDir) ? facts : undefined;
}

/** @throws TsmachineError DRIVER_FAILED when the VM is gone */
export async function existingVm(config: VirtualboxConfig, machineDir: string, vbox: VBoxManage): Promise<VmFacts> {
  const facts = await findVm(config, machineDir, vbox);
  if (facts) return facts;
  throw new TsmachineError('DRIVER_FAILED', `machine does not exist: VirtualBox has no VM for ${config.machineName}`, {
    hint: `It was deleted outside of tsmachine. Forget the machine with: tsmachine rm -y ${config.machineName}`,
  });
}

export function isMissing(problem: string): boolean {
  return /Could not find a registered machine/.test(problem);
}

export function stateOf(facts: VmFacts): State {
  return states[facts.get('VMState') ?? ''] ?? 'None';
}

export function parseVmInfo(output: string): VmFacts {
  return new Map(
    output.split(/\r?\n/).flatMap((line) => {
      const [, quoted, plain, text = ''] = /^(?:"([^"]+)"|([^\s"=]+))=(.*)$/.exec(line) ?? [];
      const key = quoted ?? plain;
      return key === undefined ? [] : [[key, text.replace(/^"(.*)"$/, '$1')] as const];
    }),
  );
}

/** `name,tcp,127.0.0.1,35623,,22` of every forwarded port. */
export function forwards(facts: VmFacts): string[] {
  return [...facts].filter(([key]) => key.startsWith('Forwarding(')).map(([, rule]) => rule);
}

function isBelow(path: string, dir: string): boolean {
  return resolve(path).startsWith(resolve(dir) + sep);
}
