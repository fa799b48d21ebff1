import { TsmachineError } from '../../../src/base/errors.js';
import type { Version } from '../api.js';
import { contains, formatAddress, overlap } from '../../../src/base/network/cidr.js';
import { parseCidr, type HostCidr } from './host-cidr.js';
import { isAtLeast } from '../program/version.js';

/** Where host-only networks may be by default since VirtualBox 6.1.28 (its manual, "Host-Only Networking"). */
const builtIn = '192.168.56.0/21';

/** What VirtualBox allows on this computer; undefined where it allows everything. */
export function allowedRanges(version: Version, platform: string, networksConf: string | undefined): readonly HostCidr[] | undefined {
  if (platform === 'win32' || !isAtLeast(version, [6, 1, 28])) return undefined;
  if (networksConf === undefined) return ranges([builtIn]);
  const words = networksConf
    .split(/\r?\n/)
    .filter((line) => /^\s*\*/.test(line))
    .flatMap((line) =>
      line
        .replace('*', '')
        .trim()
        .split(/[\s,]+/),
    );
  return words.length === 0 ? ranges([builtIn]) : ranges(words);
}

function ranges(words: readonly string[]): HostCidr[] {
  return words.flatMap((word) => parseCidr(word) ?? []);
}

export function isAllowed(cidr: HostCidr, allowed: readonly HostCidr[] | undefined): boolean {
  return allowed === undefined || allowed.some((range) => contains(range, cidr));
}

/**
 * The first free /24 in what is allowed, this computer's address its first one.
 * @throws TsmachineError DRIVER_PRECHECK when there is none
 */
export function freeNetwork(allowed: readonly HostCidr[] | undefined, taken: readonly HostCidr[]): HostCidr {
  const candidates = allowed ?? ranges(['192.168.0.0/16']);
  for (const range of candidates) {
    const size = Math.min(256, range.last - range.network + 1);
    for (let first = range.network; first + size - 1 <= range.last && first < range.network + 65_536; first += size) {
      const cidr = parseCidr(`${formatAddress(first + 1)}/${32 - Math.log2(size)}`);
      if (cidr && !taken.some((one) => overlap(one, cidr))) return cidr;
    }
  }
  throw new TsmachineError('DRIVER_PRECHECK', `No network is free in what VirtualBox allows: ${candidates.map(textOf).join(', ')}`, {
    hint: 'Allow more in /etc/vbox/networks.conf, such as a line "* 10.0.0.0/8", or use --virtualbox-nat-only',
  });
}

export function refusedRange(cidr: HostCidr, allowed: readonly HostCidr[] | undefined): TsmachineError {
  return new TsmachineError(
    'DRIVER_PRECHECK',
    `VirtualBox does not allow the host-only network ${textOf(cidr)}; it allows ${(allowed ?? []).map(textOf).join(', ')}`,
    {
      hint: `Leave --virtualbox-hostonly-cidr out, or allow it with a line "* ${textOf(cidr)}" in /etc/vbox/networks.conf`,
    },
  );
}

function textOf({ network, prefix }: HostCidr): string {
  return `${formatAddress(network)}/${prefix}`;
}
