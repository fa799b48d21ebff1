import type { DriverContext } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { blocks } from '../program/blocks.js';
import { formatAddress } from '../../../src/base/network/cidr.js';
import type { HostCidr } from './host-cidr.js';
import type { HostOnly } from './interfaces.js';
import { isOurs } from './ours.js';

interface DhcpSettings {
  readonly ip: string;
  readonly mask: string;
  readonly lower: string;
  readonly upper: string;
}

/**
 * Up to /24 the guests have .100 to .254 (see docs/compatibility.md: The virtualbox driver); in smaller networks all that follows the
 * server.
 */
export function dhcpSettings(cidr: HostCidr): DhcpSettings {
  const own = cidr.address;
  const first = cidr.network + 1;
  if (cidr.prefix <= 24) {
    const server = cidr.network + 2 === own ? cidr.network + 3 : cidr.network + 2;
    return {
      ip: formatAddress(server),
      mask: cidr.mask,
      lower: formatAddress(cidr.network + 100),
      upper: formatAddress(cidr.network + 254),
    };
  }
  const server = first === own ? first + 1 : first;
  return {
    ip: formatAddress(server),
    mask: cidr.mask,
    lower: formatAddress(Math.max(server, own) + 1),
    upper: formatAddress(cidr.last - 1),
  };
}

/**
 * Makes a network's DHCP server as we want it where the network is ours or has none; somebody else's stays as it is.
 * The caller holds the lock of the network.
 */
export async function ensureDhcp(
  hostOnly: HostOnly & { cidr: HostCidr },
  off: boolean,
  ctx: DriverContext,
  vbox: VBoxManage,
): Promise<void> {
  const servers = blocks(await vbox.run(['list', 'dhcpservers']));
  const present = servers.find((one) => one.get('NetworkName') === hostOnly.networkName);
  const { ip, mask, lower, upper } = dhcpSettings(hostOnly.cidr);
  const isRight =
    present !== undefined &&
    ['LowerIPAddress', 'lowerIPAddress'].some((key) => present.get(key) === lower) &&
    present.get('NetworkMask') === mask &&
    present.get('Enabled') === (off ? 'No' : 'Yes');
  if (isRight || (present === undefined && off)) return;
  if (present !== undefined && !(await isOurs(hostOnly.name, vbox))) {
    if (present.get('Enabled') !== 'Yes' && !off)
      ctx.io.warn(`The DHCP server of ${hostOnly.name} is off, and tsmachine did not make it: the machine may get no address there`);
    return;
  }
  await vbox.run([
    'dhcpserver',
    present === undefined ? 'add' : 'modify',
    '--netname',
    hostOnly.networkName,
    '--ip',
    ip,
    '--netmask',
    mask,
    '--lowerip',
    lower,
    '--upperip',
    upper,
    off ? '--disable' : '--enable',
  ]);
}
