import { TsmachineError } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import { parseHostCidr } from './host-cidr.js';
import { readHostOnly } from './interfaces.js';
import { networkLock } from './network.js';
import { isOurs } from './ours.js';

/** How often an interface gets its address back during one boot. */
const most = 3;

/**
 * VirtualBox now and then drops this computer's address on a host-only network when a VM on it starts. The function that this returns gives
 * an interface of ours its address back while the VM boots; about somebody else's it only warns.
 * @param network `192.168.56.1/24`
 */
export function addressKeeper(
  name: string,
  network: string,
  ctx: DriverContext,
  vbox: VBoxManage,
  computer: Computer,
): () => Promise<void> {
  const { ip, mask } = parseHostCidr(network);
  let left = most;
  let isForeign = false;
  const isLost = async () => {
    const found = (await readHostOnly(vbox)).find((one) => one.name === name);
    return found !== undefined && (!found.cidr || (await computer.hasAddress(name, ip)) === false);
  };
  const giveBack = async () => {
    if (!(await isLost())) return; // another machine's create was faster
    if (!(await isOurs(name, vbox))) {
      isForeign = true;
      ctx.io.warn(
        `The host-only adapter "${name}" has no address, and tsmachine did not make it. Give it one: ` +
          `VBoxManage hostonlyif ipconfig ${name} --ip ${ip} --netmask ${mask}`,
      );
      return;
    }
    if (left === 0) {
      throw new TsmachineError(
        'DRIVER_FAILED',
        `The host-only adapter "${name}" lost its address ${ip} ${most} times while the VM booted`,
        {
          hint: say`Does another program configure it? Without such a network: ${run('rm', '-y', ctx.machineName)}, then create it with --virtualbox-nat-only`,
        },
      );
    }
    left -= 1;
    ctx.io.warn(`The host-only adapter "${name}" lost its address when the VM started, and gets ${ip} again`);
    await vbox.run(['hostonlyif', 'ipconfig', name, '--ip', ip, '--netmask', mask]);
  };
  return async () => {
    if (!isForeign && (await isLost())) await ctx.lock(networkLock, giveBack);
  };
}
