import { existsSync } from 'node:fs';

import { Complaint } from '../powershell/errors.js';
import { Instance } from '../powershell/values/values.js';
import { change, type Vm } from '../state.js';
import type { Cmdlet } from './cmdlet.js';
import { readDisk } from './disks.js';
import { types } from './table.js';
import { invalid, off, textIn, vmById, vmsOf } from './world.js';

export const addVMHardDiskDrive: Cmdlet = (given) =>
  change((world) => {
    for (const vm of vmsOf(world, given, 'VMName').map(off)) {
      const path = given.text('Path');
      if (vm.settings['generation'] === '2' && !path.endsWith('.vhdx')) {
        throw invalid(`This disk is not supported for a virtual machine of generation 2: '${path}'.`);
      }
      readDisk(path);
      vm.attached[freePlace(vm)] = path;
    }
    return [];
  });

export const addVMDvdDrive: Cmdlet = (given) =>
  change((world) => {
    for (const vm of vmsOf(world, given, 'VMName').map(off)) {
      const place = freePlace(vm);
      vm.settings['dvds'] = [...dvdsOf(vm), place].join();
      if (given.has('Path')) insert(vm, place, given.text('Path'));
    }
    return [];
  });

export const setVMDvdDrive: Cmdlet = (given) =>
  change((world) => {
    const drives = given.has('VMName')
      ? vmsOf(world, given, 'VMName').flatMap((vm) => dvdsOf(vm).map((place) => ({ vm, place })))
      : given.objects('VMDvdDrive').map((drive) => ({ vm: vmById(world, textIn(drive, 'VMId')), place: textIn(drive, 'Place') }));
    if (drives.length === 0) throw invalid('Hyper-V was unable to find a DVD drive that is like that.');
    for (const { vm, place } of drives) if (given.has('Path')) insert(vm, place, given.text('Path'));
    return [];
  });

export const getVMHardDiskDrive: Cmdlet = (given) =>
  change((world) =>
    vmsOf(world, given, 'VMName').flatMap((vm) =>
      Object.keys(vm.attached)
        .filter((place) => !dvdsOf(vm).includes(place))
        .map((place) => driveObject(vm, place, types.disk)),
    ),
  );

export const getVMDvdDrive: Cmdlet = (given) =>
  change((world) => vmsOf(world, given, 'VMName').flatMap((vm) => dvdsOf(vm).map((place) => driveObject(vm, place, types.dvd))));

function driveObject(vm: Vm, place: string, type: string): Instance {
  return new Instance(type, { VMId: vm.uuid, VMName: vm.name, Place: place, Path: vm.attached[place] ?? '' }, {}, undefined, [
    types.component,
  ]);
}

/** Without a path the drive is emptied. */
function insert(vm: Vm, place: string, path: string): void {
  if (path === '') {
    delete vm.attached[place];
    return;
  }
  if (!existsSync(path))
    throw new Complaint(`Failed to add device 'Virtual CD/DVD Disk': the file '${path}' is not there. (0x80070002).`, 'ObjectNotFound');
  vm.attached[place] = path;
}

function dvdsOf({ settings }: Vm): string[] {
  return (settings['dvds'] ?? '').split(',').filter(Boolean);
}

/** The first one that is free: of two IDE controllers, or of one for SCSI. */
function freePlace(vm: Vm): string {
  const places =
    vm.settings['generation'] === '2' ? Array.from({ length: 64 }, (_, i) => `SCSI-0-${i}`) : ['IDE-0-0', 'IDE-0-1', 'IDE-1-0', 'IDE-1-1'];
  const free = places.find((place) => vm.attached[place] === undefined && !dvdsOf(vm).includes(place));
  if (free === undefined) throw invalid('No free location is left on the controllers.');
  return free;
}
