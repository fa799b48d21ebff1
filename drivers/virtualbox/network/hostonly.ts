import { TsmachineError } from '../../../src/base/errors.js';
import { run, say } from '../../../src/base/text.js';
import { waitFor } from '../../../src/base/wait.js';
import type { AccountContext, DriverContext } from '../../../src/driver/contract.js';
import type { Computer, VBoxManage } from '../api.js';
import { parseCidr, parseHostCidr, type HostCidr } from './host-cidr.js';
import { defaultCidr } from '../config.js';
import { readHostOnly, type HostOnly } from './interfaces.js';
import { isOurs, mark, markedNames, unmark } from './ours.js';
import { adoptPending, announce, endAnnouncement } from './pending.js';
import { readVmList } from '../vm/list.js';
import { allowedRanges, freeNetwork, isAllowed, refusedRange } from './ranges.js';

/**
 * @param except one that is still to be configured
 * @throws TsmachineError DRIVER_PRECHECK for two interfaces of one name or address, in Docker Machine's words
 */
export async function listHostOnly(vbox: VBoxManage, except?: string): Promise<HostOnly[]> {
  const found = (await readHostOnly(vbox)).filter(({ name }) => name !== except);
  refuseTwins(
    'name',
    found.map(({ networkName }) => networkName),
  );
  refuseTwins(
    'IP',
    found.flatMap(({ cidr }) => (cidr ? [cidr.ip] : [])),
  );
  return found;
}

function refuseTwins(what: string, values: readonly string[]): void {
  const twin = values.find((value, index) => value !== '' && values.indexOf(value) < index);
  if (twin === undefined) return;
  throw new TsmachineError(
    'DRIVER_PRECHECK',
    `VirtualBox is configured with multiple host-only adapters with the same ${what} "${twin}". Please remove one`,
    {
      hint: 'VBoxManage list hostonlyifs shows them, VBoxManage hostonlyif remove NAME removes one',
    },
  );
}

/**
 * The interface for a machine: the one with the wanted address; when that is the default one, any that tsmachine made; else a new
 * one. The caller holds the lock of the network.
 * @throws TsmachineError DRIVER_PRECHECK when the address is taken or not allowed, DRIVER_FAILED when VirtualBox makes no interface
 */
export async function ensureHostOnly(
  wanted: string,
  ctx: DriverContext,
  vbox: VBoxManage,
  computer: Computer,
): Promise<HostOnly & { cidr: HostCidr }> {
  const fresh = await adoptPending(ctx, vbox);
  const known = await listHostOnly(vbox, fresh);
  const cidr = parseHostCidr(wanted);
  const match = known.find((one) => one.cidr?.ip === cidr.ip && one.cidr.prefix === cidr.prefix);
  if (match) return { ...match, cidr };
  const ranges = allowedRanges(await vbox.version(), computer.platform, await computer.networksConf());
  const isDefault = wanted === defaultCidr;
  for (const one of isDefault ? known : []) {
    if (one.cidr && isAllowed(one.cidr, ranges) && (await isOurs(one.name, vbox))) return { ...one, cidr: one.cidr };
  }
  const lost = fresh === undefined ? await withoutAddress(known, vbox) : undefined;
  const chosen = choose(cidr, { isDefault, ranges, known }, computer);
  if (chosen.ip !== cidr.ip)
    ctx.io.info(`Host-only network: ${chosen.ip}/${chosen.prefix}, because VirtualBox does not allow ${wanted} or it is taken here`);
  const name = fresh ?? lost ?? (await makeInterface(known, ctx, vbox));
  if (lost === undefined) ctx.io.info(`Found a new host-only adapter: "${name}"`);
  else ctx.io.warn(`The host-only adapter "${name}" has lost its address and gets ${chosen.ip} again`);
  await vbox.run(['hostonlyif', 'ipconfig', name, '--ip', chosen.ip, '--netmask', chosen.mask]);
  const made = (await listHostOnly(vbox)).find((one) => one.name === name);
  if (lost === undefined) await endAnnouncement(vbox);
  return { name, networkName: made?.networkName ?? `HostInterfaceNetworking-${name}`, cidr: chosen, isUp: true };
}

/** Refuses what `ensureHostOnly` would refuse, before anything is made. @throws TsmachineError DRIVER_PRECHECK */
export async function checkHostOnly(wanted: string, vbox: VBoxManage, computer: Computer): Promise<void> {
  const known = await listHostOnly(vbox);
  const cidr = parseHostCidr(wanted);
  if (known.some((one) => one.cidr?.ip === cidr.ip && one.cidr.prefix === cidr.prefix) || (wanted === defaultCidr && known.length > 0))
    return;
  const ranges = allowedRanges(await vbox.version(), computer.platform, await computer.networksConf());
  choose(cidr, { isDefault: wanted === defaultCidr, ranges, known }, computer);
}

