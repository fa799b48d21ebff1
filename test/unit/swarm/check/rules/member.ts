import type { InspectedEngine, InspectedHost, CheckedMember } from '../../../../../src/swarm/check/rules/facts.js';

const host: InspectedHost = {
  hostname: '',
  machineId: '',
  skew: 0,
  addresses: [],
  routes: [],
  modules: { vxlan: 'yes', ipVs: 'yes' },
  swarmNftables: false,
};
const engine: InspectedEngine = {
  version: '28.5.2',
  id: '',
  storage: '/var/lib/docker',
  liveRestore: false,
  firewallBackend: 'iptables',
  swarm: 'inactive',
  manager: false,
};

/** A machine without a problem, except for what is given. */
export function member(
  name: string,
  differs: { host?: Partial<InspectedHost>; engine?: Partial<InspectedEngine>; address?: string; manager?: boolean } = {},
): CheckedMember {
  const number = name.length * 1000 + (name.codePointAt(name.length - 1) ?? 0);
  return {
    name,
    manager: differs.manager ?? true,
    address: differs.address ?? '192.0.2.1',
    host: { ...host, hostname: name, machineId: `m${number}`, ...differs.host },
    engine: { ...engine, id: `e${number}`, ...differs.engine },
  };
}
