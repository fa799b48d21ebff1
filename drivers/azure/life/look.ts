import type { Address, DriverData, Endpoint, Look, LookFailure, Reason, State } from '../../../src/driver/contract.js';
import { all, type Arm, type Interface, type PublicAddress, type VirtualMachine } from '../api.js';
import { readConfig, type Config } from '../config.js';
import { isSame, partsOf } from '../naming/names.js';
import { addressOf, interfaceOf, privateIpOf } from './addresses.js';
import { readVm } from './vm.js';

/** What there is of a machine. */
export interface Seen {
  readonly vm: VirtualMachine | undefined;
  readonly nic: Interface | undefined;
  readonly address: PublicAddress | undefined;
}

/** Three calls at the same time. */
export async function lookAt(data: DriverData, arm: Arm): Promise<Look> {
  const config = readConfig(data);
  const named = partsOf(config.own.vmId);
  if (!named) return { state: 'None', addresses: [] };
  const [vm, nic, address] = await Promise.all([
    readVm(arm, named.group, named.name),
    interfaceOf(arm, config.own),
    config.reachedPrivately ? undefined : addressOf(arm, config.own),
  ]);
  return describe(config, { vm, nic, address });
}

/** Three lists, however many machines the subscription has. */
export async function lookAtAll(machines: ReadonlyMap<string, DriverData>, arm: Arm): Promise<ReadonlyMap<string, Look | LookFailure>> {
  const [only] = machines;
  if (machines.size === 1 && only) return new Map([[only[0], await lookAt(only[1], arm)]]);
  const [vms, nics, addresses] = await Promise.all([
    arm.call('Microsoft.Compute/virtualMachines/read', ({ compute }) => all(compute.virtualMachines.listAll({ statusOnly: 'true' }))),
    arm.call('Microsoft.Network/networkInterfaces/read', ({ network }) => all(network.networkInterfaces.listAll())),
    arm.call('Microsoft.Network/publicIPAddresses/read', ({ network }) => all(network.publicIPAddresses.listAll())),
  ]);
  return new Map(
    [...machines].map(([name, data]): [string, Look] => {
      const config = readConfig(data);
      const { vmId, interfaceId, addressId } = config.own;
      if (vmId === '') return [name, { state: 'None', addresses: [] }];
      const vm = vms.find(({ id }) => isSame(id, vmId));
      const nic = nics.find(({ id }) => isSame(id, interfaceId));
      const address = addresses.find(({ id }) => isSame(id, addressId));
      return [name, describe(config, { vm, nic, address })];
    }),
  );
}

/** Docker Machine's words. */
const states: Readonly<Record<string, State>> = {
  starting: 'Starting',
  running: 'Running',
  stopping: 'Stopping',
  stopped: 'Stopped',
  deallocating: 'Stopping',
  deallocated: 'Stopped',
};

/** Pure. */
export function describe(config: Config, seen: Seen): Look {
  const { vm } = seen;
  const { own, location } = config;
  if (!vm) {
    const isTaken = own.spot && own.evictionPolicy === 'Delete';
    const text = isTaken
      ? `Azure has taken the spot machine ${config.machineName} back, or somebody deleted it`
      : `Azure has no virtual machine ${partsOf(own.vmId)?.name ?? ''} in ${location} any more`;
    return { state: 'None', addresses: [], why: { code: isTaken ? 'reclaimed' : 'gone', text } };
  }
  const power = wordOf(vm, 'PowerState');
  const state = power === undefined ? provisioning(vm) : (states[power] ?? 'None');
  const why = reasonOf(config, vm, state, power);
  const endpoint = state === 'Running' || state === 'Starting' ? endpointOf(config, seen) : { addresses: [] };
  const { dockerUrl, ...reached } = endpoint;
  return { state, ...reached, ...(state === 'Running' && dockerUrl !== undefined ? { dockerUrl } : {}), ...(why && { why }) };
}

/** `running` of `PowerState/running`. */
function wordOf({ instanceView }: VirtualMachine, kind: string): string | undefined {
  const codes = (instanceView?.statuses ?? []).flatMap(({ code }) => (code === undefined ? [] : [code]));
  return codes.find((code) => code.startsWith(`${kind}/`))?.split('/')[1];
}

/** Without a power state, as while it is made. */
function provisioning(vm: VirtualMachine): State {
  const word = (vm.provisioningState ?? wordOf(vm, 'ProvisioningState') ?? '').toLowerCase();
  if (word === 'failed' || word === 'canceled') return 'Error';
  return word === 'deleting' ? 'Stopping' : 'Starting';
}

/** Where a running machine is reached. Until it has the address that it is to be reached by, nowhere. */
export function endpointOf(config: Config, { nic, address }: Seen): Endpoint {
  const addresses = addressesOf(config, privateIpOf(nic), address);
  const [best] = addresses;
  if (best === undefined || (!config.reachedPrivately && best.scope === 'private')) return { addresses: [] };
  const { sshPort: port, sshUser: user, sshKeyPath: keyPath, dockerPort } = config;
  return { addresses, ssh: { host: best.ip, port, user, keyPath }, dockerUrl: `tcp://${best.ip}:${dockerPort}` };
}

/** A DNS name comes first, as in Docker Machine. */
function addressesOf({ reachedPrivately }: Config, privateIp: string, address: PublicAddress | undefined): Address[] {
  const inside: Address[] = privateIp === '' ? [] : [{ ip: privateIp, scope: 'private' }];
  const outside = [address?.dnsSettings?.fqdn, address?.ipAddress].flatMap((ip): Address[] =>
    ip === undefined || ip === '' ? [] : [{ ip, scope: 'public' }],
  );
  return reachedPrivately ? [...inside, ...outside] : [...outside, ...inside];
}

function reasonOf({ own, machineName }: Config, vm: VirtualMachine, state: State, power: string | undefined): Reason | undefined {
  if (state === 'Stopped') {
    if (own.spot && power === 'deallocated' && !own.stopped)
      return { code: 'reclaimed', text: `Azure has taken the spot machine ${machineName} back: it is deallocated` };
    return { code: 'stopped', text: power === 'stopped' ? 'It is off, and costs as if it ran' : 'It is deallocated' };
  }
  if (state !== 'Error') return undefined;
  const failed = vm.instanceView?.statuses?.find(({ code }) => code?.startsWith('ProvisioningState/failed') === true);
  return { code: 'failed', text: `Azure could not make it: ${failed?.message ?? failed?.code ?? vm.provisioningState ?? ''}` };
}
