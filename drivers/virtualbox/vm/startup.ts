import { join } from 'node:path';

import { TsmachineError } from '../../../src/base/errors.js';
import type { Files } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { failure } from '../program/vboxmanage.js';

/** What VirtualBox writes into its log when the processor's virtualization is off or in use. */
const noVirtualization =
  /VT-x is disabled|the host CPU does NOT support HW virtualization|VERR_VMX_UNABLE_TO_START_VM|VERR_VMX_NO_VMX|VERR_SVM_DISABLED|AMD-V is disabled/;
const startTimeout = 3 * 60_000;

export const noVtxMessage = "This computer doesn't have VT-X/AMD-v enabled. Enabling it in the BIOS is mandatory";
export const noVtxHint = 'In a virtual machine: enable nested virtualization outside. To skip this check, use --virtualbox-no-vtx-check';

/**
 * @param logFolder the VM's own, with VBox.log
 * @throws TsmachineError DRIVER_FAILED with what the log says
 */
export async function startVm(vm: string, uiType: string, logFolder: string, files: Files, vbox: VBoxManage): Promise<void> {
  const args = ['startvm', vm, '--type', uiType];
  const { problem } = await vbox.attempt(args, { timeout: startTimeout });
  if (problem === undefined) return;
  const log = join(logFolder, 'VBox.log');
  const text = (await files.read(log)) ?? '';
  if (noVirtualization.test(`${problem}\n${text}`))
    throw new TsmachineError('DRIVER_FAILED', noVtxMessage, { hint: `${noVtxHint}\nIts log: ${log}` });
  const last = text.trimEnd().split('\n').pop() ?? '';
  const { hint } = failure(args, problem);
  throw new TsmachineError('DRIVER_FAILED', `Unable to start the VM: ${problem}${last === '' ? '' : `\nDetails: ${last}`}`, {
    hint: hint ?? `Its log: ${log}`,
  });
}
