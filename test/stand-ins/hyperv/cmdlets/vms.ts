import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { Complaint, Unknown, terminating } from '../powershell/errors.js';
import { forget } from '../guests.js';
import { change, type World } from '../state.js';
import type { Cmdlet, Given } from './cmdlet.js';
import { checkAmount } from './memory.js';
import { invalid, seen, vmById, vmObject, vmsOf, wrongState } from './world.js';

export const getVM: Cmdlet = (given) =>
  change((world) => {
    if (given.has('Id')) return [vmObject(vmById(world, given.text('Id')))];
    return (given.has('Name') ? vmsOf(world, given, 'Name') : seen(world)).map(vmObject);
  });

/** Several VMs of one name are none of Hyper-V's worries. */
export const newVM: Cmdlet = (given) => change((world) => [vmObject(addVm(world, given))]);

function addVm(world: World, given: Given) {
  if (['VHDPath', 'NewVHDPath'].some((name) => given.has(name))) throw new Unknown('a New-VM that brings its disk');
  const [name, path, network] = ['Name', 'Path', 'SwitchName'].map((one) => given.text(one)) as [string, string, string];
  const generation = given.has('Generation') ? given.number('Generation') : 1;
  const memory = given.has('MemoryStartupBytes') ? given.number('MemoryStartupBytes') : 2 ** 30;
  if (name === '') throw invalid('A virtual machine has a name.');
  if (!existsSync(path))
    throw new Complaint(`Failed to create a new virtual machine: the folder '${path}' is not there.`, 'OperationFailed');
  if (!world.networks[network]) throw invalid(`Hyper-V was unable to find a virtual switch with name "${network}".`);
  if (![1, 2].includes(generation)) throw invalid(`The generation ${generation} is not one of 1, 2.`);
  checkAmount(memory);
  const uuid = randomUUID();
  const folder = join(path, name);
  mkdirSync(folder, { recursive: true });
  const vm = {
    uuid,
    name,
    folder,
    created: new Date().toISOString(),
    attached: {},
    state: 'poweroff' as const,
    pid: 0,
    settings: {
      generation: String(generation),
      notes: '',
      memory: String(memory),
      minimum: String(512 * 2 ** 20),
      maximum: String(2 ** 40),
      dynamic: 'false',
      checkpoints: 'on',
      switch: network,
      mac: `00155d${uuid.replaceAll('-', '').slice(0, 6)}`,
      macs: 'dynamic',
      // only a VM of generation 1 comes with a DVD drive; secure boot trusts Windows alone at first
      ...(generation === 1 ? { dvds: 'IDE-1-0' } : { dvds: '', firmware: 'MicrosoftWindows' }),
    },
  };
  world.vms[uuid] = vm;
  return vm;
}

export const setVM: Cmdlet = (given) =>
  change((world) => {
    for (const { settings } of vmsOf(world, given, 'Name')) {
      if (given.has('Notes')) settings['notes'] = given.text('Notes');
      if (given.has('AutomaticCheckpointsEnabled')) settings['checkpoints'] = given.flag('AutomaticCheckpointsEnabled') ? 'on' : 'off';
    }
    return [];
  });

/** The disks stay. */
export const removeVM: Cmdlet = (given) => {
  if (!given.flag('Force')) {
    const message = 'Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.';
    throw terminating(message, 'InvalidOperation');
  }
  const vms = change((world) => vmsOf(world, given, 'Name'));
  for (const vm of vms) {
    if (!['poweroff', 'saved'].includes(vm.state)) throw wrongState(vm);
    forget(vm);
  }
  return [];
};
