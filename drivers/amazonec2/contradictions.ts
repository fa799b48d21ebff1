import { TsmachineError } from '../../src/base/errors.js';
import { refuseContradictions as refuse, type Clash, type Need } from '../../src/driver/kit/cloud/flags/contradictions.js';
import type { FlagReader } from '../../src/driver/kit/cloud/flags/values.js';

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

const clashes: readonly Clash[] = [
  { flags: ['elastic-ip', 'private-address-only'], why: 'an Elastic IP is a public address' },
  { flags: ['request-spot-instance', 'hibernation'], why: 'AWS hibernates spot instances of another kind of request only' },
  { flags: ['request-spot-instance', 'termination-protection'], why: 'AWS does not protect spot instances' },
];

/** @throws TsmachineError FLAG_MISSING, FLAG_INVALID for flags of which one excludes or needs the other */
export function refuseContradictions(given: FlagReader): void {
  refuse(given, needs, clashes);
  if (given.says('engine-at-boot') && given.text('image').startsWith('amazonlinux'))
    throw new TsmachineError('FLAG_INVALID', `--amazonec2-engine-at-boot is for Debian and Ubuntu: Amazon Linux has no package docker.io`);
  refuseVolume(given);
  refuseInterfaces(given);
}

/** EC2 gives public addresses of its own to instances with one interface alone, and takes one interface for each subnet. */
function refuseInterfaces(given: FlagReader): void {
  if (!given.says('extra-subnet-id')) return;
  if (['elastic-ip', 'private-address-only', 'ipv6-address-only'].some((flag) => given.says(flag))) return;
  const why = 'EC2 gives no public IPv4 address to an instance with several network interfaces';
  throw new TsmachineError(
    'FLAG_MISSING',
    `using --amazonec2-extra-subnet-id also requires --amazonec2-elastic-ip new or --amazonec2-private-address-only: ${why}`,
  );
}

/** Which volume types take which numbers (docs.aws.amazon.com/ebs: Amazon EBS volume types). */
function refuseVolume(given: FlagReader): void {
  const type = given.text('volume-type');
  if (/^(st1|sc1)$/.test(type))
    throw new TsmachineError('FLAG_INVALID', `--amazonec2-volume-type ${type} cannot hold an operating system: EBS boots from SSD volumes`);
  if (given.says('volume-iops') && !/^(gp3|io1|io2)$/.test(type))
    throw new TsmachineError('FLAG_INVALID', `--amazonec2-volume-iops is for volumes of the types gp3, io1 and io2, not for ${type}`);
  if (given.says('volume-throughput') && type !== 'gp3')
    throw new TsmachineError('FLAG_INVALID', `--amazonec2-volume-throughput is for volumes of the type gp3, not for ${type}`);
  if (/^io[12]$/.test(type) && !given.says('volume-iops'))
    throw new TsmachineError('FLAG_MISSING', `using --amazonec2-volume-type ${type} also requires --amazonec2-volume-iops`);
}
