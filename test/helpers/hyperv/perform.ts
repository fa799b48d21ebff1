import { change, isAlive, type Vm, type World } from '../vboxmanage/state.js';
import { Complaint } from './complaint.js';
import { convertDisk, diskSize, newDisk } from './disks.js';
import { forget, resume, start, stop } from './guests.js';
import { drive, drivesIso, hardware, newVm } from './vms.js';

export interface Input {
  readonly [field: string]: string | number | boolean;
}

/** What a script of templates/hyperv does, by its name. */
export async function perform(script: string, input: Input): Promise<unknown> {
  const id = String(input['id'] ?? '');
  if (!['rights', 'vms'].includes(script)) change(({ global }) => { refuseStrangers(global['rights'] ?? '{}'); });
  switch (script) {
    case 'rights':
      return change(({ global }) => JSON.parse(global['rights'] ?? '{}') as unknown);
    case 'host':
      return change(({ global }) => ({
        cpus: Number(global['cpus']), memory: Number(global['memory']), switches: JSON.parse(global['switches'] ?? '[]') as unknown,
      }));
    case 'vms':
      return change((world) => seen(world).map((one) => vmOf(world, one)).map((vm) => (
        { id: vm.uuid, name: vm.name, notes: vm.settings['notes'] ?? '', path: vm.folder, state: stateOf(vm) }
      )));
    case 'convert-disk':
      return convertDisk(input);
    case 'disk-size':
      return diskSize(String(input['path']));
    case 'new-disk':
      return newDisk(input);
    case 'new-vm':
      return change((world) => newVm(world, input));
    case 'hardware':
      return change((world) => { hardware(world, off(vmOf(world, id)), input); });
    case 'drives':
      return change((world) => { drive(off(vmOf(world, id)), input); });
    case 'drives-iso':
      return change((world) => { drivesIso(off(vmOf(world, id)), input); });
    case 'start': {
      const vm = change((world) => vmOf(world, id));
      if (vm.state === 'running') return null; // Start-VM only warns
      if (vm.state === 'paused') return resume(id);
      return start(vm);
    }
    case 'stop':
    case 'turn-off':
      return stop(change((world) => vmOf(world, id)), script === 'stop' ? 'SIGTERM' : 'SIGINT');
    case 'remove-vm': {
      const vm = change((world) => {
        return off(vmOf(world, id));
      });
      return forget(vm);
    }
    case 'addresses':
      return change((world) => addresses(world, vmOf(world, id)));
    default:
      throw new Error(`no such script: ${script}`);
  }
}

/** Who may not see a VM is told of none. */
function seen({ global, vms }: World): string[] {
  return /[aA]dministrator":true/.test(global['rights'] ?? '') ? Object.keys(vms) : [];
}

function refuseStrangers(text: string): void {
  const { module, administrator, hyperVAdministrator } = JSON.parse(text) as Record<string, boolean>;
  if (module !== true) {
    throw new Complaint("The term 'Hyper-V\\Get-VM' is not recognized as the name of a cmdlet", 'CommandNotFoundException');
  }
  if (administrator === true || hyperVAdministrator === true) return;
  throw new Complaint('You do not have the required permission to complete this task.', 'AccessDenied,GetVM');
}

function vmOf(world: World, id: string): Vm {
  const vm = world.vms[id];
  if (!vm) throw new Complaint(`Hyper-V was unable to find a virtual machine with ID ${id}.`, 'InvalidParameter,GetVM');
  if (vm.state === 'running' && !isAlive(vm.pid)) vm.state = 'poweroff';
  return vm;
}

function off(vm: Vm): Vm {
  if (vm.state === 'poweroff') return vm;
  throw new Complaint('The operation cannot be performed while the virtual machine is in its current state.');
}

function stateOf({ state }: Vm): string {
  return { poweroff: 'Off', aborted: 'Off', running: 'Running', paused: 'Paused', saved: 'Saved' }[state];
}

/** Guests without Hyper-V's services say nothing; their neighbour knows them. */
function addresses({ global }: World, vm: Vm) {
  const ip = vm.state === 'running' ? global[`lease/${vm.settings['macaddress2'] ?? ''}`] : undefined;
  return { state: stateOf(vm), told: [null, 'fe80::215:5dff:fe01:203'], neighbours: ip === undefined ? [] : ['169.254.7.7', ip] };
}
