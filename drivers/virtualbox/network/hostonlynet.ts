import type { DriverContext } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage, Version } from '../api.js';
import { blocks } from '../program/blocks.js';
import { formatAddress } from '../../../src/base/network/cidr.js';
import { parseCidr, parseHostCidr } from './host-cidr.js';
import { defaultCidr } from '../config.js';
import { readVmList } from '../vm/list.js';
import { freeNetwork } from './ranges.js';
import { isAtLeast } from '../program/version.js';

const prefix = 'tsmachine-';

/** On macOS VirtualBox 7 has host-only networks instead of interfaces (its manual, "Host-Only Networking"). */
export function hasNetworks(version: Version, platform: string): boolean {
  return platform === 'darwin' && isAtLeast(version, [7, 0, 0]);
}

/** The name of our network with the wanted address, made if it is not there. The caller holds the lock of the network. */
export async function ensureHostOnlyNet(wanted: string, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<string> {
  const known = await ours(vbox);
  const cidr = parseHostCidr(wanted);
  const nameOf = (network: number) => `${prefix}${formatAddress(network)}`;
  const present = known.find((block) => block.get('Name') === nameOf(cidr.network)) ?? (wanted === defaultCidr ? known[0] : undefined);
  if (present) return present.get('Name') ?? '';
  const taken = computer.interfaces().flatMap((one) => parseCidr(one.cidr) ?? []);
  const isTaken = taken.some((one) => one.network === cidr.network);
  const chosen = isTaken && wanted === defaultCidr ? freeNetwork(undefined, taken) : cidr;
  if (chosen !== cidr) ctx.io.info(`Host-only network: ${chosen.ip}/${chosen.prefix}, because ${wanted} is taken here`);
  const name = nameOf(chosen.network);
  await vbox.run([
    'hostonlynet',
    'add',
    `--name=${name}`,
    `--netmask=${chosen.mask}`,
    `--lower-ip=${chosen.ip}`,
    `--upper-ip=${formatAddress(chosen.last - 1)}`,
    '--enable',
  ]);
  return name;
}

/** Removes our networks that no VM uses. The caller holds the lock of the network. */
export async function removeUnusedNets(vbox: VBoxManage): Promise<void> {
  const names = await ourNetworks(vbox);
  const vms = names.length === 0 ? '' : await readVmList(vbox);
  for (const name of names) if (!usesNetwork(vms, name)) await vbox.attempt(['hostonlynet', 'remove', `--name=${name}`]);
}

/** @param vms what VBoxManage prints of all VMs */
export function usesNetwork(vms: string, name: string): boolean {
  return vms.includes(`'${name}'`);
}

export async function ourNetworks(vbox: VBoxManage): Promise<string[]> {
  return (await ours(vbox)).map((block) => block.get('Name') ?? '');
}

async function ours(vbox: VBoxManage): Promise<ReadonlyMap<string, string>[]> {
  return blocks(await vbox.run(['list', 'hostonlynets'])).filter((block) => (block.get('Name') ?? '').startsWith(prefix));
}
