/** Terms of the Engine API's swarm resources. */

export type Role = 'manager' | 'worker';
export type Availability = 'active' | 'pause' | 'drain';

export type Labels = Readonly<Record<string, string>>;
