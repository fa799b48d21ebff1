import type { CheckSettings } from './settings.js';

/** `tcp/2377`, `tcp/7946`, `udp/7946`, `udp/4789`, `esp`; for `mtu`, the largest datagram that arrives. */
export type Check = string;

/** A machine that the probes are sent to. */
export interface Target {
  readonly name: string;
  readonly address: string;
  readonly manager: boolean;
}

/** Bytes of an IP packet that is small enough for every link. */
const small = 128;
/** MTUs of common links that are tried below the one asked for: PPPoE, cloud networks, WireGuard, VPNs, the minimum of IPv6. */
const commonSizes = [1492, 1480, 1460, 1450, 1440, 1420, 1400, 1380, 1350, 1280, 1000, 576];

/** The checks from and to every host, in this order. */
export function checksOf(settings: CheckSettings): Check[] {
  return ['tcp/2377', 'tcp/7946', 'udp/7946', dataPath(settings), ...(settings.esp ? ['esp'] : []), 'mtu'];
}

export function dataPath({ dataPathPort }: CheckSettings): Check {
  return `udp/${dataPathPort}`;
}

export function portsOf(settings: CheckSettings): { readonly tcp: readonly number[]; readonly udp: readonly number[] } {
  return { tcp: [2377, 7946], udp: [7946, settings.dataPathPort] };
}

/** A line for send.pl: the target's number, its address, and what to send to it. */
export function targetLine(index: number, { address, manager }: Target, settings: CheckSettings): string {
  const sizes = [small, settings.mtu, ...commonSizes.filter((size) => size < settings.mtu)];
  const checks = [
    ...(manager ? ['tcp/2377'] : []),
    'tcp/7946',
    `udp/7946:${small}`,
    `${dataPath(settings)}:${sizes.join(',')}`,
    ...(settings.esp ? [`esp:${small}`] : []),
  ];
  return [index, address, ...checks].join(' ');
}
