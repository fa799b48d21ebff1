import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Vm, World } from '../vboxmanage/state.js';
import { Complaint } from './complaint.js';
import type { Input } from './perform.js';

const megabyte = 2 ** 20;

/** New-VM, then Set-VM -Notes. Several VMs of one name are none of Hyper-V's worries. */
export function newVm(world: World, input: Input): string {
  const [name, path, network] = [String(input['name']), String(input['path']), String(input['switch'])];
  if (!existsSync(path)) throw new Complaint(`Failed to create a new virtual machine: the folder '${path}' is not there.`);
  if (!world.interfaces[network]) throw new Complaint(`Hyper-V was unable to find a virtual switch with name "${network}".`);
  if (![1, 2].includes(Number(input['generation']))) throw new Complaint('The generation must be 1 or 2.');
  checkMemory(Number(input['memory']));
  const uuid = randomUUID();
  const digits = uuid.replaceAll('-', '').slice(0, 6);
  const folder = join(path, name);
  mkdirSync(folder, { recursive: true });
  world.vms[uuid] = {
    uuid, name, folder, arm: false, controllers: {}, attached: {}, forwards: [], shares: {}, extra: {}, properties: {},
    state: 'poweroff', pid: 0,
    settings: {
      generation: String(input['generation']), notes: String(input['notes']), memory: String(input['memory']),
      hostonlyadapter2: network, macaddress2: `00155d${digits}`,
    },
  };
  return uuid;
}

/** Set-VMProcessor, Set-VMMemory, Set-VMNetworkAdapter, Set-VMNetworkAdapterVlan */
export function hardware({ global }: World, { settings }: Vm, input: Input): void {
  const cpus = Number(input['cpus']);
  if (cpus < 1 || cpus > Number(global['cpus'])) throw new Complaint(`${cpus} is out of range for virtual processors.`);
  const [memory, minimum] = [Number(input['memory']), Number(input['minimum'])];
  checkMemory(memory);
  if (input['dynamic'] === true) {
    checkMemory(minimum);
    if (minimum > memory) throw new Complaint('The minimum memory must not exceed the startup memory.');
  }
  const mac = String(input['mac']);
  if (mac !== '' && !/^[0-9A-F]{12}$/.test(mac)) throw new Complaint(`The MAC address ${mac} is not valid.`);
  const vlan = Number(input['vlan']);
  if (vlan < 0 || vlan > 4094) throw new Complaint('The VLAN must be from 1 to 4094.');
  Object.assign(settings, {
    cpus: String(cpus), memory: String(memory), dynamic: String(input['dynamic']), vlan: String(vlan), checkpoints: 'off',
    ...(mac === '' ? {} : { macaddress2: mac.toLowerCase() }),
  });
}

/** Add-VMHardDiskDrive, Add-VMDvdDrive, Set-VMFirmware */
export function drive({ settings, attached }: Vm, input: Input): void {
  if (settings['generation'] !== '2') throw new Complaint('Firmware settings are supported for virtual machines of generation 2 alone.');
  const [disk, seed] = [String(input['disk']), String(input['seed'])];
  if (!disk.endsWith('.vhdx')) throw new Complaint(`This disk is not supported for a virtual machine of generation 2: '${disk}'.`);
  attach(attached, 'SCSI-0-0', disk);
  attach(attached, 'SCSI-0-1', seed);
  settings['firmware'] = input['secureBoot'] === true ? 'MicrosoftUEFICertificateAuthority' : 'off';
}

/** Add-VMHardDiskDrive, Set-VMDvdDrive of the drive that every VM of generation 1 has */
export function drivesIso({ settings, attached }: Vm, input: Input): void {
  if (settings['generation'] !== '1') throw new Complaint('Hyper-V was unable to find a DVD drive.');
  attach(attached, 'IDE-0-0', String(input['disk']));
  attach(attached, 'IDE-1-0', String(input['iso']));
}

function attach(attached: Record<string, string>, place: string, path: string): void {
  if (attached[place] !== undefined) throw new Complaint('There is a drive already at this location.');
  if (!existsSync(path)) throw new Complaint(`The file '${path}' is not there. (0x80070002).`);
  attached[place] = path;
}

function checkMemory(bytes: number): void {
  if (bytes < 32 * megabyte || bytes % (2 * megabyte) !== 0) {
    throw new Complaint('Invalid amount of memory: it must be a multiple of 2 MB, 32 MB at least.');
  }
}
