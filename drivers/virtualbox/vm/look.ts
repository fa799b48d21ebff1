import type { AccountContext, DriverContext, DriverData, Endpoint, Look, Reason } from '../../../src/driver/contract.js';
import type { VBoxManage } from '../api.js';
import { readConfig, type VirtualboxConfig } from '../config.js';
import { enginePort } from '../network/network.js';
import { parseVmList, readVmList, type ListedVm } from './list.js';
import { sshOf } from './power.js';
import { findVm, inaccessible, isBelow, stateOfWord } from './vm.js';

/** Where a machine is reached while it runs, by its data. Pure. */
export function endpointOf(config: VirtualboxConfig): Endpoint {
  if (config.sshPort === 0) return { addresses: [] };
  const ssh = sshOf(config);
  if (config.ip === '') return { addresses: [], ssh };
  const port = config.natOnly ? config.enginePort : enginePort;
  return { addresses: [{ ip: config.ip, scope: 'private' }], ssh, dockerUrl: `tcp://${config.ip}:${port}` };
}

/** One call of VBoxManage. */
export async function lookAtVm(config: VirtualboxConfig, ctx: Pick<DriverContext, 'machineDir'>, vbox: VBoxManage): Promise<Look> {
  if (isUnasked(config)) return describeVm(config, undefined);
  const facts = await findVm(config, ctx.machineDir, vbox);
  return describeVm(config, facts && (facts.get('VMState') ?? ''));
}

/** One call of VBoxManage for all of them. */
export async function lookAtAll(
  machines: ReadonlyMap<string, DriverData>,
  ctx: Pick<AccountContext, 'machineDir'>,
  vbox: VBoxManage,
): Promise<ReadonlyMap<string, Look>> {
  const configs = [...machines].map(([name, data]) => ({ name, config: readConfig(data) }));
  const vms = configs.every(({ config }) => isUnasked(config)) ? [] : parseVmList(await readVmList(vbox));
  return new Map(configs.map(({ name, config }) => [name, describeVm(config, ownVm(config, ctx.machineDir(name), vms)?.state)]));
}

function ownVm(config: VirtualboxConfig, machineDir: string, vms: readonly ListedVm[]): ListedVm | undefined {
  if (isUnasked(config)) return undefined;
  return vms.find(({ id, name, settingsFile }) =>
    config.vmId === '' ? name === config.machineName && isBelow(settingsFile, machineDir) : id === config.vmId.toLowerCase(),
  );
}

/** No VM was ever asked for. */
function isUnasked({ vmId, built }: VirtualboxConfig): boolean {
  return vmId === '' && !built;
}

/** @param word VirtualBox's for its state; undefined when there is no VM */
function describeVm(config: VirtualboxConfig, word: string | undefined): Look {
  if (word === undefined) {
    const why: Reason = { code: 'gone', text: `VirtualBox has no VM for ${config.machineName}` };
    return { state: 'None', addresses: [], ...(isUnasked(config) ? {} : { why }) };
  }
  const { dockerUrl, ...reached } = endpointOf(config);
  const state = stateOfWord(word);
  const failed = failures[word];
  return {
    state,
    ...reached,
    ...(state === 'Running' && dockerUrl !== undefined ? { dockerUrl } : {}),
    ...(failed === undefined ? {} : { why: { code: 'failed', text: failed } }),
  };
}

const failures: Readonly<Record<string, string>> = {
  gurumeditation: 'VirtualBox halted the VM after an internal error (guru meditation)',
  [inaccessible]: 'VirtualBox cannot open the VM: its settings or disks are missing or damaged (VBoxManage list --long vms)',
};
