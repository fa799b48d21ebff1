import { firstAddress, formatAddress, lastAddress, parseNetwork, type Network } from '../../../src/base/network/cidr.js';

/** `10.0.0.0/24`, or `10.0.0.7` as a /32; undefined for anything else. Bits after the prefix are cleared. */
export function parseCidr(text: string): Network | undefined {
  const network = parseNetwork(text.includes('/') ? text : `${text}/32`);
  return network && { ...network, address: firstAddress(network) };
}

/** The address of the bridge: the first usable one. */
export function gatewayOf(network: Network): string {
  return formatAddress(firstAddress(network) + 1);
}

/** The addresses that machines may have: all but those of the network, the bridge and the broadcast. */
export function* machineAddresses(network: Network): Generator<string> {
  for (let address = firstAddress(network) + 2; address < lastAddress(network); address += 1) yield formatAddress(address);
}

/** Whether a machine may have this address of the range. */
export function isMachineAddress(ip: string, network: Network): boolean {
  const address = parseNetwork(`${ip}/32`)?.address;
  return address !== undefined && address >= firstAddress(network) + 2 && address < lastAddress(network);
}
