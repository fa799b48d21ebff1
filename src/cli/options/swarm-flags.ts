import * as Flags from '@oclif/core/flags';

import type { SettingsFlags } from '../../swarm/members/init.js';
import type { Availability, Role } from '../../base/swarm-node.js';

/** Where a node is found; literal addresses, since engines take no names. */
export const addressFlags = {
  'advertise-addr': Flags.string({ description: 'Address, or interface of the host, that the other nodes use' }),
  'listen-addr': Flags.string({ description: 'Address that a manager listens on [address:port]; the advertised one' }),
  'data-path-addr': Flags.string({ description: 'Address for the traffic of containers; the advertised one' }),
};

const availabilities = ['active', 'pause', 'drain'] as const satisfies readonly Availability[];

export const availabilityFlag = {
  availability: Flags.option({ options: availabilities, default: 'active', description: 'Whether the node takes tasks' })(),
};

/** The same for nodes that may be there already: what is not said stays. */
export const availabilityChangeFlag = {
  availability: Flags.option({ options: availabilities, description: 'Whether the node takes tasks; a new one does' })(),
};

export const roleFlag = {
  role: Flags.option({
    options: ['manager', 'worker'] as const satisfies readonly Role[],
    default: 'worker',
    description: 'What the node is',
  })(),
};

/** Of a whole swarm; each is called as in a swarm file. */
export const settingsFlags = {
  'default-addr-pool': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'Network that overlay networks are cut from [CIDR]; repeatable',
  }),
  'default-addr-pool-mask-length': Flags.integer({ description: 'Prefix length of each of them (24)' }),
  'data-path-port': Flags.integer({ description: 'UDP port of the traffic of containers (4789)' }),
  autolock: Flags.boolean({ description: 'Managers that restart stay locked until they get their key' }),
  'cert-expiry': Flags.string({ description: 'Validity of the certificates of nodes [2160h]' }),
  'dispatcher-heartbeat': Flags.string({ description: 'How often nodes report [5s]' }),
  'external-ca': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'Who signs certificates [protocol=cfssl,url=URL,cacert=FILE]; repeatable',
  }),
  'task-history-limit': Flags.integer({ description: 'Ended tasks kept for each replica (5)' }),
  'snapshot-interval': Flags.integer({ description: 'Raft log entries between two snapshots (10000)' }),
  'max-snapshots': Flags.integer({ description: 'Old raft snapshots kept (0)' }),
};

/** The flags above among those given. */
export function settingsSection(flags: SettingsFlags): SettingsFlags {
  const names = Object.keys(settingsFlags);
  return Object.fromEntries(Object.entries(flags).filter(([name]) => names.includes(name)));
}

interface AddressValues {
  readonly 'advertise-addr'?: string | undefined;
  readonly 'listen-addr'?: string | undefined;
  readonly 'data-path-addr'?: string | undefined;
}

export function givenAddresses(flags: AddressValues) {
  return { advertiseAddr: flags['advertise-addr'], listenAddr: flags['listen-addr'], dataPathAddr: flags['data-path-addr'] };
}
