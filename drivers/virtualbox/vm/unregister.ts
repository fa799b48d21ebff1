import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import type { VirtualboxConfig } from '../config.js';
import { failure } from '../program/vboxmanage.js';
import { findVm, isMissing, vmName } from './vm.js';

/**
 * Takes a VM that is off from VirtualBox's list. Without `--delete`, which would delete the shared disk below the machine's too; the VM's
 * files go with the machine's folder.
 */
export async function unregister(
  config: VirtualboxConfig,
  ctx: Pick<DriverContext, 'machineDir' | 'signal'>,
  vbox: VBoxManage,
): Promise<void> {
  const args = ['unregistervm', vmName(config)];
  // VirtualBox keeps a VM locked for a moment after it was switched off.
  await waitFor(
    async () => {
      if (!(await findVm(config, ctx.machineDir, vbox))) return true;
      const { problem } = await vbox.attempt(args);
      if (problem === undefined || isMissing(problem)) return true;
      if (!/lock|busy|in use/i.test(problem)) throw failure(args, problem);
      return undefined;
    },
    { timeout: 20_000, interval: 200, signal: ctx.signal, what: `VirtualBox to release the VM of ${config.machineName}` },
  );
}
