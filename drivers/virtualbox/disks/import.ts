import { join } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverData, Files } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import { failure } from '../program/vboxmanage.js';
import { isMissing, parseVmInfo, stateOf, type VmFacts } from '../vm/vm.js';

/** What a machine takes over of a boot2docker VM that is not tsmachine's; that VM itself is only read. */
export interface Imported {
  /** The disk to copy. */
  readonly disk: string;
  readonly fields: DriverData;
}

/** boot2docker's own tool made one key for all its VMs. */
function keyOf(home: string): string {
  return join(home, '.ssh', 'id_boot2docker');
}

/**
 * Disk, sizes and key of the VM to import.
 * @throws TsmachineError DRIVER_PRECHECK when there is no such VM, it has no disk, is not off, or its key is gone
 */
export async function readImported(name: string, files: Pick<Files, 'exists'>, vbox: VBoxManage, computer: Computer): Promise<Imported> {
  const facts = await theirVm(name, vbox);
  const key = keyOf(computer.home);
  if (!(await files.exists(key))) {
    throw new TsmachineError('DRIVER_PRECHECK', `The key of the VM ${JSON.stringify(name)} is missing: ${key}`, {
      hint: 'boot2docker made it with its first VM; restore it, or create the machine without --virtualbox-import-boot2docker-vm',
    });
  }
  if (stateOf(facts) !== 'Stopped') {
    throw new TsmachineError('DRIVER_PRECHECK', `The VM ${JSON.stringify(name)} is not off, and its disk cannot be copied while it runs`, {
      hint: `tsmachine does not switch it off. Do it with: VBoxManage controlvm ${name} acpipowerbutton`,
    });
  }
  return {
    disk: diskOf(name, facts),
    fields: { CPU: numberIn(facts, 'cpus', 1), Memory: numberIn(facts, 'memory', 1024), SSHKeyPath: key },
  };
}

async function theirVm(name: string, vbox: VBoxManage): Promise<VmFacts> {
  const args = ['showvminfo', name, '--machinereadable'];
  const { stdout, problem } = await vbox.attempt(args);
  if (problem === undefined) return parseVmInfo(stdout);
  if (!isMissing(problem)) throw failure(args, problem);
  throw new TsmachineError('DRIVER_PRECHECK', `VirtualBox has no VM ${JSON.stringify(name)} to import`, {
    hint: 'VBoxManage list vms shows the VMs that exist',
  });
}

/** The first hard disk: of a boot2docker VM at the second port of its SATA controller. */
function diskOf(name: string, facts: VmFacts): string {
  const places = [...facts].filter(
    ([key, path]) => /-\d+-\d+$/.test(key) && !/ImageUUID|IsEjected/.test(key) && /\.(vmdk|vdi|vhd|hdd)$/i.test(path),
  );
  const disk = new Map(places).get('SATA-1-0') ?? places[0]?.[1];
  if (disk !== undefined) return disk;
  throw new TsmachineError('DRIVER_PRECHECK', `The VM ${JSON.stringify(name)} has no disk to import`, {
    hint: `VBoxManage showvminfo ${name} shows what it has`,
  });
}

function numberIn(facts: VmFacts, key: string, otherwise: number): number {
  return Number(facts.get(key)) || otherwise;
}
