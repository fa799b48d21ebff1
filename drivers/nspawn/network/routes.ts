import { TsmachineError } from '../../../src/base/errors.js';
import { formatNetwork, overlap, subnets, type Network } from '../../../src/base/network/cidr.js';
import { parseJson } from '../../../src/base/json.js';
import { parseCidr } from './cidr.js';
import { bridgeName } from '../identity.js';

export interface Route {
  readonly range: Network;
  /** As the computer prints it: `10.0.0.0/8 dev tun0`. */
  readonly text: string;
  readonly device: string;
}

/** Ranges wider than this are ways out (`default`, a VPN's `0.0.0.0/1`), not neighbours. */
const widestNeighbour = 7;

/** 10.210.0.0/16: where ranges are taken from when none is given. */
const ours: Network = { address: (10 * 256 + 210) * 65_536, prefix: 16 };

/** Reads `ip -json -4 route show table all`. */
export function parseRoutes(json: string): Route[] {
  const rows: unknown = parseJson(json === '' ? '[]' : json);
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    const destination = text(row, 'dst');
    const device = text(row, 'dev');
    const range = parseCidr(destination);
    if (!range || range.prefix <= widestNeighbour) return [];
    return [{ range, device, text: `${destination}${device === '' ? '' : ` dev ${device}`}` }];
  });
}

function text(row: unknown, field: string): string {
  if (typeof row !== 'object' || row === null) return '';
  const value: unknown = Object.entries(row).find(([name]) => name === field)?.[1];
  return typeof value === 'string' ? value : '';
}

/** The route that a range would collide with; routes over the range's own bridge are no obstacle. */
export function collision(range: Network, routes: readonly Route[]): Route | undefined {
  const bridge = bridgeName(formatNetwork(range));
  return routes.find((route) => route.device !== bridge && overlap(range, route.range));
}

/** @throws TsmachineError DRIVER_PRECHECK naming the route a given range collides with */
export function checkRange(range: Network, routes: readonly Route[]): void {
  const route = collision(range, routes);
  if (!route) return;
  throw new TsmachineError(
    'DRIVER_PRECHECK',
    `The address range ${formatNetwork(range)} overlaps a route of this computer: ${route.text}`,
    {
      hint: 'Choose another with --nspawn-cidr, or leave the flag out: a free one is found',
    },
  );
}

/**
 * The first /24 of 10.210.0.0/16 that is free, or in use by our own bridge.
 * @throws TsmachineError DRIVER_PRECHECK when there is none
 */
export function freeRange(routes: readonly Route[]): Network {
  let obstacle: Route | undefined;
  for (const range of subnets(ours, 24)) {
    obstacle = collision(range, routes);
    if (!obstacle) return range;
  }
  throw new TsmachineError(
    'DRIVER_PRECHECK',
    `No range of ${formatNetwork(ours)} is free on this computer (route ${obstacle?.text ?? ''})`,
    {
      hint: 'Name a free range with --nspawn-cidr, such as --nspawn-cidr 172.31.200.0/24',
    },
  );
}
