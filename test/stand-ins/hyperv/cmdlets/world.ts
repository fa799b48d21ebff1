import { Complaint, Unknown } from '../powershell/errors.js';
import { Choice, Instance, type Value } from '../powershell/values/values.js';
import { toText } from '../powershell/values/convert.js';
import { isAlive } from '../../guests/state.js';
import { type Vm, type World } from '../state.js';
import type { Given } from './cmdlet.js';
import { types } from './table.js';

const vmStates = {
  Other: 1,
  Running: 2,
  Off: 3,
  Stopping: 4,
  Saved: 6,
  Paused: 9,
  Starting: 10,
  Reset: 11,
  Saving: 32773,
  Pausing: 32776,
  Resuming: 32777,
};

export interface Rights {
  readonly module: boolean;
  readonly administrator: boolean;
  readonly hyperVAdministrator: boolean;
}

export function rightsOf({ global }: World): Rights {
  return { module: false, administrator: false, hyperVAdministrator: false, ...(JSON.parse(global['rights'] ?? '{}') as Partial<Rights>) };
}

/** Who may not see a VM is told of none. */
export function seen(world: World): Vm[] {
  const { administrator, hyperVAdministrator } = rightsOf(world);
  return administrator || hyperVAdministrator ? Object.keys(world.vms).map((id) => vmById(world, id)) : [];
}

export function vmById(world: World, id: string): Vm {
  const vm = world.vms[id];
  if (!vm) throw invalid(`Hyper-V was unable to find a virtual machine with id "${id}".`);
  if (vm.state === 'running' && !isAlive(vm.pid)) vm.state = 'poweroff';
  return vm;
}

/** The VMs that a call is about: its objects, or those of a name. */
export function vmsOf(world: World, given: Given, name: 'Name' | 'VMName'): Vm[] {
  if (given.has('VM'))
    return given
      .objects('VM')
      .map(idOf)
      .map((id) => vmById(world, id));
  const wanted = given.text(name);
  const found = seen(world).filter((vm) => vm.name.toLowerCase() === wanted.toLowerCase());
  if (found.length === 0) throw invalid(`Hyper-V was unable to find a virtual machine with name "${wanted}".`);
  return found;
}

export function off(vm: Vm): Vm {
  if (vm.state === 'poweroff') return vm;
  throw wrongState(vm);
}

export function wrongState({ name }: Vm): Complaint {
  const message = `The operation cannot be performed while the virtual machine is in its current state. ('${name}')`;
  return new Complaint(message, 'InvalidState');
}

export function invalid(message: string): Complaint {
  return new Complaint(message, 'InvalidParameter');
}

/** The object of a VM. */
export function vmObject({ uuid, name, settings, folder, state, created }: Vm): Instance {
  const word = { poweroff: 'Off', running: 'Running', paused: 'Paused', saved: 'Saved' }[state];
  return new Instance(types.vm, {
    Id: guid(uuid),
    Name: name,
    Notes: settings['notes'] ?? '',
    Path: folder,
    CreationTime: dateTime(created),
    State: new Choice('Microsoft.HyperV.PowerShell.VMState', vmStates, word),
  });
}

/** A point in time, of which only its notation for other programs is the same on every computer. */
function dateTime(iso: string): Instance {
  const type = 'System.DateTime';
  const ToString = (format: Value = null) => {
    if (format !== 'o') throw new Unknown('how a date is written in such a format');
    return iso.replace('Z', '0000Z');
  };
  return new Instance(type, {}, { ToUniversalTime: () => new Instance(type, {}, { ToString: (format) => ToString(format) }) });
}

export function guid(text: string): Instance {
  return new Instance('System.Guid', {}, {}, text);
}

export function idOf(object: Instance): string {
  return textIn(object, 'Id');
}

export function textIn({ properties, type }: Instance, name: string): string {
  const value: Value | undefined = properties[name];
  if (value === undefined) throw new Error(`a ${type} has no ${name}`);
  return toText(value);
}
