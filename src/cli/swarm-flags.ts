import * as Flags from '@oclif/core/flags';

import type { Availability, Role } from '../swarm/types.js';

/** Where a node is found; literal addresses, since engines take no names. */
export const addressFlags = {
  'advertise-addr': Flags.string({ description: 'Address, or interface of the host, that the other nodes use' }),
  'listen-addr': Flags.string({ description: 'Address that a manager listens on [address:port]; the advertised one' }),
  'data-path-addr': Flags.string({ description: 'Address for the traffic of containers; the advertised one' }),
};

export const availabilityFlag = {
  availability: Flags.option({ options: ['active', 'pause', 'drain'] as const satisfies readonly Availability[], default: 'active', description: 'Whether the node takes tasks' })(),
};

export const roleFlag = {
  role: Flags.option({ options: ['manager', 'worker'] as const satisfies readonly Role[], default: 'worker', description: 'What the node is' })(),
};
