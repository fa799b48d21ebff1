import type { EngineLook, HostLook, Member } from '../../../../../src/swarm/check/rules/facts.js';

const host: HostLook = {
  hostname: '',
  machineId: '',
  skew: 0,
  addresses: [],
  routes: [],
  modules: { vxlan: 'yes', ipVs: 'yes' },
  swarmNftables: false,
};
const engine: EngineLook = {
  version: '28.5.2',
  id: '',
  liveRestore: false,
  firewallBackend: 'iptables',
  swarm: 'inactive',
  manager: false,
};

/** A machine with nothing wrong, but for what is given. */
export function member(
  name: string,
  differs: { host?: Partial<HostLook>; engine?: Partial<EngineLook>; address?: string; manager?: boolean } = {},
): Member {
  const number = name.length * 1000 + (name.codePointAt(name.length - 1) ?? 0);
  return {
    name,
    manager: differs.manager ?? true,
    address: differs.address ?? '192.0.2.1',
    host: { ...host, hostname: name, machineId: `m${number}`, ...differs.host },
    engine: { ...engine, id: `e${number}`, ...differs.engine },
  };
}
