import { TsmachineError } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext, SshEndpoint } from '../../../src/driver/contract.js';
import { addressKeeper } from '../network/address-keeper.js';
import type { Computer, VBoxManage } from '../api.js';
import { parseVmInfo, type VmFacts } from './vm.js';

/** A cloud image sets itself up on its first boot. */
const bootTimeout = 5 * 60_000;

/** How a connection fails while a guest boots or reboots. */
const notYet = new Set(['SSH_REFUSED', 'SSH_TIMEOUT', 'SSH_LOST', 'SSH_UNREACHABLE', 'SSH_PROTOCOL', 'SSH_AUTH', 'SSH_NOLOGIN']);

interface Guest {
  readonly vm: string;
  readonly facts: VmFacts;
  readonly ssh: SshEndpoint;
  /** This computer's address on its host-only network: `192.168.56.1/24`. */
  readonly network: string;
  /** Where to look when it does not come up. */
  readonly hint: string;
}

/**
 * The guest's address on its host-only network, as the guest additions, VirtualBox's DHCP server or the neighbours' table give it, if its
 * SSH server answers there; or as the guest itself says over SSH.
 * @throws TsmachineError WAIT_TIMEOUT, DRIVER_FAILED when the VM has no such adapter or ends
 */
export async function waitForAddress(guest: Guest, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<string> {
  const adapter = hostOnlyAdapter(guest.facts);
  if (!adapter)
    throw new TsmachineError('DRIVER_FAILED', 'Machine does not have a host-only adapter', {
      hint: 'Was it changed outside of tsmachine?',
    });
  const keepOurs = addressKeeper(adapter.host, guest.network, ctx, vbox, computer);
  ctx.io.info('Waiting for an IP...');
  return waitFor(
    async () => {
      const ip = await find(guest, adapter, ctx, vbox, computer);
      if (ip === undefined) await refuseEnded(guest, vbox);
      await keepOurs(); // also when the address came over the forwarded port: the engine is reached by this network
      return ip;
    },
    {
      timeout: bootTimeout,
      interval: 500,
      maxInterval: 2000,
      signal: ctx.signal,
      what: `${ctx.machineName} to have an address`,
      hint: guest.hint,
    },
  );
}

/**
 * Waits for a login by the forwarded port, which VirtualBox opens long before the guest listens behind it.
 * @throws TsmachineError WAIT_TIMEOUT, DRIVER_FAILED when the VM ends
 */
export async function waitForLogin(guest: Pick<Guest, 'vm' | 'ssh' | 'hint'>, ctx: DriverContext, vbox: VBoxManage): Promise<void> {
  ctx.io.info('Waiting for the guest to boot...');
  await waitFor(
    async () => {
      if ((await bySsh(guest.ssh, 'true', ctx)) !== undefined) return true;
      await refuseEnded(guest, vbox);
      return undefined;
    },
    {
      timeout: bootTimeout,
      interval: 500,
      maxInterval: 2000,
      signal: ctx.signal,
      what: `${ctx.machineName} to accept a login over SSH`,
      hint: guest.hint,
    },
  );
}

async function find(guest: Guest, adapter: Adapter, ctx: DriverContext, vbox: VBoxManage, computer: Computer): Promise<string | undefined> {
  const candidates = [
    await byProperty(guest.vm, adapter.index, vbox),
    await byLease(adapter, vbox),
    byNeighbours(adapter.mac, await computer.neighbours()),
  ];
  for (const ip of new Set(candidates)) if (ip !== undefined && (await ctx.listens(ip, 22))) return ip;
  const said = await bySsh(guest.ssh, 'ip addr show', ctx);
  return said === undefined ? undefined : addressIn(said, adapter.mac);
}

interface Adapter {
  readonly index: string;
  /** The interface of this computer. */
  readonly host: string;
  /** Twelve small digits. */
  readonly mac: string;
  readonly network: string;
}

export function hostOnlyAdapter(facts: VmFacts): Adapter | undefined {
  for (const [key, name] of facts) {
    const index = /^(?:hostonlyadapter|hostonly-network)(\d+)$/.exec(key)?.[1];
    const mac = index === undefined ? undefined : facts.get(`macaddress${index}`);
    if (index !== undefined && mac !== undefined)
      return { index, host: name, mac: mac.toLowerCase(), network: `HostInterfaceNetworking-${name}` };
  }
  return undefined;
}

async function byProperty(vm: string, index: string, vbox: VBoxManage): Promise<string | undefined> {
  const { stdout } = await vbox.attempt(['guestproperty', 'get', vm, `/VirtualBox/GuestInfo/Net/${Number(index) - 1}/V4/IP`]);
  return /^Value: (\d+\.\d+\.\d+\.\d+)\s*$/m.exec(stdout)?.[1];
}

async function byLease({ network, mac }: Adapter, vbox: VBoxManage): Promise<string | undefined> {
  const { stdout } = await vbox.attempt(['dhcpserver', 'findlease', '--network', network, '--mac-address', mac]);
  return /^IP Address:\s+(\d+\.\d+\.\d+\.\d+)\s*$/m.exec(stdout)?.[1];
}

/** Reads /proc/net/arp, and `arp -a` of macOS (which leaves leading zeros out) and Windows. */
export function byNeighbours(mac: string, table: string): string | undefined {
  for (const line of table.split(/\r?\n/)) {
    const ip = /\b\d+\.\d+\.\d+\.\d+\b/.exec(line)?.[0];
    const found = /(?:^|[\s(])((?:[0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2})\b/i.exec(line)?.[1];
    if (
      ip !== undefined &&
      found
        ?.split(/[:-]/)
        .map((byte) => byte.padStart(2, '0'))
        .join('')
        .toLowerCase() === mac
    )
      return ip;
  }
  return undefined;
}

/** The output of a command in the guest; undefined while a login fails. */
async function bySsh(endpoint: SshEndpoint, command: 'ip addr show' | 'true', ctx: DriverContext): Promise<string | undefined> {
  try {
    return (await ctx.ssh(endpoint, (shell) => shell.exec(command, { timeout: 20_000 }))).stdout;
  } catch (error) {
    if (TsmachineError.is(error) && notYet.has(error.code)) return undefined;
    throw error;
  }
}

/** The `inet` line below the `link` line with the adapter's MAC address. */
export function addressIn(output: string, mac: string): string | undefined {
  let isHere = false;
  for (const line of output.split('\n').map((one) => one.trim())) {
    if (line.startsWith('link')) isHere = line.split(/\s+/)[1]?.replaceAll(':', '') === mac;
    else if (isHere && line.startsWith('inet ')) return line.split(/[\s/]+/)[1];
  }
  return undefined;
}

async function refuseEnded({ vm, hint }: Pick<Guest, 'vm' | 'hint'>, vbox: VBoxManage): Promise<void> {
  const { stdout, problem } = await vbox.attempt(['showvminfo', vm, '--machinereadable']);
  const state = problem === undefined ? parseVmInfo(stdout).get('VMState') : undefined;
  if (state === undefined || !['poweroff', 'aborted', 'gurumeditation'].includes(state)) return;
  throw new TsmachineError('DRIVER_FAILED', `The VM ended while it booted (${state})`, { hint });
}
