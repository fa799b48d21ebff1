import { TsmachineError } from '../../../src/base/errors.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import { parseHostCidr } from './host-cidr.js';
import { readHostOnly } from './interfaces.js';
import { networkLock } from './network.js';
import { isOurs } from './ours.js';

/** So often one interface gets its address back during one boot. */
const most = 3;

/**
 * VirtualBox now and then drops this computer's address on a host-only network when a VM on it starts. What this returns looks, and gives an
 * interface of ours its address back; the VM goes on meanwhile. What somebody else made is only told of.
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
        `The host-only adapter "${name}" has no address, and is not ours to give it one: VBoxManage hostonlyif ipconfig ${name} --ip ${ip} --netmask ${mask}`,
      );
      return;
    }
    if (left === 0) {
      throw new TsmachineError(
        'DRIVER_FAILED',
        `The host-only adapter "${name}" lost its address ${ip} ${most} times while the VM booted`,
        {
          hint: `Does another program configure it? Without such a network: tsmachine rm -y ${ctx.machineName}, then create it with --virtualbox-nat-only`,
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
