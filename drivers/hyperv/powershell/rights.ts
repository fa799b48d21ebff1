import { TsmachineError } from '../../../src/base/errors.js';
import type { HyperV, Rights } from '../api.js';
import { rightsHint } from './failure.js';

/** @throws TsmachineError DRIVER_PRECHECK without Hyper-V, or without the right to use it */
export async function checkRights(hyperv: HyperV): Promise<void> {
  refuseWithout(await hyperv.rights());
}

/** @throws TsmachineError DRIVER_PRECHECK */
export function refuseWithout({ module, administrator, hyperVAdministrator }: Rights): void {
  if (!module) {
    throw new TsmachineError('DRIVER_PRECHECK', 'Hyper-V PowerShell Module is not available', {
      hint:
        'As an administrator: Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All ' +
        '(on Windows Server: Install-WindowsFeature Hyper-V -IncludeManagementTools), then reboot. Windows Home has no Hyper-V',
    });
  }
  if (administrator || hyperVAdministrator) return;
  throw new TsmachineError('DRIVER_PRECHECK', 'Hyper-v commands have to be run as an Administrator', {
    hint: rightsHint,
  });
}
