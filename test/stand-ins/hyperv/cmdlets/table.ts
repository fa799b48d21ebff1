import type { Declaration, Parameter } from '../powershell/commands/declaration.js';

/**
 * The cmdlets that there are, as far as the scripts use them: from Microsoft's reference, the same for Windows Server 2016 to 2025 except
 * where it says so. What is not here no script may use.
 */
export const types = {
  vm: 'Microsoft.HyperV.PowerShell.VirtualMachine',
  component: 'Microsoft.HyperV.PowerShell.VMComponentObject',
  dvd: 'Microsoft.HyperV.PowerShell.DvdDrive',
  disk: 'Microsoft.HyperV.PowerShell.HardDiskDrive',
};

const switchOf = (...sets: string[]): Parameter => ({ type: 'Switch', ...(sets.length > 0 ? { sets } : {}) });
const text: Parameter = { type: 'String' };
const int64: Parameter = { type: 'Int64' };

/** A VM is given as an object, or by its name. */
const vmOr = (name: 'Name' | 'VMName', { piped = true } = {}): Readonly<Record<string, Parameter>> => ({
  VM: { type: { object: types.vm }, sets: ['VMObject'], mandatory: true, position: 0, ...(piped ? { pipeline: true } : {}) },
  [name]: { type: 'String', sets: [name], mandatory: true, position: 0 },
});

function hyperV(noun: string, parameters: Declaration['parameters'], defaultSet = ''): Declaration {
  return { module: 'Hyper-V', type: `Microsoft.HyperV.PowerShell.Commands.${noun}`, defaultSet, parameters };
}

function vhd(noun: string, parameters: Declaration['parameters'], defaultSet = ''): Declaration {
  return { module: 'Hyper-V', type: `Microsoft.Vhd.PowerShell.Cmdlets.${noun}`, defaultSet, parameters };
}

const machines: Readonly<Record<string, Declaration>> = {
  'Get-VM': hyperV(
    'GetVM',
    {
      Name: { type: 'String', sets: ['Name'], position: 0 },
      Id: { type: 'Guid', sets: ['Id'], position: 0 },
    },
    'Name',
  ),
  'New-VM': hyperV(
    'NewVM',
    {
      Name: { type: 'String', position: 0 },
      MemoryStartupBytes: { type: 'Int64', position: 1 },
      Generation: { type: 'Int16', position: 2 },
      Path: text,
      SwitchName: text,
      NoVHD: switchOf('No VHD'),
      VHDPath: { type: 'String', sets: ['Existing VHD'], mandatory: true },
      NewVHDPath: { type: 'String', sets: ['New VHD'], mandatory: true },
      NewVHDSizeBytes: { type: 'UInt64', sets: ['New VHD'], mandatory: true },
    },
    'No VHD',
  ),
  'Set-VM': hyperV(
    'SetVM',
    {
      ...vmOr('Name'),
      Notes: text,
      AutomaticCheckpointsEnabled: { type: 'Boolean', notIn: '2016' },
    },
    'Name',
  ),
  'Remove-VM': hyperV('RemoveVM', { ...vmOr('Name'), Force: switchOf() }, 'Name'),
  'Start-VM': hyperV('StartVM', { ...vmOr('Name') }, 'Name'),
  'Resume-VM': hyperV('ResumeVM', { ...vmOr('Name') }, 'Name'),
  'Stop-VM': hyperV('StopVM', { ...vmOr('Name'), TurnOff: switchOf(), Force: switchOf() }, 'Name'),
};

const hardware: Readonly<Record<string, Declaration>> = {
  'Set-VMProcessor': hyperV('SetVMProcessor', { ...vmOr('VMName'), Count: int64 }, 'VMName'),
  'Set-VMMemory': hyperV(
    'SetVMMemory',
    {
      ...vmOr('VMName'),
      DynamicMemoryEnabled: { type: 'Boolean' },
      StartupBytes: int64,
      MinimumBytes: int64,
      MaximumBytes: int64,
    },
    'VMName',
  ),
  'Set-VMFirmware': hyperV(
    'SetVMFirmware',
    {
      ...vmOr('VMName'),
      FirstBootDevice: { type: { object: types.component } },
      EnableSecureBoot: { type: { enumeration: 'Microsoft.HyperV.PowerShell.OnOffState', names: ['On', 'Off'] } },
      SecureBootTemplate: text,
    },
    'VMName',
  ),
  'Get-VMNetworkAdapter': hyperV('GetVMNetworkAdapter', { ...vmOr('VMName') }, 'VMName'),
  'Set-VMNetworkAdapter': hyperV(
    'SetVMNetworkAdapter',
    {
      ...vmOr('VMName'),
      StaticMacAddress: text,
      DynamicMacAddress: switchOf(),
    },
    'VMName',
  ),
  'Set-VMNetworkAdapterVlan': hyperV(
    'SetVMNetworkAdapterVlan',
    {
      ...vmOr('VMName'),
      Access: switchOf(),
      Untagged: switchOf(),
      VlanId: { type: 'Int32' },
    },
    'VMName',
  ),
};

