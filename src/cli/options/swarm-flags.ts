import * as Flags from '@oclif/core/flags';

import type { SettingsFlags } from '../../swarm/members/init.js';
import type { Availability, Role } from '../../base/swarm-node.js';

/** The addresses of a node. They are IP addresses, because engines do not accept host names. */
export const addressFlags = {
  'advertise-addr': Flags.string({ description: 'Address or network interface that the other nodes use to reach this one' }),
  'listen-addr': Flags.string({ description: 'Address that a manager listens on [address:port]; the default is the advertised one' }),
  'data-path-addr': Flags.string({ description: 'Address for the traffic of containers; the default is the advertised one' }),
};

const availabilities = ['active', 'pause', 'drain'] as const satisfies readonly Availability[];

/** The availability of a new node. */
export const availabilityFlag = {
  availability: Flags.option({ options: availabilities, default: 'active', description: 'Whether the node takes tasks' })(),
};

/** The availability of nodes that may have joined already. It has no default, so that it only changes when given. */
export const availabilityChangeFlag = {
  availability: Flags.option({
    options: availabilities,
    description: 'Whether the node takes tasks; the default for a new node is active',
  })(),
};

/** The role of a node that joins. */
export const roleFlag = {
  role: Flags.option({
    options: ['manager', 'worker'] as const satisfies readonly Role[],
    default: 'worker',
    description: 'Role of the node',
  })(),
};

/** The settings of a swarm. Each has the same name in a swarm file. */
export const settingsFlags = {
  'across-networks': Flags.boolean({
    description: 'Members may be in different networks: they use public addresses, and traffic of containers crosses the internet in clear',
  }),
  'default-addr-pool': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'Address range for overlay networks [CIDR]; repeatable',
  }),
  'default-addr-pool-mask-length': Flags.integer({ description: 'Prefix length of each overlay network (24)' }),
  'data-path-port': Flags.integer({ description: 'UDP port for the traffic of containers (4789)' }),
  autolock: Flags.boolean({ description: 'Lock managers after a restart until they get the unlock key' }),
  'cert-expiry': Flags.string({ description: 'Validity of node certificates (2160h)' }),
  'dispatcher-heartbeat': Flags.string({ description: 'How often nodes report their state (5s)' }),
  'external-ca': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'External CA that signs certificates [protocol=cfssl,url=URL,cacert=FILE]; repeatable',
  }),
  'task-history-limit': Flags.integer({ description: 'Finished tasks to keep for each replica (5)' }),
  'snapshot-interval': Flags.integer({ description: 'Raft log entries between snapshots (10000)' }),
  'max-snapshots': Flags.integer({ description: 'Old Raft snapshots to keep (0)' }),
};

/** Picks the settings of the swarm from the given flags. */
export function settingsSection(flags: SettingsFlags): SettingsFlags {
  const names = Object.keys(settingsFlags);
  return Object.fromEntries(Object.entries(flags).filter(([name]) => names.includes(name)));
}

interface AddressValues {
  readonly 'advertise-addr'?: string | undefined;
  readonly 'listen-addr'?: string | undefined;
  readonly 'data-path-addr'?: string | undefined;
}

/** Picks the addresses of the node from the given flags. */
export function givenAddresses(flags: AddressValues) {
  return { advertiseAddr: flags['advertise-addr'], listenAddr: flags['listen-addr'], dataPathAddr: flags['data-path-addr'] };
}
