import type { Finding } from '../../../base/findings.js';
import { run, say } from '../../../base/text.js';
import { list, subject } from './duplicates.js';
import type { InspectedHost, CheckedMember } from './facts.js';

/** Seconds that a clock may be off. A swarm's certificates are backdated by an hour, but nothing else allows for a wrong clock. */
const skewWarning = 5;
const skewFault = 60;

/** What is wrong with the clock, the kernel and the address of each host. */
export function hostFindings(members: readonly CheckedMember[]): Finding[] {
  return [
    ...kernel(members),
    ...members.flatMap(({ name, address, manager, host }) =>
      host ? [...clock(name, host), ...(address !== undefined && manager ? ownAddress(name, address, host) : [])] : [],
    ),
  ];
}

function clock(name: string, { skew }: InspectedHost): Finding[] {
  const off = Math.abs(skew);
  if (off <= skewWarning) return [];
  return [
    {
      check: 'clock',
      machine: name,
      level: off > skewFault ? 'fault' : 'warning',
      message: `The clock of the host is ${off.toFixed(0)} s ${skew > 0 ? 'ahead of' : 'behind'} this computer's`,
      fix: say`${run('ssh', name, 'sudo', 'timedatectl', 'set-ntp', 'true')} (or set this computer's clock)`,
    },
  ];
}

/** One finding for all hosts, since hosts of one kind lack the same modules. */
function kernel(members: readonly CheckedMember[]): Finding[] {
  const lacking = (module: keyof InspectedHost['modules']) =>
    members.flatMap(({ name, host }) => (host?.modules[module] === 'no' ? [name] : []));
  const [vxlan, ipVs] = [lacking('vxlan'), lacking('ipVs')];
  const found: Finding[] = [];
  if (vxlan.length > 0) {
    found.push({
      check: 'kernel-vxlan',
      ...subject(vxlan),
      level: 'fault',
      message: `The kernel of ${list(vxlan)} has no vxlan module: overlay networks cannot be created`,
      fix: 'Use another kernel. In a container (LXC): run "modprobe vxlan" on its host',
    });
  }
  if (ipVs.length > 0) {
    found.push({
      check: 'kernel-ip-vs',
      ...subject(ipVs),
      level: 'warning',
      message: `The kernel of ${list(ipVs)} has no ip_vs module: virtual IPs of services and the routing mesh do not work`,
      fix: 'Use another kernel, or create services without them: docker service create --endpoint-mode dnsrr --publish mode=host,...',
    });
  }
  return found;
}

/** Engines cannot use an address that the host does not have itself (1:1 NAT), and the address of a manager cannot be changed later. */
function ownAddress(name: string, address: string, { addresses }: InspectedHost): Finding[] {
  if (addresses.length === 0 || addresses.some(({ ip }) => ip === address)) return [];
  return [
    {
      check: 'address',
      machine: name,
      level: 'warning',
      message: `The host does not have the address ${address} itself; it has ${addresses.map(({ ip }) => ip).join(', ')}`,
      fix: `Advertise an address of the host that all the others can reach: --advertise-addr ${addresses[0]?.ip ?? 'ADDRESS'}`,
    },
  ];
}
