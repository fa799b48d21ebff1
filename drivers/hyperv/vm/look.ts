import type { AccountContext, DriverContext, DriverData, Endpoint, Look, Reason } from '../../../src/driver/contract.js';
import type { Tools, Vm } from '../api.js';
import { isUnasked, readConfig, type HypervConfig } from '../config.js';
import { findVm, ownVm, stateOf } from './vm.js';

const enginePort = 2376;

/** Where a machine is reached while it runs, by its data. Pure. */
export function endpointOf({ ip, sshPort: port, sshUser: user, sshKeyPath: keyPath, image }: HypervConfig): Endpoint {
  if (ip === '') return { addresses: [] };
  const host = ip.includes(':') ? `[${ip}]` : ip;
  return {
    addresses: [{ ip, scope: 'private' }],
    ssh: { host: ip, port, user, hostKeyKnown: image !== '', ...(keyPath === '' ? {} : { keyPath }) },
    dockerUrl: `tcp://${host}:${enginePort}`,
  };
}

/** One script call. */
export async function lookAtVm(config: HypervConfig, ctx: Pick<DriverContext, 'machineDir'>, tools: Tools): Promise<Look> {
  return describeMachine(config, await findVm(config, ctx, tools));
}

/** One script call for all of them. */
export async function lookAtAll(
  machines: ReadonlyMap<string, DriverData>,
  ctx: Pick<AccountContext, 'machineDir'>,
  { hyperv, computer }: Tools,
): Promise<ReadonlyMap<string, Look>> {
  const configs = [...machines].map(([name, data]) => ({ name, config: readConfig(data) }));
  const vms = configs.every(({ config }) => isUnasked(config)) ? [] : await hyperv.vms();
  const vmOf = (name: string, config: HypervConfig) =>
    isUnasked(config) ? undefined : ownVm(config, ctx.machineDir(name), vms, computer.platform);
  return new Map(configs.map(({ name, config }) => [name, describeMachine(config, vmOf(name, config))]));
}

/** @param vm undefined when there is none */
function describeMachine(config: HypervConfig, vm: Vm | undefined): Look {
  if (!vm) {
    const why: Reason = { code: 'gone', text: `Hyper-V has no VM for ${config.machineName}` };
    return { state: 'None', addresses: [], ...(isUnasked(config) ? {} : { why }) };
  }
  const { dockerUrl, ...reached } = endpointOf(config);
  const state = stateOf(vm);
  return {
    state,
    ...reached,
    ...(state === 'Running' && dockerUrl !== undefined ? { dockerUrl } : {}),
    ...(vm.state.endsWith('Critical') ? { why: failureOf(vm) } : {}),
  };
}

/** Hyper-V adds `Critical` to the state of a VM whose files it cannot reach. */
function failureOf({ state }: Vm): Reason {
  return { code: 'failed', text: `Hyper-V cannot reach the VM's settings or disks (${state})` };
}