interface Choice {
  readonly isDefault: boolean;
  readonly ranges: readonly HostCidr[] | undefined;
  readonly known: readonly HostOnly[];
}

function choose(cidr: HostCidr, { isDefault, ranges, known }: Choice, computer: Computer): HostCidr {
  const taken = [
    ...known.flatMap((one) => (one.cidr ? [{ name: one.name, cidr: one.cidr }] : [])),
    ...computer.interfaces().flatMap(({ name, cidr: text }) => {
      const found = parseCidr(text);
      return found ? [{ name, cidr: found }] : [];
    }),
  ];
  const obstacle = taken.find((one) => one.cidr.network === cidr.network);
  if (isAllowed(cidr, ranges) && !obstacle) return cidr;
  if (isDefault)
    return freeNetwork(
      ranges,
      taken.map((one) => one.cidr),
    );
  if (obstacle) {
    throw new TsmachineError('DRIVER_PRECHECK', `host-only cidr conflicts with the network address of a host interface: ${obstacle.name}`, {
      hint: 'Choose another with --virtualbox-hostonly-cidr, or leave the flag out: a free one is found',
    });
  }
  throw refusedRange(cidr, ranges);
}

/** VirtualBox sometimes reports an error although it made the interface: only whether there is one counts. */
async function makeInterface(known: readonly HostOnly[], ctx: DriverContext, vbox: VBoxManage): Promise<string> {
  const { store } = await ctx.owner();
  await announce(known, store, vbox);
  const { stdout, problem } = await vbox.attempt(['hostonlyif', 'create']);
  if (problem !== undefined) ctx.io.debug(`Creating a new host-only adapter produced an error: ${problem}`);
  const told = /^Interface '(.+)' was successfully created/m.exec(stdout)?.[1];
  const name =
    told ??
    (await waitFor(async () => (await readHostOnly(vbox)).find((one) => !known.some(({ name: old }) => old === one.name))?.name, {
      timeout: problem === undefined ? 10_000 : 1500,
      interval: 200,
      signal: ctx.signal,
      what: 'the new host-only adapter',
    }).catch(async (error: unknown) => {
      if (!TsmachineError.is(error) || error.code !== 'WAIT_TIMEOUT') throw error;
      await endAnnouncement(vbox);
      throw new TsmachineError('DRIVER_FAILED', `VirtualBox made no host-only adapter${problem === undefined ? '' : `:\n${problem}`}`, {
        hint: say`Is its kernel module loaded (sudo modprobe vboxnetadp)? Without such a network: ${natOnly(ctx.machineName)}`,
      });
    }));
  await mark({ name, store }, vbox);
  return name;
}

/** An interface of ours that lost its address, as happens when the computer wakes up or a create is interrupted. */
async function withoutAddress(known: readonly HostOnly[], vbox: VBoxManage): Promise<string | undefined> {
  for (const { name, cidr } of known) if (!cidr && (await isOurs(name, vbox))) return name;
  return undefined;
}

/** Removes the interfaces that tsmachine made and no VM uses. The caller holds the lock of the network. */
export async function removeUnused(ctx: Pick<AccountContext, 'io' | 'signal'>, vbox: VBoxManage, computer: Computer): Promise<void> {
  if ((await adoptPending(ctx, vbox)) !== undefined) await endAnnouncement(vbox);
  if (computer.platform === 'win32') return; // Windows asks the user each time
  const known = await readHostOnly(vbox);
  const marked = await markedNames(vbox);
  const vms = marked.length === 0 ? '' : await readVmList(vbox);
  for (const name of marked) {
    if (usesInterface(vms, name)) continue;
    const present = known.find((one) => one.name === name);
    if (present) {
      await vbox.attempt(['dhcpserver', 'remove', '--netname', present.networkName]);
      await vbox.run(['hostonlyif', 'remove', name]);
    }
    await unmark(name, vbox); // also without an interface: the next one of this name could be somebody else's
  }
}

/** @param vms what VBoxManage prints of all VMs */
export function usesInterface(vms: string, name: string): boolean {
  return vms.includes(`Host-only Interface '${name}'`);
}

function natOnly(machineName: string) {
  return run('create', '-d', 'virtualbox', '--virtualbox-nat-only', machineName);
}
