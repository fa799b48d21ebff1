import { isIPv4, isIPv6 } from 'node:net';

import { TsmachineError } from '../../../src/base/errors.js';
import { waitFor } from '../../../src/base/wait.js';
import type { DriverContext } from '../../../src/driver/contract.js';
import type { Addresses, Tools } from '../api.js';

const bootTimeout = 5 * 60_000;
/** An address of IPv6 is there sooner than one by DHCP; it is taken when none of IPv4 came in so many looks. */
const looksForIPv4 = 10;

interface BootingVm {
  readonly id: string;
  readonly switch: string;
  /** Milliseconds; default five minutes: a cloud image sets itself up on its first boot. */
  readonly timeout?: number;
}

/**
 * The guest's address, told by its own services or by this computer's neighbour cache, and then only believed when its SSH server answers
 * there.
 * @throws TsmachineError WAIT_TIMEOUT, DRIVER_FAILED when the VM ends
 */
export async function waitForAddress(vm: BootingVm, ctx: DriverContext, { hyperv, computer }: Tools): Promise<string> {
  ctx.io.progress('Waiting for host to start...');
  let looks = 0;
  return waitFor(
    async () => {
      const seen = await hyperv.addresses(vm.id);
      looks += 1;
      const ips = candidates(seen).filter((ip) => isIPv4(ip) || looks > looksForIPv4);
      for (const ip of ips) if (await computer.answers(ip, 22)) return ip;
      if (['Off', 'OffCritical'].includes(seen.state)) {
        throw new TsmachineError('DRIVER_FAILED', 'The VM ended while it booted', { hint: look(ctx.machineName) });
      }
      return undefined;
    },
    {
      timeout: vm.timeout ?? bootTimeout,
      interval: 500,
      maxInterval: 3000,
      signal: ctx.signal,
      what: `${ctx.machineName} to have an address (IP not found)`,
      hint: `Does the network of switch "${vm.switch}" have a DHCP server? ${look(ctx.machineName)}`,
    },
  );
}

/** Addresses of the whole network, IPv4 first; link-local ones lead nowhere from elsewhere (and 127.0.0.1 to this computer). */
export function candidates({ told, neighbours }: Addresses): string[] {
  const all = [...new Set([...told, ...neighbours])];
  return [
    ...all.filter((ip) => isIPv4(ip) && !/^(?:0|127|169\.254|2(?:2[4-9]|[3-5]\d))\./.test(ip)),
    ...all.filter((ip) => isIPv6(ip) && !/^(?:fe[89ab][0-9a-f]:|ff|::1?$|::ffff:)/i.test(ip)),
  ];
}

function look(name: string): string {
  return `Its screen: vmconnect localhost ${name}`;
}
