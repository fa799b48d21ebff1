import type { Route } from './routes.js';

/** Whether the kernel has something: unknown where neither its configuration nor its modules can be read. */
export type Presence = 'yes' | 'no' | 'unknown';

/** What a look at a host tells that matters to a swarm. */
export interface HostLook {
  readonly hostname: string;
  /** Empty where there is none. */
  readonly machineId: string;
  /** Seconds its clock is ahead of this computer's; 0 when it may be right. */
  readonly skew: number;
  readonly addresses: readonly HostAddress[];
  readonly routes: readonly Route[];
  readonly modules: { readonly vxlan: Presence; readonly ipVs: Presence };
  /** The engine's experimental feature that lets a swarm live with nftables is on. */
  readonly swarmNftables: boolean;
}

export interface HostAddress {
  readonly ip: string;
  readonly device: string;
  readonly mtu: number;
}

/** What an engine says of itself. */
export interface EngineLook {
  readonly version: string;
  /** Unique to an engine, unless its host is a copy of another. */
  readonly id: string;
  readonly liveRestore: boolean;
  /** `iptables`, `nftables` and the like; empty for engines that do not say. */
  readonly firewallBackend: string;
  /** `inactive`, `active`, `locked`, `pending` or `error`. */
  readonly swarm: string;
  readonly manager: boolean;
  /** What was settled when its swarm was made; only managers tell. */
  readonly settled?: { readonly dataPathPort: number; readonly pools: readonly string[]; readonly subnetSize: number };
}

/** A machine of the swarm that is or is to be. What could not be had is missing. */
export interface Member {
  readonly name: string;
  /** The address the others reach it at. */
  readonly address?: string;
  readonly manager: boolean;
  readonly host?: HostLook;
  readonly engine?: EngineLook;
}
