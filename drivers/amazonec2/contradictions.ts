import { TsmachineError } from '../../src/base/errors.js';
import type { FlagValues } from '../../src/driver/contract.js';

const prefix = 'amazonec2-';

/** A flag that says nothing, or the wrong thing, without another one. */
interface Need {
  readonly flag: string;
  /** For one value alone. */
  readonly value?: string;
  readonly needs: string;
  readonly why?: string;
}

/** The first three are Docker Machine's and rancher-machine's, with their words. */
const needs: readonly Need[] = [
  { flag: 'insecure-transport', needs: 'endpoint' },
  { flag: 'keypair-name', needs: 'ssh-keypath' },
  { flag: 'ipv6-address-only', needs: 'ipv6-address-count' },
  { flag: 'enable-primary-ipv6', needs: 'ipv6-address-count' },
  { flag: 'spot-fallback', needs: 'request-spot-instance' },
  {
    flag: 'http-endpoint',
    value: 'disabled',
    needs: 'ssh-keypath',
    why: 'without the metadata service the machine does not learn its SSH key, so the image must know a key of yours',
  },
];

interface Clash {
  readonly flags: readonly [string, string];
  readonly why: string;
}

const clashes: readonly Clash[] = [
  { flags: ['elastic-ip', 'private-address-only'], why: 'an Elastic IP is a public address' },
  { flags: ['request-spot-instance', 'hibernation'], why: 'AWS hibernates spot instances of another kind of request only' },
  { flags: ['request-spot-instance', 'termination-protection'], why: 'AWS does not protect spot instances' },
];

/** @throws TsmachineError FLAG_MISSING, FLAG_INVALID for flags of which one excludes or needs the other */
export function refuseContradictions(flags: FlagValues): void {
  for (const { flag, value, needs: needed, why } of needs) {
    const isMeant = value === undefined ? isGiven(flags, flag) : flags[prefix + flag] === value;
    if (!isMeant || isGiven(flags, needed)) continue;
    const means = value === undefined ? '' : ` ${value}`;
    throw new TsmachineError('FLAG_MISSING', `using --${prefix}${flag}${means} also requires --${prefix}${needed}`, { hint: why });
  }
  for (const { flags: pair, why } of clashes) {
    if (!pair.every((flag) => isGiven(flags, flag))) continue;
    throw new TsmachineError('FLAG_INVALID', `--${prefix}${pair[0]} and --${prefix}${pair[1]} exclude each other: ${why}`);
  }
  if (isGiven(flags, 'engine-at-boot') && String(flags[`${prefix}image`] ?? '').startsWith('amazonlinux'))
    throw new TsmachineError('FLAG_INVALID', `--${prefix}engine-at-boot is for Debian and Ubuntu: Amazon Linux has no package docker.io`);
  refuseVolume(flags);
  refuseInterfaces(flags);
}

/** EC2 gives public addresses of its own to instances with one interface alone, and takes one interface for each subnet. */
function refuseInterfaces(flags: FlagValues): void {
  const extra = flags[`${prefix}extra-subnet-id`];
  if (typeof extra !== 'object' || extra.length === 0) return;
  if (['elastic-ip', 'private-address-only', 'ipv6-address-only'].some((flag) => isGiven(flags, flag))) return;
  const why = 'EC2 gives no public IPv4 address to an instance with several network interfaces';
  throw new TsmachineError(
    'FLAG_MISSING',
    `using --${prefix}extra-subnet-id also requires --${prefix}elastic-ip new or --${prefix}private-address-only: ${why}`,
  );
}

/** Which volume types take which numbers (docs.aws.amazon.com/ebs: Amazon EBS volume types). */
function refuseVolume(flags: FlagValues): void {
  const type = String(flags[`${prefix}volume-type`] ?? '');
  if (/^(st1|sc1)$/.test(type))
    throw new TsmachineError('FLAG_INVALID', `--${prefix}volume-type ${type} cannot hold an operating system: EBS boots from SSD volumes`);
  if (isGiven(flags, 'volume-iops') && !/^(gp3|io1|io2)$/.test(type))
    throw new TsmachineError('FLAG_INVALID', `--${prefix}volume-iops is for volumes of the types gp3, io1 and io2, not for ${type}`);
  if (isGiven(flags, 'volume-throughput') && type !== 'gp3')
    throw new TsmachineError('FLAG_INVALID', `--${prefix}volume-throughput is for volumes of the type gp3, not for ${type}`);
  if (/^io[12]$/.test(type) && !isGiven(flags, 'volume-iops'))
    throw new TsmachineError('FLAG_MISSING', `using --${prefix}volume-type ${type} also requires --${prefix}volume-iops`);
}

function isGiven(flags: FlagValues, name: string): boolean {
  const value = flags[prefix + name];
  return value === true || (typeof value === 'number' && value !== 0) || (typeof value === 'string' && value !== '');
}