const drives: Readonly<Record<string, Declaration>> = {
  'Add-VMHardDiskDrive': hyperV('AddVMHardDiskDrive', { ...vmOr('VMName'), Path: { type: 'String', position: 4 } }, 'VMName'),
  'Get-VMHardDiskDrive': hyperV('GetVMHardDiskDrive', { ...vmOr('VMName') }, 'VMName'),
  'Add-VMDvdDrive': hyperV('AddVMDvdDrive', { ...vmOr('VMName'), Path: { type: 'String', position: 3 } }, 'VMName'),
  'Get-VMDvdDrive': hyperV('GetVMDvdDrive', { ...vmOr('VMName') }, 'VMName'),
  'Set-VMDvdDrive': hyperV(
    'SetVMDvdDrive',
    {
      VMDvdDrive: { type: { object: types.dvd }, sets: ['Object'], mandatory: true, position: 0, pipeline: true },
      VMName: { type: 'String', sets: ['VMName'], mandatory: true, position: 0 },
      Path: { type: 'String', position: 3 },
    },
    'VMName',
  ),
};

const disks: Readonly<Record<string, Declaration>> = {
  'New-VHD': vhd(
    'NewVhd',
    {
      Path: { type: 'String', mandatory: true, position: 0, pipeline: true },
      ParentPath: { type: 'String', sets: ['Differencing'], mandatory: true, position: 1 },
      SizeBytes: {
        type: 'UInt64',
        sets: ['DynamicWithoutSource', 'FixedWithoutSource', 'Differencing'],
        mandatory: ['DynamicWithoutSource', 'FixedWithoutSource'],
      },
      Differencing: switchOf('Differencing'),
      Dynamic: switchOf('DynamicWithoutSource'),
      Fixed: { type: 'Switch', sets: ['FixedWithoutSource'], mandatory: true },
    },
    'DynamicWithoutSource',
  ),
  'Convert-VHD': vhd('ConvertVhd', {
    Path: { type: 'String', mandatory: true, position: 0, pipeline: true },
    DestinationPath: { type: 'String', mandatory: true, position: 1 },
    VHDType: { type: { enumeration: 'Microsoft.Vhd.PowerShell.VhdType', names: ['Unknown', 'Fixed', 'Dynamic', 'Differencing'] } },
    ParentPath: text,
  }),
  'Get-VHD': vhd('GetVhd', { Path: { type: 'String', mandatory: true, position: 0, pipeline: true } }),
};

/** Hyper-V's own: a script calls them by their module's name, since others have cmdlets of the same names. */
export const hyperVCmdlets: Readonly<Record<string, Declaration>> = {
  'Get-VMHost': hyperV('GetVMHost', {}),
  'Get-VMSwitch': hyperV('GetVMSwitch', { Name: { type: 'String', position: 0 } }),
  ...machines,
  ...hardware,
  ...drives,
  ...disks,
};

const core = (noun: string, parameters: Declaration['parameters']): Declaration => ({
  module: 'Microsoft.PowerShell.Core',
  type: `Microsoft.PowerShell.Commands.${noun}Command`,
  parameters,
});
const utility = (noun: string, parameters: Declaration['parameters']): Declaration => ({
  module: 'Microsoft.PowerShell.Utility',
  type: `Microsoft.PowerShell.Commands.${noun}Command`,
  parameters,
});
const each: Parameter = { type: 'Any', pipeline: true };

/** PowerShell's. */
export const commonCmdlets: Readonly<Record<string, Declaration>> = {
  'ForEach-Object': core('ForEachObject', { Process: { type: 'ScriptBlock', mandatory: true, position: 0 }, InputObject: each }),
  'Where-Object': core('WhereObject', { FilterScript: { type: 'ScriptBlock', mandatory: true, position: 0 }, InputObject: each }),
  'Get-Module': {
    ...core('GetModule', {
      Name: { type: 'String', sets: ['Loaded', 'Available'], position: 0 },
      ListAvailable: { type: 'Switch', sets: ['Available'], mandatory: true },
    }),
    defaultSet: 'Loaded',
  },
  'Get-Command': core('GetCommand', { Name: { type: 'String', position: 0 } }),
  'New-Object': utility('NewObject', {
    TypeName: { type: 'String', mandatory: true, position: 0 },
    ArgumentList: { type: 'Any', position: 1, rest: true },
  }),
  'ConvertFrom-Json': {
    ...utility('ConvertFromJson', { InputObject: { type: 'String', mandatory: true, position: 0, pipeline: true } }),
    gathers: true,
  },
  'ConvertTo-Json': {
    ...utility('ConvertToJson', {
      InputObject: { type: 'Any', mandatory: true, position: 0, pipeline: true },
      Depth: { type: 'Int32' },
      Compress: switchOf(),
    }),
    gathers: true,
  },
  'Get-NetNeighbor': { module: 'NetTCPIP', type: 'Get-NetNeighbor', parameters: {} },
};

export const cmdlets: Readonly<Record<string, Declaration>> = { ...hyperVCmdlets, ...commonCmdlets };

/** Those that look at the computer, or change it. */
export function reachesOut(name: string): boolean {
  return Object.hasOwn(hyperVCmdlets, name) || ['Get-Module', 'Get-NetNeighbor'].includes(name);
}
