import { resolve, sep } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import type { State } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import type { VirtualboxConfig } from '../config.js';
import { failure } from '../program/vboxmanage.js';

/** A VM as `showvminfo --machinereadable` describes it: keys without quotes. */
export type VmFacts = ReadonlyMap<string, string>;

/** Our word, beside VirtualBox's own, for a VM whose settings or disks VirtualBox cannot open. */
export const inaccessible = 'inaccessible';

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
  [inaccessible]: 'Error',
};

/** What names the VM to VBoxManage: the UUID that we chose, or the name for a machine of Docker Machine. */
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
    if (isInaccessible(problem)) return new Map([['VMState', inaccessible]]);
    throw failure(args, problem);
  }
  const facts = parseVmInfo(stdout);
  return config.vmId !== '' || isBelow(facts.get('CfgFile') ?? '', machineDir) ? facts : undefined;
}

/** @throws TsmachineError DRIVER_FAILED when the VM is gone or cannot be opened */
export async function existingVm(config: VirtualboxConfig, machineDir: string, vbox: VBoxManage): Promise<VmFacts> {
  const facts = await findVm(config, machineDir, vbox);
  const name = config.machineName;
  if (!facts) {
    throw new TsmachineError('DRIVER_FAILED', `machine does not exist: VirtualBox has no VM for ${name}`, {
      hint: say`It was deleted outside of tsmachine. Forget the machine with: ${run('rm', '-y', name)}`,
    });
  }
  if (facts.get('VMState') !== inaccessible) return facts;
  throw new TsmachineError('DRIVER_FAILED', `VirtualBox cannot open the VM of ${name}`, { hint: inaccessibleHint });
}

const inaccessibleHint = 'Its settings or disks are missing or damaged. What VirtualBox says about them: VBoxManage list --long vms';

export function isMissing(problem: string): boolean {
  return /Could not find a registered machine/.test(problem);
}

/** What VirtualBox answers to every question about a VM that it cannot open. */
export function isInaccessible(problem: string): boolean {
  return /The object functionality is limited/.test(problem);
}

export function stateOf(facts: VmFacts): State {
  return stateOfWord(facts.get('VMState'));
}

export function stateOfWord(word: string | undefined): State {
  return states[word ?? ''] ?? 'None';
}

/** If a key comes twice, the first one counts: a VM's description may have lines of any form, and comes late. */
export function parseVmInfo(output: string): VmFacts {
  const facts = new Map<string, string>();
  for (const line of output.split(/\r?\n/)) {
    const [, quoted, plain, text = ''] = /^(?:"([^"]+)"|([^\s"=]+))=(.*)$/.exec(line) ?? [];
    const key = quoted ?? plain;
    if (key !== undefined && !facts.has(key)) facts.set(key, text.replace(/^"(.*)"$/, '$1'));
  }
  return facts;
}

/** `name,tcp,127.0.0.1,35623,,22` of every forwarded port. */
export function forwards(facts: VmFacts): string[] {
  return [...facts].filter(([key]) => key.startsWith('Forwarding(')).map(([, rule]) => rule);
}

export function isBelow(path: string, dir: string): boolean {
  return resolve(path).startsWith(resolve(dir) + sep);
}
