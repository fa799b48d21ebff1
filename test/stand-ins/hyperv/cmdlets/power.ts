import { resume, start, stop } from '../guests.js';
import { change } from '../state.js';
import type { Cmdlet } from './cmdlet.js';
import { vmsOf, wrongState } from './world.js';

const already = 'The virtual machine is already in the specified state.';

export const startVM: Cmdlet = async (given, { warn }) => {
  for (const vm of change((world) => vmsOf(world, given, 'Name'))) {
    if (vm.state === 'paused') throw wrongState(vm);
    if (vm.state === 'running') warn(already);
    else await start(vm);
  }
  return [];
};

export const resumeVM: Cmdlet = (given) => {
  for (const vm of change((world) => vmsOf(world, given, 'Name'))) {
    if (vm.state !== 'paused') throw wrongState(vm);
    resume(vm.uuid);
  }
  return [];
};

/** Through the guest, which must run for it; or by its plug. It waits until the VM is off. */
export const stopVM: Cmdlet = async (given, { warn }) => {
  for (const vm of change((world) => vmsOf(world, given, 'Name'))) {
    if (vm.state === 'poweroff') warn(already);
    else if (vm.state === 'running' || (vm.state === 'paused' && given.flag('TurnOff')))
      await stop(vm, given.flag('TurnOff') ? 'SIGINT' : 'SIGTERM');
    else throw wrongState(vm);
  }
  return [];
};
