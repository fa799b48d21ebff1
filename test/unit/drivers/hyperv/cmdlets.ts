/**
 * The parameter sets of the cmdlets that the scripts use, as far as they use them: from Microsoft's reference, the same for Windows Server
 * 2016 to 2025 (AutomaticCheckpointsEnabled excepted). What is not here no script may use.
 */
export const cmdlets: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'Get-VM': [[], ['Id']],
  'Get-VMHost': [[]],
  'Get-VMSwitch': [[]],
  'New-VM': [['Name', 'MemoryStartupBytes', 'BootDevice', 'NoVHD', 'SwitchName', 'Path', 'Version', 'Generation', 'Force']],
  'Set-VM': [['VM', 'Notes', 'AutomaticCheckpointsEnabled', 'ProcessorCount', 'StaticMemory', 'DynamicMemory', 'CheckpointType']],
  'Remove-VM': [['VM', 'Force']],
  'Start-VM': [['VM', 'Passthru']],
  'Resume-VM': [['VM', 'Passthru']],
  'Stop-VM': [['VM', 'Save', 'TurnOff', 'Force', 'Passthru']],
  'Set-VMProcessor': [['VM', 'Count', 'Maximum', 'Reserve']],
  'Set-VMMemory': [['VM', 'Buffer', 'DynamicMemoryEnabled', 'MaximumBytes', 'StartupBytes', 'MinimumBytes', 'Priority']],
  'Set-VMNetworkAdapter': [['VM', 'Name', 'DynamicMacAddress', 'StaticMacAddress', 'MacAddressSpoofing']],
  'Set-VMNetworkAdapterVlan': [['VM', 'VMNetworkAdapterName', 'Untagged', 'Access', 'VlanId']],
  'Get-VMNetworkAdapter': [['VM', 'Name']],
  'Add-VMHardDiskDrive': [['VM', 'ControllerType', 'ControllerNumber', 'ControllerLocation', 'Path']],
  'Get-VMHardDiskDrive': [['VM', 'ControllerType', 'ControllerNumber', 'ControllerLocation']],
  'Add-VMDvdDrive': [['VM', 'ControllerNumber', 'ControllerLocation', 'Path']],
  'Get-VMDvdDrive': [['VM', 'ControllerNumber', 'ControllerLocation']],
  // the drive comes by the pipeline
  'Set-VMDvdDrive': [['Path', 'ToControllerNumber', 'ToControllerLocation']],
  'Set-VMFirmware': [['VM', 'BootOrder', 'FirstBootDevice', 'EnableSecureBoot', 'SecureBootTemplate']],
  'New-VHD': [
    ['Path', 'ParentPath', 'SizeBytes', 'Differencing', 'BlockSizeBytes'],
    ['Path', 'SizeBytes', 'Dynamic', 'BlockSizeBytes'],
    ['Path', 'SizeBytes', 'Fixed', 'BlockSizeBytes'],
  ],
  'Convert-VHD': [['Path', 'DestinationPath', 'VHDType', 'ParentPath', 'BlockSizeBytes', 'DeleteSource']],
  'Get-VHD': [['Path']],
};

/** Those of PowerShell itself. */
export const common: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'ConvertFrom-Json': [[]],
  'ConvertTo-Json': [['Compress', 'Depth']],
  'ForEach-Object': [[]],
  'Where-Object': [[]],
  'New-Object': [[]],
  'Get-Module': [['ListAvailable', 'Name']],
  'Get-Command': [['Name']],
  'Get-NetNeighbor': [[]],
};

export interface Call {
  readonly name: string;
  /** It names Hyper-V's module: other modules have cmdlets of the same names. */
  readonly qualified: boolean;
  readonly parameters: readonly string[];
}

/** The cmdlets that a script calls. */
export function callsOf(text: string): Call[] {
  const code = text.replace(/^\s*#.*$/gm, '').replace(/'[^']*'/g, '\'\'');
  return [...code.matchAll(/(Hyper-V\\)?\b([A-Z][a-z]+(?:[A-Z][a-z]+)?-[A-Z]\w+)/g)]
    .filter(({ index }) => !/-Name\s$/.test(code.slice(0, index)))
    .map(({ 1: module, 2: name = '', 0: whole, index }) => ({
      name, qualified: module !== undefined, parameters: parametersFrom(code, index + whole.length),
    }));
}

/** Up to where the call ends; those of calls in brackets are theirs. */
function parametersFrom(code: string, start: number): string[] {
  let depth = 0;
  let own = '';
  for (const letter of code.slice(start)) {
    if (depth === 0 && '|;}\n)'.includes(letter)) break;
    if ('({'.includes(letter)) depth += 1;
    else if (')}'.includes(letter)) depth -= 1;
    else if (depth === 0) own += letter;
  }
  return [...own.matchAll(/\s-([A-Z]\w+)/g)].map(([, name = '']) => name);
}
