import { isIPv4, isIPv6 } from 'node:net';

import { TsmachineError } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Addresses, Tools } from '../api.js';

const bootTimeout = 5 * 60_000;
/** A guest has an IPv6 address sooner than one by DHCP: it is taken after so many tries without one of IPv4. */
const triesForIPv4 = 10;

interface BootingVm {
  readonly id: string;
  readonly switch: string;
  /** Milliseconds; default five minutes: a cloud image sets itself up on its first boot. */
  readonly timeout?: number;
}

/**
 * The guest's address, as its own services or this computer's neighbour cache report it. It counts only when an SSH server answers there.
 * @throws TsmachineError WAIT_TIMEOUT; DRIVER_FAILED when the VM is turned off
 */
export async function waitForAddress(vm: BootingVm, ctx: DriverContext, { hyperv }: Pick<Tools, 'hyperv'>): Promise<string> {
  ctx.io.info('Waiting for host to start...');
  let tries = 0;
  return waitFor(
    async () => {
      const found = await hyperv.addresses(vm.id);
      tries += 1;
      const ips = candidates(found).filter((ip) => isIPv4(ip) || tries > triesForIPv4);
      for (const ip of ips) if (await ctx.listens(ip, 22)) return ip;
      if (['Off', 'OffCritical'].includes(found.state)) {
        throw new TsmachineError('DRIVER_FAILED', 'The VM was turned off while it booted', { hint: screenHint(ctx.machineName) });
      }
      return undefined;
    },
    {
      timeout: vm.timeout ?? bootTimeout,
      interval: 500,
      maxInterval: 3000,
      signal: ctx.signal,
      what: `${ctx.machineName} to have an address (IP not found)`,
      hint: `Does the network of switch "${vm.switch}" have a DHCP server? ${screenHint(ctx.machineName)}`,
    },
  );
}

/** Addresses that lead to the guest, IPv4 first: none that is link-local, loopback or of a group. */
export function candidates({ reported, neighbours }: Addresses): string[] {
  const all = [...new Set([...reported, ...neighbours])];
  return [
    ...all.filter((ip) => isIPv4(ip) && !/^(?:0|127|169\.254|2(?:2[4-9]|[3-5]\d))\./.test(ip)),
    ...all.filter((ip) => isIPv6(ip) && !/^(?:fe[89ab][0-9a-f]:|ff|::1?$|::ffff:)/i.test(ip)),
  ];
}

function screenHint(name: string): string {
  return `Its screen: vmconnect localhost ${name}`;
}
