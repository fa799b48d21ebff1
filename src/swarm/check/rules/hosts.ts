import type { Finding } from '../../../base/finding.js';
import { list, subject } from './duplicates.js';
import type { HostLook, Member } from './facts.js';

/** Seconds a clock may be off: tokens and node certificates of a swarm are backdated by an hour, logs and raft by nothing. */
const skewWarning = 5;
const skewFault = 60;

/** Clock, kernel and address of each host. */
export function hostFindings(members: readonly Member[]): Finding[] {
  return [
    ...kernel(members),
    ...members.flatMap(({ name, address, manager, host }) =>
      host ? [...clock(name, host), ...(address !== undefined && manager ? ownAddress(name, address, host) : [])] : [],
    ),
  ];
}

function clock(name: string, { skew }: HostLook): Finding[] {
  const off = Math.abs(skew);
  if (off <= skewWarning) return [];
  return [
    {
      check: 'clock',
      machine: name,
      level: off > skewFault ? 'fault' : 'warning',
      message: `The clock of the host is ${off.toFixed(0)} s ${skew > 0 ? 'ahead of' : 'behind'} this computer's`,
      fix: `tsmachine ssh ${name} sudo timedatectl set-ntp true (or put this computer's clock right)`,
    },
  ];
}

/** One finding for all: hosts of one kind lack the same. */
function kernel(members: readonly Member[]): Finding[] {
  const lacking = (module: keyof HostLook['modules']) =>
    members.flatMap(({ name, host }) => (host?.modules[module] === 'no' ? [name] : []));
  const [vxlan, ipVs] = [lacking('vxlan'), lacking('ipVs')];
  const found: Finding[] = [];
  if (vxlan.length > 0) {
    found.push({
      check: 'kernel-vxlan',
      ...subject(vxlan),
      level: 'fault',
      message: `The kernel of ${list(vxlan)} has no vxlan: overlay networks cannot be made`,
      fix: 'Use another kernel; for a container (LXC), on the host below it: modprobe vxlan',
    });
  }
  if (ipVs.length > 0) {
    found.push({
      check: 'kernel-ip-vs',
      ...subject(ipVs),
      level: 'warning',
      message: `The kernel of ${list(ipVs)} has no ip_vs: virtual addresses of services and published ports of the mesh lead nowhere`,
      fix: 'docker service create --endpoint-mode dnsrr --publish mode=host,... (or use another kernel)',
    });
  }
  return found;
}

/** Engines refuse or misunderstand an address that is not on the host (1:1 NAT), and managers cannot be moved to another one later. */
function ownAddress(name: string, address: string, { addresses }: HostLook): Finding[] {
  if (addresses.length === 0 || addresses.some(({ ip }) => ip === address)) return [];
  return [
    {
      check: 'address',
      machine: name,
      level: 'warning',
      message: `${address} is not an address of the host itself, which has ${addresses.map(({ ip }) => ip).join(', ')}`,
      fix: `Advertise an address of the host that all others reach: --advertise-addr ${addresses[0]?.ip ?? 'ADDRESS'}`,
    },
  ];
}
