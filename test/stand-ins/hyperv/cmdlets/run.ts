import { change } from '../state.js';
import { toText } from '../powershell/values/convert.js';
import { bind } from '../powershell/commands/binding.js';
import type { Declaration } from '../powershell/commands/declaration.js';
import type { Outside } from '../powershell/values/dotnet.js';
import { Complaint, terminating } from '../powershell/errors.js';
import type { Call } from '../powershell/evaluate.js';
import { Instance, lookUp, type Value } from '../powershell/values/values.js';
import { Given, type Cmdlet } from './cmdlet.js';
import { commandObject, convertFromJson, convertToJson, forEachObject, newObjectBy, whereObject } from './common.js';
import { convertVHD, getVHD, newVHD } from './disks.js';
import { addVMDvdDrive, addVMHardDiskDrive, getVMDvdDrive, getVMHardDiskDrive, setVMDvdDrive } from './drives.js';
import {
  getNetNeighbor,
  getVMNetworkAdapter,
  setVMFirmware,
  setVMMemory,
  setVMNetworkAdapter,
  setVMNetworkAdapterVlan,
  setVMProcessor,
} from './hardware.js';
import { getModule, getVMHost, getVMSwitch } from './host.js';
import { resumeVM, startVM, stopVM } from './power.js';
import { cmdlets } from './table.js';
import { getVM, newVM, removeVM, setVM } from './vms.js';
import { rightsOf } from './world.js';

const implementations: Readonly<Record<string, Cmdlet>> = {
  'Get-VM': getVM,
  'New-VM': newVM,
  'Set-VM': setVM,
  'Remove-VM': removeVM,
  'Start-VM': startVM,
  'Resume-VM': resumeVM,
  'Stop-VM': stopVM,
  'Set-VMProcessor': setVMProcessor,
  'Set-VMMemory': setVMMemory,
  'Set-VMFirmware': setVMFirmware,
  'Get-VMNetworkAdapter': getVMNetworkAdapter,
  'Set-VMNetworkAdapter': setVMNetworkAdapter,
  'Set-VMNetworkAdapterVlan': setVMNetworkAdapterVlan,
  'Add-VMHardDiskDrive': addVMHardDiskDrive,
  'Get-VMHardDiskDrive': getVMHardDiskDrive,
  'Add-VMDvdDrive': addVMDvdDrive,
  'Get-VMDvdDrive': getVMDvdDrive,
  'Set-VMDvdDrive': setVMDvdDrive,
  'New-VHD': newVHD,
  'Convert-VHD': convertVHD,
  'Get-VHD': getVHD,
  'Get-VMHost': getVMHost,
  'Get-VMSwitch': getVMSwitch,
  'Get-NetNeighbor': getNetNeighbor,
  'Get-Module': getModule,
  'ForEach-Object': forEachObject,
  'Where-Object': whereObject,
  'ConvertFrom-Json': convertFromJson,
  'ConvertTo-Json': convertToJson,
};

export interface Console extends Outside {
  readonly warn: (text: string) => void;
  /** Called before a cmdlet does anything. */
  readonly before: (name: string) => Promise<void>;
}

/** Finds the cmdlet, binds its parameters, runs it. */
export async function runCmdlet({ name, words, input }: Call, console: Console): Promise<readonly Value[]> {
  const found = find(name);
  const implementation =
    found.name === 'New-Object' ? newObjectBy(console) : found.name === 'Get-Command' ? getCommand : implementations[found.name];
  if (!implementation) throw new Error(`${found.name} is declared, but not made`);
  const output: Value[] = [];
  for (const args of bind({ words, input }, found.declaration)) {
    await console.before(found.name);
    try {
      checkRights(found.name, args.has('Id') || args.has('Name'));
      output.push(...(await implementation(new Given(args), console)));
    } catch (error) {
      throw error instanceof Complaint && !error.isTerminating
        ? new Complaint(error.message, `${error.id},${found.declaration.type}`)
        : error;
    }
  }
  return output;
}

/** With the parameters that it has in this release of Windows. */
function find(written: string): { name: string; declaration: Declaration } {
  const [short = '', module] = written.split('\\').reverse();
  const name = Object.keys(cmdlets).find((one) => one.toLowerCase() === short.toLowerCase()) ?? '';
  const declaration = cmdlets[name];
  const isThere = change((world) => rightsOf(world).module) || declaration?.module !== 'Hyper-V';
  if (!declaration || !isThere || (module !== undefined && module.toLowerCase() !== declaration.module.toLowerCase())) {
    throw terminating(
      `The term '${written}' is not recognized as the name of a cmdlet, function, script file, or operable program. ` +
        'Check the spelling of the name, or if a path was included, verify that the path is correct and try again.',
      'CommandNotFoundException',
    );
  }
  const release = change(({ global }) => global['release']);
  const parameters = Object.fromEntries(
    Object.entries(declaration.parameters).filter(([, { notIn }]) => notIn === undefined || notIn !== release),
  );
  return { name, declaration: { ...declaration, parameters } };
}

const getCommand: Cmdlet = (given) => {
  const { name, declaration } = find(given.text('Name'));
  return [commandObject(name, declaration.parameters)];
};

function checkRights(name: string, isOne: boolean): void {
  if (lookUp(cmdlets, name)?.module !== 'Hyper-V' || (name === 'Get-VM' && !isOne)) return;
  const { administrator, hyperVAdministrator } = change(rightsOf);
  if (administrator || hyperVAdministrator) return;
  throw new Complaint(
    'You do not have the required permission to complete this task. ' +
      'Contact the administrator of the authorization policy for the computer.',
    'AccessDenied',
  );
}

/** What the user is to Windows. */
export function hasRole(role: string): boolean {
  const { administrator, hyperVAdministrator } = change(rightsOf);
  if (role === 'Administrator') return administrator;
  if (role === 'S-1-5-32-578') return hyperVAdministrator;
  throw new Error(`nobody knows the role ${role}`);
}

/** How an object would be named that a script left on its pipeline. */
export function describe(value: Value): string {
  return value instanceof Instance ? value.type : JSON.stringify(toText(value));
}
