import { firstAddress, formatAddress, lastAddress, maskOf, parseNetwork, type Network } from '../../../src/base/network/cidr.js';
import { TsmachineError } from '../../../src/base/errors.js';

/** An IPv4 address in its network. */
export interface HostCidr extends Network {
  /** The address as text. */
  readonly ip: string;
  readonly mask: string;
  /** First address, as a number. */
  readonly network: number;
  /** Last address, as a number. */
  readonly last: number;
}

/**
 * `192.168.99.1/24`: this computer's own address on a host-only network.
 * @throws TsmachineError FLAG_INVALID in Docker Machine's words
 */
export function parseHostCidr(text: string): HostCidr {
  const cidr = parseCidr(text);
  if (!cidr)
    throw new TsmachineError('FLAG_INVALID', `invalid CIDR address: ${text}`, {
      hint: 'Such as --virtualbox-hostonly-cidr 192.168.56.1/24',
    });
  if (cidr.address === cidr.network) {
    throw new TsmachineError('FLAG_INVALID', 'host-only cidr must be specified with a host address, not a network address', {
      hint: `Such as ${formatAddress(cidr.network + 1)}/${cidr.prefix}`,
    });
  }
  return cidr;
}

/** Any `address/prefix` of IPv4 up to /30; undefined for anything else. */
export function parseCidr(text: string): HostCidr | undefined {
  const cidr = parseNetwork(text);
  if (!cidr || cidr.prefix > 30) return undefined;
  return { ...cidr, ip: formatAddress(cidr.address), mask: maskOf(cidr.prefix), network: firstAddress(cidr), last: lastAddress(cidr) };
}
