import type { Route } from './routes.js';

/** Whether the kernel has a feature: `unknown` when neither its configuration nor its modules can be read. */
export type Presence = 'yes' | 'no' | 'unknown';

/** What matters to a swarm about a host. */
export interface InspectedHost {
  readonly hostname: string;
  /** Empty when there is none. */
  readonly machineId: string;
  /** Seconds that its clock is ahead of this computer's; 0 when the difference is too small to measure. */
  readonly skew: number;
  readonly addresses: readonly HostAddress[];
  readonly routes: readonly Route[];
  readonly modules: { readonly vxlan: Presence; readonly ipVs: Presence };
  /** Whether the engine's experimental feature for swarms with nftables is on. */
  readonly swarmNftables: boolean;
}

export interface HostAddress {
  readonly ip: string;
  readonly device: string;
  readonly mtu: number;
}

/** What an engine reports about itself. */
export interface InspectedEngine {
  readonly version: string;
  /** Unique, unless the engine's host is a copy of another one. */
  readonly id: string;
  /** The folder of its storage. */
  readonly storage: string;
  readonly liveRestore: boolean;
  /** Such as `iptables` or `nftables`; empty for engines that do not report it. */
  readonly firewallBackend: string;
  /** `inactive`, `active`, `locked`, `pending` or `error`. */
  readonly swarm: string;
  readonly manager: boolean;
  /** Networks of its swarm that have no addresses; only managers know. */
  readonly bareNetworks?: readonly string[];
  /** What its swarm was created with and cannot be changed; only managers report it. */
  readonly swarmSettings?: { readonly dataPathPort: number; readonly pools: readonly string[]; readonly subnetSize: number };
}

/** A machine of the swarm that exists or is planned. What could not be read is undefined. */
export interface CheckedMember {
  readonly name: string;
  /** The address at which the others reach it. */
  readonly address?: string;
  readonly manager: boolean;
  readonly host?: InspectedHost;
  readonly engine?: InspectedEngine;
}
