import type { AccountContext, DriverContext } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import type { VirtualboxConfig } from '../config.js';
import { ensureDhcp } from './dhcp.js';
import { ensureHostOnly, removeUnused } from './hostonly.js';
import { ensureHostOnlyNet, hasNetworks, removeUnusedNets } from './hostonlynet.js';
import { macAddresses } from '../vm/identity.js';
import { chooseEnginePort, chooseSshPort, forward } from './ports.js';
import { vmName, type VmFacts } from '../vm/vm.js';

/** One for the whole computer: VirtualBox makes two interfaces when two ask at once, and two machines would choose one port. */
export const networkLock = 'virtualbox-network';

export const enginePort = 2376;

/**
 * Connects a VM that is off to its networks. The caller holds the lock of the network until the VM runs.
 * @returns the machine's data as it is then
 */
export async function connectVm(
  config: VirtualboxConfig,
  facts: VmFacts,
  ctx: DriverContext,
  vbox: VBoxManage,
  computer: Computer,
): Promise<VirtualboxConfig> {
  const vm = vmName(config);
  const cidr = config.natOnly ? config.hostOnlyCidr : await plugHostOnly(config, ctx, vbox, computer);
  const ssh = await chooseSshPort(config.sshPort, computer);
  const engine = config.natOnly ? await chooseEnginePort(config, ssh, computer) : 0;
  if (ssh !== config.sshPort || engine !== config.enginePort || cidr !== config.hostOnlyCidr)
    await ctx.keep({ SSHPort: ssh, EnginePort: engine, HostOnlyCIDR: cidr });
  await forward(vm, facts, { name: 'ssh', host: ssh, guest: 22 }, vbox);
  if (config.natOnly) await forward(vm, facts, { name: 'docker', host: engine, guest: engine }, vbox);
  return { ...config, sshPort: ssh, enginePort: engine, hostOnlyCidr: cidr };
}

/** Returns this computer's address on the network that the machine is in. */
async function plugHostOnly(config: VirtualboxConfig, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<string> {
  const { words: adapter, cidr } = await hostOnlyAdapter(config, ctx, vbox, computer);
  await vbox.run([
    'modifyvm',
    vmName(config),
    ...adapter,
    '--nic-type2',
    config.hostOnlyNicType,
    '--nic-promisc2',
    config.hostOnlyPromiscuous,
    '--cable-connected2',
    'on',
    ...(config.vmId === '' ? [] : ['--mac-address2', macAddresses(config.vmId).hostOnly]),
  ]);
  return cidr;
}

async function hostOnlyAdapter(
  config: VirtualboxConfig,
  ctx: DriverContext,
  vbox: VBoxManage,
  computer: Computer,
): Promise<{ words: readonly string[]; cidr: string }> {
  if (hasNetworks(await vbox.version(), computer.platform)) {
    const name = await ensureHostOnlyNet(config.hostOnlyCidr, ctx, vbox, computer);
    return { words: ['--nic2', 'hostonlynet', '--host-only-net2', name], cidr: config.hostOnlyCidr };
  }
  const hostOnly = await ensureHostOnly(config.hostOnlyCidr, ctx, vbox, computer);
  await ensureDhcp(hostOnly, config.hostOnlyNoDhcp, ctx, vbox);
  const { ip, prefix } = hostOnly.cidr;
  return { words: ['--nic2', 'hostonly', '--host-only-adapter2', hostOnly.name], cidr: `${ip}/${prefix}` };
}

/** Removes the networks that tsmachine made and no VM uses any more. The caller holds the lock of the network. */
export async function disconnect(ctx: Pick<AccountContext, 'io' | 'signal'>, vbox: VBoxManage, computer: Computer): Promise<void> {
  if (hasNetworks(await vbox.version(), computer.platform)) await removeUnusedNets(vbox);
  else await removeUnused(ctx, vbox, computer);
}
