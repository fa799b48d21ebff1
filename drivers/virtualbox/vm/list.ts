import type { VBoxManage } from '../api.js';
import { failure } from '../program/vboxmanage.js';
import { inaccessible } from './vm.js';

/** Fifty VMs take a second or two; a busy VirtualBox longer. */
const listTimeout = 120_000;

/** A VM as `list --long vms` describes it. */
export interface ListedVm {
  readonly id: string;
  /** Of a VM that cannot be opened VirtualBox does not know it: empty. */
  readonly name: string;
  readonly settingsFile: string;
  /** The word of `showvminfo --machinereadable`, or `inaccessible`. */
  readonly state: string;
}

/**
 * What VBoxManage prints of all VMs. For a VM that cannot be opened it reports an error too, which is no failure of the call.
 * @throws TsmachineError DRIVER_FAILED, COMMAND_MISSING
 */
export async function readVmList(vbox: VBoxManage): Promise<string> {
  const args = ['list', '--long', 'vms'];
  const { stdout, problem, status } = await vbox.attempt(args, { timeout: listTimeout });
  if (status !== 0) throw failure(args, problem ?? `it ended with status ${status}`);
  return stdout;
}

/** Every VM once; a line that a description repeats does not count. */
export function parseVmList(output: string): ListedVm[] {
  const vms: Map<string, string>[] = [];
  for (const line of output.split(/\r?\n/)) {
    const [, key, value = ''] = /^(Name|UUID|Config file|State):\s+(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || (key === 'Name' && value.startsWith("'"))) continue; // the name of a shared folder
    if (key === 'Name') vms.push(new Map());
    const vm = vms.at(-1);
    if (vm && !vm.has(key)) vm.set(key, value);
  }
  const found = new Map<string, ListedVm>();
  for (const vm of vms) {
    const id = vm.get('UUID');
    if (id === undefined || found.has(id)) continue;
    const isOpen = !/^<inaccessible!?>$/.test(vm.get('Name') ?? '');
    found.set(id, {
      id,
      name: isOpen ? (vm.get('Name') ?? '') : '',
      settingsFile: vm.get('Config file') ?? '',
      state: isOpen ? machineWord(vm.get('State') ?? '') : inaccessible,
    });
  }
  return [...found.values()];
}

/** `powered off (since 2026-01-01T00:00:00.000000000)` to the word for programs. */
function machineWord(text: string): string {
  const word = text.replace(/ \(since .*$/, '');
  return { 'powered off': 'poweroff', 'guru meditation': 'gurumeditation' }[word] ?? word;
}
