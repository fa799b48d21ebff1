import type { VBoxManage } from '../api.js';
import { blocks } from '../program/blocks.js';
import { prefixOfMask } from '../../../src/base/network/cidr.js';
import { parseCidr, type HostCidr } from './host-cidr.js';

/** An interface of this computer that leads to a host-only network. */
export interface HostOnly {
  readonly name: string;
  readonly cidr: HostCidr | undefined;
  readonly networkName: string;
  readonly isUp: boolean;
}

/** Windows gives an address of 169.254.0.0/16 to what has none. */
export async function readHostOnly(vbox: VBoxManage): Promise<HostOnly[]> {
  return blocks(await vbox.run(['list', 'hostonlyifs']))
    .filter((block) => block.has('VBoxNetworkName'))
    .map((block) => {
      const ip = block.get('IPAddress') ?? '';
      const cidr =
        ip === '' || ip === '0.0.0.0' || ip.startsWith('169.254.')
          ? undefined
          : parseCidr(`${ip}/${prefixOfMask(block.get('NetworkMask') ?? '') ?? ''}`);
      return { name: block.get('Name') ?? '', cidr, networkName: block.get('VBoxNetworkName') ?? '', isUp: block.get('Status') === 'Up' };
    });
}
